"""Commands about impact assessments: enter one, and record the data protection officer's advice (R32)."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.impact.rules import check_advice, check_document, check_may_advise
from assessments.impact.tables import ImpactAdvice, ImpactAssessment
from assessments.impact.values import Advice, Document
from assessments.questionnaire.documents import clean_name, find_type
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.files.service import check_size, store
from foundation.ledger.service import record
from registry.models.rules import check_owns
from registry.models.tables import RiskModel, Use


def enter_impact(
    session: Session,
    actor: Actor,
    use: Use,
    document: Document,
    *,
    quoted: Advice | None = None,
    upload_mib: int,
    at: datetime,
) -> ImpactAssessment:
    """The owner or deputy enters a document; `quoted` is the officer's advice as the document gives it.

    A later entry of the same kind that covers a version takes the place of this one for that version.
    """
    check_permission(actor, Permission.SUBMIT_ASSESSMENT)
    check_owns(use, actor)
    model = use.version.model
    check_document(document, [version.number for version in model.versions], london_date(at))
    if quoted:
        check_advice(quoted)
    name, sha256 = _keep_file(session, document.file, upload_mib, at)
    impact = ImpactAssessment(
        model_id=model.id,
        kind=document.kind,
        document_version=document.document_version.strip(),
        covers=sorted(document.covers),
        approved_by=document.approved_by.strip(),
        approved_on=document.approved_on,
        review_on=document.review_on,
        link=document.link,
        file_name=name,
        file_sha256=sha256,
        entered_at=at,
        entered_by_id=actor.account_id,
        advice=[_advice(actor, quoted, at, quoted=True)] if quoted else [],
    )
    session.add(impact)
    session.flush()
    facts = {"document": impact.kind, "versions": impact.covers, "review_on": impact.review_on.isoformat()}
    _record(session, "impact_entered", actor, impact, model, at, **facts, file_sha256=sha256 or "")
    return impact


def _keep_file(
    session: Session, file: tuple[str, bytes] | None, upload_mib: int, at: datetime
) -> tuple[str, str | None]:
    if file is None:
        return "", None
    name, content = clean_name(file[0]), file[1]
    check_size(content, upload_mib, name)
    return name, store(session, content, find_type(name, content).media_type, at)


def _advice(actor: Actor, advice: Advice, at: datetime, *, quoted: bool) -> ImpactAdvice:
    text, reasons = advice.text.strip(), advice.reasons.strip()
    return ImpactAdvice(text=text, answer=advice.answer, reasons=reasons, quoted=quoted, at=at, by_id=actor.account_id)


def record_advice(
    session: Session, actor: Actor, impact: ImpactAssessment, model: RiskModel, advice: Advice, at: datetime
) -> None:
    """The data protection officer records what they advised and what became of it; a second time is a Conflict."""
    session.refresh(impact, ["kind"], with_for_update=True)
    session.expire(impact, ["advice"])
    check_may_advise(actor, impact, model)
    check_advice(advice)
    impact.advice.append(_advice(actor, advice, at, quoted=False))
    session.flush()
    _record(session, "impact_advised", actor, impact, model, at, answer=advice.answer)


def _record(
    session: Session, kind: str, actor: Actor, impact: ImpactAssessment, model: RiskModel, at: datetime, **facts: object
) -> None:
    known = {"impact": impact.id, **facts}
    record(session, kind, actor=actor.reference, at=at, model=model.slug, facts=known)
