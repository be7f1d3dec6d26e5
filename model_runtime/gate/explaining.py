"""Explaining the gate: for a reader, a use and perhaps a person, which checks pass and which fail, and why."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from foundation.clock import Clock, london_date
from foundation.errors import NotFound, Unavailable
from foundation.files.service import get_content
from foundation.ledger.service import record
from foundation.ledger.values import digest
from model_runtime.gate.clocks import read_moment
from model_runtime.gate.queries import Case, Subject, facts_of, find_subject, read_case
from model_runtime.gate.rules import explain
from model_runtime.gate.values import Line
from registry.models.queries import find_use, get_model
from registry.models.tables import Use


@dataclass(frozen=True)
class Explained:
    """The gate as it stands for a reader: every check that could be run, and nothing that says anything of a person.

    `about_person` says whether a person was named and is known; without one the checks about people were left out.
    """

    use: str
    purpose: str
    about_person: bool
    lines: tuple[Line, ...]

    @property
    def open(self) -> bool:
        """Whether every check that was run passes."""
        return all(line.passes for line in self.lines)

    def to_dict(self) -> dict[str, Any]:
        """For a machine."""
        checks = [line.to_dict() for line in self.lines]
        return {"use": self.use, "purpose": self.purpose, "person": self.about_person, "open": self.open} | {
            "checks": checks
        }


def explain_gate(
    session: Session,
    clock: Clock,
    asked_by: str,
    reader: Actor,
    *,
    use: Use | None,
    purpose: str,
    person_reference: str = "",
) -> Explained:
    """Which checks pass for `reader` now, without asking the model anything; that it was looked at is recorded (R01).

    `asked_by` is who wants to know, as the ledger names them. Refused (NotFound): a person nobody knows.
    """
    moment = read_moment(session, clock)
    today = london_date(moment.at)
    person = _find_person(session, person_reference.strip())
    case = _read(session, use, person, clock) if use is not None else None
    facts = facts_of(session, reader, person, case, purpose=purpose, today=today, moment=moment)
    lines = tuple(explain(facts))
    found = Explained(use.title if use is not None else "No use of a model", purpose, person is not None, lines)
    told = {"account": reader.reference, "use": use.id if use is not None else None, "open": found.open}
    slug = use.version.model.slug if use is not None else None
    record(session, "gate_explained", actor=asked_by, at=moment.at, model=slug, facts=told)
    return found


def find_use_meant(session: Session, slug: str, purpose: str) -> Use | None:
    """The use of a model by its code or its words; an unknown model is refused, an unknown purpose is none."""
    known = find_use(session, slug, purpose)
    if known is not None:
        return known
    return next((use for use in get_model(session, slug).current_uses if use.purpose == purpose), None)


def _read(session: Session, use: Use, person: Subject | None, clock: Clock) -> Case | None:
    seen = _stored_digest(session, use.version.artefact_sha256)
    return read_case(session, use.id, person, london_date(clock.now()), seen)


def _stored_digest(session: Session, sha256: str) -> str:
    try:
        return digest(get_content(session, sha256))
    except (NotFound, Unavailable):
        return digest(b"")


def _find_person(session: Session, reference: str) -> Subject | None:
    if not reference:
        return None
    person = find_subject(session, reference)
    if person is None:
        raise NotFound("There is no person with this reference.")
    return person
