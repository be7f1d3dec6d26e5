"""The forms of a concern and of its answer."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import RadioField, SelectChoice, SubmitField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from model_runtime.concerns.rules import LONGEST
from model_runtime.concerns.values import FOUNDED, KINDS

LENGTH = Length(max=LONGEST, message=f"Write at most {LONGEST:,} characters")


class ConcernForm(FlaskForm):
    """What it is about, and what concerns the practitioner."""

    kind = RadioField(
        "What is it about?",
        choices=[SelectChoice(code, title) for code, title in KINDS.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Say what it is about")],
    )
    text = TextAreaField(
        "What concerns you?",
        description="Do not name the person or give their reference: people who may not know who it is read this.",
        widget=GovTextArea(),
        validators=[InputRequired("Say what concerns you"), LENGTH],
    )
    submit = SubmitField("Raise the concern", widget=GovSubmitInput())


class AnswerForm(FlaskForm):
    """What was found, and what is done about it."""

    founded = RadioField(
        "Does something have to change?",
        choices=[SelectChoice(code, title) for code, title in FOUNDED.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Say whether something has to change")],
    )
    text = TextAreaField(
        "What was found, and what is done about it?",
        description="Whoever raised it reads this.",
        widget=GovTextArea(),
        validators=[InputRequired("Say what was found"), LENGTH],
    )
    submit = SubmitField("Record the answer", widget=GovSubmitInput())
