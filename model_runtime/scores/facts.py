"""Whether every score can be explained, as a fact beside Explainable (R29)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.web.texts import count_text
from model_runtime.scores.tables import Score
from model_runtime.scores.values import LARGEST_ERROR
from registry.letters.values import LiveFact
from registry.models.tables import Use


def list_facts(session: Session, use: Use, now: datetime) -> Sequence[LiveFact]:
    """How many scores have an explanation, and how far one was from the model's own output; shadow scores count too."""
    chosen = select(func.count(Score.id), func.count(Score.largest_error), func.max(Score.largest_error))
    return [tell_explained(*session.execute(chosen.where(Score.use_id == use.id)).tuples().one())]


def tell_explained(scores: int, explained: int, largest: float | None) -> LiveFact:
    """Red when a score has no explanation, or one that does not add up to the model's output within a millionth."""
    if not scores or largest is None:
        return _fact("No score was computed yet. Each is explained as it is computed.", "none")
    text = f"{explained:,} of {count_text(scores, 'score')} {'has' if explained == 1 else 'have'} an explanation"
    near = f"none is further from the model's own output than a millionth (the furthest: {largest:.0e})"
    far = f"one differs from the model's own output by {largest:.0e}, more than a millionth"
    text = f"{text} of every input; {near if largest <= LARGEST_ERROR else far}."
    good = explained == scores and largest <= LARGEST_ERROR
    return _fact(text, "good") if good else _fact(text, "red", "Explanations do not add up")


def _fact(text: str, state: str, brief: str = "") -> LiveFact:
    return LiveFact("explainable", "Explanations", text, state, brief=brief)
