"""Commands about cases: opening, explaining, attaching evidence, closing."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assessments.questionnaire.documents import clean_name, find_type
from foundation.accounts.rules import check_permission
from foundation.accounts.values import WORKER, Actor, Permission
from foundation.errors import Conflict, TooLarge
from foundation.files.service import check_size, store
from foundation.ledger.service import record
from foundation.lifecycle.service import move
from monitoring.cases.queries import find_outside_case
from monitoring.cases.rules import LONGEST_TITLE, check_explains, check_text
from monitoring.cases.tables import Case, CaseEvidence
from monitoring.cases.values import CASE_LIFE, CaseKind
from monitoring.watches.tables import WatchRun
from registry.models.tables import Use

REFER = "refer"
"""What follows from a case that no watch opened: the committee decides."""

OUTSIDE_TITLE = "Found outside the register"

File = tuple[str, bytes]
"""A file as it was handed in: its name and its bytes."""


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


def open_case_outside(
    session: Session, subject: str, sentence: str, at: datetime, actor: Actor = WORKER, use: Use | None = None
) -> Case:
    """Open a case about scores or a model found outside the register, or give the one that says so already (R42).

    `subject` says in a few words what it is about, without naming anybody scored; `sentence` what was found. A retired
    or suspended use of the register is given as `use`, and its owner explains it; otherwise whoever answers for a
    model may say where it comes from.
    """
    subject = " ".join(subject.split())[:200]
    standing = find_outside_case(session, subject, sentence, use.id if use else None)
    if standing is not None:
        return standing
    case = Case(use=use, subject=subject, kind=CaseKind.RECONCILE.value, title=OUTSIDE_TITLE, sentence=sentence)
    case.action = REFER
    return _open(session, actor, case, at, case_kind=case.kind)


def _open(session: Session, actor: Actor, case: Case, at: datetime, **facts: Any) -> Case:
    check_permission(actor, Permission.RUN_WATCH)
    case.stage, case.opened_at = CASE_LIFE.first, at
    session.add(case)
    session.flush()
    note(session, "case_opened", actor, case, at, **facts, action=case.action)
    return case


def explain(session: Session, actor: Actor, case: Case, text: str, at: datetime) -> None:
    """Record the owner's or the deputy's explanation, once; also after its time, when the chair has gone on."""
    check_permission(actor, Permission.EXPLAIN_BREACH)
    explanation = check_text(text, "explanation", "an explanation")
    session.refresh(case, ["stage"], with_for_update=True)
    step = "explain_late" if case.stage == "following" else "explain"
    move(session, CASE_LIFE, case, step, actor, at, model=case.slug, facts={"use": case.use_id})
    case.explanation, case.explained_at, case.explained_by_id = explanation, at, actor.account_id
    note(session, "case_explained", actor, case, at)


def attach(
    session: Session, actor: Actor, case: Case, title: str, file: File, *, upload_mib: int, at: datetime
) -> CaseEvidence:
    """Attach a file to a case that is not closed; those who explain it do.

    Refused: a title that is empty, files above `upload_mib`, and files whose content is not a PDF, PNG, JPEG, ODT,
    DOCX, CSV or plain text.
    """
    check_permission(actor, Permission.EXPLAIN_BREACH)
    check_explains(case, actor)
    session.refresh(case, ["stage"], with_for_update=True)
    if case.stage == "closed":
        raise Conflict("The case is closed, so nothing can be attached to it any more.")
    told = check_text(title, "file_title", "what the file shows", LONGEST_TITLE)
    name, sha256 = _keep_file(session, file, upload_mib, at)
    evidence = CaseEvidence(case_id=case.id, title=told, file_name=name, file_sha256=sha256, at=at)
    evidence.by_id = actor.account_id or 0
    session.add(evidence)
    session.flush()
    note(session, "case_evidence_added", actor, case, at, evidence=evidence.id, file_sha256=sha256)
    return evidence


def _keep_file(session: Session, file: File, upload_mib: int, at: datetime) -> tuple[str, str]:
    name, content = clean_name(file[0]), file[1]
    try:
        check_size(content, upload_mib, name)
    except TooLarge as refusal:
        raise TooLarge(refusal.sentence, problems={"file": refusal.sentence}) from None
    return name, store(session, content, find_type(name, content).media_type, at)


def close(session: Session, actor: Actor, case: Case, reason: str, at: datetime) -> None:
    """Close a case with a reason; the chair does, never those who answer for the model."""
    check_permission(actor, Permission.CHAIR)
    told = check_text(reason, "reason", "why the case can be closed")
    move(session, CASE_LIFE, case, "close_case", actor, at, reason=told, model=case.slug, facts={"use": case.use_id})
    note(session, "case_closed", actor, case, at)


def note(session: Session, kind: str, actor: Actor, case: Case, at: datetime, **more: Any) -> None:
    """Write what happened to a case into the ledger: numbers and digests, never what people wrote."""
    facts = {"case": case.id, "use": case.use_id, **more}
    record(session, kind, actor=actor.reference, at=at, model=case.slug, facts=facts)
