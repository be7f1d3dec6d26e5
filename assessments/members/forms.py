"""Forms of seats: entering one, ending one."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from assessments.members.values import KIND_TITLES
from foundation.accounts.tables import Account
from foundation.web.forms import read_day

LONGEST = 1_000


class SeatForm(FlaskForm):
    """A seat: whose, as what, with which marks, from when to when."""

    account_id = SelectField("Who", widget=GovSelect(), coerce=int)
    kind = RadioField(
        "What are they on the committee?",
        choices=[SelectChoice(code.value, title) for code, title in KIND_TITLES.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Choose what they are on the committee")],
    )
    independent = BooleanField(
        "Independent",
        description="They have no part in the models of the partnership and answer to nobody who has.",
        widget=GovCheckboxInput(),
    )
    lay = BooleanField(
        "Lay member",
        description="They speak for the public, not for a profession.",
        widget=GovCheckboxInput(),
    )
    starts_on = StringField(
        "First day of the term",
        description="For example 4/12/2026",
        widget=GovTextInput(),
        validators=[InputRequired("Enter the first day of the term")],
    )
    ends_on = StringField(
        "Last day of the term",
        description="Leave it empty for three years.",
        widget=GovTextInput(),
        validators=[Optional()],
    )
    submit = SubmitField("Enter the seat", widget=GovSubmitInput())

    def validate_starts_on(self, field: StringField) -> None:
        """A real day."""
        read_day(field.data)

    def validate_ends_on(self, field: StringField) -> None:
        """A real day."""
        read_day(field.data)


class EndForm(FlaskForm):
    """Why a seat ends before its term is over."""

    reason = TextAreaField(
        "Why does it end?",
        description="It goes into the record. Say nothing about anybody's health or private life.",
        widget=GovTextArea(),
        validators=[InputRequired("Give the reason"), Length(max=LONGEST)],
    )
    submit = SubmitField("End the seat", widget=GovSubmitInput())


def make_seat_form(accounts: Sequence[Account]) -> SeatForm:
    """A form that offers these accounts."""
    form = SeatForm()
    form.account_id.choices = [SelectChoice(account.id, account.name) for account in accounts]
    return form
