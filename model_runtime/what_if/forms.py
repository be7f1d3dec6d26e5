"""The form of a trial: one field for each input, filled with what is recorded."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovSubmitInput, GovTextInput
from wtforms import SelectChoice, SelectField, StringField, SubmitField  # type: ignore[attr-defined]

from model_runtime.what_if.values import Input


class TrialForm(FlaskForm):
    """A trial of other values. Its fields are named after places: an input may be called anything."""

    submit = SubmitField("Try these values", widget=GovSubmitInput())
    inputs: Sequence[Input] = ()

    @property
    def typed(self) -> dict[str, str]:
        """What stands in each field, by the input's name."""
        return {one.name: str(self[field_of(one)].data or "") for one in self.inputs}

    @property
    def rows(self) -> list[Any]:
        """The fields of the inputs, in their order."""
        return [self[field_of(one)] for one in self.inputs]


def field_of(one: Input) -> str:
    """The name of an input's field."""
    return f"value_{one.position}"


def trial_form(inputs: Sequence[Input]) -> TrialForm:
    """The form for these inputs."""
    fields = {field_of(one): _field(one) for one in inputs}
    made: type[TrialForm] = type("OneTrialForm", (TrialForm,), {**fields, "inputs": tuple(inputs)})
    return made()


def _field(one: Input) -> Any:
    if one.choices:
        recorded = {1: "yes", 0: "no"}.get(one.recorded, one.words) if one.type == "yes_no" else str(one.recorded)
        offered = [SelectChoice(choice, choice) for choice in one.choices]
        return SelectField(
            one.meaning,
            description=one.hint,
            widget=GovSelect(),
            choices=offered,
            default=recorded,
            validate_choice=False,
        )
    return StringField(one.meaning, description=one.hint, widget=GovTextInput(), default=f"{one.recorded}")
