"""Asking for a score: the gate, the engine, the gate again, and one commit. What is not scored is recorded (R01)."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session
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
from model_runtime.gate.queries import (
    Case,
    Subject,
    facts_of,
    find_offered_id,
    find_subject,
    read_case,
    subject_of,
)
from model_runtime.gate.rules import check_gate
from model_runtime.gate.stamps import Stamp, hold_case, read_stamp
from model_runtime.gate.values import GateClosed, GateFacts, Moment
from model_runtime.people.queries import lock_person
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


class Engine(Protocol):
    """What answers: the client of the engine's child process."""

    def score(
        self, artefact: bytes, sha256: str, method: str, features: Sequence[str], rows: Sequence[dict[str, float]]
    ) -> EngineAnswer:
        """Scores and explanations of some rows."""


@dataclass(frozen=True)
class Prepared:
    """What goes to the engine for one person: plain values, so that no transaction is open while it works."""

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

    A case of a pilot has no stamp: its places are counted afresh.
    """

    case: Case
    seen: GateFacts
    stamp: Stamp | None


@dataclass(frozen=True)
class Given:
    """A score in the transaction that records it, with what people read of it."""

    score: Score
    advisory: AdvisoryScore


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
    session.add(Viewing(score_id=score.id, by_id=actor.account_id, at=at))
    facts = {"score": score.reference}
    record(session, "score_viewed", actor=actor.reference, at=at, model=score.use.version.model.slug, facts=facts)


def _prepare(database: Database, session: Session, clock: Clock, asked: ScoreRequest) -> Prepared:
    """The first reading: gate and inputs, before the engine is troubled at all. The stamp is taken before the rest."""
    use_id = asked.use_id
    if use_id is None:
        use_id = find_offered_id(session, asked.actor.agency, asked.purpose)
    reference = asked.person_reference
    stamp = read_stamp(session, use_id, reference, asked.actor.account_id) if use_id is not None else None
    person = find_subject(session, reference)
    if person is None:
        raise NotFound("There is no person with this reference.")
    moment = Moment(clock.now())
    case = read_case(session, use_id, person, london_date(moment.at)) if use_id is not None else None
    artefact = read_artefact(database, session, case.facts.artefact_sha256) if case is not None else b""
    sha256 = case.facts.artefact_sha256 if case is not None and artefact else digest(artefact)
    passed = _pass_gate(session, asked, person, case, moment, sha256)
    version, facts = passed.case.sheet.use.version, _facts_used(passed.case, person)
    row = check_row(version.features, {fact.name: fact.value for fact in facts})
    kept = replace(passed, stamp=None if _is_pilot(passed.case) else stamp)
    return Prepared(passed.case.facts.use_id, artefact, sha256, version.method, row, facts, kept)


def _is_pilot(case: Case) -> bool:
    return case.approval is not None and case.approval.permission == PermissionStage.PILOT


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
        person = lock_person(session, asked.person_reference)
        earlier = find_answer(session, asked.key)
        if earlier is not None:
            return earlier
        if person is None:
            raise NotFound("There is no person with this reference.")
        case, moment = _pass_again(session, clock, asked, prepared, person)
        score, advisory = _build(asked, person, case, prepared, answered, moment.at)
        session.add(score)
        session.flush()
        set_committed_value(score, "use", case.sheet.use)
        _record_given(session, asked.actor, score, case)
        if beside is not None:
            beside(session, Given(score, advisory))
    return score


def _pass_again(
    session: Session, clock: Clock, asked: ScoreRequest, prepared: Prepared, person: Person
) -> tuple[Case, Moment]:
    """The gate under locks: with what was read before where its stamp and the day are the same, else read afresh."""
    before = prepared.passed
    if before.stamp is not None:
        hold_case(session, prepared.use_id)
        moment = read_moment(session, clock)
        stamp = read_stamp(session, prepared.use_id, asked.person_reference, asked.actor.account_id)
        if stamp == before.stamp and london_date(moment.at) == before.seen.today:
            check_gate(replace(before.seen, moment=moment))
            return before.case, moment
    subject = subject_of(session, person)
    case, moment = _read_locked(session, clock, prepared.use_id, subject)
    return _pass_gate(session, asked, subject, case, moment, prepared.artefact_sha256).case, moment


def _read_locked(session: Session, clock: Clock, use_id: int, person: Subject) -> tuple[Case | None, Moment]:
    """The use under its locks, and then the time: it is not the time at which somebody began to wait."""
    moment = read_moment(session, clock)
    case = read_case(session, use_id, person, london_date(moment.at), lock=True)
    later = replace(moment, at=max(moment.at, clock.now()))
    if london_date(later.at) != london_date(moment.at):  # midnight came while it waited
        case = read_case(session, use_id, person, london_date(later.at), lock=True)
    return case, later


def _pass_gate(
    session: Session, asked: ScoreRequest, person: Subject, case: Case | None, moment: Moment, artefact_seen: str
) -> Passed:
    if case is not None:
        case = replace(case, facts=replace(case.facts, artefact_seen=artefact_seen))
    today = london_date(moment.at)
    seen = facts_of(session, asked.actor, person, case, purpose=asked.purpose, today=today, moment=moment)
    check_gate(seen)
    if case is None:  # the gate has refused it: nothing passes that is not there
        raise GateClosed("You cannot be shown a score: there is no such use of a model.", code="unknown_purpose")
    return Passed(case, seen, None)


def _facts_used(case: Case, person: Subject) -> tuple[FactUsed, ...]:
    chosen = [(feature.name, person.facts[feature.name]) for feature in case.sheet.use.version.features]
    return tuple(FactUsed(name, one.value, one.source, one.as_of, one.agency) for name, one in chosen)


def _build(
    asked: ScoreRequest, person: Person, case: Case, prepared: Prepared, answered: EngineAnswer, at: datetime
) -> tuple[Score, AdvisoryScore]:
    use, approval, figures = case.sheet.use, case.approval, case.figures
    if approval is None or figures is None:
        raise GateClosed("You cannot be shown a score: no approval of this use stands.", code="not_approved")
    occasion = Occasion(new_reference("S"), person.reference, at)
    advisory = build_advisory(occasion, use, approval, figures, prepared.facts, answered)
    stored, salt = advisory.to_dict(), secrets.token_bytes(32)
    score = Score(
        reference=advisory.reference,
        request_key=asked.key,
        person=person,
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
    return score, advisory


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
