"""What the ethics committee asks of those who are shown a model's scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Shows = Literal["reasons", "band", "nothing"]
"""What a reader gets of a score: band and reasons, the band alone, or nothing."""

SHOWS_TITLES: dict[Shows, str] = {
    "reasons": "The band and the reasons",
    "band": "The band alone",
    "nothing": "Nothing",
}
SHOWN_MOST: tuple[Shows, ...] = ("nothing", "band", "reasons")
"""From least to most: what comes later shows more."""

LEAST_DAYS, MOST_DAYS = 30, 730
"""How long passed training may last, in days (R39)."""


@dataclass(frozen=True)
class Safeguards:
    """The committee's rules for one use (R39, R41); without any of its own these strict ones stand.

    `judge_first`: the practitioner's own view is recorded before the score is shown. `training_days`: how long passed
    training in this model's failure cases lasts. `what_if`: practitioners may try other values. `shows`: what a
    reader gets; `teams` says otherwise for teams by name.
    """

    judge_first: bool = False
    training_days: int = 365
    what_if: bool = False
    shows: Shows = "reasons"
    teams: dict[str, Shows] = field(default_factory=dict)

    def for_team(self, team: str) -> Shows:
        """What somebody of a team gets, however blanks and capitals of its name are written."""
        named = {plain_team(name): shows for name, shows in self.teams.items()}
        return named.get(plain_team(team), self.shows)

    def to_dict(self) -> dict[str, Any]:
        """For a row."""
        return {**vars(self), "teams": dict(self.teams)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Safeguards":
        """From a row."""
        return cls(**{**data, "teams": dict(data["teams"])})


def plain_team(team: str) -> str:
    """A team's name with single blanks and in small letters, to compare."""
    return " ".join(team.split()).casefold()


def stricter(one: Shows, other: Shows) -> Shows:
    """Which of the two shows less."""
    return min(one, other, key=SHOWN_MOST.index)


def carried_over(earlier: Safeguards) -> Safeguards:
    """What stands for another version or edition of a use: all that was stricter, nothing that was allowed besides.

    The committee has not seen the new one; what it allowed for another does not follow by itself.
    """
    usual = Safeguards()
    shows = stricter(earlier.shows, usual.shows)
    return Safeguards(
        judge_first=earlier.judge_first,
        training_days=min(earlier.training_days, usual.training_days),
        what_if=False,
        shows=shows,
        teams={team: stricter(told, shows) for team, told in earlier.teams.items() if told != shows},
    )
