"""The limits of a plan, how a verdict reads, and what of a result somebody has to answer for."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitoring.engine.values import Action, BatchCode, Breach, Measure, Threshold, Verdict, WatchResult
from registry.watch_plans.measures import MEASURES
from registry.watch_plans.values import WatchPlan


def thresholds_of(plan: WatchPlan) -> tuple[Threshold, ...]:
    """The limits of a plan as the engine takes them."""
    return tuple(Threshold(Measure(one.measure), one.at, Action(one.action)) for one in plan.thresholds)


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
    BatchCode.DOUBLED: "People are in the batch more than once",
    BatchCode.SWAPPED: "The batch is older than its reference",
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
