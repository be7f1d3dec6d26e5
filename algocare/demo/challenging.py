"""Challenges in the demonstration: one from outside that was upheld in part, one from the practitioner that waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from algocare.demo.stages import actor_called
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from model_runtime.challenges.queries import find_scores
from model_runtime.challenges.service import acknowledge, challenge_score, decide, link_scores, name_reviewer, receive
from model_runtime.challenges.values import Words
from registry.models.queries import get_model

WRITTEN = Words(
    writer="helper",
    kind="data",
    name="An invented adviser",
    reach="adviser@example.org",
    about="An invented person",
    text="The prison's list counts a breach of rules twice that was struck out on appeal. Please take it off.",
)
REASONS = "One of the breaches on record was struck out before the score was given. The other facts were right."
CORRECTION = "The prison's record was put right and the facts were brought in again."


def challenge(database: Database, clock: StoppedClock, people: Sequence[str], now: datetime) -> None:
    """Tell both challenges, about the first two people who were scored, in the six days before `now`."""
    clock.set(now - timedelta(days=6))
    with database.write() as session:
        _upheld_in_part(session, clock, people[0])
    clock.set(now - timedelta(hours=5))
    with database.write() as session:
        score = find_scores(session, people[1])[0]
        text = "They have had a tenancy since spring, which the record of addresses does not show."
        challenge_score(
            session, actor_called(session, "pat.practitioner"), score, kind="score", text=text, at=clock.now()
        )


def _upheld_in_part(session: Session, clock: StoppedClock, person: str) -> None:
    protector, reviewer = actor_called(session, "dora.officer"), actor_called(session, "oscar.officer")
    received = receive(session, WRITTEN, get_model(session, "return-to-custody"), clock.now())
    clock.advance(days=1)
    acknowledge(session, protector, received, clock.now())
    link_scores(session, protector, received, person_reference=person, at=clock.now())
    name_reviewer(session, protector, received, reviewer.account_id or 0, clock.now())
    clock.advance(days=3)
    given = {"outcome": "partly_upheld", "reasons": REASONS, "correction": CORRECTION}
    decide(session, reviewer, received, **given, rescore=True, at=clock.now())
