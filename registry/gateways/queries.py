"""Reading gateways."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from registry.gateways.tables import Gateway


def list_gateways(session: Session) -> Sequence[Gateway]:
    """Every gateway by number."""
    return session.scalars(select(Gateway).order_by(Gateway.number)).all()


def get_gateway(session: Session, number: int) -> Gateway:
    """A gateway by number; an unknown one is refused."""
    gateway = session.get(Gateway, number)
    if gateway is None:
        raise NotFound(f"There is no legal gateway {number} in the register.")
    return gateway
