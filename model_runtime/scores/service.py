"""Asking for a score: the gate, the engine, the gate again, and one commit. What is not scored is recorded (R01)."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import insert
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from foundation.accounts.values import Actor
from foundation.clock import Clock, london_date
from foundation.database.connection import Database
from foundation.errors import NotFound
from foundation.ledger.service import record
from foundation.ledger.values import digest
from model_runtime.engine.inputs import check_row
from model_runtime.engine.values import EngineAnswer
from model_runtime.gate.clocks import read_moment
from model_runtime.gate.passes import find_opened, is_pilot, keep_opened
from model_runtime.gate.queries import (
    Case,
    Reader,
    Subject,
    facts_of,
    find_offered_id,
    find_subject,
    of_person,
    read_case,
    read_reader,
    read_subject,
)
from model_runtime.gate.rules import check_gate
from model_runtime.gate.stamps import Stamp, hold_case, read_stamp
from model_runtime.gate.values import GateClosed, GateFacts, Moment
from model_runtime.people.queries import hold_person
from model_runtime.people.tables import Person
from model_runtime.scores.advisories import Occasion, build_advisory
from model_runtime.scores.artefacts import read_artefact
from model_runtime.scores.audience import check_shown
from model_runtime.scores.queries import find_answer
from model_runtime.scores.reasons import FactUsed
from model_runtime.scores.refusals import keep_refusal
from model_runtime.scores.requests import ScoreRequest, clean_purpose
from model_runtime.scores.rules import commit_to, new_reference
from model_runtime.scores.tables import Refusal, Score, Viewing
from model_runtime.scores.values import AdvisoryScore
from registry.models.values import PermissionStage
from registry.safeguards.values import Safeguards


class Engine(Protocol):
    """What answers: the client of the engine's child process."""

    def score(
        self, artefact: bytes, sha256: str, method: str, features: Sequence[str], rows: Sequence[dict[str, float]]
    ) -> EngineAnswer:
        """Scores and explanations of some rows."""


@dataclass(frozen=True)
class Prepared:
    """What goes to the engine for one person: plain values, so that no transaction is open while it works."""

    person: Subject
    use_id: int
    artefact: bytes
    artefact_sha256: str
    method: str
    row: dict[str, float]
    facts: tuple[FactUsed, ...]
    passed: "Passed"


@dataclass(frozen=True)
class Passed:
    """A gate that was passed: for which case, on what it looked at, and the stamp of all of it from before it was read.

    A case of a pilot has no stamp: its places are counted afresh. `fresh` is what was not read for an earlier request.
    """

    case: Case
    reader: Reader
    seen: GateFacts
    stamp: Stamp | None = None
    fresh: bool = True


@dataclass(frozen=True)
class Given:
    """A score in the transaction that records it, with what people read of it, as stored too, and what is asked of
    its reader."""

    score: Score
    advisory: AdvisoryScore
    stored: Mapping[str, Any]
    safeguards: Safeguards


Beside = Callable[[Session, Given], None]
"""What else is written in the commit that records a score, such as who was shown it."""


def request_score(
    database: Database,
    clock: Clock,
    engine: Engine,
    actor: Actor,
    *,
    person_reference: str,
    purpose: str,
    use_id: int | None = None,
    request_key: str,
    through_id: int | None = None,
    beside: Beside | None = None,
) -> Score | Refusal:
    """Ask for an advisory score; the answer is a Score or a recorded Refusal, never an exception of the product's.

    Under a shadow approval the Score is kept to be measured and nothing of it may be shown: `check_shown` (R08).

    `purpose` is the code or the words of a use, or other words, which leads to a refusal. `use_id` chooses the use;
    without it the stated purpose does. The same request with the same `request_key` gets the same answer again.
    `through_id` is the token of a system that asks on behalf of the actor; it is kept with the answer. `beside` is
    called in the commit that records a new score; where it refuses, there is no score.
    """
    asked = ScoreRequest(actor, person_reference, clean_purpose(purpose), use_id, request_key, through_id)
    try:
        with database.read() as session:
            answer = find_answer(session, asked.key)
            if answer is not None:
                return answer
            prepared = _prepare(database, session, clock, asked)
        answered = engine.score(
            prepared.artefact, prepared.artefact_sha256, prepared.method, list(prepared.row), [prepared.row]
        )
        return _keep_score(database, clock, asked, prepared, answered, beside)
    except Exception as error:  # whatever it is: it ends in "not scored", recorded
        return keep_refusal(database, clock, asked, error)


def record_viewing(session: Session, score: Score, actor: Actor, at: datetime) -> None:
    """Record that somebody looks at a score; committed before a byte of it leaves. In the shadow nobody looks."""
    check_shown(score)
    session.connection().execute(VIEW, {"score_id": score.id, "by_id": actor.account_id, "at": at})
    facts = {"score": score.reference}
    record(session, "score_viewed", actor=actor.reference, at=at, model=score.use.version.model.slug, facts=facts)


VIEW, GIVE = insert(Viewing), insert(Score).returning(Score.id)
"""Put together once, for they are carried out at every score."""


def _prepare(database: Database, session: Session, clock: Clock, asked: ScoreRequest) -> Prepared:
    """The first reading: gate and inputs, before the engine is troubled at all. The stamp is taken before the rest."""
    use_id, actor = asked.use_id, asked.actor
    if use_id is None:
        use_id = find_offered_id(session, actor.agency, asked.purpose)
    stamp = read_stamp(session, use_id, asked.person_reference, actor.account_id) if use_id is not None else None
    person = _find_subject(session, asked.person_reference, stamp)
    moment = Moment(clock.now())
    today = london_date(moment.at)
    opened, reader = find_opened(database, stamp, actor, today) if stamp is not None else (None, None)
    if opened is not None:
        case: Case | None = of_person(opened, person)
    else:
        case = read_case(session, use_id, person, today) if use_id is not None else None
    fresh = reader is None
    if case is not None and reader is None:
        reader = read_reader(session, actor, case.sheet.use)
    length = stamp.artefact_bytes if stamp is not None else None
    artefact = read_artefact(database, session, case.facts.artefact_sha256, length) if case is not None else b""
    sha256 = case.facts.artefact_sha256 if case is not None and artefact else digest(artefact)
    passed = _pass_gate(session, asked, person, case, reader, moment, sha256)
    facts = _facts_used(passed.case, person)
    row = check_row(passed.case.sheet.inputs, {fact.name: fact.value for fact in facts})
    kept = replace(passed, stamp=None if is_pilot(passed.case) else stamp, fresh=fresh)
    method = passed.case.sheet.use.version.method
    return Prepared(person, passed.case.facts.use_id, artefact, sha256, method, row, facts, kept)


def _find_subject(session: Session, reference: str, stamp: Stamp | None) -> Subject:
    if stamp is not None and stamp.person is not None:
        return read_subject(session, stamp.person, stamp.objections)
    person = find_subject(session, reference) if stamp is None else None
    if person is None:
        raise NotFound(NOBODY)
    return person


NOBODY = "There is no person with this reference."


def _keep_score(
    database: Database,
    clock: Clock,
    asked: ScoreRequest,
    prepared: Prepared,
    answered: EngineAnswer,
    beside: Beside | None,
) -> Score | Refusal:
    """The gate once more under locks, then score, commitment and ledger entry: one commit or nothing.

    A suspension either came before the lock, and refuses, or waits until the score is committed.
    """
    with database.write() as session:
        known = hold_person(session, asked.person_reference)
        earlier = find_answer(session, asked.key)
        if earlier is not None:
            return earlier
        if not known:
            raise NotFound(NOBODY)
        passed, at = _pass_again(database, session, clock, asked, prepared)
        given = _build(asked, passed, prepared, answered, at)
        _enter(session, given.score, prepared.person, passed.case)
        _record_given(session, asked.actor, given.score, passed.case)
        if beside is not None:
            beside(session, given)
    return given.score


def _pass_again(
    database: Database, session: Session, clock: Clock, asked: ScoreRequest, prepared: Prepared
) -> tuple[Passed, datetime]:
    """The gate under locks: with what was read before where its stamp and the day are the same, else read afresh."""
    before = prepared.passed
    if before.stamp is not None:
        hold_case(session, prepared.use_id)
        moment = read_moment(session, clock)
        stamp = read_stamp(session, prepared.use_id, asked.person_reference, asked.actor.account_id)
        if stamp == before.stamp and london_date(moment.at) == before.seen.today:
            check_gate(replace(before.seen, moment=moment))
            if before.fresh:  # and nothing changed since its stamp, before it was read
                keep_opened(database, session, stamp, asked.actor, before.seen.today, before.case, before.reader)
            return before, moment.at
    person = find_subject(session, asked.person_reference)
    if person is None:
        raise NotFound(NOBODY)
    case, moment = _read_locked(session, clock, prepared.use_id, person)
    reader = read_reader(session, asked.actor, case.sheet.use) if case is not None else None
    return _pass_gate(session, asked, person, case, reader, moment, prepared.artefact_sha256), moment.at


def _read_locked(session: Session, clock: Clock, use_id: int, person: Subject) -> tuple[Case | None, Moment]:
    """The use under its locks, and then the time: it is not the time at which somebody began to wait."""
    moment = read_moment(session, clock)
    case = read_case(session, use_id, person, london_date(moment.at), lock=True)
    later = replace(moment, at=max(moment.at, clock.now()))
    if london_date(later.at) != london_date(moment.at):  # midnight came while it waited
        case = read_case(session, use_id, person, london_date(later.at), lock=True)
    return case, later


def _pass_gate(
    session: Session,
    asked: ScoreRequest,
    person: Subject,
    case: Case | None,
    reader: Reader | None,
    moment: Moment,
    artefact_seen: str,
) -> Passed:
    if case is not None:
        case = replace(case, facts=replace(case.facts, artefact_seen=artefact_seen))
    today = london_date(moment.at)
    seen = facts_of(
        session, asked.actor, person, case, purpose=asked.purpose, today=today, moment=moment, reader=reader
    )
    check_gate(seen)
    if case is None or reader is None:  # the gate has refused it: nothing passes that is not there
        raise GateClosed("You cannot be shown a score: there is no such use of a model.", code="unknown_purpose")
    return Passed(case, reader, seen)


def _facts_used(case: Case, person: Subject) -> tuple[FactUsed, ...]:
    chosen = [(one.name, person.facts[one.name]) for one in case.sheet.inputs]
    return tuple(FactUsed(name, one.value, one.source, one.as_of, one.agency) for name, one in chosen)


def _build(asked: ScoreRequest, passed: Passed, prepared: Prepared, answered: EngineAnswer, at: datetime) -> Given:
    use, approval, figures = passed.case.sheet.use, passed.case.approval, passed.case.figures
    if approval is None or figures is None:
        raise GateClosed("You cannot be shown a score: no approval of this use stands.", code="not_approved")
    occasion = Occasion(new_reference("S"), asked.person_reference, at)
    inputs = passed.case.sheet.inputs
    advisory = build_advisory(occasion, use, approval, figures, prepared.facts, answered, inputs)
    stored, salt = advisory.to_dict(), secrets.token_bytes(32)
    score = Score(
        reference=advisory.reference,
        request_key=asked.key,
        person_id=prepared.person.id,
        use_id=use.id,
        approval_id=approval.id,
        asked_by_id=asked.actor.account_id,
        at=at,
        as_of=advisory.data_as_of,
        value=answered.scores[0],
        band=advisory.band_code,
        shadow=approval.stage is PermissionStage.SHADOW,
        features=prepared.row,
        largest_error=answered.largest_error,
        artefact_sha256=prepared.artefact_sha256,
        advisory=stored,
        salt=salt,
        commitment=commit_to(stored, salt),
        layers=list(answered.layers),
        through_id=asked.through_id,
    )
    return Given(score, advisory, stored, passed.reader.safeguards)


def _enter(session: Session, score: Score, person: Subject, case: Case) -> None:
    """Write a new score by one plain statement; what is given on is a score as if it had been read."""
    told = {name: getattr(score, name) for name in COLUMNS}
    score.id = session.connection().execute(GIVE, told).scalar_one()
    scored = Person(id=person.id, reference=person.reference, agency_code=person.agency, born_on=person.born_on)
    for one in (scored, score):
        make_transient_to_detached(one)
    set_committed_value(score, "person", scored)
    set_committed_value(score, "use", case.sheet.use)


COLUMNS = tuple(column.key for column in Score.__table__.columns if column.key != "id")


def _record_given(session: Session, actor: Actor, score: Score, case: Case) -> None:
    version = case.sheet.use.version
    facts: dict[str, Any] = {
        "score": score.reference,
        "use": score.use_id,
        "version": version.number,
        "approval": score.approval_id,
        "artefact": score.artefact_sha256,
        "commitment": score.commitment,
    }
    record(session, "score_given", actor=actor.reference, at=score.at, model=version.model.slug, facts=facts)
