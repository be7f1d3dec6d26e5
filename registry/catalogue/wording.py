"""Entries in words: every field with its name and its value as people read them, and what differs between two."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from foundation.web.texts import date_text
from registry.agencies.values import AGENCY_KINDS
from registry.catalogue.values import AnyEntry, Catalogue, Thing
from registry.gateways.values import ANYBODY, KINDS, PURPOSES, VERIFICATIONS
from registry.items.values import MATTERS, SENSITIVITIES, SUBJECTS

Say = Callable[[Any, Catalogue], str]


def _text(value: Any, _: Catalogue) -> str:
    return str(value)


def _day(value: str, _: Catalogue) -> str:
    return date_text(date.fromisoformat(value))


def _yes_no(value: bool, _: Catalogue) -> str:
    return "Yes" if value else "No"


def _days(value: int, _: Catalogue) -> str:
    return f"{value} day{'' if value == 1 else 's'}"


def _origin(value: Mapping[str, Any], _: Catalogue) -> str:
    return str(value["original"])


def _one_of(words: Mapping[Any, str]) -> Say:
    return lambda value, _: words.get(value, str(value))


def _some_of(words: Mapping[Any, str]) -> Say:
    return lambda values, _: ", ".join(words.get(value, str(value)) for value in values)


def _sources(codes: Sequence[str], catalogue: Catalogue) -> str:
    return "; ".join(catalogue.source_name(code) for code in codes)


def _gateways(numbers: Sequence[int], catalogue: Catalogue) -> str:
    return "; ".join(_gateway(number, catalogue) for number in sorted(numbers))


def _gateway(number: int, catalogue: Catalogue) -> str:
    found = catalogue.gateways.get(number)
    return found.title if found else f"Gateway {number}"


def _items(numbers: Sequence[int], catalogue: Catalogue) -> str:
    found = [catalogue.items.get(number) for number in numbers]
    return "; ".join(item.title if item else "A data item that is no longer known" for item in found)


KIND_TITLES = {kind: card.title for kind, card in KINDS.items()}
WHO: dict[str, str] = {**{str(kind): text for kind, text in AGENCY_KINDS.items()}, ANYBODY: "Anybody it names"}


@dataclass(frozen=True)
class FieldCard:
    """A field of an entry: its name, its name in words, and how its value is said."""

    name: str
    label: str
    say: Say = _text


ENDING = (FieldCard("ended_on", "Ended from", _day), FieldCard("ended_reason", "Why it ended"))
NOTE = FieldCard("note", "What to know")

FIELDS: Mapping[Thing, tuple[FieldCard, ...]] = {
    Thing.AGENCY: (
        FieldCard("code", "Code"),
        FieldCard("name", "Name"),
        FieldCard("kind", "What it is", _one_of(AGENCY_KINDS)),
        FieldCard("competent_authority", "Competent authority (Part 3, Data Protection Act 2018)", _yes_no),
        NOTE,
        *ENDING,
    ),
    Thing.SYSTEM: (
        FieldCard("code", "Code"),
        FieldCard("name", "Name"),
        FieldCard("agency", "Belongs to", lambda code, catalogue: catalogue.source_name(code)),
        NOTE,
        *ENDING,
    ),
    Thing.GATEWAY: (
        FieldCard("number", "Number"),
        FieldCard("original", "As given"),
        FieldCard("statute", "Statute"),
        FieldCard("provision", "Provision"),
        FieldCard("section", "Section to look up"),
        FieldCard("summary", "In a sentence"),
        FieldCard("kind", "What it is", _one_of(KIND_TITLES)),
        FieldCard("who_may_rely", "Who may rely on it", _some_of(WHO)),
        FieldCard("covers", "Whose data", _some_of(SUBJECTS)),
        FieldCard("purposes", "For what", _some_of(PURPOSES)),
        FieldCard("excludes", "What it does not cover", _some_of(MATTERS)),
        FieldCard("in_force_from", "In force from", _day),
        FieldCard("in_force_to", "In force until, not including", _day),
        FieldCard("superseded_by", "Superseded by", _gateway),
        FieldCard("verification", "Checked", _one_of(VERIFICATIONS)),
        FieldCard("verified_on", "Verified on", _day),
        FieldCard("verified_by", "Verified by"),
        FieldCard("check_again_on", "To be checked again by", _day),
        FieldCard("source_link", "Where the text is"),
        NOTE,
        *ENDING,
    ),
    Thing.ITEM: (
        FieldCard("group", "Group"),
        FieldCard("name", "Name"),
        FieldCard("sources", "Comes from", _sources),
        FieldCard("gateways", "Said to be shared under", _gateways),
        FieldCard("subjects", "Whose data", _some_of(SUBJECTS)),
        FieldCard("matter", "About what", _one_of(MATTERS)),
        FieldCard("sensitivity", "How sensitive", _one_of(SENSITIVITIES)),
        FieldCard("refresh_days", "Refreshed every", _days),
        FieldCard("stale_after_days", "Too old after", _days),
        FieldCard("retention", "How long it may be kept"),
        FieldCard("made_from", "Made from", _items),
        NOTE,
        FieldCard("origin", "As typed in the source", _origin),
        *ENDING,
    ),
    Thing.AGREEMENT: (
        FieldCard("code", "Code"),
        FieldCard("title", "Title"),
        FieldCard("parties", "Between", _sources),
        FieldCard("items", "Data items", _items),
        FieldCard("gateways", "Under", _gateways),
        FieldCard("starts_on", "First day", _day),
        FieldCard("ends_on", "Last day", _day),
        FieldCard("document_name", "Document"),
        FieldCard("document_sha256", "Fingerprint of the document (SHA-256)"),
        NOTE,
        *ENDING,
    ),
}
"""Every field that people read, in the order in which they read it."""


@dataclass(frozen=True)
class Difference:
    """One field that differs: what it said before and what it says after; empty when it said nothing."""

    label: str
    before: str
    after: str


def list_differences(
    thing: Thing, before: Mapping[str, Any] | None, after: Mapping[str, Any], catalogue: Catalogue
) -> list[Difference]:
    """Field by field, what differs between two states of one entry; for a new entry, nothing."""
    if before is None:
        return []
    return [
        Difference(card.label, _said(card, before, catalogue), _said(card, after, catalogue))
        for card in FIELDS[thing]
        if before.get(card.name) != after.get(card.name)
    ]


def describe(thing: Thing, entry: AnyEntry, catalogue: Catalogue) -> list[dict[str, str]]:
    """Everything an entry holds as rows of a summary list; what ended it only where it ended."""
    plain = entry.plain()
    cards = [card for card in FIELDS[thing] if entry.ended_on is not None or card not in ENDING]
    return [{"key": card.label, "value": _said(card, plain, catalogue)} for card in cards]


def _said(card: FieldCard, values: Mapping[str, Any], catalogue: Catalogue) -> str:
    value = values.get(card.name)
    return "" if value is None or value == "" or value == [] else card.say(value, catalogue)
