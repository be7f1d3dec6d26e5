"""The form that asks for an advisory score."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextInput
from wtforms import HiddenField, RadioField, SelectChoice, StringField, SubmitField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from registry.models.tables import Use

OTHER = "other"


class AskForm(FlaskForm):
    """The purpose, stated before anything is shown. `request_key` makes one press of the button one score."""

    purpose = RadioField(
        "What do you need a score for?",
        widget=GovRadioInput(),
        validators=[InputRequired("Say what you need the score for")],
    )
    other_purpose = StringField(
        "If it is another purpose, which?",
        description="It will be refused and recorded, so that it is known what is asked for. Do not name anybody.",
        widget=GovTextInput(),
        validators=[Length(max=200, message="Write at most 200 characters")],
    )
    request_key = HiddenField(validators=[InputRequired("Reload the page and try again"), Length(max=64)])
    submit = SubmitField("Ask for an advisory score", widget=GovSubmitInput())
    _codes: dict[str, str]

    def offer(self, uses: Sequence[Use]) -> "AskForm":
        """Offer the purposes of these uses, and honestly another one."""
        choices = [SelectChoice(str(use.id), f"{use.purpose} ({use.version.model.name})") for use in uses]
        self.purpose.choices = [*choices, SelectChoice(OTHER, "Another purpose")]
        self._codes = {str(use.id): use.code for use in uses}
        self.request_key.data = self.request_key.data or secrets.token_hex(16)
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Another purpose has to be said."""
        valid = super().validate(extra_validators)
        if self.purpose.data == OTHER and not (self.other_purpose.data or "").strip():
            self.other_purpose.errors = [*self.other_purpose.errors, "Say which other purpose"]
            return False
        return valid

    @property
    def stated(self) -> tuple[int | None, str]:
        """The use that was chosen and the purpose that was stated; another purpose is that of no use."""
        chosen = self.purpose.data
        if chosen == OTHER:
            return None, self.other_purpose.data or ""
        return int(chosen), self._codes[chosen]
