"""How a use is watched, as a plan in numbered versions, and the life of a proposed version (R12)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step
from foundation.web.texts import count_text

WINDOW_DAYS = 30
"""Days of scores in a window where a plan says nothing else, the day of the watch included."""

CADENCES: Mapping[str, str] = MappingProxyType(
    {"nightly": "Every night", "weekly": "Every Monday", "monthly": "On the first of every month"}
)
"""How often a use is watched; codes are never renamed."""


@dataclass(frozen=True)
class Limit:
    """A limit on one measure (a code of `measures.MEASURES`), and what breaching it leads to: warn, refer, suspend."""

    measure: str
    at: float
    action: str


@dataclass(frozen=True)
class WatchPlan:
    """How a use is watched. Number 1 is what was declared, every later number was decided by the committee (R12).

    `minimum_rows` people are needed to judge a batch, `minimum_outcomes` known outcomes to judge performance. The
    window is `window_days` days, the day of the watch included, or the newest `window_people` people: one of them is
    None. `capacity_per_week` is how many people staff can act on, None where nobody said.
    """

    number: int
    minimum_rows: int
    minimum_outcomes: int
    stale_after_days: int
    window_days: int | None
    window_people: int | None
    cadence: str
    capacity_per_week: int | None
    thresholds: tuple[Limit, ...]

    @property
    def window(self) -> str:
        """How people are chosen, to follow "Everyone scored"."""
        if self.window_people is not None:
            return f"the {count_text(self.window_people, 'person', 'people')} scored last"
        return f"everybody scored in the last {count_text(self.window_days or WINDOW_DAYS, 'day')}"

    def content(self) -> dict[str, Any]:
        """What is kept of it, in the words of the declaration's part `watch`."""
        days, people = self.window_days, self.window_people
        return {
            "minimum_rows": self.minimum_rows,
            "minimum_outcomes": self.minimum_outcomes,
            "stale_after_days": self.stale_after_days,
            "window": {"people": people} if people is not None else {"days": days},
            "cadence": self.cadence,
            "capacity_per_week": self.capacity_per_week,
            "thresholds": [{"measure": one.measure, "at": one.at, "action": one.action} for one in self.thresholds],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], number: int = 1) -> "WatchPlan":
        """From the declaration's part `watch`, of whatever release, or from what is kept of a version."""
        window = data.get("window") or {}
        people = window.get("people")
        return cls(
            number=number,
            minimum_rows=int(data["minimum_rows"]),
            minimum_outcomes=int(data.get("minimum_outcomes") or data["minimum_rows"]),
            stale_after_days=int(data["stale_after_days"]),
            window_days=None if people else int(window.get("days") or WINDOW_DAYS),
            window_people=int(people) if people else None,
            cadence=data.get("cadence") or "nightly",
            capacity_per_week=data.get("capacity_per_week"),
            thresholds=tuple(Limit(one["measure"], float(one["at"]), one["action"]) for one in data["thresholds"]),
        )

    def same_as(self, other: "WatchPlan") -> bool:
        """Whether both say the same, in whatever order limits stand and whatever their numbers."""
        return _bare(self) == _bare(other)


def _bare(plan: WatchPlan) -> WatchPlan:
    return replace(plan, number=0, thresholds=tuple(sorted(plan.thresholds, key=lambda one: one.measure)))


UNPLANNED = WatchPlan(1, 10, 10, 31, WINDOW_DAYS, None, "nightly", None, ())
"""For a version that declares no watch, such as a point score: its watches fail and say so."""

PLAN_LIFE = Lifecycle(
    thing="plan",
    title="The watch plan",
    first="proposed",
    stages={
        "proposed": Stage("Proposed", "info", "It waits for the ethics committee. The plan before it is in force."),
        "in_force": Stage("In force", "good", "The committee decided on it. Watches follow it."),
        "refused": Stage("Refused", "bad", "The committee decided to leave the plan as it was."),
        "withdrawn": Stage("Withdrawn", "plain", "The use was retired before anybody decided."),
        "replaced": Stage("Replaced", "plain", "A later version was put in force. Watches of its time followed it."),
    },
    steps=(
        Step("adopt", ("proposed",), "in_force", Permission.CHAIR, "Put in force", also=Permission.DECIDE),
        Step("refuse", ("proposed",), "refused", Permission.CHAIR, "Refuse", also=Permission.DECIDE),
        Step("withdraw", ("proposed",), "withdrawn", Permission.CHAIR, "Withdraw", also=Permission.DECIDE),
        Step("replace", ("in_force",), "replaced", Permission.CHAIR, "Replace", also=Permission.DECIDE),
    ),
)
"""The life of a proposed plan; steps are taken only by the committee's decision on its agenda item."""
