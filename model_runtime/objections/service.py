"""Commands about objections: recording one, which stops scores at once, and answering it (R53)."""

import secrets
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Conflict, Invalid
from foundation.ledger.service import record
from model_runtime.objections.rules import check_own_agency, check_reply, check_words, last_day
from model_runtime.objections.tables import Objection, ObjectionAnswer
from model_runtime.objections.values import Reply, Words
from model_runtime.people.queries import lock_person
from model_runtime.scores.rules import commit_to, new_reference
from registry.agencies.queries import find_agency
from registry.models.tables import RiskModel

ANSWERED = "This objection was answered already. The answer stays as it was recorded; the person can object again."


def record_objection(session: Session, actor: Actor, told: Words, at: datetime) -> Objection:
    """Record what a person objected to; from the commit on no score about them leaves for the uses it names.

    The person need not be known here: cohorts know people by references alone. Refused: another agency's person for a
    practitioner, a use that does not exist, a reference or a day that cannot be (R53, UK GDPR article 21).
    """
    check_permission(actor, Permission.RECORD_OBJECTION)
    check_words(told, london_date(at))
    check_own_agency(told.agency, actor)
    _check_known(session, told)
    lock_person(session, told.person.strip())  # a score being recorded now is finished first, or sees the objection
    salt = secrets.token_bytes(32)
    objection = Objection(
        reference=new_reference("OB"),
        agency_code=told.agency,
        person_reference=told.person.strip(),
        person_key=told.key,
        model_id=told.model_id,
        use_code=told.use_code,
        words=told.words.strip(),
        way=told.way,
        received_on=told.received_on,
        due_on=last_day(told.received_on),
        recorded_at=at,
        recorded_by_id=actor.account_id,
        salt=salt,
        commitment=commit_to({"agency": told.agency, "person": told.key, "words": told.words.strip()}, salt),
    )
    session.add(objection)
    session.flush()
    _note(session, "objection_recorded", actor, objection, at, received_on=told.received_on.isoformat())
    return objection


def answer_objection(session: Session, actor: Actor, objection: Objection, reply: Reply, at: datetime) -> None:
    """Record the answer, once, after the person was told: upheld, which stands for good, or overridden with grounds.

    An override lets scores leave again from its commit on; the person can object anew.
    """
    check_permission(actor, Permission.ANSWER_OBJECTION)
    check_reply(reply, objection.received_on, london_date(at))
    if objection.answer is not None:
        raise Conflict(ANSWERED)
    salt = secrets.token_bytes(32)
    answer = ObjectionAnswer(
        objection_id=objection.id,
        outcome=reply.outcome,
        reason=reply.reason.strip(),
        told_on=reply.told_on,
        told_way=reply.told_way,
        by_id=actor.account_id,
        at=at,
        salt=salt,
        commitment=commit_to({"outcome": reply.outcome, "reason": reply.reason.strip()}, salt),
    )
    session.add(answer)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(ANSWERED) from None
    session.expire(objection, ["answer"])
    facts = {"outcome": reply.outcome, "told_on": reply.told_on.isoformat(), "words": answer.commitment}
    _note(session, "objection_answered", actor, objection, at, **facts)


def _check_known(session: Session, told: Words) -> None:
    if find_agency(session, told.agency) is None:
        raise Invalid("The objection was not recorded.", problems={"agency": "Choose one of the agencies"})
    model = session.get(RiskModel, told.model_id) if told.model_id is not None else None
    codes = {use.code for use in model.uses} if model else set()
    if told.use_code is not None and told.use_code not in codes:
        raise Invalid("The objection was not recorded.", problems={"use": "Choose one of the uses, or all of them"})


def _note(session: Session, kind: str, actor: Actor, objection: Objection, at: datetime, **more: str) -> None:
    facts = {"objection": objection.reference, "use": objection.use_code or "all", "words": objection.commitment}
    slug = objection.model.slug if objection.model else None
    record(session, kind, actor=actor.reference, at=at, model=slug, facts={**facts, **more})
