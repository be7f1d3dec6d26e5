"""Forms of systems that call."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovSubmitInput, GovTextInput
from wtforms import SelectChoice, SelectMultipleField, StringField, SubmitField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from foundation.service_accounts.values import SCOPES

USES = "Codes of uses, separated by commas, such as resettlement-support. The token is refused for any other purpose."
ENDS = "For example 3/3/2027. At most a year from today; the token holds until the end of that day."


class SystemForm(FlaskForm):
    """A system that is to call."""

    name = StringField(
        "Name of the system", widget=GovTextInput(), validators=[InputRequired("Enter the name of the system")]
    )
    agency = StringField(
        "Agency code",
        description="As in the register, for example BCC. It can act for people of this agency only.",
        widget=GovTextInput(),
        validators=[InputRequired("Enter the code of the agency"), Length(max=12)],
    )
    contact = StringField(
        "Who answers for it",
        description="A name or a team, and how to reach them.",
        widget=GovTextInput(),
        validators=[InputRequired("Enter who answers for the system")],
    )
    submit = SubmitField("Enter the system", widget=GovSubmitInput())


class TokenForm(FlaskForm):
    """A token for a system."""

    scopes = SelectMultipleField(
        "What it may be used for",
        choices=[SelectChoice(scope.value, words) for scope, words in SCOPES.items()],
        widget=GovCheckboxesInput(),
    )
    purposes = StringField(
        "For which purposes",
        description=USES,
        widget=GovTextInput(),
        validators=[InputRequired("Enter the code of at least one use"), Length(max=1000)],
    )
    expires_on = StringField(
        "Last day", description=ENDS, widget=GovTextInput(), validators=[InputRequired("Enter its last day")]
    )
    submit = SubmitField("Make a token", widget=GovSubmitInput())
