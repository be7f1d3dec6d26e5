"""Asking every source for its facts about a use."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from registry.letters.rules import check_facts
from registry.letters.values import FactSource, LiveFact
from registry.models.tables import Use

ENDED = ("replaced", "retired")
"""Stages after which nothing about a use changes any more: its record stands, and no fact turns a letter."""


def list_facts(session: Session, use: Use, now: datetime, sources: Sequence[FactSource]) -> list[LiveFact]:
    """What every source says about a use at a moment, in the order of the sources; nothing of one that has ended."""
    if use.stage in ENDED:
        return []
    facts = [fact for source in sources for fact in source(session, use, now)]
    check_facts(facts)
    return facts
