"""How a use is watched, how a verdict reads, and what of a result somebody has to answer for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitoring.engine.values import Action, BatchCode, Breach, Threshold, Verdict, WatchResult
from registry.watch_plans.measures import MEASURES

WINDOW_DAYS = 30
"""Days of scores in a batch, the day of the watch included."""


@dataclass(frozen=True)
class WatchPlan:
    """How the declaration says the model is watched; the committee approved it with the model (R12)."""

    minimum_rows: int
    stale_after_days: int
    thresholds: tuple[Threshold, ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "WatchPlan":
        """The plan from the declaration's part `watch`."""
        limits = tuple(Threshold.from_dict(each) for each in data["thresholds"])
        return cls(int(data["minimum_rows"]), int(data["stale_after_days"]), limits)


@dataclass(frozen=True)
class VerdictCard:
    """A verdict as people read it: after "The watch of 3 March 2027:", in a tag, and the tag's tone."""

    words: str
    tag: str
    tone: str


VERDICTS: Mapping[Verdict, VerdictCard] = {
    Verdict.PASSED: VerdictCard("within its limits", "Within limits", "good"),
    Verdict.WARNED: VerdictCard("needs a look", "Needs a look", "attention"),
    Verdict.BREACHED: VerdictCard("needs a decision", "Needs a decision", "bad"),
    Verdict.FAILED: VerdictCard("failed, nothing could be judged", "Failed", "bad"),
    Verdict.TOO_EARLY: VerdictCard("too early to say", "Too early", "info"),
}

ACTIONS: Mapping[Action, str] = {
    Action.WARN: "The owner looks into it",
    Action.REFER: "The committee decides",
    Action.SUSPEND: "The model is suspended at once",
}

FAILURES: Mapping[BatchCode, str] = {
    BatchCode.OK: "The recorded outcomes cannot be believed",
    BatchCode.MISSING: "No batch arrived",
    BatchCode.TOO_SMALL: "The batch was too small to judge",
    BatchCode.STALE: "Nobody was scored recently",
    BatchCode.IDENTICAL: "The batch was not refreshed",
    BatchCode.WRONG_COLUMNS: "The batch could not be judged",
}
DOUBT = "The recorded outcomes need explaining"


@dataclass(frozen=True)
class Found:
    """Something a watch found that somebody has to answer for. `title` is the same every night it is found."""

    title: str
    action: Action
    sentence: str


def findings_of(result: WatchResult) -> tuple[Found, ...]:
    """What opens a case: a failed watch (R13), every breach (R12), and a warning that rests on no breach."""
    failed = result.verdict == Verdict.FAILED
    first = (Found(FAILURES[result.batch.code], Action.REFER, result.sentence),) if failed else ()
    doubt = result.verdict == Verdict.WARNED and not result.breaches
    last = (Found(DOUBT, Action.WARN, result.sentence),) if doubt else ()
    return (*first, *(_found(each) for each in result.breaches), *last)


def _found(breach: Breach) -> Found:
    return Found(MEASURES[breach.measure].title, breach.action, breach.sentence)
