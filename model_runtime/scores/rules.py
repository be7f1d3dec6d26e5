"""Rules of scores: references, keys and commitments."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from foundation.ledger.values import exact_bytes

LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
"""Letters and digits of references: none that look alike, and no vowels that could make words."""


def new_reference(kind: str) -> str:
    """A reference that says nothing about anybody: S-4F7K-2M9P for a score, R-… for a refusal."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{kind}-{drawn[:4]}-{drawn[4:]}"


def commit_to(advisory: Mapping[str, Any], salt: bytes) -> str:
    """The keyed digest that the ledger holds instead of the score: HMAC-SHA-256 over its canonical bytes.

    A plain digest could be guessed, for there are few possible scores; without the salt this one says nothing.
    """
    return hmac.new(salt, exact_bytes(dict(advisory)), hashlib.sha256).hexdigest()
