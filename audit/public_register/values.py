"""What a public page is made of, which parts can be withheld, and for which reasons (R44)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Field(StrEnum):
    """A part of a model's public page, in the order of the page."""

    STANDING = "standing"
    PURPOSE = "purpose"
    INPUTS = "inputs"
    POINTS = "points"
    AUDIENCE = "audience"
    DECIDING = "deciding"
    FIGURES = "figures"
    LIMITS = "limits"
    DATA = "data"
    LAW = "law"
    TOLD = "told"
    OWNER = "owner"
    CHALLENGE = "challenge"
    COUNTS = "counts"
    HISTORY = "history"


FIELDS = {
    Field.STANDING: "Is it in use?",
    Field.PURPOSE: "What is it for?",
    Field.INPUTS: "What does it look at?",
    Field.POINTS: "How are the points added up?",
    Field.AUDIENCE: "Who sees the result, and what may they decide?",
    Field.DECIDING: "Who decides?",
    Field.FIGURES: "How often is it right?",
    Field.LIMITS: "What can it not do?",
    Field.DATA: "Where does the data come from?",
    Field.LAW: "Which law is it said to rest on?",
    Field.TOLD: "Are people told?",
    Field.OWNER: "Who answers for it?",
    Field.CHALLENGE: "How can I challenge it?",
    Field.COUNTS: "How much is it used?",
    Field.HISTORY: "What has happened so far?",
}
"""The parts as questions a parent would ask, by stored code."""

NEVER_WITHHELD = frozenset({Field.STANDING, Field.DECIDING, Field.OWNER, Field.CHALLENGE})
"""Whether it is used, that a person decides, who answers for it and how to challenge it are always told."""


class Reason(StrEnum):
    """Why a part is withheld; there are no other reasons."""

    OPERATIONAL_POLICING = "operational_policing"
    PERSONAL_DATA = "personal_data"
    COMMERCIAL_CONFIDENCE = "commercial_confidence"
    SECURITY = "security"


REASONS = {
    Reason.OPERATIONAL_POLICING: "telling it would help somebody to get round the police",
    Reason.PERSONAL_DATA: "it would say something about a person",
    Reason.COMMERCIAL_CONFIDENCE: "a firm gave it to us in confidence",
    Reason.SECURITY: "telling it would make a system less safe",
}
"""Reasons as the public reads them after "Withheld:", by stored code."""

REASON_TITLES = {
    Reason.OPERATIONAL_POLICING: "Operational policing",
    Reason.PERSONAL_DATA: "Personal data",
    Reason.COMMERCIAL_CONFIDENCE: "Commercial confidence",
    Reason.SECURITY: "Security",
}
"""Reasons as the person who withholds chooses them."""


@dataclass(frozen=True)
class Table:
    """A table of texts. `names`: the first column holds names of laws, which are not in our words."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: bool = False


@dataclass(frozen=True)
class Block:
    """A paragraph and the list that follows it; either may be empty. `cited`: the list names writings of others."""

    text: str = ""
    points: tuple[str, ...] = ()
    cited: bool = False


@dataclass(frozen=True)
class Section:
    """One part of a page. With `withheld` (a sentence) it has no content."""

    field: Field
    blocks: tuple[Block, ...] = ()
    table: Table | None = None
    withheld: str = ""

    @property
    def title(self) -> str:
        """The question it answers."""
        return FIELDS[self.field]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.blocks or self.table or self.withheld)


@dataclass(frozen=True)
class Standing:
    """How a model or a use stands, in a few words and in a sentence."""

    title: str
    tone: str
    sentence: str


@dataclass(frozen=True)
class Departure:
    """A decision other than the committee advised: outcomes by stored code, and the published reasons (R09)."""

    at: datetime
    advised: str
    decided: str
    reasons: str


@dataclass(frozen=True)
class PublicModel:
    """A model as the public sees it. `challenged_here`: there is a form to challenge it on this site."""

    slug: str
    name: str
    summary: str
    standing: Standing
    sections: tuple[Section, ...]
    challenged_here: bool

    @property
    def withheld(self) -> tuple[Section, ...]:
        """The parts that are withheld."""
        return tuple(section for section in self.sections if section.withheld)


@dataclass(frozen=True)
class Counts:
    """What the runtime counted for one model in all its versions (R43).

    `in_runs` are results of finished runs over whole groups of people, `handed_on` scores given to another system on
    behalf of a person, `taken_out` files of whole runs that somebody took; runs in the shadow are not among them.

    `people` were scored in any way; `scores` could be seen by staff, `unseen` were recorded in the shadow and shown to
    nobody. `flagged`: of `scores`, those at or above the threshold; `disagreed` is of `judged`, `upheld` (wholly or in
    part) of `challenges`.
    """

    people: int = 0
    scores: int = 0
    unseen: int = 0
    flagged: int = 0
    in_runs: int = 0
    handed_on: int = 0
    taken_out: int = 0
    shown: int = 0
    viewers: int = 0
    judged: int = 0
    disagreed: int = 0
    refused: int = 0
    challenges: int = 0
    upheld: int = 0
