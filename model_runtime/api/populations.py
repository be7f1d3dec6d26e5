"""Runs over whole populations for a program: started, followed, and their labelled results taken out."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import Invalid
from foundation.service_accounts.rules import check_purpose
from foundation.service_accounts.values import Caller
from model_runtime.api.gates import find_meant
from model_runtime.api.idempotency import keep, once
from model_runtime.api.queries import get_asked
from model_runtime.api.schemas import CohortAsked, CohortGiven
from model_runtime.api.scoring import not_given
from model_runtime.api.values import Key
from model_runtime.cohorts.queries import find_progress, get_run
from model_runtime.cohorts.rules import check_takes
from model_runtime.cohorts.service import CohortRequest, record_looking, request_cohort, request_file
from model_runtime.cohorts.tables import CohortRun
from model_runtime.scores.tables import Refusal
from registry.safeguards.queries import get_safeguards

ENDINGS = {"text/csv": "csv", "application/vnd.apache.parquet": "parquet"}
"""The media types of a file of people."""


def start_cohort(
    database: Database, clock: Clock, caller: Caller, asked: CohortAsked, content: bytes, media_type: str, key: Key
) -> CohortGiven:
    """Ask for a run over a file of people; a closed gate is a recorded refusal (NotGiven).

    The file is read by the worker: one bad cell refuses all of it, and following the run says which.
    """
    check_purpose(caller, asked.purpose)

    def command() -> Mapping[str, Any]:
        if not content:
            raise Invalid("The body is empty; send a file of people.", problems={"body": "There is nothing in it."})
        with database.read() as session:
            use = find_meant(session, caller.actor, asked.purpose, asked.model)
        handed = request_file(f"people.{ENDINGS[media_type]}", content)
        request = CohortRequest(
            actor=caller.actor,
            purpose=asked.purpose,
            use_id=use.id if use is not None else None,
            as_of=asked.as_of,
            handed=handed,
            pressed=key.pressed,
            content=content,
            source_code=asked.source or "",
            through_id=caller.token_id,
        )
        answer = request_cohort(database, clock, request)
        kept = {"kind": "refusal" if isinstance(answer, Refusal) else "cohort", "reference": answer.reference}
        with database.write() as session:
            keep(session, key, 202, kept, clock.now())
        return kept

    answered = once(database, key, command)
    if answered["kind"] == "refusal":
        with database.read() as session:
            raise not_given(get_asked(session, caller.actor, answered["reference"]))
    return follow_cohort(database, clock, caller, answered["reference"])


def follow_cohort(database: Database, clock: Clock, caller: Caller, reference: str) -> CohortGiven:
    """How far a run has come, in counts; of a run for a purpose the token was not made for, nothing."""
    with database.read() as session:
        return _told(session, _own_run(session, caller, reference), clock)


def take_results(database: Database, clock: Clock, caller: Caller, reference: str, target: BinaryIO) -> None:
    """Write every labelled result of a finished run, in the order of the file, as CSV; that it was taken is recorded.

    Refused: a run that is not finished or ran in the shadow, and whoever does not run cohorts for its agency.
    """
    from model_runtime.cohorts.results import write_csv  # brings numpy, which the web process loads when it is needed

    with database.write() as session:
        run = _own_run(session, caller, reference)
        shows = check_takes(run, run.use.agency_code, caller.actor, get_safeguards(session, run.use_id))
        record_looking(session, caller.actor, run, "csv", clock.now(), None)
    with database.read() as session:
        write_csv(session, get_run(session, caller.actor, reference), shows, target)


def _own_run(session: Session, caller: Caller, reference: str) -> CohortRun:
    run = get_run(session, caller.actor, reference)
    check_purpose(caller, run.use.code)
    return run


def _told(session: Session, run: CohortRun, clock: Clock) -> CohortGiven:
    progress = find_progress(session, run, clock.now())
    finished = run.stage == "finished"
    return CohortGiven(
        reference=run.reference,
        stage=run.stage,  # type: ignore[arg-type]
        sentence=run.stage_card.meaning,
        purpose=run.use.code,
        model=run.use.version.model.slug,
        as_of=run.as_of,
        people=run.rows,
        done=progress.rows if finished else progress.done,
        seconds_left=progress.seconds_left,
        scored=run.scored if finished else 0,
        not_scored=dict(run.not_scored) if finished else {},
        problem=run.problem,
        problems=[str(one) for one in run.problems],
        root=run.root,
    )
