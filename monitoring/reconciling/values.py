"""What can be found outside the register, in words: one table of kinds, findings with where they lie, the report."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

MOST_PLACES = 50
"""How many files of one finding are named; the others are counted."""


class FindingKind(StrEnum):
    """Why something is a finding; stored codes are never renamed."""

    UNREGISTERED = "unregistered"
    UNKNOWN_VERSION = "unknown_version"
    RETIRED = "retired"
    SUSPENDED = "suspended"
    NOT_APPROVED = "not_approved"
    SINCE_ENDED = "since_ended"
    UNKNOWN_RECORD = "unknown_record"
    DIFFERENT = "different"
    UNLABELLED = "unlabelled"
    UNKNOWN_FILE = "unknown_file"
    RETIRED_FILE = "retired_file"


@dataclass(frozen=True)
class KindCard:
    """A kind of finding as people read it: what was found ("{count} scores {what}"), and what to do about it."""

    title: str
    what: str
    unit: tuple[str, str]
    todo: str


SCORE = ("score", "scores")
MODEL_FILE = ("model file", "model files")

KINDS = {
    FindingKind.UNREGISTERED: KindCard(
        "Scores of a model that is not registered",
        "of a model that is not registered here",
        SCORE,
        "Find out who made them and what they are used for. Register the model, or have it stopped.",
    ),
    FindingKind.UNKNOWN_VERSION: KindCard(
        "Scores of a version that is not registered",
        "of a version that is not registered",
        SCORE,
        "Ask the owner which version runs there. Register it and put it to the committee, or have it stopped.",
    ),
    FindingKind.RETIRED: KindCard(
        "Scores given after the model was retired",
        "given after it was retired",
        SCORE,
        "Something still runs it. Find out what, have it stopped, and do not use these scores.",
    ),
    FindingKind.SUSPENDED: KindCard(
        "Scores given while the model was suspended",
        "given while it was suspended",
        SCORE,
        "Something ran it past the suspension. Find out what, have it stopped, and do not use these scores.",
    ),
    FindingKind.NOT_APPROVED: KindCard(
        "Scores given without an approval",
        "given when no use of it was approved",
        SCORE,
        "Find out who gave them and why. Do not use these scores.",
    ),
    FindingKind.SINCE_ENDED: KindCard(
        "Scores still stored of a model that was stopped",
        "still stored although it was stopped",
        SCORE,
        "Ask whoever keeps them why they still do. The record of its end says what was to become of the data.",
    ),
    FindingKind.UNKNOWN_RECORD: KindCard(
        "Scores whose record is not known here",
        "whose record reference is not known here",
        SCORE,
        "A score without a record was not given by this service. Find out where these come from.",
    ),
    FindingKind.DIFFERENT: KindCard(
        "Scores that differ from their record",
        "that differ from their record here",
        SCORE,
        "Somebody changed them after they were given. Do not use them; take them out of this service again.",
    ),
    FindingKind.UNLABELLED: KindCard(
        "What looks like scores, without the advisory label",
        "that look like scores, without the advisory label",
        ("row", "rows"),
        "Say what this is. If it is scores of people, name the model; whoever reads them must see the label.",
    ),
    FindingKind.UNKNOWN_FILE: KindCard(
        "Model files that are not in the register",
        "that the register does not know",
        MODEL_FILE,
        "Find out what this computes and whether it is about people. Register it, or delete it.",
    ),
    FindingKind.RETIRED_FILE: KindCard(
        "Model files of a retired version",
        "of a version that was retired",
        MODEL_FILE,
        "Have it deleted where it lies; the register keeps the one copy there should be.",
    ),
}
"""Kinds of finding, by stored code, in the order in which a report tells them."""


@dataclass(frozen=True)
class Place:
    """Where something lies: a file's name or a query, its SHA-256, how many rows are meant, and what else to know."""

    name: str
    sha256: str
    count: int
    detail: str = ""

    @property
    def told(self) -> str:
        """The place in a line; of a model file the beginning of its SHA-256, so that it can be found again."""
        detail = f", {self.detail}" if self.detail else ""
        return f"{self.name}: {self.count:,}{detail}, SHA-256 {self.sha256[:12]}"


@dataclass(frozen=True)
class Finding:
    """One thing that runs or lies outside the register: what kind, about what, where.

    `subject` names a model and version or what else it is about; `slug` is the model's short name if it is registered
    and `use_id` the use of whose cases it becomes one. `count` is the whole number, `more` how many places beyond
    those named.
    """

    kind: FindingKind
    subject: str
    places: tuple[Place, ...]
    count: int
    slug: str | None = None
    use_id: int | None = None
    more: int = 0

    @property
    def card(self) -> KindCard:
        """The kind as people read it."""
        return KINDS[self.kind]

    @property
    def key(self) -> tuple[str, str]:
        """What makes two findings the same one."""
        return self.kind.value, self.subject

    @property
    def sentence(self) -> str:
        """The finding in a sentence, with its count."""
        unit = self.card.unit[0 if self.count == 1 else 1]
        subject = f"{self.subject}: " if self.subject else ""
        files = "" if self.card.unit == MODEL_FILE else f", in {self.files} {'place' if self.files == 1 else 'places'}"
        return f"{subject}{self.count:,} {unit} {self.card.what}{files}."

    @property
    def standing(self) -> str:
        """The finding without counts, the same as long as it lasts: what a case says."""
        return f"{self.card.title}. {self.card.todo}"

    @property
    def files(self) -> int:
        """In how many places it was found."""
        return len(self.places) + self.more

    def with_place(self, place: Place) -> "Finding":
        """The same finding with one more place."""
        count = self.count + place.count
        if len(self.places) < MOST_PLACES:
            return replace(self, count=count, places=(*self.places, place))
        return replace(self, count=count, more=self.more + 1)

    def to_dict(self) -> dict[str, Any]:
        """As it is stored and printed."""
        return {**asdict(self), "kind": self.kind.value, "places": [asdict(place) for place in self.places]}

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> "Finding":
        """What `to_dict` made."""
        places = tuple(Place(**place) for place in held["places"])
        return cls(**{**held, "kind": FindingKind(held["kind"]), "places": places})


@dataclass(frozen=True)
class Report:
    """What was looked at and what was found.

    `rows` are rows of files and queries that were read. `unread` says of each file that could not be read why not;
    `unseen` names the registered models of which nothing was found; `passed_over` counts files of other kinds by
    ending. Nothing in it is about a single person.
    """

    places: tuple[str, ...]
    files: int
    rows: int
    findings: tuple[Finding, ...] = ()
    unread: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    passed_over: Mapping[str, int] | None = None

    @property
    def sound(self) -> bool:
        """Whether everything could be read and nothing was found."""
        return not self.findings and not self.unread

    @property
    def sentence(self) -> str:
        """The whole report in one sentence."""
        if self.findings:
            number = len(self.findings)
            found = f"{number} {'thing runs or lies' if number == 1 else 'things run or lie'} outside the register."
        else:
            found = "Nothing was found outside the register."
        if not self.unread:
            return found
        number = len(self.unread)
        unread = f"{number} {'place' if number == 1 else 'places'} could not be read, so this says nothing of them."
        return f"{found} {unread}"

    @property
    def told_unseen(self) -> str:
        """Of which registered models nothing was found: said, and nobody is blamed for it."""
        return f"Nothing was found of: {', '.join(self.unseen)}." if self.unseen else ""

    @property
    def told_others(self) -> str:
        """How many files were not looked into because of what they are."""
        held = self.passed_over or {}
        if not held:
            return ""
        kinds = ", ".join(f"{ending or 'no ending'} {count:,}" for ending, count in sorted(held.items()))
        return f"Files of other kinds, not looked into: {kinds}."

    def to_dict(self) -> dict[str, Any]:
        """As it is printed for a machine, and digested."""
        return {
            "places": list(self.places),
            "files": self.files,
            "rows": self.rows,
            "findings": [finding.to_dict() for finding in self.findings],
            "unread": list(self.unread),
            "unseen": list(self.unseen),
            "passed_over": dict(self.passed_over or {}),
        }

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> "Report":
        """What `to_dict` made."""
        findings: Sequence[Finding] = [Finding.from_dict(one) for one in held["findings"]]
        lists = {name: tuple(held[name]) for name in ("places", "unread", "unseen")}
        return cls(**{**held, **lists, "findings": tuple(findings)})
