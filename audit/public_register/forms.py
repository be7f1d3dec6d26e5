"""Forms of the public register's inside page."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovSubmitInput, GovTextArea
from wtforms import RadioField, SelectField, SubmitField, TextAreaField

from audit.public_register.values import FIELDS, NEVER_WITHHELD, REASON_TITLES, REASONS


class WithholdForm(FlaskForm):
    """Which part is withheld and why; the service says what is wrong with it."""

    field = SelectField(
        "Which part of the page",
        widget=GovSelect(),
        choices=[("", "Choose a part")]
        + [(code.value, title) for code, title in FIELDS.items() if code not in NEVER_WITHHELD],
        validate_choice=False,
    )
    reason = RadioField(
        "Why it is withheld",
        description="The public reads this reason in place of the part.",
        widget=GovRadioInput(),
        choices=[(code.value, f"{REASON_TITLES[code]}: {words}") for code, words in REASONS.items()],
        validate_choice=False,
    )
    note = TextAreaField(
        "Why this is needed here",
        description="For colleagues and auditors; the public does not read it. Name nobody who was scored.",
        widget=GovTextArea(),
    )
    submit = SubmitField("Withhold this part", widget=GovSubmitInput())


class TellForm(FlaskForm):
    """Why a part is told again."""

    note = TextAreaField("Why it can be told again", widget=GovTextArea())
    submit = SubmitField("Tell the public again", widget=GovSubmitInput())
