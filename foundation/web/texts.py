"""How dates, times, counts and periods are written for people in Britain."""

from datetime import date, datetime
from functools import lru_cache

from foundation.clock import LONDON


@lru_cache(4096)
def date_text(value: date | datetime | None) -> str:
    """A day: 3 March 2027."""
    if value is None:
        return "not set"
    day = value.astimezone(LONDON).date() if isinstance(value, datetime) else value
    return f"{day.day} {day:%B %Y}"


def time_text(value: datetime | None) -> str:
    """A time of day in London: 4:05pm."""
    if value is None:
        return "not set"
    local = value.astimezone(LONDON)
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def moment_text(value: datetime | None) -> str:
    """A day and a time: 3 March 2027 at 4:05pm."""
    return "not set" if value is None else f"{date_text(value)} at {time_text(value)}"


def since_text(value: datetime | None, now: datetime) -> str:
    """How long something has waited: since today, since yesterday, for 12 days."""
    if value is None:
        return ""
    days = (now.astimezone(LONDON).date() - value.astimezone(LONDON).date()).days
    if days <= 0:
        return "since today"
    return "since yesterday" if days == 1 else f"for {days} days"


def count_text(number: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 person, 2 people, 1,445 rows."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def list_text(parts: list[str]) -> str:
    """A list in a sentence: a, b and c."""
    return parts[0] if len(parts) == 1 else " and ".join([", ".join(parts[:-1]), parts[-1]]) if parts else ""


FILTERS = {
    "day": date_text,
    "time": time_text,
    "moment": moment_text,
    "counted": count_text,
    "listed": list_text,
}
"""The filters every template has."""
