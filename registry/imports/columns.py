"""The published columns of each kind of file: what a cell holds, whether it is needed, and how it is read."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.agencies.values import AGENCY_KINDS
from registry.catalogue.values import THINGS, Thing
from registry.gateways.values import ANYBODY, KINDS, PURPOSES, VERIFICATIONS, Verification
from registry.imports.rules import (
    Repaired,
    find_numbers,
    read_sources,
    repair_code,
    repair_name,
    repair_slug,
    repair_text,
)
from registry.items.values import MATTERS, SENSITIVITIES, SUBJECTS

Parts = Sequence[Repaired]
Read = tuple[Any, Parts]
"""What a cell becomes: its value, and the parts of it that may have been repaired."""


class Unreadable(Exception):
    """A cell that does not hold what its column asks for; says what was expected."""


Titles = Mapping[str, int]
"""The register's data items by title, each with its number."""

Reader = Callable[[str, Titles], Read]


@dataclass(frozen=True)
class Column:
    """One published column. `longest` is a limit below that of the entry itself, where a row of a table holds it."""

    name: str
    holds: str
    read: Reader
    example: str = ""
    needed: bool = False
    default: Any = ""
    longest: int = 0


def _code(text: str, _: Titles) -> Read:
    return _one(repair_code(text))


def _slug(text: str, _: Titles) -> Read:
    return _one(repair_slug(text))


def _name(text: str, _: Titles) -> Read:
    return _one(repair_name(text))


def _words(text: str, _: Titles) -> Read:
    return _one(repair_text(text))


def _verbatim(text: str, _: Titles) -> Read:
    return text.strip(), ()


def _codes(text: str, _: Titles) -> Read:
    parts = read_sources(text)
    return [part.value for part in parts], parts


def _number(text: str, _: Titles) -> Read:
    numbers = find_numbers(text)
    if numbers is None or len(numbers) != 1:
        raise Unreadable(f"Expected a whole number and found '{text.strip()[:40]}'.")
    return numbers[0], ()


def _numbers(text: str, _: Titles) -> Read:
    numbers = find_numbers(text)
    if numbers is None:
        raise Unreadable(f"Expected numbers such as 1, 5, 9 and found '{text.strip()[:40]}'.")
    return numbers, ()


def _day(text: str, _: Titles) -> Read:
    cleaned = text.strip()
    try:
        if "/" in cleaned:
            day, month, year = (int(part) for part in cleaned.split("/"))
            return date(year, month, day).isoformat(), ()
        return date.fromisoformat(cleaned if len(cleaned) == 10 else "").isoformat(), ()
    except ValueError:
        raise Unreadable(f"Expected a day such as 2026-11-30 or 30/11/2026 and found '{cleaned[:40]}'.") from None


YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def _yes_no(text: str, _: Titles) -> Read:
    answer = YES_NO.get(text.strip().lower())
    if answer is None:
        raise Unreadable(f"Expected yes or no and found '{text.strip()[:40]}'.")
    return answer, ()


def _choice(words: Mapping[Any, str]) -> Reader:
    known = {_bare(code): str(code) for code in words} | {_bare(text): str(code) for code, text in words.items()}

    def read(text: str, _: Titles) -> Read:
        code = known.get(_bare(repair_name(text).value))
        if code is None:
            raise Unreadable(f"Expected one of {', '.join(words)} and found '{text.strip()[:40]}'.")
        return code, ()

    return read


def _choices(words: Mapping[Any, str]) -> Reader:
    one = _choice(words)

    def read(text: str, titles: Titles) -> Read:
        return [one(part, titles)[0] for part in _parts(text)], ()

    return read


def _items(text: str, titles: Titles) -> Read:
    """Data items by group and name, as in "Health: Teenage Parent; Crime: Victim"."""
    parts = [repair_name(part) for part in _parts(text)]
    unknown = [part.value for part in parts if part.value not in titles]
    if unknown:
        listed = ", ".join(f"'{one[:80]}'" for one in unknown[:5])
        raise Unreadable(f"The register has no data item {listed}. Name it as group: name, and enter it before this.")
    return [titles[part.value] for part in parts], parts


def _one(repaired: Repaired) -> Read:
    return repaired.value, (repaired,)


def _parts(text: str) -> list[str]:
    return [part for part in text.split(";") if part.strip()]


def _bare(text: str) -> str:
    return "_".join(text.strip().casefold().replace("_", " ").split())


KIND_TITLES = {kind: card.title for kind, card in KINDS.items()}
OPEN_VERIFICATIONS: Mapping[Any, str] = {
    one: text for one, text in VERIFICATIONS.items() if one is not Verification.VERIFIED
}
WHO: Mapping[Any, str] = {ANYBODY: "Anybody the provision names", **AGENCY_KINDS}
NOTE = Column("note", "What readers should know.", _words)

COLUMNS: Mapping[Thing, tuple[Column, ...]] = {
    Thing.AGENCY: (
        Column("code", "Two to twelve capitals and digits.", _code, "BCC", needed=True),
        Column("name", "The agency's name.", _name, "Bristol City Council", needed=True, longest=120),
        Column("kind", "What kind of body it is.", _choice(AGENCY_KINDS), "council", needed=True),
        Column("competent_authority", "yes or no: Part 3 of the Data Protection Act.", _yes_no, "no", default=False),
        NOTE,
    ),
    Thing.SYSTEM: (
        Column("code", "Two to twelve capitals and digits.", _code, "LIB", needed=True),
        Column("name", "The system's name.", _name, "Library records", needed=True, longest=120),
        Column("agency", "Code of the agency whose system it is.", _code, "BCC", needed=True),
        NOTE,
    ),
    Thing.GATEWAY: (
        Column("number", "The number data items cite it by.", _number, "14", needed=True),
        Column("original", "The law as the source gives it; kept as typed.", _verbatim, "DEA 2017 - s35"),
        Column("statute", "The Act.", _name, "Digital Economy Act 2017", needed=True),
        Column("provision", "Where in the Act.", _name, "Section 35", needed=True),
        Column("section", "The section alone; empty when none is given.", _name, "35"),
        Column("summary", "What it does, in a line.", _words, "Disclosure to improve services", needed=True),
        Column(
            "kind",
            "What it does for sharing.",
            _choice(KIND_TITLES),
            "power",
            needed=True,
        ),
        Column("who_may_rely", "Kinds of body, or any; several with ;", _choices(WHO), "council", default=[ANYBODY]),
        Column("covers", "Whose data; several with ;", _choices(SUBJECTS), "anybody", default=["anybody"]),
        Column("purposes", "What for; several with ;", _choices(PURPOSES), "early_help", default=[]),
        Column("excludes", "What it says nothing about; several with ;", _choices(MATTERS), "health", default=[]),
        Column("in_force_from", "First day in force.", _day, "2018-05-01", default=None),
        Column("in_force_to", "First day no longer in force.", _day, default=None),
        Column("superseded_by", "Number of the gateway that follows it.", _number, default=None),
        Column(
            "verification", "A file cannot verify law.", _choice(OPEN_VERIFICATIONS), "unverified", default="unverified"
        ),
        Column("check_again_on", "Day on which to look at the law again.", _day, "2027-06-30", default=None),
        Column("source_link", "https address of the law.", _verbatim, "https://www.legislation.gov.uk/ukpga/2017/30"),
        NOTE,
    ),
    Thing.ITEM: (
        Column("group", "The group; items are told apart by group and name.", _name, "Health", needed=True, longest=80),
        Column("name", "The item.", _name, "Hospital Admission", needed=True, longest=120),
        Column("sources", "Codes of agencies or systems; several with & / , or ;", _codes, "BCC", needed=True),
        Column("gateways", "Numbers of the gateways cited; several with , or ;", _numbers, "1, 11", default=[]),
        Column("subjects", "Whose data; several with ;", _choices(SUBJECTS), "children", default=["anybody"]),
        Column("matter", "What it is about.", _choice(MATTERS), "health", default="other"),
        Column("sensitivity", "How sensitive.", _choice(SENSITIVITIES), "special_category", default="not_stated"),
        Column("refresh_days", "Days between two deliveries.", _number, "30", default=None),
        Column("stale_after_days", "Days after which it is too old.", _number, "90", default=None),
        Column("retention", "How long it is kept.", _words, "Six years"),
        Column("made_from", "For scores: items in the register, as group: name; several with ;", _items, default=[]),
        NOTE,
    ),
    Thing.AGREEMENT: (
        Column("code", "Small letters, digits and hyphens.", _slug, "early-help-2026", needed=True),
        Column("title", "Its title.", _name, "Early help sharing agreement", needed=True),
        Column("parties", "Codes of at least two agencies.", _codes, "BCC & ASC", needed=True),
        Column("items", "Items as group: name; several with ;", _items, "Health: Teenage Parent", needed=True),
        Column("gateways", "Numbers of the gateways it names.", _numbers, "11", default=[]),
        Column("starts_on", "Its first day.", _day, "2026-04-01", needed=True),
        Column("ends_on", "Its last day.", _day, "2028-03-31", needed=True),
        NOTE,
    ),
}
"""Every column a file may have, in the order of its template."""

OTHER_NAMES: Mapping[Thing, Mapping[str, str]] = {Thing.ITEM: {"description": "name", "source": "sources"}}
"""Headings of the published table of data items that mean one of ours."""

NAMES: Mapping[str, Thing] = {
    "agencies": Thing.AGENCY,
    "systems": Thing.SYSTEM,
    "gateways": Thing.GATEWAY,
    "items": Thing.ITEM,
    "agreements": Thing.AGREEMENT,
}
"""What a person calls a kind of file on the command line and in an address."""


def title_of(thing: Thing) -> str:
    """A kind of file in words: Data items."""
    return THINGS[thing].plural


def headings(thing: Thing) -> dict[str, str]:
    """Every accepted heading and the column it stands for."""
    return {column.name: column.name for column in COLUMNS[thing]} | dict(OTHER_NAMES.get(thing, {}))


def needed(thing: Thing) -> list[str]:
    """The columns that must be there."""
    return [column.name for column in COLUMNS[thing] if column.needed]


def write_template(thing: Thing) -> str:
    """A file with the heading and one example row, as CSV."""
    sheet = io.StringIO(newline="")
    csv.writer(sheet).writerows([[c.name for c in COLUMNS[thing]], [c.example for c in COLUMNS[thing]]])
    return sheet.getvalue()
