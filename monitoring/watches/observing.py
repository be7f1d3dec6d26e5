"""What a watch looks at beside the people: flags, judgements, refusals, reasons, earlier figures (R12, R36, R40)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import Session

from foundation.clock import london_date
from foundation.web.texts import date_text
from model_runtime.cohorts.tables import CohortRun, CohortScore
from model_runtime.cohorts.values import SCORED
from model_runtime.judgements.tables import Judgement
from model_runtime.judgements.values import View
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Refusal, Score
from monitoring.engine.values import Observed
from monitoring.outcomes.queries import latest_outcomes
from monitoring.outcomes.tables import Outcome
from monitoring.watches.tables import WatchRun
from registry.models.tables import Approval, Use
from registry.watch_plans.values import WatchPlan

WEEK = timedelta(days=7)
MOST_WEEKS, MOST_EARLIER, MOST_LOOKED_AT = 53, 12, 60
"""Weeks of flags, earlier figures that are compared, and earlier watches that are looked through for them."""


class Explained(Protocol):
    """An engine's answer: what each input contributed, one row for each person."""

    @property
    def contributions(self) -> Sequence[Sequence[float]]: ...


def observe(session: Session, use: Use, plan: WatchPlan, start: datetime | None, at: datetime) -> Observed:
    """Everything observed from the first moment of a window to `at`, but for the reasons, which need the engine.

    Scores in the shadow count as flags; nobody judges them. Requests are those for single scores.
    """
    if start is None:  # nobody was scored
        return Observed(capacity=plan.capacity_per_week)
    views = _views(session, use.id, start, at)
    given, refused = (_count(session, table, use.id, start, at) for table in (Score, Refusal))
    return Observed(
        flags=count_flags(session, use, start, at),
        capacity=plan.capacity_per_week,
        agree=views.get(View.AGREE, 0),
        disagree=views.get(View.DISAGREE, 0),
        not_used=views.get(View.NOT_USED, 0),
        asked=given + refused,
        refused=refused,
        earlier=list_earlier(session, use.id, start),
    )


def count_flags(session: Session, use: Use, start: datetime, at: datetime) -> tuple[int, ...]:
    """How many people were flagged in each whole week that ends at `at`, oldest first; single scores and runs.

    A person counts once a week, however often they were scored; weeks that begin before `start` are left out.
    """
    weeks = min(MOST_WEEKS, (at - start) // WEEK)
    ends = [at - WEEK * back for back in range(weeks)]
    return tuple(session.scalar(_flagged(use, end - WEEK, end)) or 0 for end in reversed(ends))


def _flagged(use: Use, start: datetime, end: datetime) -> Select[Any]:
    single = select(Person.reference).join(Score, Score.person_id == Person.id)
    single = single.where(Score.use_id == use.id, Score.value >= use.version.threshold)
    runs = select(CohortScore.person_reference).join(CohortRun, CohortRun.id == CohortScore.run_id)
    runs = runs.where(CohortRun.use_id == use.id, CohortRun.stage == "finished", CohortScore.code == SCORED)
    runs = runs.where(CohortScore.value >= use.version.threshold)
    both = union(
        single.where(Score.at > start, Score.at <= end),
        runs.where(CohortRun.finished_at > start, CohortRun.finished_at <= end),
    ).subquery()
    return select(func.count()).select_from(both)


def _views(session: Session, use_id: int, start: datetime, at: datetime) -> dict[str, int]:
    chosen = select(Judgement.view, func.count()).join(Score, Score.id == Judgement.score_id)
    chosen = chosen.where(Score.use_id == use_id, Judgement.at >= start, Judgement.at <= at)
    return dict(session.execute(chosen.group_by(Judgement.view)).tuples().all())


def _count(session: Session, table: type[Score | Refusal], use_id: int, start: datetime, at: datetime) -> int:
    chosen = select(func.count()).select_from(table)
    return session.scalar(chosen.where(table.use_id == use_id, table.at >= start, table.at <= at)) or 0


def list_earlier(session: Session, use_id: int, start: datetime) -> tuple[tuple[int, int], ...]:
    """(right, flagged) of earlier watches' figures, oldest first: only of windows that share no day with another.

    Two nights that look at the same people say the same twice; that would hide how figures swing.
    """
    chosen = select(WatchRun.id, WatchRun.due_at).where(WatchRun.use_id == use_id, WatchRun.due_at < start)
    before, looked, found = london_date(start), 0, list[tuple[int, int]]()
    for run_id, due_at in session.execute(chosen.order_by(WatchRun.due_at.desc())).tuples():
        if london_date(due_at) < before and looked < MOST_LOOKED_AT and len(found) < MOST_EARLIER:
            looked += 1
            result = session.scalars(select(WatchRun.result).where(WatchRun.id == run_id)).one()
            if result["figures"] and result["current"]["start"]:
                overall = result["figures"]["overall"]
                found.append((overall["tp"], overall["tp"] + overall["fp"]))
                before = datetime.fromisoformat(result["current"]["start"]).date()
    return tuple(reversed(found))


def outcomes_by_reference(session: Session, model_id: int) -> dict[str, Outcome]:
    """The outcome that counts for each person, by the person's reference."""
    known = latest_outcomes(session, model_id)
    chosen = select(Person.id, Person.reference).where(Person.id.in_(select(Outcome.person_id)))
    return {reference: known[number] for number, reference in session.execute(chosen).tuples() if number in known}


def deployment_sentence(use: Use, approval: Approval | None, plan: WatchPlan) -> str:
    """Which version, model file, approval and plan a watch was about (R13)."""
    version = use.version
    stood = f"approval {approval.id} until {date_text(approval.expires_on)}" if approval else "no approval"
    return f"{version.title}, model file {version.artefact_sha256[:12]}, {stood}, watch plan {plan.number}."


def share_of_weight(
    answers: Sequence[Explained], features: Sequence[str], concepts: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """The share of each concept, named with its inputs, in the sum of the sizes of all that moved the scores."""
    import numpy as np

    rows = np.array([row for answer in answers for row in answer.contributions], dtype="float64")
    places = {name: [features.index(one) for one in inputs] for name, inputs in concepts.items()}
    sizes = {name: float(np.abs(rows[:, chosen].sum(axis=1)).sum()) for name, chosen in places.items()}
    total = sum(sizes.values()) or 1.0
    return {name: size / total for name, size in sizes.items()}
