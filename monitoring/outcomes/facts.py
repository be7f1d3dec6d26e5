"""Whether the labels a model is judged by were made after it had flagged somebody: a feedback loop (R30)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from model_runtime.scores.tables import Score
from monitoring.outcomes.tables import Outcome
from registry.evaluations.values import SMALLEST_GROUP
from registry.letters.values import LiveFact
from registry.models.tables import Use

MOSTLY = 0.5
"""From this share on, most of the labels may have been made by what people did with the flag."""


def list_facts(session: Session, use: Use, now: datetime) -> Sequence[LiveFact]:
    """How many of the people recorded with the outcome had been flagged, and shown as flagged, before it came."""
    return [tell_loop(*count_loop(session, use))]


def count_loop(session: Session, use: Use) -> tuple[int, int]:
    """People scored for a use and recorded with the outcome, and those of them whose flag came before the record.

    What counts is the newest outcome of each person. A score in the shadow was shown to nobody and flags nobody.
    """
    model_id = use.version.model_id
    newest = select(func.max(Outcome.id)).where(Outcome.model_id == model_id).group_by(Outcome.person_id)
    had = select(Outcome.person_id, Outcome.recorded_at).where(Outcome.id.in_(newest), Outcome.happened.is_(True))
    known = had.subquery()
    scored = select(func.count(func.distinct(known.c.person_id))).join_from(
        known, Score, Score.person_id == known.c.person_id
    )
    scored = scored.where(Score.use_id == use.id)
    flagged = scored.where(
        Score.shadow.is_(False), Score.value >= use.version.threshold, Score.at < known.c.recorded_at
    )
    return session.scalar(scored) or 0, session.scalar(flagged) or 0


def tell_loop(people: int, flagged_before: int) -> LiveFact:
    """In words; of fewer than ten people nothing is said, and it is never a reason to stop by itself."""
    name = "Labels after a flag"
    if people < SMALLEST_GROUP:
        return LiveFact("accuracy", name, "Too few outcomes are known of people it scored to say.", "none")
    said = f"Of {people} people recorded with the outcome, {flagged_before} had been flagged before it was recorded."
    if flagged_before / people < MOSTLY:
        return LiveFact("accuracy", name, said, "good")
    more = "What was done with the flag may have made the record: ask before believing the figures."
    return LiveFact("accuracy", name, f"{said} {more}", "amber", brief="Most labels follow a flag")
