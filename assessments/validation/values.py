"""What a plan says before results are known: measures, thresholds, trade-offs, labels, characteristics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

MEASURES = {
    "precision": "Of those flagged, had the outcome (precision)",
    "recall": "Of those with the outcome, flagged (recall)",
    "miss_rate": "Of those with the outcome, missed (miss rate)",
    "false_positive_rate": "Of those without the outcome, flagged (false positive rate)",
    "mcc": "Agreement of flags and outcomes (Matthews correlation)",
    "auc": "Order of the scores (AUC)",
    "gap_precision": "Largest gap of precision between groups",
    "gap_miss_rate": "Largest gap of the miss rate between groups",
    "gap_false_positive_rate": "Largest gap of the false positive rate between groups",
}
"""What a threshold for success can be set on; gaps are between assessed groups of one characteristic."""

WAYS = {"at_least": "at least", "at_most": "at most"}

LABELS = {
    "direct": ("The outcome itself, measured directly", False),
    "self_report": ("What people said about themselves", False),
    "service_contact": ("Contact with a service", True),
    "referral": ("A referral by somebody", True),
    "professional": ("The opinion of a professional", True),
    "report": ("A report or record of an incident", True),
    "arrest": ("An arrest", True),
    "charge": ("A charge or caution", True),
    "conviction": ("A conviction", True),
    "custody": ("A return to custody", True),
    "school_record": ("A school's record, such as an exclusion", True),
    "other": ("Something else that stands in for the outcome", True),
}
"""Where a label comes from, and whether it only stands in for what the model is about (R30)."""

CHARACTERISTICS = {
    "age": "Age",
    "disability": "Disability",
    "gender_reassignment": "Gender reassignment",
    "marriage": "Marriage and civil partnership",
    "pregnancy": "Pregnancy and maternity",
    "race": "Race",
    "religion": "Religion or belief",
    "sex": "Sex",
    "orientation": "Sexual orientation",
}
"""The nine protected characteristics of the Equality Act 2010, section 4 (R15)."""


@dataclass(frozen=True)
class Threshold:
    """Success in one measure: `way` is at_least or at_most, `value` from 0 to 1 (MCC from -1)."""

    measure: str
    way: str
    value: float

    @property
    def text(self) -> str:
        """As it was promised."""
        return f"{MEASURES[self.measure]}: {WAYS[self.way]} {self.value:g}"


@dataclass(frozen=True)
class TradeOff:
    """Principles that pull apart, what could have been chosen, what was, and who chose (R55)."""

    tension: str
    options: str
    choice: str
    decided_by: str


@dataclass(frozen=True)
class Characteristic:
    """One protected characteristic: tested by a column of the data, or not and why (R15)."""

    code: str
    column: str = ""
    reason: str = ""

    @property
    def title(self) -> str:
        """Its name in the Act."""
        return CHARACTERISTICS[self.code]


@dataclass(frozen=True)
class PlanContent:
    """All that a plan says. `ratio` is how many false alarms weigh as much as one missed person.

    `known` are the figures that are known of today's practice; `hides` is what a proxy label may hide;
    `no_trade_off` says why there is none; `accepted_by` names who accepts what is not tested, with the role.
    """

    thresholds: tuple[Threshold, ...]
    practice: str
    known: str
    cost_alarm: str
    cost_miss: str
    ratio: float
    agreed_name: str
    agreed_role: str
    agreed_on: date
    label: str
    hides: str = ""
    trade_offs: tuple[TradeOff, ...] = ()
    no_trade_off: str = ""
    tested: tuple[Characteristic, ...] = field(default=())
    accepted_by: str = ""

    @property
    def proxy(self) -> bool:
        """Whether the label only stands in for the outcome (R30)."""
        return LABELS[self.label][1]

    @property
    def label_title(self) -> str:
        """Where the label comes from, in words."""
        return LABELS[self.label][0]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns by which characteristics are tested, each once."""
        return tuple(dict.fromkeys(one.column for one in self.tested if one.column))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the plan's row."""
        listed = {name: [vars(one) for one in getattr(self, name)] for name in ("thresholds", "trade_offs", "tested")}
        return {**vars(self), **listed, "agreed_on": self.agreed_on.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PlanContent":
        """From the plan's row."""
        rebuilt = {
            "thresholds": tuple(Threshold(**one) for one in data["thresholds"]),
            "trade_offs": tuple(TradeOff(**one) for one in data["trade_offs"]),
            "tested": tuple(Characteristic(**one) for one in data["tested"]),
            "agreed_on": date.fromisoformat(data["agreed_on"]),
        }
        return cls(**{**data, **rebuilt})


@dataclass(frozen=True)
class LaterData:
    """A file of people from a later time, as its owner hands it in.

    `training_to` is the last day of the training data's period. Either `date_column` dates every row, or `starts_on`
    to `ends_on` is the stated period of all of them. `outcome` is the column with 0 and 1.
    """

    name: str
    content: bytes
    outcome: str
    training_from: date
    training_to: date
    date_column: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Judged:
    """One threshold against a result. `met` is None where it could not be assessed; `clear` leaves chance out."""

    measure: str
    met: bool | None
    clear: bool
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """For the result's row."""
        return dict(vars(self))
