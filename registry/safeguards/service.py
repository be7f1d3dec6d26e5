"""Recording what the committee asks of those who are shown a model's scores (R39, R41)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.ledger.service import record
from registry.models.tables import Use
from registry.safeguards.queries import get_safeguards
from registry.safeguards.rules import check_changes, check_safeguards, find_loosened
from registry.safeguards.tables import SafeguardRow
from registry.safeguards.values import Safeguards


def set_safeguards(
    session: Session, actor: Actor, use: Use, asked: Safeguards, reason: str, at: datetime
) -> SafeguardRow:
    """Record what the committee asks from now on, with its reason; whatever became less strict is said in the ledger.

    The use is held meanwhile, as it is for a score: a score is given under the rules before or under these.
    Refused: nonsense, rules that stand already, and anybody but the chair.
    """
    check_permission(actor, Permission.SET_SAFEGUARDS)
    check_safeguards(asked, reason)
    session.execute(select(Use.id).where(Use.id == use.id).with_for_update(of=Use)).one()
    before = get_safeguards(session, use.id)
    check_changes(before, asked)
    row = SafeguardRow(
        use_id=use.id,
        rules=asked.to_dict(),
        loosened=find_loosened(before, asked),
        reason=reason.strip(),
        at=at,
        by_id=actor.account_id,
    )
    session.add(row)
    session.flush()
    facts = {"use": use.id, "rules": row.rules, "loosened": row.loosened}
    record(session, "safeguards_set", actor=actor.reference, at=at, model=use.version.model.slug, facts=facts)
    return row
