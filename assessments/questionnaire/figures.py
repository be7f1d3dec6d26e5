"""How the figures the platform computed are laid out for people: sentences first, then tables of counts (R04, R27)."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.evaluations.values import SMALLEST_GROUP, Figures, Measures, Proportion
from registry.models.tables import ModelVersion


@dataclass(frozen=True)
class GroupTable:
    """Rates by one characteristic; a cell of None is shown as not assessed."""

    caption: str
    rows: Sequence[Sequence[str | None]]


@dataclass(frozen=True)
class FigurePage:
    """Everything a page shows of a version's figures; nothing in it was typed by anybody."""

    flagged: str
    found: str
    base: str
    baseline: str | None
    measured: str
    dots: tuple[int, int, int] | None
    counts: Sequence[Sequence[str]]
    groups: Sequence[GroupTable]
    not_assessed: Sequence[str]


def lay_out(figures: Figures, version: ModelVersion) -> FigurePage:
    """The figures of a version in the order in which a committee reads them."""
    name, overall = version.outcome_name, figures.overall
    return FigurePage(
        flagged=figures.flagged_sentence(name),
        found=figures.found_sentence(name),
        base=figures.base_sentence(name),
        baseline=figures.baseline_sentence(name),
        measured=(
            f"Computed by the platform on {figures.people:,} people of the evaluation file, with people flagged from a "
            f"score of {figures.threshold:g}. The numbers in brackets are 95% intervals."
        ),
        dots=_dots(overall.precision),
        counts=(
            ("Flagged", f"{overall.tp:,}", f"{overall.fp:,}"),
            ("Not flagged", f"{overall.fn:,}", f"{overall.tn:,}"),
        ),
        groups=[_table(group, figures.by_group) for group in dict.fromkeys(m.group for m in figures.by_group)],
        not_assessed=figures.not_assessed,
    )


def _dots(share: Proportion) -> tuple[int, int, int] | None:
    """Of 100 people: the count, and the ends of its interval; None when too few were counted."""
    if not share.assessed or share.rate is None or share.low is None or share.high is None:
        return None
    count, low, high = (int(part * 100 + 0.5) for part in (share.rate, share.low, share.high))
    return count, low, high


def _table(group: str, measures: Sequence[Measures]) -> GroupTable:
    return GroupTable(f"By {group.lower()}", [_row(one) for one in measures if one.group == group])


def _row(one: Measures) -> list[str | None]:
    rates = (one.flagged, one.precision, one.miss_rate, one.false_positive_rate)
    people = f"{one.people:,}" if one.assessed else f"fewer than {SMALLEST_GROUP}"
    return [one.value, people, *(rate.frequency if rate.assessed else None for rate in rates)]
