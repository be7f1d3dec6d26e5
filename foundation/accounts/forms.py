"""Forms of accounts."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovPasswordInput, GovSubmitInput, GovTextInput
from wtforms import (  # type: ignore[attr-defined]
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    SubmitField,
)
from wtforms.validators import InputRequired, Length, Optional

from foundation.accounts.rules import LONGEST_TEAM
from foundation.accounts.values import PERSON_ROLES, ROLES

EMAIL = "At work. Notices go there; nothing about anybody who was scored does. Leave it empty for none."
TEAM = "The team they work in, as the terms of a pilot name it. A pilot is shown to named teams only."
TEAM_LENGTH = [Optional(), Length(max=LONGEST_TEAM, message=f"Write at most {LONGEST_TEAM} letters")]
ROLE_CHOICES = [SelectChoice(role.value, ROLES[role].title) for role in PERSON_ROLES]


class SignInForm(FlaskForm):
    """Name and password; `next` is the page that was asked for."""

    sign_in_name = StringField(
        "Sign-in name", widget=GovTextInput(), validators=[InputRequired("Enter your sign-in name"), Length(max=80)]
    )
    password = PasswordField(
        "Password", widget=GovPasswordInput(), validators=[InputRequired("Enter your password"), Length(max=200)]
    )
    next = HiddenField()
    submit = SubmitField("Sign in", widget=GovSubmitInput())


class OpenAccountForm(FlaskForm):
    """A new account."""

    name = StringField(
        "Full name", widget=GovTextInput(), validators=[InputRequired("Enter the name"), Length(max=120)]
    )
    sign_in_name = StringField(
        "Sign-in name", widget=GovTextInput(), validators=[InputRequired("Enter a sign-in name"), Length(max=80)]
    )
    agency = StringField(
        "Agency code",
        description="As in the register, for example BCC. Practitioners only see people and models of their agency.",
        widget=GovTextInput(),
        validators=[Optional(), Length(max=12)],
    )
    team = StringField("Team", description=TEAM, widget=GovTextInput(), validators=TEAM_LENGTH)
    roles = SelectMultipleField("Roles", choices=ROLE_CHOICES, widget=GovCheckboxesInput())
    password = PasswordField(
        "First password",
        description="At least 12 characters. Three random words work well.",
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter a first password"), Length(max=200)],
    )
    submit = SubmitField("Open account", widget=GovSubmitInput())


class RolesForm(FlaskForm):
    """Another team or other roles for an account."""

    team = StringField("Team", description=TEAM, widget=GovTextInput(), validators=TEAM_LENGTH)
    email = StringField("E-mail address", description=EMAIL, widget=GovTextInput())
    roles = SelectMultipleField("Roles", choices=ROLE_CHOICES, widget=GovCheckboxesInput())
    submit = SubmitField("Save team and roles", widget=GovSubmitInput())


class ChangePasswordForm(FlaskForm):
    """Another password for oneself; the one in use is asked for."""

    current = PasswordField(
        "Password you use now", widget=GovPasswordInput(), validators=[InputRequired("Enter the password you use now")]
    )
    password = PasswordField(
        "New password",
        description="At least 12 characters. Three random words work well.",
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter a new password"), Length(max=200)],
    )
    submit = SubmitField("Change password", widget=GovSubmitInput())


class NewPasswordForm(FlaskForm):
    """A new first password for somebody who cannot sign in any more."""

    password = PasswordField(
        "New first password",
        description="At least 12 characters. Hand it over in person; ask them to change it at once.",
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter a new first password"), Length(max=200)],
    )
    submit = SubmitField("Set password", widget=GovSubmitInput())
