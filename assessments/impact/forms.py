"""Forms of impact assessments: the document with its advice as quoted, and the officer's own record."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovFileInput, GovRadioInput, GovSubmitInput
from wtforms import RadioField, SelectChoice, SelectMultipleField, SubmitField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from assessments.impact.values import ANSWERS, KINDS, Advice, Document
from assessments.validation.forms import day_field, line_field, text_field
from foundation.web.forms import read_day
from registry.models.tables import RiskModel

ANSWER_CHOICES = [SelectChoice(code, title) for code, title in ANSWERS.items()]


class ImpactForm(FlaskForm):
    """One version of one document."""

    kind = RadioField(
        "What is it?",
        choices=[SelectChoice(code, title) for code, title in KINDS.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Choose what kind of assessment it is")],
    )
    document_version = line_field("Version of the document", "For example, 1.2")
    covers = SelectMultipleField(
        "Versions of the model it covers", coerce=int, widget=GovCheckboxesInput(), validators=[Optional()]
    )
    approved_by = line_field("Who approved it?", "Name and role")
    approved_on = day_field("Day it was approved")
    review_on = day_field("Day by which it is reviewed", "It holds until the end of this day")
    link = line_field("Link to the document", "Starting with https:// or http://")
    file = FileField("Or the document itself", description="PDF, ODT or DOCX", widget=GovFileInput())
    advice = text_field(
        "What did the data protection officer advise, as the document says?",
        "Leave it empty if the officer records the advice here. Before operation the officer has to.",
    )
    answer = RadioField(
        "Was the advice accepted?", choices=ANSWER_CHOICES, widget=GovRadioInput(), validators=[Optional()]
    )
    reasons = text_field("If it was overruled, why?")
    submit = SubmitField("Enter the assessment", widget=GovSubmitInput())

    def offer(self, model: RiskModel) -> "ImpactForm":
        """Offer the model's versions, newest first."""
        self.covers.choices = [SelectChoice(one.number, f"Version {one.number}") for one in model.versions]
        return self

    def document(self) -> Document:
        """The document as it was handed in."""
        upload = self.file.data
        return Document(
            kind=self.kind.data,
            document_version=self.document_version.data or "",
            covers=tuple(self.covers.data or ()),
            approved_by=self.approved_by.data or "",
            approved_on=read_day(self.approved_on.data),
            review_on=read_day(self.review_on.data),
            link=(self.link.data or "").strip(),
            file=(upload.filename, upload.read()) if upload and upload.filename else None,
        )

    def quoted(self) -> Advice | None:
        """The advice as the document gives it, or none."""
        if not ((self.advice.data or "").strip() or self.answer.data):
            return None
        return Advice(self.advice.data or "", self.answer.data or "", self.reasons.data or "")


class AdviceForm(FlaskForm):
    """The data protection officer's own record."""

    advice = text_field("What did you advise?")
    answer = RadioField(
        "Was it accepted?",
        choices=ANSWER_CHOICES,
        widget=GovRadioInput(),
        validators=[InputRequired("Say whether the advice was accepted or overruled")],
    )
    reasons = text_field("If it was overruled, with which reasons?")
    submit = SubmitField("Record the advice", widget=GovSubmitInput())
