"""Open cases, as facts beside the letter that each is about."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from monitoring.cases.queries import list_open_cases
from monitoring.cases.tables import Case
from monitoring.cases.values import CaseKind
from registry.letters.values import LiveFact
from registry.models.tables import Use

LETTERS: dict[CaseKind, tuple[str, str]] = {
    CaseKind.WATCH: ("accuracy", "A watch found a breach"),
    CaseKind.LAW: ("lawful", "Law it rests on fell away"),
    CaseKind.UPSTREAM: ("accuracy", "A model it feeds on was stopped"),
    CaseKind.PRACTICE: ("advisory", "Judgements look like a habit"),
    CaseKind.RECONCILE: ("lawful", "It runs outside what was approved"),
}
"""The letter a case turns red, and the words of its tile, by the case's kind."""


def list_facts(session: Session, use: Use, now: datetime) -> Sequence[LiveFact]:
    """Every case that nobody has closed, oldest first."""
    return [tell_case(case) for case in list_open_cases(session, [use.id])]


def tell_case(case: Case) -> LiveFact:
    """Red until somebody other than the owner has closed it (R12)."""
    letter, brief = LETTERS[CaseKind(case.kind)]
    return LiveFact(letter, "Open case", f"{case.title.rstrip('.')}.", "red", "cases.show", {"case_id": case.id}, brief)
