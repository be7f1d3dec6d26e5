"""Where a model's data comes from and the law it is said to rest on, as read. Pure: the catalogue in, sections out."""

from collections.abc import Sequence
from datetime import date

from audit.public_register.standing import said
from audit.public_register.values import Block, Field, Section, Table
from registry.catalogue.values import Catalogue
from registry.gateways.values import GatewayEntry, Kind, Verification
from registry.items.values import ItemEntry, Sensitivity
from registry.models.tables import ModelVersion, RiskModel, Use

GIVES = {
    Kind.POWER: "It lets data be shared",
    Kind.DUTY: "It sets a duty. It does not speak of sharing",
    Kind.AIM: "It sets an aim. It lets nobody share data",
}
"""What a law does for somebody who wants to share data, in a parent's words."""

CHECKED = {
    Verification.VERIFIED: "Yes",
    Verification.IN_DOUBT: "No, we are in doubt",
    Verification.UNVERIFIED: "No",
}

SENSITIVE = {
    Sensitivity.NOT_STATED: "Not stated",
    Sensitivity.ORDINARY: "Not more than most",
    Sensitivity.SPECIAL_CATEGORY: "Yes, the law guards it",
    Sensitivity.CRIMINAL_OFFENCE: "Yes, it is about crime",
    Sensitivity.INFERRED: "Yes, it lets one guess",
}
"""How private data is, by its stored sensitivity (R34)."""


def items_of(model: RiskModel, version: ModelVersion | None, catalogue: Catalogue) -> list[ItemEntry]:
    """The data items a version looks at, each once; of a model only named in papers, the item it stands for."""
    numbers = [feature.item_id for feature in version.features] if version is not None else [model.item_id]
    found = (catalogue.items.get(number) for number in dict.fromkeys(numbers) if number is not None)
    return [item for item in found if item is not None]


def tell_data(items: Sequence[ItemEntry], catalogue: Catalogue) -> Section:
    """The data by the agency it comes from (R16)."""
    if not items:
        return Section(Field.DATA, (Block("We do not know where its data comes from."),))
    rows = [(item.title, _keepers(item, catalogue), SENSITIVE[item.sensitivity]) for item in items]
    table = Table("Data and where it comes from", ("Kind of data", "Kept by", "Is it private?"), tuple(rows))
    return Section(Field.DATA, (Block("These offices hold the data. Each keeps its own."),), table)


def _keepers(item: ItemEntry, catalogue: Catalogue) -> str:
    return ", ".join(agency.name for agency in catalogue.suppliers(item)) or "Not known"


def tell_law(items: Sequence[ItemEntry], uses: Sequence[Use], catalogue: Catalogue, day: date) -> Section:
    """The law as read, what it does, and whether a lawyer checked the reading (R17); data without any law is said."""
    found = {law.number: law for item in items for law in catalogue.gateways_of(item)}
    laws = [found[number] for number in sorted(found)]
    blocks = [Block(_checked_words(laws))] if laws else []
    bare = tuple(said(item.title) for item in items if not catalogue.gateways_of(item))
    if bare:
        blocks.append(Block("For this data no law is named yet:", bare))
    rows = [(law.law, f"{GIVES[law.kind]}{_ended(law, day)}", CHECKED[law.verification]) for law in laws]
    rows += [(text, words, "Not on record") for use in uses for text, words in _bases(use)]
    if not rows and not blocks:
        return Section(Field.LAW, (Block("We do not know which law it rests on."),))
    columns = ("Law", "What it does, as we read it", "Has a lawyer checked?")
    return Section(Field.LAW, tuple(blocks), Table("Law", columns, tuple(dict.fromkeys(rows)), names=True))


def _checked_words(laws: Sequence[GatewayEntry]) -> str:
    checked = sum(law.verified for law in laws)
    if checked == len(laws):
        return "A lawyer has checked how we read each law on sharing."
    some = f"A lawyer has checked {checked} of {len(laws)} laws on sharing." if checked else ""
    return f"{some} No lawyer has checked how we read the rest. We may be wrong.".strip() if some else NOBODY


NOBODY = "These laws are said to let offices share the data. No lawyer has checked how we read them. We may be wrong."


def _ended(law: GatewayEntry, day: date) -> str:
    if not law.in_force(day) or not law.stands(day):
        return ". It no longer counts"
    return ""


def _bases(use: Use) -> list[tuple[str, str]]:
    basis, special = use.particulars.get("lawful_basis"), use.particulars.get("special_condition")
    rows = [(str(basis), "The ground for using the data at all")] if basis else []
    return [*rows, (str(special), "The ground for the most private data")] if special else rows
