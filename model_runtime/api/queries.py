"""Reading what a system asked for and was not given."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from foundation.accounts.values import Actor, Permission
from foundation.service_accounts.tables import ApiToken
from foundation.service_accounts.values import Caller
from model_runtime.api.schemas import RefusalGiven, RefusalsAsked, RefusalsGiven
from model_runtime.gate.values import title_of
from model_runtime.scores.tables import Refusal
from registry.models.tables import Use


def list_refusals(session: Session, caller: Caller, asked: RefusalsAsked) -> RefusalsGiven:
    """What was asked through any token of the caller's system for the caller's purposes, and not given; newest first.

    A person is named to somebody who works with them, and to nobody else (R54).
    """
    own = select(ApiToken.id).where(ApiToken.account_id == caller.system_id)
    stated = and_(Refusal.use_id.is_(None), Refusal.purpose.in_(caller.purposes))
    chosen = select(Refusal).outerjoin(Use, Use.id == Refusal.use_id).where(Refusal.through_id.in_(own))
    chosen = chosen.where(or_(Use.code.in_(caller.purposes), stated)).order_by(Refusal.id.desc())
    if asked.before is not None:
        chosen = chosen.where(Refusal.id < asked.before)
    found = session.scalars(chosen.limit(asked.limit + 1)).all()
    page = found[: asked.limit]
    return RefusalsGiven(
        refusals=[_told(one, caller.actor) for one in page],
        before=page[-1].id if len(found) > len(page) else None,
    )


def get_asked(session: Session, actor: Actor, reference: str) -> Refusal:
    """A refusal of what somebody asked for themselves."""
    chosen = select(Refusal).where(Refusal.reference == reference, Refusal.asked_by_id == actor.account_id)
    return session.scalars(chosen).one()


def _told(refusal: Refusal, actor: Actor) -> RefusalGiven:
    works_with = (
        actor.may(Permission.SEE_PEOPLE) and refusal.person is not None and refusal.person.agency_code == actor.agency
    )
    return RefusalGiven(
        number=refusal.id,
        reference=refusal.reference,
        at=refusal.at,
        purpose=refusal.use.code if refusal.use is not None else refusal.purpose,
        person_reference=refusal.person.reference if works_with and refusal.person is not None else None,
        code=refusal.code,
        title=title_of(refusal.code),
        sentence=refusal.sentence,
        what_next=list(refusal.what_next),
    )
