"""Forms of cases."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovRadioInput,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import RadioField, SelectChoice, StringField, SubmitField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from foundation.web.forms import read_day
from monitoring.cases.values import STEPS, Chosen, StepKind

ACCEPTED = "A PDF, PNG, JPEG, ODT, DOCX, CSV or text file. Nobody who was scored may be named in it."


class WithFile(FlaskForm):
    """A form that a file can be handed in with."""

    def handed_in(self) -> tuple[str, bytes] | None:
        """The file's name and bytes, or none."""
        upload = self["file"].data
        return (upload.filename, upload.read()) if upload and upload.filename else None


class ExplainForm(WithFile):
    """The owner's explanation; the service says what is wrong with it."""

    explanation = TextAreaField(
        "Your explanation",
        description="What happened, why, what it means for the people scored, and what you did. The committee, the "
        "auditor and the data protection officer read it. Name nobody who was scored.",
        widget=GovTextArea(),
    )
    file = FileField("A file that shows it, if there is one", description=ACCEPTED, widget=GovFileInput())
    file_title = StringField("What the file shows", description="Only with a file", widget=GovTextInput())
    submit = SubmitField("Send the explanation", widget=GovSubmitInput())


class EvidenceForm(WithFile):
    """Another file of the owner's."""

    file = FileField("File", description=ACCEPTED, widget=GovFileInput())
    file_title = StringField("What the file shows", widget=GovTextInput())
    attach = SubmitField("Attach the file", widget=GovSubmitInput())


class NextForm(FlaskForm):
    """What follows, as the chair chooses it."""

    step = RadioField("What is to be done?", widget=GovRadioInput(), validators=[InputRequired("Choose what follows")])
    why = TextAreaField(
        "Why?", description="In a sentence that an outsider understands. It stays in the record.", widget=GovTextArea()
    )
    due_on = StringField(
        "By which day?",
        description="Needed when a new version is asked for, and for the committee. For example, 3/3/2027",
        widget=GovTextInput(),
    )
    choose = SubmitField("Say what follows", widget=GovSubmitInput())
    hints: dict[str, Any]
    """What each choice does, as the page gives it to the radio buttons."""

    def offer(self, use_stage: str) -> "NextForm":
        """Offer what is possible at a stage of the use."""
        offered = [(step, card) for step, card in STEPS.items() if not card.stages or use_stage in card.stages]
        self.step.choices = [SelectChoice(step.value, card.title) for step, card in offered]
        self.hints = {"items": [{"hint": {"text": card.hint}} for _, card in offered]}
        return self

    def validate_due_on(self, field: StringField) -> None:
        """A real day, where one is given."""
        if (field.data or "").strip():
            read_day(field.data)

    def chosen(self) -> Chosen:
        """What was chosen."""
        day = read_day(self.due_on.data) if (self.due_on.data or "").strip() else None
        return Chosen(StepKind(self.step.data), self.why.data or "", day)


class CloseForm(FlaskForm):
    """The chair's reason for closing."""

    reason = TextAreaField(
        "Why the case can be closed",
        description="In a sentence that an outsider understands. It stays in the record.",
        widget=GovTextArea(),
    )
    submit = SubmitField("Close the case", widget=GovSubmitInput())
