"""Forms of legal sign-offs."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import HiddenField, SelectMultipleField, StringField, SubmitField, TextAreaField


class SignOffForm(FlaskForm):
    """Findings a lawyer accepts together, why, and until when; the service says what is wrong with it."""

    findings = SelectMultipleField(
        "Which findings do you accept?",
        description="Each is accepted for this use alone. If the item or the law changes, it has to be accepted again.",
        widget=GovCheckboxesInput(),
    )
    reason = TextAreaField(
        "Why can they be accepted?",
        description="The provision you rely on, in words that the committee and an auditor can follow.",
        widget=GovTextArea(),
    )
    expires_on = StringField(
        "Until which day?",
        description="At most a year from now. From the day after, no score is given. For example 27/3/2027.",
        widget=GovTextInput(),
    )
    submit = SubmitField("Sign off", widget=GovSubmitInput())


class TakeBackForm(FlaskForm):
    """A sign-off to be taken back, and why."""

    finding = HiddenField()
    reason = TextAreaField(
        "Why is it taken back?",
        description="The next request for a score is refused, and the committee is told.",
        widget=GovTextArea(),
    )
    submit = SubmitField("Take the sign-off back", widget=GovSubmitInput())
