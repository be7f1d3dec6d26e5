"""Reading agencies."""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from registry.agencies.tables import Agency
from registry.agencies.values import SystemEntry
from registry.catalogue.values import Catalogue
from registry.models.tables import RiskModel


def find_agency(session: Session, code: str) -> Agency | None:
    """An agency by its code."""
    return session.get(Agency, code)


def get_system(catalogue: Catalogue, code: str) -> SystemEntry:
    """A system by its code; an unknown one is refused."""
    found = catalogue.systems.get(code)
    if found is None:
        raise NotFound(f"There is no system {code} in the register.")
    return found


def list_models_of(session: Session, code: str) -> Sequence[Row[str, str]]:
    """Slug and name of the models held here that an agency answers for, by name."""
    chosen = select(RiskModel.slug, RiskModel.name).where(RiskModel.agency_code == code, RiskModel.held.is_(True))
    return session.execute(chosen.order_by(RiskModel.name)).all()
