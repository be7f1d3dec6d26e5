"""Reading runs: who sees which, how far one has come, how its explanations were found, what it said of a person."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import NotFound
from model_runtime.cohorts.rules import check_sees
from model_runtime.cohorts.tables import CohortAnswer, CohortRun, CohortScore, CohortViewing
from model_runtime.cohorts.values import SCORED, Given, Progress, Quality, Result
from registry.models.tables import Use

NO_RUN = "There is no run with this reference."


def get_run(session: Session, actor: Actor, reference: str) -> CohortRun:
    """A run by its reference: an analyst's own agency's, or any for those who watch over all."""
    plain = reference if reference.isascii() and reference.isprintable() else ""
    run = session.scalars(select(CohortRun).where(CohortRun.reference == plain)).first()
    if run is None:
        raise NotFound(NO_RUN)
    check_sees(run.use.agency_code, actor)
    return run


def list_runs(session: Session, actor: Actor, limit: int = 100) -> Sequence[CohortRun]:
    """The newest runs first: an analyst's own agency's, or all for those who watch over all."""
    chosen = select(CohortRun).order_by(CohortRun.id.desc()).limit(limit)
    if actor.may(Permission.RUN_COHORT):
        chosen = chosen.join(Use, Use.id == CohortRun.use_id).where(Use.agency_code == (actor.agency or ""))
    return session.scalars(chosen).all()


def find_progress(session: Session, run: CohortRun, now: datetime) -> Progress:
    """How far a run has come, and how long it still takes at the pace so far; not before its first part is done."""
    parts = session.scalar(select(func.count()).select_from(CohortAnswer).where(CohortAnswer.run_id == run.id)) or 0
    done = min(run.rows, parts * run.chunk_rows)
    if not done or run.started_at is None or run.stage != "running":
        return Progress(done, run.rows, None)
    spent = max(0.0, (now - run.started_at).total_seconds())
    return Progress(done, run.rows, round(spent * (run.rows - done) / done))


def find_quality(session: Session, run: CohortRun) -> Quality:
    """By which routes parts of a run were explained, how many people were checked, and the worst that was found."""
    mine = CohortAnswer.run_id == run.id
    routes = select(CohortAnswer.route, func.count()).where(mine).group_by(CohortAnswer.route)
    worst = select(
        func.sum(CohortAnswer.checked), func.max(CohortAnswer.largest_difference), func.max(CohortAnswer.largest_error)
    ).where(mine)
    checked, difference, error = session.execute(worst).tuples().one()
    ordered = session.execute(routes.order_by(CohortAnswer.route)).tuples().all()
    return Quality(dict(ordered), checked or 0, difference or 0.0, error or 0.0)


def list_layers(session: Session, run: CohortRun) -> list[str]:
    """What shut the engine in when the run was made: only what held for every part of it."""
    rows = session.scalars(select(CohortAnswer.layers).where(CohortAnswer.run_id == run.id, CohortAnswer.kind != ""))
    found = [set(layers) for layers in rows]
    return sorted(set.intersection(*found)) if found else []


def count_lookings(session: Session, run: CohortRun) -> tuple[int, int]:
    """How often single results of a run were looked at, and how often all of them were taken out."""
    chosen = select(func.count(CohortViewing.place), func.count(CohortViewing.id))
    single, every = session.execute(chosen.where(CohortViewing.run_id == run.id)).tuples().one()
    return single, every - single


def list_results_of_person(session: Session, reference: str, agency: str) -> list[Result]:
    """The finished runs of an agency that had a person in them, newest first; none that ran in the shadow (R08)."""
    chosen = select(CohortScore, CohortRun).join(CohortRun, CohortRun.id == CohortScore.run_id)
    chosen = chosen.join(Use, Use.id == CohortRun.use_id).where(CohortScore.person_reference == reference)
    shown = CohortRun.stage == "finished", CohortRun.shadow.is_(False), Use.agency_code == agency
    rows = session.execute(chosen.where(*shown).order_by(CohortRun.id.desc())).tuples()
    return [_result(row, run) for row, run in rows]


def given_in_runs(use_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """The conditions, over runs and their rows together, of a score that was really given: in a finished run."""
    return CohortRun.use_id.in_(use_ids), CohortRun.stage == "finished", CohortScore.code == SCORED


def find_last_run(session: Session, use_ids: Collection[int]) -> datetime | None:
    """When a run of these uses last gave anybody a score; none if none did."""
    ended = select(func.max(CohortRun.finished_at)).where(CohortRun.use_id.in_(use_ids), CohortRun.stage == "finished")
    return session.scalar(ended.where(CohortRun.scored > 0))


def list_given(session: Session, reference: str, use_ids: Collection[int]) -> list[Given]:
    """Every score that finished runs of these uses gave a person, with the numbers of who saw it, oldest first."""
    chosen = select(CohortScore, CohortRun).join(CohortRun, CohortRun.id == CohortScore.run_id)
    mine = chosen.where(*given_in_runs(use_ids), CohortScore.person_reference == reference)
    rows = session.execute(mine.order_by(CohortRun.finished_at, CohortRun.id)).tuples().all()
    return [_given(session, row, run) for row, run in rows]


def _given(session: Session, row: CohortScore, run: CohortRun) -> Given:
    if run.finished_at is None or row.band is None:
        raise RuntimeError("A finished run has its time, and whoever is scored has a band.")
    about = CohortViewing.run_id == run.id, or_(CohortViewing.place.is_(None), CohortViewing.place == row.place)
    seen = session.execute(select(CohortViewing.place, CohortViewing.by_id).where(*about).distinct()).tuples().all()
    looked = tuple(by_id for place, by_id in seen if place is not None)
    took = tuple(by_id for place, by_id in seen if place is None)
    return Given(run.reference, run.finished_at, row.band, run.shadow, looked, took)


def _result(row: CohortScore, run: CohortRun) -> Result:
    if run.finished_at is None:
        raise RuntimeError("A finished run has the time at which it was finished.")
    return Result(run.reference, run.use.title, london_date(run.finished_at), row.place, row.code == SCORED)
