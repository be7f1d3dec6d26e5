"""The advisory score: the only thing that leaves the runtime, and it cannot be built incomplete (R02).

It holds no decimal score (R41). Stored, exported and shown it is always this whole value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from math import isfinite
from typing import Any

from foundation.clock import london_date
from model_runtime.scores.parts import Frequency, Reason, ScoreIncomplete, Weights, check_keys, check_text

FORMAT = "algocare/advisory-score/1"
HEADLINE = "Advisory only. A prompt for your professional judgement"
LABEL = "It must not be the only reason for any decision about this person. You decide, and you can disagree."
LARGEST_ERROR = 1e-6
"""How far the explanation may be from the model's own output, in the unit of the model (R02)."""

TEXTS = (
    "reference",
    "person_reference",
    "model",
    "model_slug",
    "outcome",
    "band_code",
    "band",
    "purpose_code",
    "purpose",
    "audience",
    "decision",
    "challenge_route",
    "method",
    "largest_error",
)
LISTS = ("reasons", "limits", "wrong_before", "cannot_know")


@dataclass(frozen=True)
class AdvisoryScore:
    """One advisory score with everything it must never be without.

    `reasons` are all inputs, the strongest first; `wrong_before` says as natural frequencies how the model has been
    wrong, `largest_error` as text how far the explanation is from the model's output (at most 1e-6). Refused are a
    missing or empty part, a label that is not the approved one, an approval that had ended, data from after the
    score, and a warning left out although most of the weight is not about the person.
    """

    format: str
    headline: str
    label: str
    reference: str
    person_reference: str
    model: str
    model_slug: str
    version: int
    outcome: str
    band_code: str
    band: str
    frequency: Frequency
    reasons: tuple[Reason, ...]
    weights: Weights
    weight_warning: str
    data_as_of: date
    approval_id: int
    approval_expires_on: date
    purpose_code: str
    purpose: str
    audience: str
    decision: str
    excluded_decisions: tuple[str, ...]
    limits: tuple[str, ...]
    wrong_before: tuple[str, ...]
    cannot_know: tuple[str, ...]
    challenge_route: str
    method: str
    largest_error: str
    given_at: datetime

    def __post_init__(self) -> None:
        if (self.format, self.headline, self.label) != (FORMAT, HEADLINE, LABEL):
            raise ScoreIncomplete("label", "an advisory score carries its advisory label word for word")
        for name in TEXTS:
            check_text(name, getattr(self, name))
        for name in LISTS:
            _check_list(name, getattr(self, name))
        _check_kind("frequency", self.frequency, Frequency)
        _check_kind("weights", self.weights, Weights)
        _check_number("version", self.version)
        _check_number("approval_id", self.approval_id)
        _check_error(self.largest_error)
        self._check_days()
        if self.weights.mostly_others and not self.weight_warning.strip():
            raise ScoreIncomplete("weight_warning", "most of the weight is not about the person, which must be said")

    def _check_days(self) -> None:
        _check_kind("given_at", self.given_at, datetime)
        if self.given_at.tzinfo is None:
            raise ScoreIncomplete("given_at", "a time needs a time zone")
        for name in ("data_as_of", "approval_expires_on"):
            _check_kind(name, getattr(self, name), date)
        given_on = london_date(self.given_at)
        if self.data_as_of > given_on:
            raise ScoreIncomplete("data_as_of", "the data is from after the score")
        if self.approval_expires_on < given_on:
            raise ScoreIncomplete("approval_expires_on", "the approval had ended when the score was given")

    @property
    def title(self) -> str:
        """What the score says in a line: the model's name and the band."""
        return f"{self.model}: {self.band[:1].lower()}{self.band[1:]}"

    @property
    def raising(self) -> tuple[Reason, ...]:
        """Every reason that raises it, the strongest first."""
        return tuple(reason for reason in self.reasons if reason.direction == "raises")

    @property
    def lowering(self) -> tuple[Reason, ...]:
        """Every reason that lowers it, the strongest first."""
        return tuple(reason for reason in self.reasons if reason.direction == "lowers")

    @property
    def protected(self) -> tuple[Reason, ...]:
        """The reasons that are a protected characteristic or stand for one, and carry weight."""
        return tuple(reason for reason in self.reasons if reason.protected and reason.direction != "neither")

    def to_dict(self) -> dict[str, Any]:
        """The whole score as plain values; without any of its keys `from_dict` refuses it."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "AdvisoryScore":
        """The score again from `to_dict`; a key too few or too many is refused."""
        check_keys(cls, data, "advisory score")
        lists = {name: _listed(name, data[name]) for name in (*LISTS, "excluded_decisions") if name != "reasons"}
        return cls(
            **{
                **data,
                **lists,
                "reasons": tuple(Reason.from_dict(each) for each in _listed("reasons", data["reasons"])),
                "frequency": Frequency.from_dict(data["frequency"]),
                "weights": Weights.from_dict(data["weights"]),
                "data_as_of": _day("data_as_of", data["data_as_of"]),
                "approval_expires_on": _day("approval_expires_on", data["approval_expires_on"]),
                "given_at": _moment("given_at", data["given_at"]),
            }
        )


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def _check_list(name: str, value: Any) -> None:
    if not isinstance(value, tuple) or not value:
        raise ScoreIncomplete(name, "there is none")
    for one in value:
        if name == "reasons":
            _check_kind(name, one, Reason)
        else:
            check_text(name, one)


def _check_kind(name: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind):
        raise ScoreIncomplete(name, "it is missing")


def _check_number(name: str, value: Any) -> None:
    if type(value) is not int or value < 1:
        raise ScoreIncomplete(name, "it is missing")


def _check_error(text: str) -> None:
    try:
        error = float(text)
    except ValueError:
        raise ScoreIncomplete("largest_error", "it is not a number") from None
    if not isfinite(error) or not 0 <= error <= LARGEST_ERROR:
        raise ScoreIncomplete("largest_error", "the explanation does not add up to the model's own output")


def _listed(name: str, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ScoreIncomplete(name, "it is not a list")
    return tuple(value)


def _day(name: str, value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ScoreIncomplete(name, "it is not a date") from None


def _moment(name: str, value: Any) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ScoreIncomplete(name, "it is not a time") from None
