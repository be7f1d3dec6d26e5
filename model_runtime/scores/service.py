"""Asking for a score: the gate, the engine, the gate again, and one commit. What is not scored is recorded (R01)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from foundation.clock import Clock, london_date
from foundation.database.connection import Database
from foundation.errors import NotFound, Unavailable
from foundation.files.service import get_content
from foundation.ledger.service import record
from foundation.ledger.values import digest
from model_runtime.engine.inputs import check_row
from model_runtime.engine.values import EngineAnswer
from model_runtime.gate.queries import collect
from model_runtime.gate.rules import check_gate
from model_runtime.gate.values import GateClosed
from model_runtime.people.queries import get_person, latest_facts, lock_person
from model_runtime.people.tables import Person
from model_runtime.scores.advisories import Occasion, build_advisory
from model_runtime.scores.audience import check_shown
from model_runtime.scores.queries import find_answer
from model_runtime.scores.reasons import FactUsed
from model_runtime.scores.refusals import find_use_asked, keep_refusal
from model_runtime.scores.requests import ScoreRequest, clean_purpose
from model_runtime.scores.rules import commit_to, new_reference
from model_runtime.scores.tables import Refusal, Score, Viewing
from registry.evaluations.queries import find_figures
from registry.models.queries import find_approval
from registry.models.tables import ModelVersion, Use
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
) -> Score | Refusal:
    """Ask for an advisory score; the answer is a Score or a recorded Refusal, never an exception of the product's.

    Under a shadow approval the Score is kept to be measured and nothing of it may be shown: `check_shown` (R08).

    `purpose` is the code or the words of a use, or other words, which leads to a refusal. `use_id` chooses the use;
    without it the stated purpose does. The same request with the same `request_key` gets the same answer again.
    """
    asked = ScoreRequest(actor, person_reference, clean_purpose(purpose), use_id, request_key)
    with database.read() as session:
        answer = find_answer(session, asked.key)
    if answer is not None:
        return answer
    try:
        prepared = _prepare(database, clock, asked)
        answered = engine.score(
            prepared.artefact, prepared.artefact_sha256, prepared.method, list(prepared.row), [prepared.row]
        )
        return _keep_score(database, clock, asked, prepared, answered)
    except Exception as error:  # whatever it is: it ends in "not scored", recorded
        return keep_refusal(database, clock, asked, error)


def record_viewing(session: Session, score: Score, actor: Actor, at: datetime) -> None:
    """Record that somebody looks at a score; committed before a byte of it leaves. In the shadow nobody looks."""
    check_shown(score)
    session.add(Viewing(score_id=score.id, by_id=actor.account_id, at=at))
    facts = {"score": score.reference}
    record(session, "score_viewed", actor=actor.reference, at=at, model=score.use.version.model.slug, facts=facts)


def _prepare(database: Database, clock: Clock, asked: ScoreRequest) -> Prepared:
    """The first reading: gate and inputs, before the engine is troubled at all."""
    with database.read() as session:
        person = get_person(session, asked.person_reference)
        chosen = find_use_asked(session, asked)
        artefact = _stored_artefact(session, chosen)
        use = _pass_gate(session, asked, person, chosen, clock.now(), digest(artefact))
        facts = _facts_used(use.version, person)
        row = check_row(use.version.features, {fact.name: fact.value for fact in facts})
        return Prepared(use.id, artefact, digest(artefact), use.version.method, row, facts)


def _keep_score(
    database: Database, clock: Clock, asked: ScoreRequest, prepared: Prepared, answered: EngineAnswer
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
        at, chosen = clock.now(), session.get(Use, prepared.use_id)
        use = _pass_gate(session, asked, person, chosen, at, prepared.artefact_sha256, lock=True)
        score = _build(session, asked, person, use, prepared, answered, at)
        session.add(score)
        session.flush()
        _record_given(session, asked.actor, score)
        return score


def _pass_gate(
    session: Session,
    asked: ScoreRequest,
    person: Person,
    use: Use | None,
    at: datetime,
    artefact_seen: str,
    *,
    lock: bool = False,
) -> Use:
    today = london_date(at)
    facts = collect(
        session, asked.actor, person, use, purpose=asked.purpose, today=today, artefact_seen=artefact_seen, lock=lock
    )
    check_gate(facts)
    if use is None:  # the gate has refused it: nothing passes that is not there
        raise GateClosed("You cannot be shown a score: there is no such use of a model.", code="unknown_purpose")
    return use


def _stored_artefact(session: Session, use: Use | None) -> bytes:
    """The stored bytes; without them, or with bytes that rotted, nothing: the gate then says that they changed."""
    try:
        return get_content(session, use.version.artefact_sha256) if use is not None else b""
    except (NotFound, Unavailable):
        return b""


def _facts_used(version: ModelVersion, person: Person) -> tuple[FactUsed, ...]:
    known = latest_facts(person)
    chosen = [known[feature.name] for feature in version.features]
    return tuple(FactUsed(fact.name, fact.value, fact.source.name, fact.as_of) for fact in chosen)


def _build(
    session: Session,
    asked: ScoreRequest,
    person: Person,
    use: Use,
    prepared: Prepared,
    answered: EngineAnswer,
    at: datetime,
) -> Score:
    approval, figures = find_approval(session, use, lock=True), find_figures(session, use.version_id)
    if approval is None or figures is None:
        raise GateClosed("You cannot be shown a score: no approval of this use stands.", code="not_approved")
    occasion = Occasion(new_reference("S"), person.reference, at)
    advisory = build_advisory(occasion, use, approval, figures, prepared.facts, answered)
    stored, salt = advisory.to_dict(), secrets.token_bytes(32)
    return Score(
        reference=advisory.reference,
        request_key=asked.key,
        person=person,
        use=use,
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
    )


def _record_given(session: Session, actor: Actor, score: Score) -> None:
    version = score.use.version
    facts: dict[str, Any] = {
        "score": score.reference,
        "use": score.use_id,
        "version": version.number,
        "approval": score.approval_id,
        "artefact": score.artefact_sha256,
        "commitment": score.commitment,
    }
    record(session, "score_given", actor=actor.reference, at=score.at, model=version.model.slug, facts=facts)
