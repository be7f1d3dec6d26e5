"""Commands about cases: opening, explaining, closing."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.ledger.service import record
from foundation.lifecycle.service import move
from monitoring.cases.rules import check_text
from monitoring.cases.tables import Case
from monitoring.cases.values import CASE_LIFE, CaseKind
from monitoring.watches.tables import WatchRun
from registry.models.tables import Use

REFER = "refer"
"""What follows from a case that no watch opened: the committee decides."""


def open_case(session: Session, actor: Actor, run: WatchRun, *, title: str, action: str, at: datetime) -> Case:
    """Open a case about what a watch found; `action` is what the committee approved for it: warn, refer, suspend."""
    case = Case(use=run.use, run=run, kind=CaseKind.WATCH.value, title=title, action=str(action))
    return _open(session, actor, case, at, run=run.id)


def open_case_about(
    session: Session, actor: Actor, use: Use, kind: CaseKind, *, title: str, sentence: str, at: datetime
) -> Case:
    """Open a case about what happened to a use without a watch finding it: law that fell away, a model that stopped.

    `sentence` names what happened, one thing a line; the committee decides what follows (R12, R38).
    """
    case = Case(use=use, kind=kind.value, title=title[:200], sentence=sentence, action=REFER)
    return _open(session, actor, case, at, case_kind=case.kind)


def _open(session: Session, actor: Actor, case: Case, at: datetime, **facts: Any) -> Case:
    check_permission(actor, Permission.RUN_WATCH)
    case.stage, case.opened_at = CASE_LIFE.first, at
    session.add(case)
    session.flush()
    _note(session, "case_opened", actor, case, at, **facts, action=case.action)
    return case


def explain(session: Session, actor: Actor, case: Case, text: str, at: datetime) -> None:
    """Record the owner's or the deputy's explanation, once."""
    check_permission(actor, Permission.EXPLAIN_BREACH)
    explanation = check_text(text, "explanation", "an explanation")
    move(session, CASE_LIFE, case, "explain", actor, at, model=_slug(case), facts={"use": case.use_id})
    case.explanation, case.explained_at, case.explained_by_id = explanation, at, actor.account_id
    _note(session, "case_explained", actor, case, at)


def close(session: Session, actor: Actor, case: Case, reason: str, at: datetime) -> None:
    """Close a case with a reason; the chair does, never those who answer for the model."""
    check_permission(actor, Permission.CHAIR)
    told = check_text(reason, "reason", "why the case can be closed")
    move(session, CASE_LIFE, case, "close_case", actor, at, reason=told, model=_slug(case), facts={"use": case.use_id})
    _note(session, "case_closed", actor, case, at)


def _note(session: Session, kind: str, actor: Actor, case: Case, at: datetime, **more: Any) -> None:
    facts = {"case": case.id, "use": case.use_id, **more}
    record(session, kind, actor=actor.reference, at=at, model=_slug(case), facts=facts)


def _slug(case: Case) -> str:
    return case.use.version.model.slug
