"""Commands about the public register: withholding a part of a page, and telling it again."""

from datetime import datetime

from sqlalchemy.orm import Session

from audit.public_register.queries import find_withheld
from audit.public_register.rules import check_redaction
from audit.public_register.tables import PublicRedaction
from audit.public_register.values import FIELDS, Field
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Invalid
from foundation.ledger.service import record
from registry.models.tables import RiskModel


def withhold(
    session: Session, actor: Actor, model: RiskModel, *, field: str, reason: str, note: str, at: datetime
) -> PublicRedaction:
    """Withhold a part of a model's public page for a listed reason; the public reads the reason (R44).

    Refused for parts that are always told, and without a note for colleagues and auditors.
    """
    check_permission(actor, Permission.PUBLISH_REGISTER)
    check_redaction(field, reason, note)
    return _keep(session, actor, model, field, reason, note.strip(), False, at)


def tell_again(session: Session, actor: Actor, model: RiskModel, *, field: str, note: str, at: datetime) -> None:
    """Lift a withholding; refused when the part is not withheld now."""
    check_permission(actor, Permission.PUBLISH_REGISTER)
    standing = find_withheld(session, [model.id]).get(model.id, {}).get(field)
    if standing is None:
        raise Conflict("This part is not withheld now.")
    if not note.strip():
        raise Invalid("Say why it is told again.", problems={"note": "Say why it is told again."})
    _keep(session, actor, model, field, standing.reason, note.strip(), True, at)


def _keep(
    session: Session, actor: Actor, model: RiskModel, field: str, reason: str, note: str, lifted: bool, at: datetime
) -> PublicRedaction:
    row = PublicRedaction(
        model_id=model.id, field=field, reason=reason, note=note, lifted=lifted, at=at, by_id=actor.account_id
    )
    session.add(row)
    session.flush()
    kind = "public_part_told" if lifted else "public_part_withheld"
    facts = {"redaction": row.id, "part": field, "reason": reason}
    record(session, kind, actor=actor.reference, at=at, model=model.slug, facts=facts)
    return row


def title_of(field: str) -> str:
    """A part as people read it."""
    return FIELDS[Field(field)]
