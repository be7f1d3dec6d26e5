"""Recording what the use of a model did for people (R31)."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.benefits.rules import Benefit, check_benefit
from assessments.benefits.tables import BenefitEvaluation
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.ledger.service import record
from registry.models.rules import check_owns
from registry.models.tables import Use


def record_benefit(session: Session, actor: Actor, use: Use, benefit: Benefit, at: datetime) -> BenefitEvaluation:
    """The owner or deputy records a benefit evaluation; it is never changed, a better one is another record."""
    check_permission(actor, Permission.SUBMIT_ASSESSMENT)
    check_owns(use, actor)
    check_benefit(benefit, london_date(at))
    row = BenefitEvaluation(use_id=use.id, **vars(benefit), entered_at=at, entered_by_id=actor.account_id)
    session.add(row)
    session.flush()
    facts = {"benefit": row.id, "use": use.id, "starts_on": row.starts_on.isoformat(), "flagged": row.flagged}
    facts |= {"ends_on": row.ends_on.isoformat(), "taken_up": row.taken_up}
    record(session, "benefit_evaluated", actor=actor.reference, at=at, model=use.version.model.slug, facts=facts)
    return row
