"""What the ethics committee asks of those who are shown a model's scores."""

from dataclasses import dataclass, field
from typing import Any, Literal

Shows = Literal["reasons", "band", "nothing"]
"""What a reader gets of a score: band and reasons, the band alone, or nothing."""


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

    def to_dict(self) -> dict[str, Any]:
        """For a row."""
        return {**vars(self), "teams": dict(self.teams)}
