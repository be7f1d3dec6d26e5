"""Reading what the committee asks of those who are shown a model's scores."""

from sqlalchemy.orm import Session

from registry.safeguards.values import Safeguards


def get_safeguards(session: Session, use_id: int) -> Safeguards:
    """The rules that stand for a use now."""
    return Safeguards()
