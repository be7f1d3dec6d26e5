"""A live fact under Responsible: what the use did for people (R31)."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.benefits.queries import list_benefits
from assessments.benefits.rules import sentences_of
from foundation.web.texts import date_text
from registry.letters.values import LiveFact
from registry.models.tables import Use


def list_facts(session: Session, use: Use, now: datetime) -> list[LiveFact]:
    """The newest evaluation of benefit, or that there is none yet."""
    found = next(iter(list_benefits(session, use)), None)
    text, state = "No evaluation of benefit is recorded yet.", "none"
    if found is not None:
        text, state = f"Until {date_text(found.ends_on)}: {' '.join(sentences_of(found)[2:])}", "good"
    return [LiveFact("responsible", "What it did for people", text, state, "benefits.show", {"use_id": use.id})]
