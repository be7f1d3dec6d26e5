"""One score for a program: asked for, read again, and judged. Through the same gate and audience as on the pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import NotFound
from foundation.service_accounts.rules import check_purpose
from foundation.service_accounts.values import Caller
from model_runtime.api.gates import find_meant
from model_runtime.api.idempotency import keep, once
from model_runtime.api.schemas import (
    BandGiven,
    FirstViewAsked,
    JudgementAsked,
    JudgementGiven,
    ScoreAsked,
    ScoreGiven,
)
from model_runtime.api.values import Key, NotGiven
from model_runtime.challenges.queries import find_marks
from model_runtime.challenges.rules import check_may_leave
from model_runtime.judgements.service import record_first_view, record_judgement
from model_runtime.scores.audience import SENTENCE, WHAT_NEXT, InFirstView, InShadow
from model_runtime.scores.files import seen_dict, seen_part
from model_runtime.scores.queries import get_recorded, get_refusal, get_score
from model_runtime.scores.reading import look_at, look_at_given
from model_runtime.scores.service import Engine, Given, request_score
from model_runtime.scores.tables import Refusal, Score
from registry.models.tables import Use

SHOWN = "An advisory score. It is one thing to weigh: a human decides."
FIRST = "Send it to first-view below this score's address, with one of the views in own_views and a reason."
NOT_YOURS = "There is no person with this reference among those your agency works with."


def ask_for_score(
    database: Database, clock: Clock, engine: Engine, caller: Caller, asked: ScoreAsked, key: Key
) -> ScoreGiven:
    """Ask for a score on behalf of a person, who is shown it now; the viewing is recorded.

    A closed gate or a fault is a recorded refusal (NotGiven). A score in the shadow, or one that waits for the
    reader's own judgement, is recorded and its answer says what to do. Refused: a purpose the token was not made for.
    """
    check_purpose(caller, asked.purpose)
    shown: list[ScoreGiven] = []

    def beside(session: Session, given: Given) -> None:
        shown.append(_show_given(session, caller, given, clock))
        reference = given.score.reference
        keep(session, key, 201 if shown[0].score else 202, {"kind": "score", "reference": reference}, clock.now())

    def command() -> Mapping[str, Any]:
        use = _find_meant(database, caller, asked)
        answer = request_score(
            database,
            clock,
            engine,
            caller.actor,
            person_reference=asked.person_reference,
            purpose=asked.purpose,
            use_id=use.id if use is not None else None,
            request_key=key.pressed,
            through_id=caller.token_id,
            beside=beside,
        )
        kept = {"kind": "score" if isinstance(answer, Score) else "refusal", "reference": answer.reference}
        if not shown or isinstance(answer, Refusal):
            shown.clear()
            with database.write() as session:
                keep(session, key, 202, kept, clock.now())
        return kept

    answered = once(database, key, command)
    if answered["kind"] == "refusal":
        raise _refused(database, caller.actor, answered["reference"])
    return shown[0] if shown else read_score(database, clock, caller, answered["reference"])


def read_score(database: Database, clock: Clock, caller: Caller, reference: str) -> ScoreGiven:
    """A score again, as whoever the system acts for may see it; that it is looked at is recorded before it is shown."""
    with database.write() as session:
        return _show(session, caller, reference, clock)


def judge(
    database: Database, clock: Clock, caller: Caller, reference: str, asked: JudgementAsked, key: Key
) -> JudgementGiven:
    """Record what the person the system acts for makes of a score (R07); once for each person and score."""

    def command() -> Mapping[str, Any]:
        with database.write() as session:
            score, at = _own_score(session, caller, reference), clock.now()
            told = asked.model_dump()
            record_judgement(session, caller.actor, score, at=at, **told)
            kept = {"score": score.reference, "view": asked.view, "at": at.isoformat()}
            keep(session, key, 201, kept, at)
            return kept

    answered = once(database, key, command)
    return JudgementGiven.model_validate(answered)


def say_first(
    database: Database, clock: Clock, caller: Caller, reference: str, asked: FirstViewAsked, key: Key
) -> ScoreGiven:
    """Record what the person thinks themselves before they see the score, and show it then (R39)."""
    shown: list[ScoreGiven] = []

    def command() -> Mapping[str, Any]:
        with database.write() as session:
            score, at = _own_score(session, caller, reference), clock.now()
            record_first_view(session, caller.actor, score, band=asked.band, reason=asked.reason, at=at)
            kept = {"score": score.reference}
            keep(session, key, 201, kept, at)
            shown.append(_show(session, caller, reference, clock))
            return kept

    answered = once(database, key, command)
    return shown[0] if shown else read_score(database, clock, caller, answered["score"])


def _show(session: Session, caller: Caller, reference: str, clock: Clock) -> ScoreGiven:
    try:
        score = get_score(session, caller.actor, reference)
    except InShadow:
        return _withheld(_own_score(session, caller, reference), "recorded_in_shadow", SENTENCE, WHAT_NEXT)
    check_purpose(caller, score.use.code)
    try:
        seen = look_at(session, caller.actor, score, clock.now())
    except InFirstView as first:
        return _withheld(score, "judgement_first", first.sentence, (FIRST, *first.what_next))
    check_may_leave(find_marks(session, [score.id]).get(score.id, []))
    return _shown(reference, seen_dict(seen.advisory, seen.shows))


def _show_given(session: Session, caller: Caller, given: Given, clock: Clock) -> ScoreGiven:
    """A score in the commit that records it: that it is shown is recorded with it, or nothing is."""
    check_purpose(caller, given.score.use.code)
    if given.score.shadow:
        return _withheld(given.score, "recorded_in_shadow", SENTENCE, WHAT_NEXT)
    try:
        seen = look_at_given(session, caller.actor, given, clock.now())
    except InFirstView as first:
        return _withheld(given.score, "judgement_first", first.sentence, (FIRST, *first.what_next))
    return _shown(given.score.reference, seen_part(given.stored, seen.shows))


def _shown(reference: str, advisory: dict[str, Any]) -> ScoreGiven:
    return ScoreGiven(reference=reference, status="shown", sentence=SHOWN, what_next=[], own_views=[], score=advisory)


def _find_meant(database: Database, caller: Caller, asked: ScoreAsked) -> Use | None:
    if asked.model is None:
        return None
    with database.read() as session:
        return find_meant(session, caller.actor, asked.purpose, asked.model)


def _withheld(score: Score, status: Any, sentence: str, what_next: Sequence[str]) -> ScoreGiven:
    bands = score.use.version.bands if status == "judgement_first" else ()
    return ScoreGiven(
        reference=score.reference,
        status=status,
        sentence=sentence,
        what_next=list(what_next),
        own_views=[BandGiven(code=band.code, name=band.name) for band in bands],
        score=None,
    )


def _own_score(session: Session, caller: Caller, reference: str) -> Score:
    """A score of the agency, for a purpose the token was made for."""
    score = get_recorded(session, caller.actor, reference)
    check_purpose(caller, score.use.code)
    return score


def not_given(refusal: Refusal) -> NotGiven:
    """A recorded refusal as a problem."""
    return NotGiven(refusal.sentence, code=refusal.code, what_next=list(refusal.what_next), reference=refusal.reference)


def _refused(database: Database, actor: Actor, reference: str) -> Exception:
    """The refusal as it is told; the same answer whether the person is another agency's or nobody's (R54)."""
    with database.read() as session:
        try:
            return not_given(get_refusal(session, actor, reference))
        except NotFound:
            return NotFound(NOT_YOURS)
