"""What a practitioner can make of a score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

from registry.evaluations.values import SMALLEST_GROUP

NEWEST = 200
"""How many of the newest judgements are looked at: the alarm is about practice now, and it can fall silent again."""
ENOUGH = 50
"""Judgements before anything is said about agreement or haste (R07)."""
NEARLY_ALL = 98
"""Of 100 judgements, from how many agreements on they look like a rubber stamp (R07)."""
HASTY = 30
"""Seconds: a median below it leaves no time to read what a score says (R07)."""
MOST_READ = 5000
"""How many of the newest judgements the figures by team, band and group are counted from."""


class View(StrEnum):
    """A judgement on a score, recorded beside it (R07)."""

    AGREE = "agree"
    DISAGREE = "disagree"
    NOT_USED = "not_used"


VIEW_TITLES = {
    View.AGREE: "I agree",
    View.DISAGREE: "I disagree",
    View.NOT_USED: "I did not use it",
}


@dataclass(frozen=True)
class Practice:
    """How a use's scores are judged (R07), as counts.

    `given` scores that people may be shown, `viewed` of them that somebody looked at, `answered` of those with a
    judgement. Of the newest judgements: `judged` how many, `agreed` how many of them agree with the score, `seconds`
    the median time from somebody's first look at a score to their judgement; None when nobody looked first.
    """

    given: int
    viewed: int
    answered: int
    judged: int
    agreed: int
    seconds: float | None


@dataclass(frozen=True)
class Judged:
    """One judgement as it is counted: nobody's name, and no person's reference.

    `groups` are the protected characteristics of the person as recorded when they were scored; `seconds` from the
    first look to the judgement; `said_first` the band its author named before they saw the score, if they were asked.
    """

    view: str
    team: str
    band: str
    seconds: float | None = None
    said_first: str | None = None
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Share:
    """How one group's scores, or one team, were judged: `of` what, which `value`, and the counts (R07)."""

    of: str
    value: str
    judged: int
    agreed: int
    overridden: int
    not_used: int
    seconds: float | None

    @property
    def assessed(self) -> bool:
        """Below ten judgements a rate says more about chance than about practice."""
        return self.judged >= SMALLEST_GROUP

    def of_100(self, count: int) -> str | None:
        """A count of this group as a number of 100; none below ten judgements."""
        return str(int(100 * count / self.judged + 0.5)) if self.assessed else None


@dataclass(frozen=True)
class FirstViews:
    """What came of views recorded before the score: `same` band as it; of the others, `followed` it after all."""

    recorded: int
    same: int
    followed: int


@dataclass(frozen=True)
class Figures:
    """How a use's scores are judged: overall, then by team, band and protected characteristic (R07)."""

    overall: Share
    teams: tuple[Share, ...]
    bands: tuple[Share, ...]
    groups: tuple[Share, ...]
    first: FirstViews


def gather(of: str, value: str, rows: Sequence[Judged]) -> Share:
    """The counts and the median time of some judgements."""
    counts = {view: sum(row.view == view for row in rows) for view in View}
    waits = [row.seconds for row in rows if row.seconds is not None]
    return Share(
        of,
        value,
        len(rows),
        counts[View.AGREE],
        counts[View.DISAGREE],
        counts[View.NOT_USED],
        median(waits) if waits else None,
    )


def gather_all(rows: Sequence[Judged], bands: Mapping[str, str]) -> Figures:
    """Every figure of some judgements; `bands` names the version's bands by code, in their order."""
    teams = sorted({row.team for row in rows})
    groups = sorted({pair for row in rows for pair in row.groups.items()})
    return Figures(
        overall=gather("Everybody", "", rows),
        teams=tuple(gather("Team", team or "No team", [row for row in rows if row.team == team]) for team in teams),
        bands=tuple(gather("Band", name, [row for row in rows if row.band == code]) for code, name in bands.items()),
        groups=tuple(
            gather(name, value, [row for row in rows if row.groups.get(name) == value]) for name, value in groups
        ),
        first=_first([row for row in rows if row.said_first is not None]),
    )


def _first(rows: Sequence[Judged]) -> FirstViews:
    differed = [row for row in rows if row.said_first != row.band]
    followed = sum(row.view == View.AGREE for row in differed)
    return FirstViews(len(rows), len(rows) - len(differed), followed)
