"""Ending entries and opening them again: pure functions that give the entry as it would then stand."""

from datetime import date
from typing import TypeVar

from foundation.errors import Invalid, Refused
from foundation.web.texts import date_text
from registry.agreements.values import AgreementEntry
from registry.catalogue.entries import Entry, read_entry
from registry.catalogue.values import AnyEntry
from registry.gateways.values import GatewayEntry

E = TypeVar("E", bound=Entry)


def ended(entry: AnyEntry, day: date | None, reason: str, today: date) -> AnyEntry:
    """The entry with its last day behind it from `day` on; today when no day is given.

    Refused: a day before today, because what was done in the meantime rested on it; an entry that was ended before;
    an agreement that has run out by then.
    """
    day = day or today
    if entry.ended_on is not None:
        told = f"{entry.title} was ended already, from {date_text(entry.ended_on)} on."
        raise Refused(told, code="already_ended")
    check_not_past(day, today, "day")
    if isinstance(entry, AgreementEntry) and day > entry.ends_on:
        raise _refuse("day", f"The agreement runs out on {date_text(entry.ends_on)} by itself. Enter an earlier day")
    return _with(entry, ended_on=day, ended_reason=reason.strip())


def opened_again(entry: AnyEntry) -> AnyEntry:
    """The entry as if it had not been ended; refused for law, and for what did not end."""
    if isinstance(entry, GatewayEntry):
        raise Refused("Law that was ended is not opened again. Enter it under another number.", code="law_ended")
    if entry.ended_on is None:
        raise Refused(f"{entry.title} was not ended.", code="not_ended")
    return _with(entry, ended_on=None, ended_reason="")


def check_standing(entry: AnyEntry) -> None:
    """Refuse to change what was ended: it stays as it was."""
    if entry.ended_on is not None:
        again = "." if isinstance(entry, GatewayEntry) else ": open it again first."
        told = f"{entry.title} was ended from {date_text(entry.ended_on)} on and stays as it was{again}"
        raise Refused(told, code="already_ended")


def check_not_past(day: date, today: date, field: str) -> None:
    """Refuse a day that is over: nothing ends in the past."""
    if day < today:
        raise _refuse(field, "Nothing is ended in the past. Enter today or a day to come")


def _with(entry: E, **changes: object) -> E:
    return read_entry(type(entry), {**entry.plain(), **changes})


def _refuse(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, problems={field: sentence}, code="day_refused")
