"""The small parts of an advisory score: its reasons, its natural frequency, whom its weight is about, its cautions."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from foundation.errors import Invalid
from registry.models.values import About

DIRECTIONS = ("raises", "lowers", "neither")
ABOUTS = frozenset(About)
TOLD = ("feature", "meaning", "sentence", "value_text", "source_text", "source", "agency")
"""The texts of a reason."""


class ScoreIncomplete(Invalid, ValueError):
    """An advisory score that lacks a part, and therefore does not exist (R02). `part` names it."""

    code = "score_incomplete"
    title = "There is no score"

    def __init__(self, part: str, what: str) -> None:
        super().__init__(f"An advisory score is complete or there is none. {part}: {what}.")
        self.part = part


@dataclass(frozen=True)
class Reason:
    """One thing the model looked at and what it did to this score.

    It is one input, or a concept with all the inputs that encode it. `meaning` says in plain words what was looked
    at, `sentence` how it reads for this person, `source` and `agency` who recorded it. `weight` is a whole number
    from 0 to 100, where 100 is the strongest reason of this score; `direction` is raises, lowers or neither, compared
    with the people the model learned from. `about` says whom the fact is about (R29), `protected` which protected
    characteristic it is or stands for, if any.
    """

    feature: str
    meaning: str
    sentence: str
    value_text: str
    source_text: str
    source: str
    agency: str
    as_of: date
    about: str
    protected: str | None
    weight: int
    direction: str

    def __post_init__(self) -> None:
        for name in TOLD:
            check_text(name, getattr(self, name))
        if not isinstance(self.as_of, date):
            raise ScoreIncomplete("as_of", "a reason says from when it is")
        if self.about not in ABOUTS:
            raise ScoreIncomplete("about", "a reason says whom it is about")
        if self.protected is not None:
            check_text("protected", self.protected)
        if self.direction not in DIRECTIONS:
            raise ScoreIncomplete("direction", "a reason raises, lowers or does neither")
        if type(self.weight) is not int or not 0 <= self.weight <= 100:
            raise ScoreIncomplete("weight", "a weight is a whole number from 0 to 100")

    @property
    def share(self) -> float:
        """The length of its bar, from 0 to 1."""
        return self.weight / 100

    def to_dict(self) -> dict[str, Any]:
        return {**vars(self), "as_of": self.as_of.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Reason":
        check_keys(cls, data, "reason")
        return cls(**{**data, "as_of": as_day("as_of", data["as_of"])})


@dataclass(frozen=True)
class Caution:
    """Something unusual about this very score that its reader has to bear in mind: a stable code and a sentence."""

    code: str
    sentence: str

    def __post_init__(self) -> None:
        check_text("warnings", self.code)
        check_text("warnings", self.sentence)

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Caution":
        check_keys(cls, data, "warning")
        return cls(**data)


@dataclass(frozen=True)
class Frequency:
    """How often the outcome came to people in the band: of 100, `count`, and the 95% interval `low` to `high`."""

    sentence: str
    base_sentence: str
    other_sentence: str
    count: int
    low: int
    high: int

    def __post_init__(self) -> None:
        for name in ("sentence", "base_sentence", "other_sentence"):
            check_text(name, getattr(self, name))
        numbers = (self.low, self.count, self.high)
        if any(type(number) is not int for number in numbers) or not 0 <= self.low <= self.count <= self.high <= 100:
            raise ScoreIncomplete("frequency", "its numbers are not possible")

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Frequency":
        check_keys(cls, data, "frequency")
        return cls(**data)


@dataclass(frozen=True)
class Weights:
    """Whom the weight of a score is about, in percent that add up to 100 (or to 0 when no input carried weight)."""

    person: int
    relative: int
    linked: int

    def __post_init__(self) -> None:
        numbers = (self.person, self.relative, self.linked)
        if any(type(number) is not int or number < 0 for number in numbers) or sum(numbers) not in (0, 100):
            raise ScoreIncomplete("weights", "they do not add up")

    @property
    def mostly_others(self) -> bool:
        """Most of the weight is about other people than the one who is scored."""
        return self.relative + self.linked > 50

    @property
    def sentence(self) -> str:
        """The three shares in a sentence."""
        if self.person + self.relative + self.linked == 0:
            return "No fact carried any weight: the model knows nothing that sets this person apart."
        if self.person == 100:
            return "All of the weight is about this person, none about relatives or others."
        relative, linked = (f"{share}%" if share else "none" for share in (self.relative, self.linked))
        return f"{self.person}% of the weight is about this person, {relative} about relatives, {linked} about others."

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Weights":
        check_keys(cls, data, "weights")
        return cls(**data)


def check_text(name: str, value: Any) -> None:
    """Refuse what is not a text with something in it."""
    if not isinstance(value, str) or not value or value.isspace():
        raise ScoreIncomplete(name, "it is missing")


def check_keys(kind: type, data: Any, what: str) -> None:
    """Refuse a dictionary that does not have exactly the keys of a value."""
    check_names({field.name for field in fields(kind) if field.init}, data, what)


def check_names(wanted: set[str], data: Any, what: str) -> None:
    """Refuse a dictionary that does not have exactly these keys."""
    if not isinstance(data, Mapping):
        raise ScoreIncomplete(what, "it is missing")
    odd = sorted(str(key) for key in data.keys() ^ wanted)
    if odd:
        raise ScoreIncomplete(odd[0], f"the {what} {'has no' if odd[0] in wanted else 'may not have a'} {odd[0]}")


def as_day(name: str, value: Any) -> date:
    """A day from its text; refused when it is none."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ScoreIncomplete(name, "it is not a date") from None
