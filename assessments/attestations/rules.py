"""Rules of attestations; pure, each refusal a sentence at its field."""

from datetime import date, datetime, timedelta

from assessments.attestations.values import NEAR, OPENED_WITHIN, STATEMENTS, Told
from foundation.clock import london_date
from foundation.errors import Forbidden, Invalid
from registry.models.tables import RiskModel

LONGEST = {"location": 300, "revision": 200}


def check_answers_for(model: RiskModel, account_id: int | None) -> None:
    """Only the owner or the deputy attests."""
    if account_id is None or account_id not in (model.owner_id, model.deputy_id):
        raise Forbidden(f"Only the owner or the deputy of {model.name} attests that they answer for it.")


def check_told(told: Told, today: date) -> date:
    """Refuse a source that is not named, a day that is to come or long past, and a statement left out.

    Gives the day on which the source was opened.
    """
    problems = {}
    if not told.location.strip():
        problems["location"] = "Say where the source is kept."
    if not told.revision.strip():
        problems["revision"] = "Say which revision you opened."
    for name, most in LONGEST.items():
        if len(getattr(told, name)) > most:
            problems[name] = f"Write at most {most} characters."
    if told.opened_on is None:
        problems["opened_on"] = "Enter a real date, like 3/3/2027"
    elif not today - OPENED_WITHIN <= told.opened_on <= today:
        problems["opened_on"] = f"Open the source now: the day is today or in the {OPENED_WITHIN.days} days before it."
    if told.confirmed != frozenset(STATEMENTS):
        sentence = "Confirm every statement. If one does not hold, ask the committee to review the model first."
        problems["confirmed"] = sentence
    if problems or told.opened_on is None:
        raise Invalid(" ".join(problems.values()), problems=problems)
    return told.opened_on


def find_due(since: datetime, days: int) -> date:
    """The last day of an attestation, or of the time without one since the owner was named."""
    return london_date(since) + timedelta(days=days)


def is_overdue(due: date, today: date) -> bool:
    """Whether the last day has passed."""
    return today > due


def is_near(due: date, today: date) -> bool:
    """Whether the next attestation is asked for: its day is near, or past."""
    return due - today <= NEAR
