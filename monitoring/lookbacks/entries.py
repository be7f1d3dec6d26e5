"""Writing everybody a use scored into a look-back: one statement in the database, whatever their number (R14)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, case, false, func, literal, or_, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from model_runtime.challenges.tables import Challenge, ChallengeScore
from model_runtime.cohorts.queries import given_in_runs
from model_runtime.cohorts.tables import CohortRun, CohortScore, CohortViewing
from model_runtime.judgements.tables import Judgement
from model_runtime.judgements.values import View
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score, Viewing
from monitoring.lookbacks.tables import LookBackEntry
from registry.models.tables import Band

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
KEY = ("look_back_id", "person_id")
COUNTED = ("viewed", "agreed", "disagreed", "not_used")


def write_entries(session: Session, look_back_id: int, version_id: int, use_ids: Sequence[int]) -> None:
    """Enter every person whom the uses of a version scored, alone or in a finished run.

    Whoever is entered already gets the counts of now. People of runs have to be known (`add_scored_people`).
    What was found about somebody stays, unless they were scored again since: then a finding of no harm falls away and
    the data protection officer looks at any other again.
    """
    chosen = _everybody(look_back_id, version_id, use_ids)
    counted = chosen.selected_columns.keys()
    statement = INSERT[session.get_bind().dialect.name](LookBackEntry).from_select(counted, chosen)
    same = statement.excluded.scores == LookBackEntry.scores
    changes: dict[str, Any] = {name: statement.excluded[name] for name in counted if name not in (*KEY, "harm")}
    changes["harm"] = case((or_(same, LookBackEntry.harm != "none"), LookBackEntry.harm), else_="")
    changes["settled_at"] = case((same, LookBackEntry.settled_at))
    session.execute(statement.on_conflict_do_update(index_elements=KEY, set_=changes))


def _everybody(look_back_id: int, version_id: int, use_ids: Sequence[int]) -> Select[Any]:
    """One row for each person, with what came of all scores about them; a band only of scores somebody could see."""
    given = union_all(_alone(version_id, use_ids), _in_runs(version_id, use_ids)).subquery().c
    return select(
        literal(look_back_id).label("look_back_id"),
        given.person_id,
        func.min(given.at).label("first_at"),
        func.max(given.at).label("last_at"),
        func.count().label("scores"),
        func.sum(case((given.shadow, 0), else_=1)).label("shown"),
        func.max(case((given.shadow.is_(False), given.position))).label("band"),
        *(func.sum(given[name]).label(name) for name in COUNTED),
        (func.sum(case((given.challenged, 1), else_=0)) > 0).label("challenged"),
        literal("").label("harm"),
    ).group_by(given.person_id)


def _alone(version_id: int, use_ids: Sequence[int]) -> Select[Any]:
    """A row for each score that was asked for alone."""
    mine = Score.use_id.in_(use_ids)
    seen = select(Viewing.score_id, func.count().label("times")).join(Score, Score.id == Viewing.score_id)
    views = [func.sum(case((Judgement.view == view.value, 1), else_=0)).label(view.value) for view in View]
    judged = select(Judgement.score_id, *views).join(Score, Score.id == Judgement.score_id)
    viewing = seen.where(mine).group_by(Viewing.score_id).subquery()
    judging = judged.where(mine).group_by(Judgement.score_id).subquery()
    standing = select(ChallengeScore.score_id).join(Challenge, Challenge.id == ChallengeScore.challenge_id)
    challenge = standing.where(Challenge.stage != "withdrawn").distinct().subquery()
    counts = viewing.c.times, judging.c.agree, judging.c.disagree, judging.c.not_used
    counted = [func.coalesce(count, 0).label(name) for name, count in zip(COUNTED, counts, strict=True)]
    challenged = challenge.c.score_id.is_not(None).label("challenged")
    columns: list[Any] = [Score.person_id, Score.at, Score.shadow, Band.position, *counted, challenged]
    return (
        select(*columns)
        .join(Band, (Band.version_id == version_id) & (Band.code == Score.band), isouter=True)
        .join(viewing, viewing.c.score_id == Score.id, isouter=True)
        .join(judging, judging.c.score_id == Score.id, isouter=True)
        .join(challenge, challenge.c.score_id == Score.id, isouter=True)
        .where(mine)
    )


def _in_runs(version_id: int, use_ids: Sequence[int]) -> Select[Any]:
    """A row for each score of a finished run: nobody judges or challenges those, and nobody ever saw another run's."""
    times = func.count().label("times")
    looked = select(CohortViewing.run_id, CohortViewing.place, times).where(CohortViewing.place.is_not(None))
    single = looked.group_by(CohortViewing.run_id, CohortViewing.place).subquery()
    taken = select(CohortViewing.run_id, times).where(CohortViewing.place.is_(None))
    every = taken.group_by(CohortViewing.run_id).subquery()
    looking = (single.c.run_id == CohortScore.run_id) & (single.c.place == CohortScore.place)
    viewed = func.coalesce(single.c.times, 0) + func.coalesce(every.c.times, 0)
    return (
        select(
            Person.id.label("person_id"),
            CohortRun.finished_at.label("at"),
            CohortRun.shadow,
            Band.position,
            viewed.label("viewed"),
            *(literal(0).label(name) for name in COUNTED[1:]),
            false().label("challenged"),
        )
        .select_from(CohortRun)
        .join(CohortScore, CohortScore.run_id == CohortRun.id)
        .join(Person, Person.reference == CohortScore.person_reference)
        .join(Band, (Band.version_id == version_id) & (Band.code == CohortScore.band), isouter=True)
        .join(single, looking, isouter=True)
        .join(every, every.c.run_id == CohortRun.id, isouter=True)
        .where(*given_in_runs(use_ids))
    )
