"""Commands of a run: asking, beginning, keeping a part, finishing it in one commit, or ending it without a result.

Nothing here scores: the worker and the command line do (jobs.py).
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.tables import Account
from foundation.accounts.values import WORKER, Actor, Permission
from foundation.clock import Clock, london_date
from foundation.database.connection import Database
from foundation.errors import Forbidden, Invalid
from foundation.files.service import store
from foundation.jobs.service import enqueue, requeue
from foundation.ledger.service import record
from foundation.ledger.values import canonical_bytes, digest
from foundation.lifecycle.service import move
from foundation.service_accounts.tables import ApiToken
from model_runtime.cohorts.gates import pass_gate
from model_runtime.cohorts.packing import Part
from model_runtime.cohorts.places import count_places
from model_runtime.cohorts.plans import Plan, column_of
from model_runtime.cohorts.queries import given_in_runs
from model_runtime.cohorts.rules import check_as_of, check_places, check_still_fresh, kind_of
from model_runtime.cohorts.tables import CohortAnswer, CohortChunk, CohortRun, CohortScore, CohortViewing
from model_runtime.cohorts.trees import root_of
from model_runtime.cohorts.values import CHUNK_ROWS, COHORT_LIFE, SCORED, Handed
from model_runtime.gate.clocks import read_moment
from model_runtime.gate.queries import find_offered
from model_runtime.gate.values import GateClosed, Moment
from model_runtime.people.tables import Person
from model_runtime.scores.refusals import keep_refusal
from model_runtime.scores.requests import ScoreRequest, clean_purpose
from model_runtime.scores.rules import new_reference
from model_runtime.scores.tables import Refusal, Score
from registry.agencies.tables import Source
from registry.evaluations.queries import find_evaluation
from registry.models.queries import find_approval
from registry.models.tables import Use
from registry.models.values import PermissionStage

RUN_COHORT = "run_cohort"
"""The kind of the worker's job."""

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


@dataclass(frozen=True)
class CohortRequest:
    """Who asks for a run, for what stated purpose, of which use if any, over what, as of which day, from which source.

    `content` is a file that is stored and given to the worker; without it `handed` says what the command line reads
    itself. `pressed` stands for one press of the button. `source_code` is empty for the agency's own.
    """

    actor: Actor
    purpose: str
    use_id: int | None
    as_of: date
    handed: Handed
    pressed: str
    content: bytes | None = None
    source_code: str = ""
    through_id: int | None = None

    @property
    def key(self) -> str:
        """SHA-256 of all of it: the same request with the same press is the same run."""
        parts = [self.actor.reference, self.purpose, self.use_id, self.as_of.isoformat(), self.handed.sha256]
        return digest(canonical_bytes([*parts, self.source_code, self.pressed]))


def request_file(name: str, content: bytes) -> Handed:
    """What is handed in as a file; refuses another ending than .csv or .parquet."""
    return Handed(name[:200], kind_of(name), digest(content))


def request_cohort(database: Database, clock: Clock, asked: CohortRequest) -> CohortRun | Refusal:
    """Ask for a run: a queued run, or a recorded refusal where the gate is closed (R01). The same request twice is one.

    Refuses with Invalid, unrecorded, what nobody could run: a day to come, an unknown source, a file of another kind.
    """
    try:
        with database.write() as session:
            return find_run(session, asked.key) or _ask(session, asked, read_moment(session, clock))
    except (GateClosed, Forbidden) as closed:
        request = ScoreRequest(
            asked.actor,
            "-",
            clean_purpose(asked.purpose),
            asked.use_id,
            f"cohort:{asked.handed.sha256}:{asked.pressed}",
            asked.through_id,
        )
        kept = keep_refusal(database, clock, request, closed)
        if isinstance(kept, Score):  # a run about nobody was never answered by a score
            raise
        return kept


def find_run(session: Session, key: str) -> CohortRun | None:
    """The run of a request that was made before, if any."""
    return session.scalars(select(CohortRun).where(CohortRun.request_key == key)).first()


def _ask(session: Session, asked: CohortRequest, moment: Moment) -> CohortRun:
    actor, use, at = asked.actor, _use_asked(session, asked), moment.at
    facts = pass_gate(session, actor, use, purpose=clean_purpose(asked.purpose), moment=moment, lock=True)
    if use is None:  # the gate has refused it: nothing passes that is not there
        raise GateClosed("There are no scores: there is no such use of a model.", code="unknown_purpose")
    check_as_of(asked.as_of, london_date(at))
    approval, evaluation = find_approval(session, use, lock=True), find_evaluation(session, use.version_id)
    if approval is None or evaluation is None:
        raise GateClosed("There are no scores: no approval of this use stands.", code="not_approved")
    stored = store(session, asked.content, MEDIA_TYPES[asked.handed.kind], at) if asked.content is not None else None
    run = CohortRun(
        reference=new_reference("C"),
        request_key=asked.key,
        use_id=facts.use_id,
        approval_id=approval.id,
        evaluation_id=evaluation.id,
        asked_by_id=actor.account_id,
        through_id=asked.through_id,
        asked_at=at,
        as_of=asked.as_of,
        source_code=_source(session, asked.source_code or facts.agency),
        source_name=asked.handed.name,
        source_kind=asked.handed.kind,
        source_sha256=asked.handed.sha256,
        file_sha256=stored,
        artefact_sha256=facts.artefact_sha256,
        shadow=approval.stage is PermissionStage.SHADOW,
        salt=secrets.token_bytes(32),
        chunk_rows=CHUNK_ROWS,
    )
    session.add(run)
    session.flush()
    if stored is not None:
        enqueue(session, RUN_COHORT, f"{RUN_COHORT}:{run.id}", {"run": run.id}, asked_by=actor.reference, at=at)
    _note(session, "cohort_asked", actor, run, at, source=run.source_sha256, approval=run.approval_id)
    return run


def _use_asked(session: Session, asked: CohortRequest) -> Use | None:
    if asked.use_id is not None:
        return session.get(Use, asked.use_id)
    return find_offered(session, asked.actor.agency, clean_purpose(asked.purpose))


def _source(session: Session, code: str) -> str:
    if session.get(Source, code) is None:
        sentence = f"The register has no source {code[:12]}."
        raise Invalid(sentence, problems={"source": sentence})
    return code


def plan_for(session: Session, actor: Actor, use: Use, as_of: date, at: datetime) -> Plan:
    """What people are checked against: what was declared, on the London day of `at`; refused at a closed gate."""
    facts = pass_gate(session, actor, use, purpose=use.code, moment=Moment(at))
    columns = tuple(column_of(feature) for feature in use.version.features)
    return Plan(columns, facts.ages, london_date(at), as_of, facts.stale_after_days)


def begin(session: Session, run: CohortRun, parts: Iterable[Part], oldest_on: date | None, at: datetime) -> None:
    """Keep everybody who was handed in and begin; from here on the file, path or query is not needed again."""
    for number, part in enumerate(parts):
        row = {"people": part.people, "days": part.days, "inputs": part.inputs, "closed": part.closed}
        told = {"run_id": run.id, "number": number, "rows": part.rows, "sha256": part.sha256}
        session.execute(insert(CohortChunk), [{**row, **told}])
        run.rows += part.rows
    run.oldest_on, run.started_at = oldest_on, at
    _move(session, run, "begin", at, people=run.rows)


def keep_part(session: Session, run_id: int, answer: dict[str, Any], rows: Sequence[dict[str, Any]]) -> bool:
    """Keep what was answered about a part, all of it in one commit; False when somebody else did, or the run ended.

    Nobody sees any of it before the run is finished. A run whose use was stopped meanwhile goes no further.
    """
    run = session.scalars(
        select(CohortRun).where(CohortRun.id == run_id).with_for_update(of=CohortRun, key_share=True)
    ).one()
    done = session.get(CohortAnswer, (run_id, answer["number"]))
    if run.stage != "running" or done is not None:
        return False
    if run.use.stage != "approved":
        raise GateClosed("There are no scores: the use was stopped while the run went on.", code=run.use.stage)
    session.execute(insert(CohortAnswer), [{"run_id": run_id, **answer}])
    session.execute(insert(CohortScore), [{"run_id": run_id, **row} for row in rows])
    return True


def finish(session: Session, run_id: int, moment: Moment) -> CohortRun:
    """Make a run visible at once: the gate again under locks, the tree over all rows, one ledger entry (R01, R20).

    Refuses (GateClosed) when the gate has closed meanwhile, a pilot has no room for all, or facts became too old.
    """
    run, at = lock_run(session, run_id), moment.at
    if run.stage != "running":
        return run
    facts = pass_gate(session, asker_of(session, run), run.use, purpose=run.use.code, moment=moment, lock=True)
    approval = find_approval(session, run.use, lock=True)
    if approval is None or approval.id != run.approval_id:
        raise GateClosed("There are no scores: the approval is not the one the run began under.", code="not_approved")
    check_still_fresh(run.oldest_on, london_date(at) - timedelta(days=facts.stale_after_days))
    if approval.pilot is not None:
        check_places(approval.pilot, *count_places(session, approval, run))
    run.root, run.not_scored = _root(session, run), _count(session, run)
    run.scored, run.finished_at = run.rows - sum(run.not_scored.values()), at
    told = {"people": run.rows, "scored": run.scored, "root": run.root, "source": run.source_sha256}
    _move(session, run, "finish", at, **told, approval=run.approval_id, artefact=run.artefact_sha256)
    return run


def requeue_runs(session: Session) -> int:
    """Queue again the jobs that ended while their run had not; how many. Called when the one worker starts."""
    going = session.scalars(select(CohortRun.id).where(CohortRun.stage.in_(("queued", "running")))).all()
    return requeue(session, [f"{RUN_COHORT}:{run_id}" for run_id in going])


def end(
    session: Session, run_id: int, step: str, sentence: str, at: datetime, *, problems: Sequence[str] = ()
) -> CohortRun:
    """End a run without a result, by the step `fail` or `withdraw`, with the reason; what ended stays as it is."""
    run = lock_run(session, run_id)
    if run.stage in ("queued", "running"):
        run.problem, run.problems = sentence, list(problems)
        move(session, COHORT_LIFE, run, step, WORKER, at, reason=sentence, model=run.use.version.model.slug)
    return run


def stop(session: Session, actor: Actor, run: CohortRun, at: datetime) -> None:
    """Whoever runs cohorts for the agency stops a run; nobody sees a result of it."""
    check_permission(actor, Permission.RUN_COHORT)
    run.problem = f"Stopped by {actor.name}."
    move(session, COHORT_LIFE, run, "withdraw", actor, at, reason="Stopped.", model=run.use.version.model.slug)


def record_looking(session: Session, actor: Actor, run: CohortRun, what: str, at: datetime, place: int | None) -> None:
    """Record that somebody looks at a result, or takes all of them out; committed before a byte of it leaves."""
    session.add(CohortViewing(run_id=run.id, place=place, what=what, by_id=actor.account_id, at=at))
    kind = "cohort_viewed" if place is not None else "cohort_taken_out"
    _note(session, kind, actor, run, at, what=what, **({"place": place} if place is not None else {}))


def add_scored_people(session: Session, actor: Actor, use_ids: Collection[int], at: datetime) -> int:
    """Make people known whom finished runs of these uses scored and nobody has added; how many (R14).

    They belong to the agency that scored them. A run keeps no day of birth, so none is known: it can be added later.
    """
    known = select(Person.id).where(Person.reference == CohortScore.person_reference).exists()
    missing = (
        select(CohortScore.person_reference, func.min(Use.agency_code), literal(at, Person.added_at.type))
        .select_from(CohortRun)
        .join(CohortScore, CohortScore.run_id == CohortRun.id)
        .join(Use, Use.id == CohortRun.use_id)
        .where(*given_in_runs(use_ids), ~known)
        .group_by(CohortScore.person_reference)
    )
    written = INSERT[session.get_bind().dialect.name](Person)
    columns = ["reference", "agency_code", "added_at"]
    written = written.from_select(columns, missing).on_conflict_do_nothing()
    done = cast("CursorResult[Any]", session.execute(written, execution_options={"preserve_rowcount": True}))
    added = done.rowcount
    if added:
        facts = {"people": added, "uses": sorted(use_ids)}
        record(session, "people_added", actor=actor.reference, at=at, facts=facts)
    return added


def lock_run(session: Session, run_id: int) -> CohortRun:
    """A run read afresh under a row lock."""
    chosen = select(CohortRun).where(CohortRun.id == run_id).with_for_update(of=CohortRun)
    return session.scalars(chosen.execution_options(populate_existing=True)).one()


def asker_of(session: Session, run: CohortRun) -> Actor:
    """Who asked for a run, with the roles they have now; refused when their account is closed or the token revoked."""
    account = session.get(Account, run.asked_by_id)
    token = session.get(ApiToken, run.through_id) if run.through_id is not None else None
    if account is None or account.disabled_at is not None or (token is not None and token.revoked_at is not None):
        raise GateClosed("There are no scores: whoever asked for the run may no longer.", code="role_not_allowed")
    return account.actor()


def _root(session: Session, run: CohortRun) -> str:
    """The root over the trees of all parts; refuses to finish while one of them, or one person, is not there."""
    chosen = select(CohortAnswer.root).where(CohortAnswer.run_id == run.id).order_by(CohortAnswer.number)
    roots = session.scalars(chosen).all()
    rows = session.scalar(select(func.count()).select_from(CohortScore).where(CohortScore.run_id == run.id))
    if len(roots) != run.chunks or rows != run.rows:
        raise RuntimeError("A run was to be finished before all of it was there.")
    return root_of([bytes.fromhex(one) for one in roots]).hex()


def _count(session: Session, run: CohortRun) -> dict[str, Any]:
    chosen = select(CohortScore.code, func.count()).where(CohortScore.run_id == run.id, CohortScore.code != SCORED)
    return dict(session.execute(chosen.group_by(CohortScore.code).order_by(CohortScore.code)).tuples().all())


def _move(session: Session, run: CohortRun, step: str, at: datetime, **facts: Any) -> None:
    told = {"run": run.reference, "use": run.use_id, **facts}
    move(session, COHORT_LIFE, run, step, WORKER, at, model=run.use.version.model.slug, facts=told)


def _note(session: Session, kind: str, actor: Actor, run: CohortRun, at: datetime, **facts: Any) -> None:
    told = {"run": run.reference, "use": run.use_id, **facts}
    record(session, kind, actor=actor.reference, at=at, model=run.use.version.model.slug, facts=told)
