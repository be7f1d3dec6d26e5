"""Pages of the register as at a past day: `?as_at=2026-03-01` shows it as it stood at the end of that day (R50)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import g, has_request_context, request
from wtforms import ValidationError

from foundation.clock import LONDON, london_date
from foundation.errors import Invalid
from foundation.web.doors import house
from foundation.web.forms import read_day
from foundation.web.texts import date_text

ASKED = "as_at"
"""The name of the day in an address."""


def asked_moment() -> datetime | None:
    """The end of the London day that the address asks for; None for now and for today, which is not over yet.

    What is not a day, and a day that has not come, is refused with a sentence.
    """
    typed = request.args.get(ASKED, "").strip()
    if not typed:
        return None
    day = _read(typed)
    today = london_date(house().clock.now())
    if day > today:
        sentence = f"The register cannot be shown as at {date_text(day)}: that day has not come yet."
        raise Invalid(sentence, problems={ASKED: sentence}, code="as_at_future")
    return end_of(day) if day < today else None


def end_of(day: date) -> datetime:
    """The last moment of a day in London."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC) - timedelta(microseconds=1)


def shown_day(moment: datetime | None) -> date:
    """The day whose law a page tells: the one asked for, otherwise today in London."""
    return london_date(moment or house().clock.now())


def carry_day(endpoint: str, values: dict[str, Any]) -> None:
    """Let links keep the day. A room whose pages know `asked_moment` says `views.url_defaults(carry_day)`."""
    if not has_request_context() or ASKED in values or not request.args.get(ASKED):
        return
    if "carried_day" not in g:  # a page has many links
        g.carried_day = _find_day()
    if g.carried_day:
        values[ASKED] = g.carried_day


def _find_day() -> str:
    try:
        moment = asked_moment() if request.method == "GET" else None
    except Invalid:
        return ""  # the page refuses it; its links lead on
    return shown_day(moment).isoformat() if moment else ""


def _read(typed: str) -> date:
    try:
        day = read_day(typed)
    except ValidationError:
        day = date.max
    if not date.min < day < date.max:
        sentence = "The register can be shown as at a day such as 2026-03-01."
        raise Invalid(sentence, problems={ASKED: sentence}, code="as_at_invalid")
    return day
