"""Reading what the committee asks of those who are shown a model's scores."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, aliased

from registry.models.tables import ModelVersion, Use
from registry.safeguards.tables import SafeguardRow
from registry.safeguards.values import Safeguards, carried_over


def get_safeguards(session: Session, use_id: int) -> Safeguards:
    """The rules that stand for a use now.

    A version or an edition the committee has said nothing about carries what it asked for the same use before, as far
    as that was stricter; without anything of the kind the strict ones of the product stand.
    """
    session.flush()  # what follows reads the table itself
    found = session.connection().execute(STANDING, {"use": use_id}).tuples().first()
    if found is None:
        return Safeguards()
    stored = Safeguards.from_dict(found[1])
    return stored if found[0] == use_id else carried_over(stored)


def _standing() -> Select[tuple[int, dict[str, Any]]]:
    own, version, same, of = Use, ModelVersion, aliased(Use), aliased(ModelVersion)
    chosen = select(SafeguardRow.use_id, SafeguardRow.rules).join(own, own.id == SafeguardRow.use_id)
    chosen = chosen.join(version, version.id == own.version_id).join(of, of.model_id == version.model_id)
    chosen = chosen.join(same, (same.version_id == of.id) & (same.code == own.code))
    order = (SafeguardRow.use_id == bindparam("use")).desc(), SafeguardRow.id.desc()
    return chosen.where(same.id == bindparam("use")).order_by(*order).limit(1)


STANDING = _standing()
"""What stands for a use: its own rules first, then the newest of the same use before; put together once."""


def list_safeguards(session: Session, use_id: int) -> Sequence[SafeguardRow]:
    """Every time the committee said what it asks for a use, the newest first."""
    chosen = select(SafeguardRow).where(SafeguardRow.use_id == use_id).order_by(SafeguardRow.id.desc())
    return session.scalars(chosen).all()


def find_newest(session: Session, use_id: int) -> SafeguardRow | None:
    """The last time it did, or never."""
    return next(iter(list_safeguards(session, use_id)), None)
