"""Failure cases that name nobody: what many people have in common about whom a model was wrong (R39).

A case is a short description that fits at least ten people of the evaluation file, about at least five of whom the
model was wrong in the same way. Numbers are parted at the middle value of the file and rounded; nothing else of a row
is kept, and no protected characteristic is part of a description: the figures by group speak of those.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Protocol

from model_runtime.training.values import FEWEST_ALIKE, FailureCase
from registry.evaluations.values import SMALLEST_GROUP

LONGEST_DESCRIPTION, CASES_OF_A_KIND = 3, 2


class Feature(Protocol):
    """What of a declared feature is needed to describe people."""

    @property
    def name(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def sentence_no(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def categories(self) -> Any: ...
    @property
    def protected(self) -> str | None: ...


@dataclass(frozen=True)
class Checked:
    """One row of an evaluation file: its numbers by feature, whether the model flagged it, and what happened."""

    values: Mapping[str, float]
    flagged: bool
    happened: bool

    @property
    def kind(self) -> str:
        """In which way the model was wrong about it, or nothing."""
        if self.flagged == self.happened:
            return ""
        return "false_alarm" if self.flagged else "miss"


@dataclass(frozen=True)
class Mark:
    """Something that holds for a row or does not, in words."""

    feature: str
    words: str
    low: float | None = None
    high: float | None = None

    def holds(self, row: Checked) -> bool:
        """Above `low`, and at most `high`."""
        value = row.values[self.feature]
        return (self.low is None or value > self.low) and (self.high is None or value <= self.high)


def find_cases(features: Sequence[Feature], rows: Sequence[Checked]) -> tuple[FailureCase, ...]:
    """At most two cases of each kind, false alarms first; fewer or none when too few people are alike."""
    marks = [mark for feature in features if not feature.protected for mark in _marks(feature, rows)]
    cases: list[FailureCase] = []
    for kind in ("false_alarm", "miss"):
        left, first_marks = list(rows), list(marks)
        for _ in range(CASES_OF_A_KIND):
            described = _describe(kind, left, first_marks)
            if not described:
                break
            fitting = [row for row in rows if all(mark.holds(row) for mark in described)]
            wrong = sum(row.kind == kind for row in fitting)
            cases.append(FailureCase(kind, tuple(mark.words for mark in described), wrong, len(fitting)))
            left = [row for row in left if not all(mark.holds(row) for mark in described)]
            first_marks = [mark for mark in marks if mark.feature != described[0].feature]
    return tuple(cases)


def _describe(kind: str, rows: Sequence[Checked], marks: Sequence[Mark]) -> list[Mark]:
    """The marks that raise the share of people it was wrong about most, one after the other."""
    chosen: list[Mark] = []
    fitting, best = list(rows), _share(kind, rows)
    while len(chosen) < LONGEST_DESCRIPTION:
        used = {mark.feature for mark in chosen}
        offered = [(mark, [row for row in fitting if mark.holds(row)]) for mark in marks if mark.feature not in used]
        offered = [(mark, some) for mark, some in offered if _enough(kind, some) and _share(kind, some) > best]
        if not offered:
            break
        mark, fitting = max(offered, key=lambda one: (_share(kind, one[1]), one[0].words))
        best = _share(kind, fitting)
        chosen.append(mark)
    return chosen


def _enough(kind: str, rows: Sequence[Checked]) -> bool:
    """Never all of them: a description that says what happened to everybody it fits would tell it of somebody."""
    return len(rows) >= SMALLEST_GROUP and FEWEST_ALIKE <= sum(row.kind == kind for row in rows) < len(rows)


def _share(kind: str, rows: Sequence[Checked]) -> float:
    return sum(row.kind == kind for row in rows) / len(rows) if rows else 0.0


def _marks(feature: Feature, rows: Sequence[Checked]) -> list[Mark]:
    if feature.type == "yes_no":
        yes, no = feature.sentence, feature.sentence_no or f"Not: {feature.meaning}"
        return [Mark(feature.name, yes, low=0.5), Mark(feature.name, no, high=0.5)]
    if feature.type == "category":
        return [
            Mark(feature.name, feature.sentence.replace("{value}", str(code)), float(number) - 0.5, float(number) + 0.5)
            for code, number in _categories(feature.categories)
        ]
    middle = float(f"{median(row.values[feature.name] for row in rows):.2g}") if rows else 0.0
    shown, said = f"{middle:,.10g}", feature.sentence
    least = all(row.values[feature.name] >= middle for row in rows)
    return [
        Mark(feature.name, said.replace("{value}", shown if least else f"{shown} or less"), high=middle),
        Mark(feature.name, said.replace("{value}", f"more than {shown}"), low=middle),
    ]


def _categories(declared: Any) -> list[tuple[str, float]]:
    if not declared:
        return []
    pairs = declared.items() if isinstance(declared, Mapping) else ((one, one) for one in declared)
    return [(str(code), number) for code, number in pairs if isinstance(number, int | float)]
