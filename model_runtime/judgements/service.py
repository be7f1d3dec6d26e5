"""Recording a practitioner's own judgement on a score (R07)."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict
from foundation.ledger.service import record
from model_runtime.judgements.queries import find_judgement
from model_runtime.judgements.rules import check_judgement
from model_runtime.judgements.tables import Judgement
from model_runtime.people.rules import check_works_with
from model_runtime.scores.audience import check_shown
from model_runtime.scores.tables import Score

ALREADY = "You have recorded your judgement on this score already. It stays as it was recorded."


def record_judgement(
    session: Session, actor: Actor, score: Score, *, view: str, reason: str, action: str = "", at: datetime
) -> Judgement:
    """Record agree, disagree or not_used, why, and what they will do: once for each practitioner and score.

    Refused for a score in the shadow: nobody has seen it (R08).
    """
    check_permission(actor, Permission.RECORD_JUDGEMENT)
    check_works_with(score.person, actor)
    check_shown(score)
    check_judgement(view, reason, action)
    if find_judgement(session, score.id, actor.account_id) is not None:
        raise Conflict(ALREADY)
    judgement = Judgement(
        score_id=score.id, by_id=actor.account_id, at=at, view=view, reason=reason.strip(), action=action.strip()
    )
    session.add(judgement)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(ALREADY) from None
    model, facts = score.use.version.model.slug, {"score": score.reference, "view": view}
    record(session, "judgement_recorded", actor=actor.reference, at=at, model=model, facts=facts)
    return judgement
