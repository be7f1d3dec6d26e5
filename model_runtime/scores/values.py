"""The advisory score: the only thing that leaves the runtime, and it cannot be built incomplete (R02).

It holds no decimal score (R41). Stored, exported and shown it is always this whole value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from math import isfinite
from typing import Any

from foundation.clock import london_date
from model_runtime.scores.earlier import FIRST_FORMAT, NOT_LOOKED_FOR, complete_first
from model_runtime.scores.parts import (
    Caution,
    Frequency,
    Reason,
    ScoreIncomplete,
    Weights,
    as_day,
    check_names,
    check_text,
)

FORMAT = "algocare/advisory-score/2"
HEADLINE = "Advisory only. A prompt for your professional judgement"
LABEL = "It must not be the only reason for any decision about this person. You decide, and you can disagree."
NOTHING_UNUSUAL = "Nothing unusual was found about this score."
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
    "uncertainty",
    "warnings_sentence",
    "purpose_code",
    "purpose",
    "audience",
    "decision",
    "challenge_route",
    "method",
    "explained",
    "largest_error",
    "record",
)
LISTS = ("reasons", "operating", "limits", "wrong_before", "cannot_know")


@dataclass(frozen=True)
class AdvisoryScore:
    """One advisory score with everything it must never be without.

    `reasons` are everything it looked at, the strongest first. `uncertainty` says on how many people the frequency
    rests and between what it may lie; `operating` how many of those it flags are right, how many it finds, and the
    base rate, at the operating threshold. `warnings` are what is unusual about this very score; when there is none,
    `warnings_sentence` says so. `wrong_before` says as natural frequencies how the model has been wrong, `explained`
    what of the model the reasons add up to, `largest_error` as text how far they are from it (at most 1e-6). `record`
    says where the proof of this score is. `as_given` is a score of the first format word for word, otherwise None.

    Refused are a missing or empty part, a label that is not the approved one, an approval that had ended, data from
    after the score, and a warning left out although most of the weight is not about the person.
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
    uncertainty: str
    operating: tuple[str, ...]
    reasons: tuple[Reason, ...]
    warnings: tuple[Caution, ...]
    warnings_sentence: str
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
    explained: str
    largest_error: str
    record: str
    given_at: datetime
    as_given: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        known = FORMAT if self.as_given is None else FIRST_FORMAT
        if (self.format, self.headline, self.label) != (known, HEADLINE, LABEL):
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
        for one in _listed("excluded_decisions", self.excluded_decisions):
            check_text("excluded_decisions", one)
        self._check_days()
        self._check_warnings()

    def _check_warnings(self) -> None:
        if not isinstance(self.warnings, tuple):
            raise ScoreIncomplete("warnings", "they are not a list")
        for one in self.warnings:
            _check_kind("warnings", one, Caution)
        silent = self.warnings_sentence == (NOTHING_UNUSUAL if self.as_given is None else NOT_LOOKED_FOR)
        if silent == bool(self.warnings):
            raise ScoreIncomplete("warnings", "there are some, or it is said that there are none")
        if not isinstance(self.weight_warning, str):
            raise ScoreIncomplete("weight_warning", "it is not a text")
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
        if self.as_given is not None:
            return dict(self.as_given)
        return {name: _plain(getattr(self, name)) for name in KEYS}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "AdvisoryScore":
        """The score again from `to_dict`, also of the first format; a key too few or too many is refused."""
        given = None
        if isinstance(data, Mapping) and data.get("format") == FIRST_FORMAT:
            given, data = dict(data), complete_first(data)
        check_names(set(KEYS), data, "advisory score")
        return cls(**(dict(data) | read_parts(data)), as_given=given)


KEYS = tuple(one.name for one in fields(AdvisoryScore) if one.name != "as_given")


def read_parts(data: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a stored score that are no texts, as the values they are."""
    texts = {name: _listed(name, data[name]) for name in (*LISTS, "excluded_decisions") if name != "reasons"}
    return {
        **texts,
        "reasons": tuple(Reason.from_dict(each) for each in _listed("reasons", data["reasons"])),
        "warnings": tuple(Caution.from_dict(each) for each in _listed("warnings", data["warnings"])),
        "frequency": Frequency.from_dict(data["frequency"]),
        "weights": Weights.from_dict(data["weights"]),
        "data_as_of": as_day("data_as_of", data["data_as_of"]),
        "approval_expires_on": as_day("approval_expires_on", data["approval_expires_on"]),
        "given_at": _moment("given_at", data["given_at"]),
    }


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


def _moment(name: str, value: Any) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ScoreIncomplete(name, "it is not a time") from None
