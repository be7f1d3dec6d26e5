"""The form that takes a file of outcomes."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSubmitInput
from wtforms import SubmitField


class OutcomesForm(FlaskForm):
    """One CSV file."""

    file = FileField(
        "Outcomes file",
        description="A CSV file. All of it is recorded, or nothing.",
        widget=GovFileInput(),
        validators=[FileRequired("Choose a file")],
    )
    submit = SubmitField("Record outcomes", widget=GovSubmitInput())
