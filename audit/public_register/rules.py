"""What may be withheld from the public, for which reason; what may be counted in public; and names left out."""

import re
from collections.abc import Iterable

from audit.public_register.values import FIELDS, NEVER_WITHHELD, REASONS, Field
from foundation.errors import Invalid, Refused
from registry.evaluations.values import SMALLEST_GROUP

FEWEST = SMALLEST_GROUP
"""Counts below this are not told: they could point at somebody."""

LEFT_OUT = "[left out]"
"""Stands where a name, an address or a reference stood in a text that people wrote."""

PRIVATE = re.compile(
    r"[\w.+-]+@[\w-]+(\.[\w-]+)+"  # e-mail addresses
    r"|\b(Mr|Mrs|Ms|Miss|Mx|Dr)\.? [A-Z][\w'\u2019-]+( [A-Z][\w'\u2019-]+)?"  # people with a title
    r"|(?<![\w/.-])(\+44|0)\d[\d ]{7,}\d\b"  # telephone numbers
    r"|\bCH-[0-9A-Z]{4}-[0-9A-Z]{4}\b"  # receipts of challenges, which open a page
)


def check_redaction(field: str, reason: str, note: str) -> None:
    """Refuse an unknown part or reason, a part that is always told, and withholding without saying why."""
    problems = {}
    if field not in set(Field):
        problems["field"] = "Choose which part to withhold."
    if reason not in set(REASONS):
        problems["reason"] = "Choose why it is withheld."
    if not note.strip():
        problems["note"] = "Say why, for colleagues and auditors."
    elif len(note) > 2000:
        problems["note"] = "Say it in 2,000 characters or fewer."
    if problems:
        raise Invalid(" ".join(problems.values()), problems=problems)
    if Field(field) in NEVER_WITHHELD:
        sentence = f"The part '{FIELDS[Field(field)]}' is always told to the public."
        raise Refused(sentence, code="always_told")


def counted(count: int, of: int | None = None) -> str:
    """A count as the public reads it: below 10 it is not told, and neither is a rest below 10 of `of` (R43).

    None are told only where nobody could have been counted; "none of 30" would say something about each of the 30.
    """
    if count == 0 and not of:
        return "none"
    if count < FEWEST:
        return f"fewer than {FEWEST}"
    if of is not None and of - count < FEWEST:
        return f"all, or all but fewer than {FEWEST}"
    return f"{count:,}"


def without_names(text: str, names: Iterable[str]) -> str:
    """A text without the given names and references, and without what looks like an address or a titled name."""
    known = sorted({name for name in names if name.strip()}, key=len, reverse=True)
    if known:
        text = re.sub(rf"(?<!\w)({'|'.join(map(_spelled, known))})(?!\w)", LEFT_OUT, text)
    return PRIVATE.sub(LEFT_OUT, text)


def _spelled(name: str) -> str:
    """One word may be a word of the language too, so its capitals count."""
    return re.escape(name) if name.isalpha() else f"(?i:{re.escape(name)})"


def possible_references(texts: Iterable[str]) -> set[str]:
    """The words of some texts that could be references to people: those with a digit in them."""
    words = {word.strip("._-/") for text in texts for word in re.findall(r"[A-Za-z0-9][A-Za-z0-9._/-]+", text)}
    return {word for word in words if len(word) > 2 and any(sign.isdigit() for sign in word)}
