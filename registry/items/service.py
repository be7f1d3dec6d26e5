"""Commands of data items beyond entering, changing and ending them."""

from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from registry.catalogue.queries import get_item, read_catalogue
from registry.catalogue.service import revise
from registry.catalogue.tables import Revision
from registry.catalogue.values import Change
from registry.items.rules import without_gateway


def drop_gateway(
    session: Session, actor: Actor, item_id: int, number: int, *, reason: str, seen: int, at: datetime
) -> Revision:
    """Say that an item is no longer shared under a gateway; gives back the revision (R16)."""
    entry = without_gateway(get_item(read_catalogue(session), item_id), number)
    return revise(session, actor, entry, change=Change.AMENDED, reason=reason, at=at, seen=seen)
