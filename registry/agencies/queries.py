"""Reading agencies and sources."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from registry.agencies.tables import Agency, Source


def list_agencies(session: Session) -> Sequence[Agency]:
    """Every agency by name."""
    return session.scalars(select(Agency).order_by(Agency.name)).all()


def list_sources(session: Session) -> Sequence[Source]:
    """Every source by code."""
    return session.scalars(select(Source).order_by(Source.code)).all()


def find_agency(session: Session, code: str) -> Agency | None:
    """An agency by its code."""
    return session.get(Agency, code)


def get_agency(session: Session, code: str) -> Agency:
    """An agency by its code; an unknown one is refused."""
    agency = find_agency(session, code)
    if agency is None:
        raise NotFound(f"The agency {code} is not in the register.")
    return agency
