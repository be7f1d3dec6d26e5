"""The form of a judgement."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import RadioField, SelectChoice, SubmitField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from model_runtime.judgements.rules import LONGEST
from model_runtime.judgements.values import VIEW_TITLES
from registry.models.tables import Band

LENGTH = Length(max=LONGEST, message=f"Write at most {LONGEST:,} characters")


class FirstViewForm(FlaskForm):
    """Where the practitioner would place the person, and why, before they see the score."""

    band = RadioField(
        "Where would you place this person?",
        widget=GovRadioInput(),
        validators=[InputRequired("Say where you would place the person")],
    )
    reason = TextAreaField(
        "Why?",
        description="What you know about the person. Do not name anybody.",
        widget=GovTextArea(),
        validators=[InputRequired("Say why"), LENGTH],
    )
    submit = SubmitField("Record my view and show the score", widget=GovSubmitInput())

    def offer(self, bands: Iterable[Band]) -> "FirstViewForm":
        """Offer the bands of a version, in their order."""
        self.band.choices = [SelectChoice(band.code, band.name) for band in bands]
        return self


class JudgementForm(FlaskForm):
    """Agree, disagree or not used; why; what I will do."""

    view = RadioField(
        "What do you make of the score?",
        choices=[SelectChoice(view.value, title) for view, title in VIEW_TITLES.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Say whether you agree, disagree or did not use it")],
    )
    reason = TextAreaField(
        "Why?",
        description="What you know about the person that the model does not. Do not name anybody.",
        widget=GovTextArea(),
        validators=[InputRequired("Say why"), LENGTH],
    )
    action = TextAreaField("What will you do?", widget=GovTextArea(), validators=[LENGTH])
    submit = SubmitField("Record my judgement", widget=GovSubmitInput())
