"""How typed values are repaired: pure functions that return the value and say what they did (R51)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from foundation.errors import Invalid

CYRILLIC = str.maketrans("АВСЕНІЈКМОРЅТУХавсеһіјкмнорѕтухԁԛԝ", "ABCEHIJKMOPSTYXabcehijkmhopstyxdqw")
"""Cyrillic letters that look like Latin ones: the source table has a council's code typed with them."""

GREEK = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυχ", "ABEZHIKMNOPTYXaikvopux")
"""Greek letters that look like Latin ones."""

LOOK_ALIKES = CYRILLIC | GREEK

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
"""Soft hyphens, spaces without width and marks of direction: nobody sees them, and they make two names differ."""

WIDE = re.compile("[\uff01-\uff5e\ufb00-\ufb06]+")
"""Full-width letters and ligatures, as some keyboards and documents give them."""

DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\u201b\u201c\u201d\u02bc", "------'''\"\"'")
"""Dashes and curly quotation marks, and what a keyboard types for them."""

SPELLINGS = (
    (re.compile(r"\bInjuction"), "Injunction"),
    (re.compile(r"\bBreach of Order of Injunction\b"), "Breach of Order or Injunction"),
    (re.compile(r"\bChildren's Act\b"), "Children Act"),
    (re.compile(r"\bChildren's and Families Act\b"), "Children and Families Act"),
    (re.compile(r"\bSpecial Education Needs\b"), "Special Educational Needs"),
)
"""Names known to be misspelt in the source documents."""

SPACES, HIDDEN, FORMS = "Extra spaces", "Letters or spaces that nobody sees", "Letters in another form"
MARKS, SPELLING, SMALL, LARGE = "Dash or quotation mark", "Spelling", "Typed in small letters", "Typed in capitals"
IN_CYRILLIC = "Typed in Cyrillic letters that look like Latin ones"
IN_GREEK = "Typed in Greek letters that look like Latin ones"


@dataclass(frozen=True)
class Repaired:
    """A value as it is kept, and a reason for each change made to it."""

    value: str
    reasons: tuple[str, ...] = ()

    def then(self, value: str, why: str) -> "Repaired":
        """The value after one more repair; nothing is said when it changed nothing."""
        return self if value == self.value else Repaired(value, (*self.reasons, why))


def repair_code(text: str) -> Repaired:
    """A source code in plain capitals: look-alike letters replaced, lower case raised."""
    repaired = _plain_letters(_plain_form(Repaired(text.strip())))
    return repaired.then(repaired.value.upper(), SMALL)


def repair_slug(text: str) -> Repaired:
    """A code of small letters, digits and hyphens, as a sharing agreement has."""
    repaired = _plain_letters(_plain_form(Repaired(text.strip())))
    repaired = repaired.then(repaired.value.translate(DASHES), MARKS)
    return repaired.then(repaired.value.lower(), LARGE)


def repair_name(text: str) -> Repaired:
    """A name with single spaces, plain marks, and known misspellings put right.

    Letters that look like Latin ones are replaced when all the rest is Latin; a name in another alphabet is left alone.
    """
    repaired = repair_text(text)
    if _mostly_latin(repaired.value):
        repaired = _plain_letters(repaired)
    repaired = repaired.then(repaired.value.translate(DASHES), MARKS)
    spelt = repaired.value
    for wrong, right in SPELLINGS:
        spelt = wrong.sub(right, spelt)
    return repaired.then(spelt, SPELLING)


def repair_text(text: str) -> Repaired:
    """Words for people: single spaces, nothing invisible, letters in their usual form."""
    repaired = _plain_form(Repaired(text))
    return repaired.then(" ".join(repaired.value.split()), SPACES)


def read_sources(text: str) -> list[Repaired]:
    """The source codes in a cell such as "BCC & ASC" or "DFE / EYES"."""
    return [repair_code(part) for part in re.split(r"[&/;,]", text) if part.strip()]


def read_gateways(text: str, file: str, row: int) -> list[int]:
    """The gateway numbers in a cell such as "1, 5, 9"; anything else is refused with file and row."""
    numbers = find_numbers(text)
    if not numbers:
        sentence = f"{file}, row {row}, column gateways: expected numbers such as 1, 5, 9 and found {text!r}."
        raise Invalid(sentence, problems={"gateways": sentence})
    return numbers


def find_numbers(text: str) -> list[int] | None:
    """The whole numbers in a cell such as "1, 5; 9", or None when something else stands there."""
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    whole = all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts)
    return [int(part) for part in parts] if whole else None


def fold(parts: Sequence[str]) -> tuple[str, ...]:
    """What is left of names without capitals, spaces and marks: two names that only differ there are one too many."""
    return tuple("".join(one for one in part.casefold() if one.isalnum()) for part in parts)


def _plain_form(repaired: Repaired) -> Repaired:
    shown = INVISIBLE.sub("", repaired.value).replace("\u00a0", " ").replace("\u202f", " ")
    repaired = repaired.then(shown, HIDDEN)
    usual = WIDE.sub(lambda found: unicodedata.normalize("NFKC", found.group()), repaired.value)
    return repaired.then(unicodedata.normalize("NFC", usual), FORMS)


def _plain_letters(repaired: Repaired) -> Repaired:
    repaired = repaired.then(repaired.value.translate(CYRILLIC), IN_CYRILLIC)
    return repaired.then(repaired.value.translate(GREEK), IN_GREEK)


def _mostly_latin(text: str) -> bool:
    letters = [one for one in text if one.isalpha()]
    foreign = [one for one in letters if not unicodedata.name(one, "").startswith("LATIN")]
    return 0 < len(foreign) < len(letters) and all(ord(one) in LOOK_ALIKES for one in foreign)
