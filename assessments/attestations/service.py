"""The one command: the owner or deputy attests."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.attestations.rules import check_answers_for, check_told
from assessments.attestations.tables import Attestation
from assessments.attestations.values import STATEMENTS, Told
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from registry.models.tables import RiskModel


def attest(session: Session, actor: Actor, model: RiskModel, told: Told, at: datetime) -> Attestation:
    """Keep what the owner or deputy attests (R20). Others, and a statement left out, are refused.

    The product does not open the source itself: it keeps who said that they did.
    """
    check_permission(actor, Permission.SUBMIT_ASSESSMENT)
    check_answers_for(model, actor.account_id)
    opened_on = check_told(told, london_date(at))
    row = Attestation(
        model_id=model.id,
        location=told.location.strip(),
        revision=told.revision.strip(),
        opened_on=opened_on,
        deputy_id=model.deputy_id,
        at=at,
        by_id=actor.account_id or 0,
    )
    session.add(row)
    session.flush()
    facts = {"attestation": row.id, "opened_on": opened_on.isoformat(), "sha256": _digest(row)}
    record(session, "attested", actor=actor.reference, at=at, model=model.slug, facts=facts)
    return row


def _digest(row: Attestation) -> str:
    return content_digest({"location": row.location, "revision": row.revision, "statements": dict(STATEMENTS)})
