"""Raising a concern about a score, and answering it."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict
from foundation.ledger.service import record
from model_runtime.concerns.rules import check_answer, check_concern, check_may_answer, check_unanswered, last_day
from model_runtime.concerns.tables import Concern, ConcernAnswer
from model_runtime.people.rules import check_works_with
from model_runtime.scores.audience import check_shown
from model_runtime.scores.rules import commit_to, new_reference
from model_runtime.scores.tables import Score


def raise_concern(session: Session, actor: Actor, score: Score, *, kind: str, text: str, at: datetime) -> Concern:
    """A practitioner raises a concern about a score of somebody their agency works with.

    Refused for a score in the shadow, which nobody has seen (R08). The ledger holds no word of it.
    """
    check_permission(actor, Permission.RAISE_CONCERN)
    check_works_with(score.person, actor)
    check_shown(score)
    check_concern(kind, text)
    salt = secrets.token_bytes(32)
    concern = Concern(
        reference=new_reference("C"),
        score=score,
        kind=kind,
        text=text.strip(),
        raised_by_id=actor.account_id,
        at=at,
        due_on=last_day(at),
        salt=salt,
        commitment=commit_to({"kind": kind, "text": text.strip()}, salt),
    )
    session.add(concern)
    session.flush()
    _note(session, "concern_raised", actor, concern, at, score=score.reference, what=kind, words=concern.commitment)
    return concern


def answer_concern(
    session: Session, actor: Actor, concern: Concern, *, founded: str, text: str, at: datetime
) -> ConcernAnswer:
    """The model's owner or deputy, or the data protection officer, says what was found; once."""
    check_permission(actor, Permission.SEE_CONCERNS)
    check_may_answer(actor, concern.score.use.version.model)
    check_unanswered(concern)
    check_answer(founded, text)
    salt, words = secrets.token_bytes(32), text.strip()
    answer = ConcernAnswer(
        concern_id=concern.id,
        founded=founded == "yes",
        text=words,
        by_id=actor.account_id,
        at=at,
        salt=salt,
        commitment=commit_to({"founded": founded, "text": words}, salt),
    )
    session.add(answer)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("Somebody else answered this concern first.") from None
    session.refresh(concern, ["answer"])
    _note(session, "concern_answered", actor, concern, at, founded=answer.founded, words=answer.commitment)
    return answer


def _note(session: Session, kind: str, actor: Actor, concern: Concern, at: datetime, **more: Any) -> None:
    model, facts = concern.score.use.version.model.slug, {"concern": concern.reference, **more}
    record(session, kind, actor=actor.reference, at=at, model=model, facts=facts)
