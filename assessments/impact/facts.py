"""Live facts under Responsible: impact assessments and how long they hold (R32)."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.impact.queries import SOON, find_current
from assessments.impact.rules import find_faults
from assessments.impact.values import KINDS, NEEDED
from foundation.clock import london_date
from foundation.web.texts import date_text
from registry.letters.values import LiveFact
from registry.models.tables import Use
from registry.models.values import Regime


def list_facts(session: Session, use: Use, now: datetime) -> list[LiveFact]:
    """Each document the use needs: red when it is missing, expired or without advice, amber when it ends soon."""
    today, regime = london_date(now), Regime(use.regime)
    current = find_current(session, use.version)
    faults = find_faults(regime, current, today)
    facts = []
    for kind in NEEDED[regime]:
        text, state = faults.get(kind, ""), "red"
        if not text:
            until = current[kind].review_on
            text, state = f"It holds until {date_text(until)}.", "amber" if until <= today + SOON else "good"
        name = KINDS[kind].split(" (")[0]
        brief = f"{name}: {'ends soon' if state == 'amber' else 'not in order'}"
        facts.append(LiveFact("responsible", name, text, state, "impact.show", {"use_id": use.id}, brief))
    return facts
