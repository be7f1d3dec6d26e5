"""What a watch finds, as frozen values that any process may import and that survive JSON unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, Self

from registry.watch_plans.measures import MEASURES


class BatchCode(StrEnum):
    """Whether a batch can be judged at all (R13: anything but `ok` fails the watch)."""

    OK = "ok"
    MISSING = "missing"
    TOO_SMALL = "too_small"
    STALE = "stale"
    IDENTICAL = "identical"
    WRONG_COLUMNS = "wrong_columns"
    DOUBLED = "doubled"
    SWAPPED = "swapped"


class Verdict(StrEnum):
    """The answer of one watch, in one word."""

    PASSED = "passed"
    WARNED = "warned"
    BREACHED = "breached"
    FAILED = "failed"
    TOO_EARLY = "too_early"


class Action(StrEnum):
    """What passing a limit leads to, weakest first (R12)."""

    WARN = "warn"
    REFER = "refer"
    SUSPEND = "suspend"


class Measure(StrEnum):
    """What a plan may set a limit on; `registry/watch_plans/measures.py` has the words of each."""

    SCORE_DRIFT = "score_drift"
    BAND_SHIFT = "band_shift"
    INPUT_DRIFT_SHARE = "input_drift_share"
    MISSING_SHARE = "missing_share"
    UNSEEN_CATEGORIES = "unseen_categories"
    OUT_OF_RANGE_SHARE = "out_of_range_share"
    LABEL_RATE_CHANGE = "label_rate_change"
    PRECISION_FLOOR = "precision_floor"
    RECALL_FLOOR = "recall_floor"
    CALIBRATION_GAP = "calibration_gap"
    ERRATIC = "erratic"
    MISS_RATE_GAP = "miss_rate_gap"
    FALSE_ALARM_GAP = "false_alarm_gap"
    SELECTION_GAP = "selection_gap"
    EXPLANATION_SHIFT = "explanation_shift"
    FLAGS_OVER_CAPACITY = "flags_over_capacity"
    OVERRIDE_RATE = "override_rate"
    AGREEMENT_CEILING = "agreement_ceiling"
    REFUSAL_SHARE = "refusal_share"

    @property
    def words(self) -> str:
        """The measure in words, to follow 'the limit on'."""
        return MEASURES[self].words

    @property
    def is_floor(self) -> bool:
        """Whether its limit is breached below its figure."""
        return MEASURES[self].floor


class Direction(StrEnum):
    """On which side of its threshold a drift value means drift; stored, because it depends on the method."""

    ABOVE = "above is drift"
    BELOW = "below is drift"


class WatchedColumn(Protocol):
    """An input as the declaration describes it: `type` is integer, number, yes_no or category."""

    @property
    def name(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def type(self) -> str: ...


@dataclass(frozen=True)
class Value:
    """Base of the frozen values below: `to_dict` gives plain JSON, `from_dict` gives back an equal value."""

    def to_dict(self) -> dict[str, Any]:
        """A dictionary of strings, numbers, lists and None."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The value again; a key that the value does not know raises TypeError."""
        return cls(**{name: _tuple(value) for name, value in data.items()})


@dataclass(frozen=True)
class ColumnVerdict(Value):
    """How one column compares with its reference.

    `value` is the drift by `method` and None where nothing could be compared; `threshold` and `direction`
    say how it was judged. `missing_…` are shares of blanks from 0 to 1, `typical_…` the mean (numbers) or
    the share of yes (yes_no), None for categories. `chance` is true when the value is past the threshold
    but so few people were scored that chance alone gives as much: it then counts as not assessed.
    """

    column: str
    meaning: str
    method: str
    value: float | None
    threshold: float
    direction: Direction
    drifted: bool
    missing_reference: float
    missing_current: float
    unseen: tuple[str, ...]
    sentence: str
    typical_reference: float | None = None
    typical_current: float | None = None
    chance: bool = False

    @property
    def compared(self) -> bool:
        """Whether anything can be said about its drift; False when blank on both sides or within chance."""
        return not self.chance and (self.drifted or self.value is not None)

    @property
    def missing_rise(self) -> float:
        """By how much the share of blanks has risen; 0 when it fell."""
        return max(0.0, self.missing_current - self.missing_reference)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """See `Value.from_dict`."""
        return super().from_dict({**data, "direction": Direction(data["direction"])})


@dataclass(frozen=True)
class BatchCheck(Value):
    """Whether the batch can be judged, and why not."""

    code: BatchCode
    sentence: str

    @property
    def ok(self) -> bool:
        """True when the watch may go on."""
        return self.code == BatchCode.OK

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """See `Value.from_dict`."""
        return cls(BatchCode(data["code"]), data["sentence"])


@dataclass(frozen=True)
class Threshold(Value):
    """A limit that the committee approved with the model."""

    measure: Measure
    at: float
    action: Action

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """See `Value.from_dict`; an unknown measure or action raises ValueError."""
        return cls(Measure(data["measure"]), float(data["at"]), Action(data["action"]))


@dataclass(frozen=True)
class Breach(Value):
    """A limit that was breached, and what that leads to."""

    measure: Measure
    value: float
    limit: float
    action: Action
    sentence: str

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """See `Value.from_dict`."""
        named = {"measure": Measure(data["measure"]), "action": Action(data["action"])}
        return super().from_dict({**data, **named})


@dataclass(frozen=True)
class Window(Value):
    """Which people were compared: how they were chosen, from when to when (both days included), how many.

    `sha256` is the digest of their inputs and scores, whatever the order of the rows; the caller of a
    watch leaves `people` and `sha256` out and finds them filled in the result.
    """

    description: str
    start: date | None = None
    end: date | None = None
    people: int = 0
    sha256: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """See `Value.from_dict`; days are ISO dates."""
        return super().from_dict({**data, "start": _day(data.get("start")), "end": _day(data.get("end"))})


@dataclass(frozen=True)
class Reading(Value):
    """What one measure found: `value` with the ends of its 95% interval where it has one, over `of` cases.

    `value` is None where it could not be assessed, and `sentence` then says why. `chance` is true when so few cases
    give as much by chance alone; `limits.py` decides what that means for a limit.
    """

    measure: Measure
    value: float | None
    sentence: str
    low: float | None = None
    high: float | None = None
    of: int = 0
    chance: bool = False

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """See `Value.from_dict`."""
        return super().from_dict({**data, "measure": Measure(data["measure"])})


@dataclass(frozen=True)
class Observed:
    """What a watch looks at beside the two frames; whatever is left out is reported as not assessed.

    `flags` are the people flagged in each whole week of the window, oldest first, `capacity` how many of them staff can
    act on in a week. `agree`, `disagree` and `not_used` count judgements, `asked` the requests for scores and `refused`
    those among them that were refused. `reasons` are each input's share of the weight of all reasons (sum of absolute
    contributions), by input, in the reference and in the window. `earlier` are (right, flagged) of the figures of
    earlier watches, oldest first.
    """

    flags: tuple[int, ...] = ()
    capacity: int | None = None
    agree: int = 0
    disagree: int = 0
    not_used: int = 0
    asked: int = 0
    refused: int = 0
    reasons_reference: Mapping[str, float] | None = None
    reasons_current: Mapping[str, float] | None = None
    earlier: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class WatchResult(Value):
    """One watch: a verdict in one sentence, and everything it rests on.

    `figures` is the performance as a dictionary, or None when it was not assessed; `outcome_coverage` is
    (people whose outcome is known, people scored); `drifted_share` the share of comparable inputs that
    drifted, None when none could be compared. `readings` has one line for each measure; watches of the first release
    have none. `deployment` says which version, approval and plan were watched (R13), `chance` how often a watch of
    data that did not change would find a movement.
    """

    verdict: Verdict
    sentence: str
    batch: BatchCheck
    reference: Window
    current: Window
    columns: tuple[ColumnVerdict, ...]
    score: ColumnVerdict | None
    drifted_share: float | None
    figures: dict[str, Any] | None
    outcome_coverage: tuple[int, int]
    breaches: tuple[Breach, ...]
    not_assessed: tuple[str, ...]
    next_step: str
    readings: tuple[Reading, ...] = ()
    deployment: str = ""
    chance: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The result again, equal to the one that was stored."""
        known, people = data["outcome_coverage"]
        inside = {
            "verdict": Verdict(data["verdict"]),
            "batch": BatchCheck.from_dict(data["batch"]),
            "reference": Window.from_dict(data["reference"]),
            "current": Window.from_dict(data["current"]),
            "columns": tuple(ColumnVerdict.from_dict(each) for each in data["columns"]),
            "score": ColumnVerdict.from_dict(data["score"]) if data["score"] else None,
            "breaches": tuple(Breach.from_dict(each) for each in data["breaches"]),
            "outcome_coverage": (known, people),
            "not_assessed": tuple(data["not_assessed"]),
            "readings": tuple(Reading.from_dict(each) for each in data.get("readings", ())),
        }
        return cls(**{**data, **inside})


def _plain(value: Any) -> Any:
    if isinstance(value, Value):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _day(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
