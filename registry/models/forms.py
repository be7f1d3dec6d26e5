"""The forms about a use: what another edition of it would say and why, and how far back its approval goes."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from pydantic import ValidationError
from wtforms import RadioField, SelectChoice, SubmitField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from foundation.errors import Invalid
from registry.agencies.values import AgencyEntry
from registry.declarations.fields import UseRow, paragraph
from registry.declarations.problems import sentence_of
from registry.declarations.uses import UsePart
from registry.models.tables import Use
from registry.models.values import PERMISSION_WORDS, PermissionStage

NAMES = {"start": "from"}
"""Steps of a field's name that the declaration spells in another way."""

FIRST = {
    "told": "told__channel",
    "exemption": "exemption__ground",
    "ages": "ages__minimum",
    "human": "human__authority",
}
"""The field that answers for a whole part."""


class EditionForm(FlaskForm, UseRow):
    """Every field of a use but its code, which stays, and the reason of the change."""

    code = None  # type: ignore[assignment]
    reason = paragraph("Why the use changes", "The committee reads this")
    submit = SubmitField("Continue", widget=GovSubmitInput())

    def offer(self, agencies: list[AgencyEntry]) -> "EditionForm":
        """Offer these agencies."""
        self.agency.choices = [SelectChoice(agency.code, agency.name) for agency in agencies]
        return self

    def read(self, use: Use) -> UsePart:
        """What the edition would say, checked as a declaration is; every problem is named by its field."""
        try:
            return UsePart.model_validate({"code": use.code} | self._typed())
        except ValidationError as error:
            problems = {self._field_of(one["loc"]): sentence_of(one, {}) for one in error.errors()}
        raise Invalid(
            "This cannot be an edition of the use.",
            problems={field: f"{self._label(field)}: {said}" for field, said in problems.items()},
        )

    def _typed(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for name, field in self._fields.items():
            value = field.data.replace("\r\n", "\n").strip() if isinstance(field.data, str) else field.data
            if name in ("reason", "submit", "csrf_token") or value in (None, "", []):
                continue
            *parents, last = (NAMES.get(step, step) for step in name.split("__"))
            part = said
            for parent in parents:
                part = part.setdefault(parent, {})
            part[last] = value
        return said

    def _field_of(self, location: tuple[int | str, ...]) -> str:
        steps = [step for step in location if isinstance(step, str)]
        spelled = {value: name for name, value in NAMES.items()}
        name = "__".join(spelled.get(step, step) for step in steps)
        return name if name in self._fields else FIRST.get(steps[0], steps[0])

    def _label(self, field: str) -> str:
        return str(self._fields[field].label.text) if field in self._fields else field


class StepBackForm(FlaskForm):
    """How far a use goes from now on, and why."""

    to = RadioField(
        "How far may it go from now on?",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose how far it may go")],
    )
    reason = TextAreaField(
        "Why does it go back?",
        description="The committee and everybody who sees the register read this. Do not name anybody.",
        widget=GovTextArea(),
        validators=[InputRequired("Say why it goes back")],
    )
    submit = SubmitField("Step back now", widget=GovSubmitInput())

    def offer(self, stages: list[PermissionStage]) -> "StepBackForm":
        """Offer these stages, none of which is further than the use is now."""
        self.to.choices = [SelectChoice(stage.value, PERMISSION_WORDS[stage]) for stage in stages]
        return self
