"""Recording what was not scored: every error on the way to a score becomes a refusal with its code and sentence."""

import logging
import traceback

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import AlgocareError
from foundation.ledger.service import record
from model_runtime.engine.inputs import InputRefused
from model_runtime.engine.values import EngineFault
from model_runtime.gate.queries import find_offered
from model_runtime.gate.values import MEANWHILE
from model_runtime.people.queries import find_person, lock_person
from model_runtime.scores.queries import find_answer
from model_runtime.scores.requests import ScoreRequest
from model_runtime.scores.rules import new_reference
from model_runtime.scores.tables import Refusal, Score
from registry.models.tables import Use

log = logging.getLogger("algocare.scores")

FAULT = "There is no score: something went wrong on our side. It was recorded."
TRY_AGAIN = "Try again in a few minutes. If it happens again, tell the administrator the reference on this page."


def keep_refusal(database: Database, clock: Clock, asked: ScoreRequest, error: Exception) -> Refusal | Score:
    """Record a refusal in a transaction of its own, with its ledger entry; a request that has its answer keeps it."""
    try:
        with database.write() as session:
            lock_person(session, asked.person_reference)
            return find_answer(session, asked.key) or _keep(session, clock, asked, error)
    except IntegrityError:
        # the same request about nobody we know, twice at once: there was no row to lock
        with database.read() as session:
            answer = find_answer(session, asked.key)
        if answer is None:
            raise
        return answer


def _keep(session: Session, clock: Clock, asked: ScoreRequest, error: Exception) -> Refusal:
    code, sentence, what_next = _words(error)
    use = find_use_asked(session, asked)
    refusal = Refusal(
        reference=new_reference("R"),
        request_key=asked.key,
        person=find_person(session, asked.person_reference),
        use=use,
        asked_by_id=asked.actor.account_id,
        at=clock.now(),
        purpose=use.purpose if use is not None and asked.purpose == use.code else asked.purpose,
        code=code,
        sentence=sentence,
        what_next=what_next,
        through_id=asked.through_id,
    )
    session.add(refusal)
    session.flush()
    record(
        session,
        "score_refused",
        actor=asked.actor.reference,
        at=refusal.at,
        model=use.version.model.slug if use else None,
        facts={"refusal": refusal.reference, "use": use.id if use else None, "code": code},
    )
    _log(refusal, error)
    return refusal


def find_use_asked(session: Session, asked: ScoreRequest) -> Use | None:
    """The use that was asked for: by its number, or by the purpose that was stated."""
    if asked.use_id is not None:
        return session.get(Use, asked.use_id)
    return find_offered(session, asked.actor.agency, asked.purpose)


def _words(error: Exception) -> tuple[str, str, list[str]]:
    if isinstance(error, EngineFault):
        return error.code, error.sentence, [TRY_AGAIN, MEANWHILE]
    if isinstance(error, InputRefused):
        sentences = " ".join(error.problems.values())
        wrong = "Ask for the record to be put right where it is kept. The model never guesses."
        return (
            error.code,
            f"There is no score, because a fact is not as the model needs it. {sentences}",
            [wrong, MEANWHILE],
        )
    if isinstance(error, AlgocareError):
        return error.code, error.sentence, list(error.what_next) or [TRY_AGAIN, MEANWHILE]
    return "fault", FAULT, [TRY_AGAIN, MEANWHILE]


def _log(refusal: Refusal, error: Exception) -> None:
    """For the administrator. Never the words of an unexpected error: a database quotes the values it was given."""
    if isinstance(error, EngineFault):
        log.warning("refusal %s: %s %s", refusal.reference, error.code, error.detail)
    elif not isinstance(error, AlgocareError):
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("refusal %s: %s\n%s", refusal.reference, type(error).__name__, where)
