"""The same call twice is one call: the key, what it stood for and what was answered are kept with what it changed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.database.connection import Database
from foundation.errors import AlgocareError, Conflict
from foundation.ledger.values import canonical_bytes, digest
from foundation.service_accounts.values import Caller
from model_runtime.api.reading import refuse
from model_runtime.api.tables import ApiAnswer
from model_runtime.api.values import Key

HEADER = "Idempotency-Key"
LONGEST = 100


def read_key(caller: Caller, text: str, call: str, body: bytes) -> Key:
    """The key of a call: what it stands for is the call, the person it is made for, and its body, byte for byte.

    Refused: no key, one of more than 100 characters, and one that is not plain ASCII without blanks.
    """
    if not text:
        refuse(HEADER, "missing", "A call that changes something needs this header, so that it can safely be repeated.")
    if len(text) > LONGEST or not text.isascii() or not text.isprintable() or " " in text:
        refuse(HEADER, "not_a_key", f"Send at most {LONGEST} letters, digits and signs, without blanks.")
    stands_for = digest(canonical_bytes([call, caller.actor.reference, digest(body)]))
    return Key(caller.token_id, digest(text.encode()), stands_for)


def find_kept(session: Session, key: Key) -> Mapping[str, Any] | None:
    """What the key was answered with, or none. Refused: a key that stands for another call already."""
    kept = session.connection().execute(KEPT, {"token": key.token_id, "key": key.key}).first()
    if kept is not None and kept.body_sha256 != key.body_sha256:
        refuse(HEADER, "key_reused", "This key was sent before with another body, for another call or another person.")
    return kept.answer if kept is not None else None


KEPT = select(ApiAnswer.body_sha256, ApiAnswer.answer).where(
    ApiAnswer.token_id == bindparam("token"), ApiAnswer.key == bindparam("key")
)


def keep(session: Session, key: Key, status: int, answer: Mapping[str, Any], at: datetime) -> None:
    """Keep what a key was answered with, in the transaction of what was changed; two at once: one wins, whole."""
    kept = {"token_id": key.token_id, "key": key.key, "body_sha256": key.body_sha256, "status": status}
    session.connection().execute(insert(ApiAnswer), kept | {"answer": dict(answer), "at": at})


def once(database: Database, key: Key, command: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """What the command answers, or answered before under this key. The command keeps its answer as it commits.

    Where the same call comes twice at once, the one that commits second leaves nothing and gets the first's answer.
    """
    with database.read() as session:
        kept = find_kept(session, key)
    if kept is not None:
        return kept
    try:
        return command()
    except (IntegrityError, AlgocareError) as error:
        with database.read() as session:
            kept = find_kept(session, key)
        if kept is not None:
            return kept
        if isinstance(error, IntegrityError):
            raise Conflict("Somebody else changed the same thing at this moment. Send the call again.") from None
        raise
