"""Whether a model got better or worse: two sets of counts, and whether chance alone explains how they differ. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from monitoring.engine.values import Window
from registry.evaluations.values import Figures, Proportion


class Course(StrEnum):
    """How a model went over a quarter; stored codes are never renamed."""

    BETTER = "better"
    WORSE = "worse"
    MIXED = "mixed"
    STEADY = "steady"
    UNKNOWN = "unknown"


COURSES = {
    Course.WORSE: ("Got worse", "bad"),
    Course.MIXED: ("Better and worse", "attention"),
    Course.UNKNOWN: ("Cannot be said", "plain"),
    Course.STEADY: ("No change beyond chance", "info"),
    Course.BETTER: ("Improved", "good"),
}
"""Every course in the order in which a report tells them, with the tone of its tag."""


@dataclass(frozen=True)
class Measured:
    """The figures of one watch, and the window of people they are about."""

    figures: Figures
    window: Window


def compare(before: Measured | None, after: Measured | None) -> tuple[Course, str]:
    """How a model went from one watch to another, and the sentence that says it (R12).

    Right among those flagged and found among those with the outcome each count; a difference counts when Newcombe's
    95% interval leaves out 0. Two watches that share people say nothing of a change, nor do fewer than ten people.
    """
    if after is None:
        return Course.UNKNOWN, "No watch of the quarter could say how often it is right."
    if before is None:
        return Course.UNKNOWN, f"{_now(after.figures)} There is no earlier watch to compare with."
    if not _apart(before.window, after.window):
        return Course.UNKNOWN, f"{_now(after.figures)} The watches so far share people, so no change can be told."
    one, other = before.figures.overall, after.figures.overall
    changes = [change(one.precision, other.precision), change(one.recall, other.recall)]
    told = [_tell("right for", "it flags", one.precision, other.precision)]
    told += [_tell("found", "with the outcome", one.recall, other.recall)]
    return _course([each for each in changes if each is not None]), " ".join(told)


def _course(changes: list[int]) -> Course:
    if not changes:
        return Course.UNKNOWN
    rose, fell = 1 in changes, -1 in changes
    if rose and fell:
        return Course.MIXED
    return Course.BETTER if rose else Course.WORSE if fell else Course.STEADY


def change(before: Proportion, after: Proportion) -> int | None:
    """1 when a rate rose beyond chance, -1 when it fell, 0 within chance; None with too few people to say."""
    if not before.assessed or not after.assessed:
        return None
    low, high = difference(before, after)
    return 1 if low > 0 else -1 if high < 0 else 0


def difference(before: Proportion, after: Proportion) -> tuple[float, float]:
    """The 95% interval of `after` less `before`, both of at least one person (Newcombe, 1998, method 10)."""
    one, other = before.count / before.of, after.count / after.of
    down = sqrt((other - (after.low or 0.0)) ** 2 + ((before.high or 0.0) - one) ** 2)
    up = sqrt(((after.high or 0.0) - other) ** 2 + (one - (before.low or 0.0)) ** 2)
    return other - one - down, other - one + up


def _apart(before: Window, after: Window) -> bool:
    return bool(before.end and after.start and before.end < after.start)


def _now(figures: Figures) -> str:
    rate = figures.overall.precision
    return f"Of 100 people it flags, {rate.frequency} had the outcome." if rate.assessed else "Too few were flagged."


def _tell(verb: str, whom: str, before: Proportion, after: Proportion) -> str:
    if not before.assessed or not after.assessed:
        return f"Too few people {whom} to compare."
    doubt = "" if change(before, after) else " That can be chance."
    return f"Of 100 people {whom} it was {verb} {before.frequency}, and is now {verb} {after.frequency}.{doubt}"
