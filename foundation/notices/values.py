"""What somebody is told, and the limits of telling."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.ledger.values import content_digest

MOST_TRIES = 24
"""How often an e-mail is offered to a mail server that refuses it: once an hour for a day."""


@dataclass(frozen=True)
class Wanted:
    """One thing somebody is to be told: `subject` leaves the house, so it holds nothing about anybody scored.

    `endpoint` and `arguments` lead to its page for whoever signs in, `tag` is its state in words; the three together
    tell one thing from another, so that an overdue task is told again and a longer one is not.
    """

    subject: str
    endpoint: str
    arguments: Mapping[str, Any]
    tag: str

    @property
    def key(self) -> str:
        """SHA-256 by which the same thing is known again."""
        return content_digest({"endpoint": self.endpoint, "arguments": dict(self.arguments), "tag": self.tag})


@dataclass(frozen=True)
class OutboxLine:
    """How far one account was told: counts and the last problem, never what the notices say."""

    name: str
    email: bool
    standing: int
    unread: int
    sent: int
    waiting: int
    unclear: int
    problem: str
