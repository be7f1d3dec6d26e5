"""Counts of challenges by model, for those who watch over models (R22, R43)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import london_date
from model_runtime.challenges.tables import Challenge
from model_runtime.challenges.values import OUTCOMES, ChallengeFigures


def challenge_figures(session: Session, model_id: int | None = None) -> list[ChallengeFigures]:
    """Figures of every model that was challenged, by name, those to no known model last; perhaps of one model only.

    Received: every challenge, withdrawn ones too. Open: not withdrawn and without an outcome.
    """
    chosen = select(Challenge)
    chosen = chosen.where(Challenge.model_id == model_id) if model_id is not None else chosen
    by_model: dict[int | None, list[Challenge]] = defaultdict(list)
    for challenge in session.scalars(chosen):
        by_model[challenge.model_id].append(challenge)
    figures = [count_challenges(challenges) for challenges in by_model.values()]
    return sorted(figures, key=lambda one: (not one.slug, one.model, one.slug))


def count_challenges(challenges: Sequence[Challenge]) -> ChallengeFigures:
    """The figures of some challenges to one model (at least one)."""
    model, stages = challenges[0].model, Counter(challenge.stage for challenge in challenges)
    answered = [challenge for challenge in challenges if challenge.acknowledged_at is not None]
    in_time = sum(1 for one in answered if one.acknowledged_at and london_date(one.acknowledged_at) <= one.due_on)
    days = [
        (london_date(one.closed_at) - london_date(one.received_at)).days
        for one in challenges
        if one.closed_at is not None and one.stage in OUTCOMES
    ]
    return ChallengeFigures(
        slug=model.slug if model else "",
        model=model.name if model else "No model named yet",
        received=len(challenges),
        in_time=in_time,
        late=len(answered) - in_time,
        not_acknowledged=len(challenges) - len(answered),
        open=sum(1 for one in challenges if one.closed_at is None),
        upheld=stages["upheld"],
        partly_upheld=stages["partly_upheld"],
        not_upheld=stages["not_upheld"],
        withdrawn=stages["withdrawn"],
        median_days=median(days) if days else None,
    )
