"""The form of an attestation; the service says what is wrong with it."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovSubmitInput, GovTextInput
from wtforms import SelectMultipleField, StringField, SubmitField

from assessments.attestations.values import STATEMENTS


class AttestForm(FlaskForm):
    """Which source was opened, at which revision, on which day, and what is confirmed."""

    location = StringField("Where is the source that you opened?", widget=GovTextInput())
    revision = StringField(
        "At which revision?",
        description="The commit, tag or file version that you looked at, as somebody else would find it again.",
        widget=GovTextInput(),
    )
    opened_on = StringField(
        "On which day did you open it?", description="For example 27/3/2027.", widget=GovTextInput()
    )
    confirmed = SelectMultipleField(
        "What do you confirm?",
        choices=list(STATEMENTS.items()),
        widget=GovCheckboxesInput(),
    )
    submit = SubmitField("Attest", widget=GovSubmitInput())
