"""The form of notices."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextInput
from wtforms import StringField, SubmitField


class EmailForm(FlaskForm):
    """Where somebody is told; the service says what is wrong with it."""

    email = StringField(
        "Your e-mail address at work",
        description="Leave it empty to be told here only. Nothing about anybody who was scored is sent.",
        widget=GovTextInput(),
    )
    submit = SubmitField("Save", widget=GovSubmitInput())
