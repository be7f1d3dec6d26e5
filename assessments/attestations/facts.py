"""When the owner last attested and which source they opened, as facts beside Ownership."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from assessments.attestations.queries import find_newest
from assessments.attestations.rules import find_due, is_near, is_overdue
from assessments.attestations.tables import Attestation
from foundation.clock import london_date
from foundation.web.texts import count_text, date_text
from registry.letters.values import LiveFact
from registry.models.tables import RiskModel, Use


def list_facts(session: Session, use: Use, now: datetime, *, days: int) -> Sequence[LiveFact]:
    """The days since the owner's word and since the source was opened; `days` an attestation holds."""
    model, today = use.version.model, london_date(now)
    newest = find_newest(session, model.id)
    return [tell_word(model, newest, today, days), tell_source(model, newest, today)]


def tell_word(model: RiskModel, newest: Attestation | None, today: date, days: int) -> LiveFact:
    """Red when the next attestation is overdue, amber when it is due within a month."""
    since = newest.at if newest else model.registered_at
    due, ago = find_due(since, days), _ago(london_date(since), today)
    said = f"The owner or deputy last attested {ago}" if newest else f"The owner was named {ago}"
    if is_overdue(due, today):
        text = f"{said}. The next attestation was due by {date_text(due)} and has not come."
        return _fact(model, "Owner's word", text, "red", f"Attestation overdue since {date_text(due)}")
    text = f"{said}. The {'next' if newest else 'first'} attestation is due by {date_text(due)}."
    if is_near(due, today):
        return _fact(model, "Owner's word", text, "amber", f"Attestation due by {date_text(due)}")
    return _fact(model, "Owner's word", text, "good")


def tell_source(model: RiskModel, newest: Attestation | None, today: date) -> LiveFact:
    """Amber when no source is named, or another revision was opened than the one that was registered."""
    location, registered = model.code_reference.get("location", ""), model.code_reference.get("revision", "")
    if not location:
        return _fact(model, "Source code", "Nobody has said where the source is kept.", "amber", "No source is named")
    if newest is None:
        text = f"Nobody has attested yet that they opened the source at {location}."
        return _fact(model, "Source code", text, "none")
    when = f"{_ago(newest.opened_on, today)}, on {date_text(newest.opened_on)}"
    text = f"Opened {when}: {newest.location}, revision {newest.revision}."
    if (newest.location, newest.revision) != (location, registered):
        text = f"{text} Registered is {location}, revision {registered or 'not given'}."
        return _fact(model, "Source code", text, "amber", "Another source was opened")
    return _fact(model, "Source code", text, "good")


def _ago(day: date, today: date) -> str:
    days = (today - day).days
    return f"{count_text(days, 'day')} ago" if days else "today"


def _fact(model: RiskModel, name: str, text: str, state: str, brief: str = "") -> LiveFact:
    return LiveFact("ownership", name, text, state, "attestations.show", {"slug": model.slug}, brief)
