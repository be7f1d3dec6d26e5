"""Whether anybody outside can read about a model, as a fact beside Responsible (R44)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from audit.public_register.queries import find_withheld
from foundation.web.texts import count_text, date_text
from registry.letters.values import LiveFact
from registry.models.tables import RiskModel, Use


def list_facts(session: Session, use: Use, now: datetime, *, published: bool) -> Sequence[LiveFact]:
    """`published`: whether this partnership's public register is on. What is withheld is counted, since when it is."""
    model = use.version.model
    withheld = find_withheld(session, [model.id]).get(model.id, {}) if published else {}
    live = use.stage in ("approved", "suspended")
    return [tell_public(model, [row.at for row in withheld.values()], published=published, live=live)]


def tell_public(model: RiskModel, withheld: Sequence[datetime], *, published: bool, live: bool) -> LiveFact:
    """Amber for a use that was approved and that nobody outside can read about; `withheld`: when each part was."""
    if not published:
        text = "The public register is switched off, so nobody outside can read about this model."
        return _fact(model, text, "amber" if live else "none", "Not published")
    text = f"Anybody can read about it. What is told begins with {date_text(model.registered_at)}."
    if withheld:
        parts = count_text(len(withheld), "part is", "parts are")
        text = f"{text} {parts} withheld, the first since {date_text(min(withheld))}."
    return _fact(model, text, "good")


def _fact(model: RiskModel, text: str, state: str, brief: str = "") -> LiveFact:
    return LiveFact("responsible", "Public record", text, state, "public_register.show", {"slug": model.slug}, brief)
