"""The form of a proposed watch plan. What is right is decided where declarations are read, by the same rules."""

from collections.abc import Iterator
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput
from pydantic import ValidationError
from wtforms import SubmitField

from foundation.errors import Invalid
from registry.declarations.fields import line, paragraph, select
from registry.declarations.filling import typed
from registry.declarations.parts import WatchPart
from registry.declarations.problems import parent_of, place_of, sentence_of
from registry.watch_plans.measures import ACTIONS, MEASURES
from registry.watch_plans.values import CADENCES, WatchPlan

SETTINGS = ("minimum_rows", "minimum_outcomes", "stale_after_days", "cadence", "capacity_per_week")


class PlanForm(FlaskForm):
    """A watch plan; it begins with the one in force."""

    cadence = select("How often it is watched", choices=dict(CADENCES))
    window__days = line("Days of scores a watch looks at", "Leave empty if you give people instead")
    window__people = line("Or the newest so many people", "Leave empty if you give days")
    minimum_rows = line("People a watch needs at least", "10 or more. With fewer the watch fails")
    minimum_outcomes = line("Known outcomes it needs to judge performance", "10 or more. With fewer it is too early")
    stale_after_days = line("Days after which the newest scores count as stale")
    capacity_per_week = line("People a week that staff can act on", "Needed for a limit on people flagged")
    reason = paragraph("Why it is to be watched differently", "The committee reads it, and it stays in the record")
    submit = SubmitField("Put it before the committee", widget=GovSubmitInput())

    @classmethod
    def over(cls, plan: WatchPlan) -> "PlanForm":
        """The form with what a plan says, or with what was sent."""
        return cls(data=dict(_fields_of(plan)))

    def read(self) -> WatchPlan:
        """The plan that was typed; refused with every problem at its field."""
        limits = [measure for measure in MEASURES if self._typed(f"limit__{measure}__at")]
        said: dict[str, Any] = {name: self._typed(name) for name in SETTINGS if self._typed(name)}
        window = {unit: self._typed(f"window__{unit}") for unit in ("days", "people")}
        said["window"] = {unit: count for unit, count in window.items() if count}
        said["thresholds"] = [self._limit(measure) for measure in limits]
        try:
            part = WatchPart.model_validate(said)
        except ValidationError as error:
            raise _invalid(error, limits) from None
        return WatchPlan.from_dict(part.model_dump(mode="json"))

    def _typed(self, name: str) -> str:
        return str(self._fields[name].data or "").strip()

    def _limit(self, measure: str) -> dict[str, str]:
        at, action = self._typed(f"limit__{measure}__at"), self._typed(f"limit__{measure}__action")
        return {"measure": measure, "at": at, "action": action}


for _measure, _measured in MEASURES.items():
    setattr(PlanForm, f"limit__{_measure}__at", line(_measured.title, _measured.hint))
    setattr(PlanForm, f"limit__{_measure}__action", select("Then", choices=ACTIONS))


def _fields_of(plan: WatchPlan) -> Iterator[tuple[str, Any]]:
    yield from ((name, typed(getattr(plan, name))) for name in SETTINGS)
    yield "window__days", typed(plan.window_days)
    yield "window__people", typed(plan.window_people)
    yield from ((f"limit__{measure}__action", "refer") for measure in MEASURES)
    for limit in plan.thresholds:
        yield f"limit__{limit.measure}__at", typed(limit.at)
        yield f"limit__{limit.measure}__action", limit.action


def _invalid(error: ValidationError, limits: list[str]) -> Invalid:
    problems: dict[str, str] = {}
    for one in error.errors():
        said = sentence_of(one, {})
        problems.setdefault(_field_of(place_of(one), limits), f"{said[:1].upper()}{said[1:]}.")
    return Invalid(" ".join(problems.values()), problems=problems, code="plan_invalid")


def _field_of(place: str, limits: list[str]) -> str:
    """The field of a place: `window.people` is `window__people`, `thresholds[2].at` the second limit that was typed."""
    if place.startswith("thresholds["):
        measure = limits[int(place.partition("[")[2].partition("]")[0]) - 1]
        return f"limit__{measure}__{'action' if place.endswith('.action') else 'at'}"
    if place == "thresholds":
        return f"limit__{next(iter(MEASURES))}__at"
    return "window__days" if place == "window" else place.replace(".", "__") if parent_of(place) else place
