"""Writing everybody a use scored into a look-back: one statement in the database, whatever their number (R14)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from model_runtime.challenges.tables import Challenge, ChallengeScore
from model_runtime.judgements.tables import Judgement
from model_runtime.judgements.values import View
from model_runtime.scores.tables import Score, Viewing
from monitoring.lookbacks.tables import LookBackEntry
from registry.models.tables import Band

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
KEY = ("look_back_id", "person_id")


def write_entries(session: Session, look_back_id: int, version_id: int, use_ids: Sequence[int]) -> None:
    """Enter every person whom the uses of a version scored; whoever is entered already gets the counts of now.

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
    mine = Score.use_id.in_(use_ids)
    seen = select(Viewing.score_id, func.count().label("times")).join(Score, Score.id == Viewing.score_id)
    views = [func.sum(case((Judgement.view == view.value, 1), else_=0)).label(view.value) for view in View]
    judged = select(Judgement.score_id, *views).join(Score, Score.id == Judgement.score_id)
    viewing = seen.where(mine).group_by(Viewing.score_id).subquery()
    judging = judged.where(mine).group_by(Judgement.score_id).subquery()
    standing = select(ChallengeScore.score_id).join(Challenge, Challenge.id == ChallengeScore.challenge_id)
    challenge = standing.where(Challenge.stage != "withdrawn").distinct().subquery()
    band = (Band.version_id == version_id) & (Band.code == Score.band)
    return (
        select(
            literal(look_back_id).label("look_back_id"),
            Score.person_id,
            func.min(Score.at).label("first_at"),
            func.max(Score.at).label("last_at"),
            func.count(Score.id).label("scores"),
            func.sum(case((Score.shadow, 0), else_=1)).label("shown"),
            func.max(case((Score.shadow.is_(False), Band.position))).label("band"),
            func.coalesce(func.sum(viewing.c.times), 0).label("viewed"),
            func.coalesce(func.sum(judging.c.agree), 0).label("agreed"),
            func.coalesce(func.sum(judging.c.disagree), 0).label("disagreed"),
            func.coalesce(func.sum(judging.c.not_used), 0).label("not_used"),
            (func.count(challenge.c.score_id) > 0).label("challenged"),
            literal("").label("harm"),
        )
        .join(Band, band, isouter=True)
        .join(viewing, viewing.c.score_id == Score.id, isouter=True)
        .join(judging, judging.c.score_id == Score.id, isouter=True)
        .join(challenge, challenge.c.score_id == Score.id, isouter=True)
        .where(mine)
        .group_by(Score.person_id)
    )
