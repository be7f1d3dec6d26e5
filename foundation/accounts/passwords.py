"""Passwords: argon2id hashes, checked in the same time whether or not the name exists."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
_STAND_IN = _HASHER.hash("no account has this password")


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _HASHER.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether `password` belongs to `stored`; without a stored hash the same work is done and the answer is no."""
    try:
        return _HASHER.verify(stored or _STAND_IN, password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False
