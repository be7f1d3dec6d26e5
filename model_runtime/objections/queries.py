"""Reading objections to being scored."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from model_runtime.objections.values import Standing


def find_standing(session: Session, person_reference: str, agency: str, use_id: int) -> Standing | None:
    """The objection that stands against scoring a person by a use now, if any."""
    return None


def list_standing(
    session: Session, person_references: Collection[str], agency: str, use_id: int
) -> dict[str, Standing]:
    """The same for many people at once, by reference; those without one are left out."""
    return {}
