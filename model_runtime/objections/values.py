"""Objections to being scored (UK GDPR article 21; R53)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Standing:
    """An objection that stands: since when, and its reference. An override with a reason ends it."""

    reference: str
    since: date
