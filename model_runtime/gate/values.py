"""Everything the gate looks at, as plain values, and the refusal it raises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, NoReturn

from foundation.accounts.values import Role
from foundation.errors import Refused
from model_runtime.objections.values import Standing as Objection
from model_runtime.training.values import Training
from registry.models.values import Standing

MEANWHILE = "Until then, decide as you would without a model: on what you know about the person."
"""What to do while a gate is closed; the last line of every refusal."""

NO_SCORE = "You cannot be shown a score"

TITLES = {
    "role_not_allowed": "Role",
    "unknown_purpose": "Purpose",
    "other_agency": "Agency",
    "clock_differs": "The clock",
    "not_approved": "No approval",
    "rejected": "Rejected by the committee",
    "suspended": "Suspended",
    "retired": "Retired",
    "approval_expired": "Approval ended",
    "condition_overdue": "A critical condition is overdue",
    "not_in_pilot": "Not in the pilot",
    "pilot_full": "The pilot is full",
    "not_audience": "Not shown to this team",
    "not_trained": "Training",
    "objected": "The person objected",
    "artefact_changed": "Model file changed",
    "use_incomplete": "Nobody said whom it may be about",
    "decision_excluded": "A decision no score may touch",
    "notice_overdue": "Exemption not looked at again",
    "age_unknown": "Age not known",
    "too_young": "Too young",
    "too_old": "Too old",
    "content_changed": "Not what was approved",
    "law_lost": "The law it rested on",
    "law_open": "No legal route",
    "law_not_signed_off": "Legal sign-off missing",
    "no_figures": "No figures",
    "missing_fact": "A fact is not known",
    "stale_fact": "A fact is too old",
    "missing_value": "A fact is not known",
    "unknown_field": "A fact the model does not take",
    "not_a_number": "A fact is not a number",
    "not_whole": "A fact is not a whole number",
    "out_of_range": "A fact is out of range",
    "unseen_category": "A fact the model has never seen",
    "category_not_encoded": "A fact the model cannot take",
    "score_incomplete": "A part of the score is missing",
    "not_found": "Nobody with this reference",
    "fault": "A fault of the service",
}
"""What was closed, in a few words, under the code of the refusal: the gates, then the facts, then ourselves."""

ENGINE_TITLE = "The model could not be run"


def title_of(code: str) -> str:
    """What was closed, in a few words."""
    return TITLES.get(code, ENGINE_TITLE)


class GateClosed(Refused):
    """A gate is closed: there is no score. The code says which gate, `what_next` who can open it."""

    code = "gate_closed"
    title = "There is no score"


class FactSeen(NamedTuple):
    """One input of the model: what it means, and the day it was last recorded (none: it is not known)."""

    name: str
    meaning: str
    as_of: date | None


@dataclass(frozen=True)
class LawFacts:
    """What stands against a use by law, as sentences that name item and section: grounds of its approval that fell
    away, findings that nobody can accept, findings that nobody accepted."""

    lost: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ages:
    """Whom a use may be about, in whole years, both ends included (R33)."""

    minimum: int
    maximum: int | None = None


@dataclass(frozen=True)
class UseFacts:
    """A use of a model as it stands at one moment.

    `stage_since`, `stage_by` and `stage_reason` are those of its last step. `fingerprint` is taken afresh from what
    is stored, `as_declared` says whether the rows it is made of still say what was declared; `artefact_seen` is the
    SHA-256 of the bytes that would be run. `stale_after_days` is the oldest a fact may be. Without `ages` nobody said
    whom it may be about, which refuses everybody. `exempt_until` is the day an exemption from telling people is
    looked at again, `lapses_on` the last day of the first open critical condition. In a pilot `people_scored` is how
    many different persons were scored under its approval, and `scored_before` whether this person is one of them.
    """

    use_id: int
    title: str
    code: str
    purpose: str
    agency: str
    stage: str
    stage_since: date
    stage_by: str
    stage_reason: str
    owner: str
    standing: Standing | None
    fingerprint: str
    as_declared: bool
    artefact_sha256: str
    artefact_seen: str
    has_figures: bool
    inputs: tuple[FactSeen, ...]
    stale_after_days: int
    law: LawFacts = LawFacts()
    ages: Ages | None = None
    decision_kind: str = ""
    exempt_until: date | None = None
    people_scored: int = 0
    scored_before: bool = False
    lapses_on: date | None = None
    version: str = "this model"


@dataclass(frozen=True)
class Moment:
    """What time it is at the gate: the later of the service's clock and the database's own.

    `apart` is how many seconds the two differ, `back` how many seconds the newest record lies ahead of both.
    """

    at: datetime
    apart: float = 0.0
    back: float = 0.0


UNTRAINED = Training(None, None)
"""Somebody who never passed the training."""


@dataclass(frozen=True)
class GateFacts:
    """Who asks, in which team, for whom, for what purpose, of which use, on which London day.

    `age` is that of the person in whole years, or not known; `objection` the one of theirs that stands. `training` is
    the reader's own for this version, `shows` what the committee lets somebody of their team be shown. Without these
    two nothing opens. `moment` is how far the clocks can be believed. `named` is false when the gate is explained
    without a person.
    """

    roles: frozenset[Role]
    agency: str | None
    person_agency: str
    purpose: str
    approved_purposes: tuple[str, ...]
    use: UseFacts | None
    today: date
    age: int | None = None
    team: str = ""
    objection: Objection | None = None
    training: Training = UNTRAINED
    shows: str = "nothing"
    moment: Moment | None = None
    named: bool = True


def use_of(facts: GateFacts) -> UseFacts:
    """The use that is looked at; without one there is nothing that could be open."""
    if facts.use is None:
        refuse("unknown_purpose", "there is no such use of a model.")
    return facts.use


def refuse(code: str, what: str, *what_next: str) -> NoReturn:
    """Close the gate: a stable code, a sentence, and who can open it."""
    raise GateClosed(f"{NO_SCORE}: {what}", code=code, what_next=[*what_next, MEANWHILE])


@dataclass(frozen=True)
class Line:
    """One check of the gate, explained: whether it passes, and a sentence that says nothing about the person."""

    code: str
    title: str
    passes: bool
    sentence: str

    def to_dict(self) -> Mapping[str, str | bool]:
        """For a machine."""
        return dict(vars(self))


@dataclass(frozen=True)
class Opening:
    """A use as it stands for one person and one practitioner now: `closed` is the sentence of the closed gate.

    `shadow` says that a score is recorded and shown to nobody (R08).
    """

    purpose: str
    decision: str
    model: str
    model_slug: str
    closed: str | None
    shadow: bool = False
