"""Forms of data items."""

from typing import Any

from foundation.errors import Invalid
from registry.agencies.values import AgencyEntry, SystemEntry
from registry.catalogue.forms import ChangeForm, ItemsField, choice, choices, line, number, paragraph, ticks
from registry.catalogue.values import Catalogue
from registry.items.values import MATTERS, SENSITIVITIES, SUBJECTS, ItemEntry


class ItemForm(ChangeForm):
    """A data item."""

    group = line("Group", "Items are told apart by group and name.", longest=80)
    name = line("Name", longest=120)
    sources = ticks("Where it comes from")
    gateways = ticks("Legal gateways it is said to be shared under")
    subjects = ticks("Whose data it is", SUBJECTS)
    matter = choice("What it is about", MATTERS)
    sensitivity = choice("How sensitive it is", SENSITIVITIES)
    refresh_days = number("Days between two deliveries", "Leave it empty when nobody has said.")
    stale_after_days = number("Days after which it is too old", "Leave it empty when nobody has said.")
    retention = line("How long it may be kept", "For example: six years after the last contact", longest=400)
    made_from = ItemsField(
        "Data items it is made from",
        description="For the result of a model. One a line, as group and name: Crime: Person Committed Offence",
    )
    note = paragraph("What to know")

    def offer(self, catalogue: Catalogue, entry: ItemEntry | None) -> "ItemForm":
        """Offer what has not ended, and what the item cites already."""
        self.catalogue = catalogue
        self.sources.choices = choices(standing_sources(catalogue, entry.sources if entry else ()))
        self.gateways.choices = choices(standing_gateways(catalogue, entry.gateways if entry else ()))
        if entry is not None and not self.is_submitted():
            self.made_from.data = titles_of(catalogue, entry.made_from)
        return self

    def values(self) -> dict[str, Any]:
        """What was typed; items by their numbers."""
        return {**super().values(), "made_from": numbers_of(self.catalogue, self.made_from)}


def standing_sources(catalogue: Catalogue, kept: tuple[str, ...]) -> dict[str, str]:
    """Agencies and systems to choose from, by code: those that have not ended and those in `kept`."""
    agencies: list[tuple[AgencyEntry | SystemEntry, str]] = [
        (one, one.name) for one in sorted(catalogue.agencies.values(), key=lambda one: one.name)
    ]
    systems: list[tuple[AgencyEntry | SystemEntry, str]] = [
        (one, f"{one.name}, of {catalogue.source_name(one.agency)}")
        for one in sorted(catalogue.systems.values(), key=lambda one: one.name)
    ]
    return {one.code: name for one, name in [*agencies, *systems] if one.ended_on is None or one.code in kept}


def standing_gateways(catalogue: Catalogue, kept: tuple[int, ...]) -> dict[int, str]:
    """Gateways to choose from, by number: those that have not ended and those in `kept`."""
    found = sorted(catalogue.gateways.values(), key=lambda one: one.number)
    return {one.number: one.title for one in found if one.ended_on is None or one.number in kept}


def titles_of(catalogue: Catalogue, numbers: tuple[int, ...]) -> list[str]:
    """Data items by group and name, as a form shows them."""
    return [catalogue.items[number].title for number in numbers if number in catalogue.items]


def numbers_of(catalogue: Catalogue, field: ItemsField) -> list[int]:
    """The numbers of the data items typed in a field; the first five unknown ones are named at the field."""
    known = {item.title: item.id for item in catalogue.items.values()} if field.plain else {}
    unknown = [title for title in field.plain if title not in known]
    if unknown:
        listed = ", ".join(f"'{title[:80]}'" for title in unknown[:5])
        sentence = f"The register has no data item {listed}. Write group, colon and name, one a line"
        raise Invalid(sentence, problems={field.name: sentence})
    return [known[title] for title in field.plain]
