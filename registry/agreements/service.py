"""Commands of sharing agreements beyond entering, changing and ending them."""

from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from foundation.files.service import check_size, store
from registry.agreements.rules import check_document, with_document
from registry.catalogue.queries import get_agreement, read_catalogue
from registry.catalogue.service import revise
from registry.catalogue.tables import Revision
from registry.catalogue.values import Change


def attach_document(
    session: Session,
    actor: Actor,
    code: str,
    name: str,
    content: bytes,
    *,
    upload_mib: int,
    reason: str,
    seen: int,
    at: datetime,
) -> Revision:
    """Keep the signed document of an agreement by its digest; gives back the revision.

    Refused: a file that is no PDF, an empty one, one above `upload_mib` mebibytes.
    """
    agreement = get_agreement(read_catalogue(session), code)
    check_document(name, content)
    check_size(content, upload_mib, name)
    entry = with_document(agreement, name, store(session, content, "application/pdf", at))
    return revise(session, actor, entry, change=Change.AMENDED, reason=reason, at=at, seen=seen)
