"""What somebody can find when they look at a person again, and counts of it without anybody's name."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from model_runtime.judgements.tables import Judgement
from registry.models.tables import Use


class Harm(StrEnum):
    """What the scores did to a person, as far as somebody can tell who looked at them again (R14)."""

    NONE = "none"
    POSSIBLE = "possible"
    HARM = "harm"


HARM_TITLES = {
    Harm.NONE: "No harm found",
    Harm.POSSIBLE: "Harm is possible",
    Harm.HARM: "The person came to harm",
}
"""As reviewers choose it."""

HARM_TONES = {Harm.NONE: "good", Harm.POSSIBLE: "attention", Harm.HARM: "bad"}
"""Tones of tags, whose words say the same."""

STATES = {"waiting": "Waiting to be looked at", "reviewed": "Looked at", "harm": "Harm possible or found"}
"""What a list of people can be narrowed to, by the code in the address."""


@dataclass(frozen=True)
class HarmCount:
    """How far the look-back of one use has come: counts of people, never who they are.

    `shown` were scored in a way that somebody could see; `unsettled` wait for the data protection officer.
    """

    look_back_id: int
    use: Use
    made_at: datetime
    people: int
    scores: int
    shown: int
    challenged: int
    reviewed: int
    possible: int
    harm: int
    unsettled: int

    @property
    def waiting(self) -> int:
        """How many nobody has looked at."""
        return self.people - self.reviewed


@dataclass(frozen=True)
class Closing:
    """What the owner says about bringing a use to an end; days are None while they are not known.

    `consumers` are those who used the scores, each with the day they were told that the use ended.
    """

    notice: str = ""
    notice_way: str = ""
    notice_on: date | None = None
    consumers: tuple[tuple[str, date], ...] = ()
    disposal: str = ""
    disposal_way: str = ""
    disposal_by_on: date | None = None
    disposed_on: date | None = None
    published_on: date | None = None


@dataclass(frozen=True)
class ScoreLine:
    """One score about a person, for whoever looks at them again: `band` is empty for a score given in the shadow.

    `seen` are the names of those who looked at it, `judgements` pairs of whose it is and the judgement. A score of a
    `run` over many people has the run's reference and time, and nobody judges it.
    """

    reference: str
    at: datetime
    band: str
    seen: tuple[str, ...]
    judgements: tuple[tuple[str, Judgement], ...] = ()
    run: bool = False
