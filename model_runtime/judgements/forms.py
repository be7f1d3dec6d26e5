"""The form of a judgement."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import RadioField, SelectChoice, SubmitField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from model_runtime.judgements.rules import LONGEST
from model_runtime.judgements.values import VIEW_TITLES

LENGTH = Length(max=LONGEST, message=f"Write at most {LONGEST:,} characters")


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
