"""Recording a practitioner's own judgement on a score (R07)."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict
from foundation.ledger.service import record
from model_runtime.judgements.queries import find_first_view, find_judgement, has_said, has_seen
from model_runtime.judgements.rules import check_first_view, check_judgement
from model_runtime.judgements.tables import FirstView, Judgement
from model_runtime.people.rules import check_works_with
from model_runtime.scores.audience import check_judged, check_shown
from model_runtime.scores.tables import Score
from registry.safeguards.queries import get_safeguards

SAID = "You have recorded your own view of this person already. It stays as it was recorded."
ALREADY = "You have recorded your judgement on this score already. It stays as it was recorded."


def record_judgement(
    session: Session, actor: Actor, score: Score, *, view: str, reason: str, action: str = "", at: datetime
) -> Judgement:
    """Record agree, disagree or not_used, why, and what they will do: once for each practitioner and score.

    Refused for a score in the shadow: nobody has seen it (R08). Where the committee asks for their own view first, it
    comes before this: nobody judges a score they have not been shown (R39).
    """
    check_permission(actor, Permission.RECORD_JUDGEMENT)
    check_works_with(score.person, actor)
    check_shown(score)
    check_judged(get_safeguards(session, score.use_id), has_said(session, score.id, actor.account_id))
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


def record_first_view(
    session: Session, actor: Actor, score: Score, *, band: str, reason: str, at: datetime
) -> FirstView:
    """Record a practitioner's own view of the person before they are shown the score: once, with a reason (R39).

    `band` is one of the version's. Refused for a score in the shadow, and to whoever has seen the score already.
    """
    check_permission(actor, Permission.RECORD_JUDGEMENT)
    check_works_with(score.person, actor)
    check_shown(score)
    seen = has_seen(session, score.id, actor.account_id)
    check_first_view(band, reason, [one.code for one in score.use.version.bands], seen=seen)
    if find_first_view(session, score.id, actor.account_id) is not None:
        raise Conflict(SAID)
    first = FirstView(score_id=score.id, by_id=actor.account_id, at=at, band=band, reason=reason.strip())
    session.add(first)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(SAID) from None
    model, facts = score.use.version.model.slug, {"score": score.reference}
    record(session, "first_view_recorded", actor=actor.reference, at=at, model=model, facts=facts)
    return first
