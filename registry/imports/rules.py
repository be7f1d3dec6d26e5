"""How typed values are repaired: pure functions that return the value and say what they did (R51)."""

import re
from dataclasses import dataclass

from foundation.errors import Invalid

LOOK_ALIKES = str.maketrans("АВСЕНКМОРТХавсенкмортх", "ABCEHKMOPTXabcehkmoptx")
"""Cyrillic letters that look like Latin ones: the source table has council codes typed with them."""

SPELLINGS = {"Breach of Order of Injuction": "Breach of Order or Injunction"}
"""Names known to be misspelt in the source documents."""


@dataclass(frozen=True)
class Repaired:
    """A value as it is kept, and a reason for each change made to it."""

    value: str
    reasons: tuple[str, ...] = ()


def repair_code(text: str) -> Repaired:
    """A source code in plain capitals: look-alike letters replaced, lower case raised."""
    reasons = []
    plain = text.strip().translate(LOOK_ALIKES)
    if plain != text.strip():
        reasons.append("Typed in Cyrillic letters that look like Latin ones")
    if plain != plain.upper():
        reasons.append("Typed in small letters")
    return Repaired(plain.upper(), tuple(reasons))


def repair_name(text: str) -> Repaired:
    """A name with single spaces and known misspellings put right."""
    reasons = []
    spaced = " ".join(text.split())
    if spaced != text:
        reasons.append("Extra spaces")
    spelt = SPELLINGS.get(spaced, spaced)
    if spelt != spaced:
        reasons.append("Spelling")
    return Repaired(spelt, tuple(reasons))


def read_sources(text: str) -> list[Repaired]:
    """The source codes in a cell such as "BCC & ASC" or "DFE / EYES"."""
    return [repair_code(part) for part in re.split(r"[&/;,]", text) if part.strip()]


def read_gateways(text: str, file: str, row: int) -> list[int]:
    """The gateway numbers in a cell such as "1, 5, 9"; anything else is refused with file and row."""
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if not parts or not all(part.isascii() and part.isdigit() for part in parts):
        sentence = f"{file}, row {row}, column gateways: expected numbers such as 1, 5, 9 and found {text!r}."
        raise Invalid(sentence, problems={"gateways": sentence})
    return [int(part) for part in parts]
