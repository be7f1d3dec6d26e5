"""The form that takes a file of outcomes, and the one that says which of two answers is right."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import RadioField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from monitoring.outcomes.values import LONGEST_REASON


class OutcomesForm(FlaskForm):
    """One CSV or Parquet file."""

    file = FileField(
        "Outcomes file",
        description="A CSV file, or Parquet, which is read within a minute. All of it is recorded, or nothing.",
        widget=GovFileInput(),
        validators=[FileRequired("Choose a file")],
    )
    submit = SubmitField("Record outcomes", widget=GovSubmitInput())


class SettleForm(FlaskForm):
    """Which answer is right, and why."""

    chosen = RadioField(
        "Which one is right?",
        widget=GovRadioInput(),
        coerce=int,
        validators=[InputRequired("Choose which one is right")],
    )
    reason = TextAreaField(
        "Why is it right?",
        description="For example: checked in the case file. Do not name anybody.",
        widget=GovTextArea(),
        validators=[
            InputRequired("Say why it is right"),
            Length(max=LONGEST_REASON, message=f"Use at most {LONGEST_REASON} letters"),
        ],
    )
    submit = SubmitField("This one is right", widget=GovSubmitInput())
