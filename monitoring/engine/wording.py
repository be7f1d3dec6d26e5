"""Figures as a committee reads them: 12%, 1,204 people, 0.31."""

from collections.abc import Sequence
from datetime import date


def percent(share: float) -> str:
    """A share from 0 to 1 as a percentage: whole from 1% up, one decimal below it."""
    shown = share * 100
    return f"{shown:.1f}%" if 0 < abs(shown) < 0.95 else f"{shown:.0f}%"


def number(value: float) -> str:
    """A number with at most two decimals and separators at thousands."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def people(count: int) -> str:
    """'1 person', '1,204 people'."""
    return "1 person" if count == 1 else f"{count:,} people"


def counted(count: int, one: str, many: str) -> str:
    """'1 input', '3 inputs'."""
    return f"{count:,} {one if count == 1 else many}"


def listed(words: Sequence[str], most: int = 3) -> str:
    """'a, b and c'; beyond `most` the rest is counted."""
    shown = list(words) if len(words) <= most else [*words[:most], f"{len(words) - most} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def day(when: date) -> str:
    """3 March 2027."""
    return f"{when.day} {when:%B %Y}"
