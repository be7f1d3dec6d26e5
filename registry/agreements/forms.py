"""Forms of sharing agreements."""

from typing import Any

from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput

from registry.agreements.values import AgreementEntry
from registry.catalogue.forms import ChangeForm, ItemsField, choices, day, line, paragraph, ticks
from registry.catalogue.values import Catalogue
from registry.items.forms import numbers_of, standing_gateways, titles_of


class AgreementForm(ChangeForm):
    """A sharing agreement; its document has a form of its own."""

    code = line("Code", "Small letters, digits and hyphens, as in early-help-2026. It never changes.", longest=60)
    title = line("Title")
    parties = ticks("Between which agencies", hint="It covers disclosure of its items between any two of them.")
    items = ItemsField("Which data items", description="One a line, as group and name: Crime: Person Committed Offence")
    gateways = ticks("Under which legal gateways")
    starts_on = day("First day")
    ends_on = day("Last day")
    note = paragraph("What to know")

    def offer(self, catalogue: Catalogue, entry: AgreementEntry | None) -> "AgreementForm":
        """Offer what has not ended, and what the agreement names already."""
        self.catalogue = catalogue
        kept = entry.parties if entry else ()
        agencies = sorted(catalogue.agencies.values(), key=lambda one: one.name)
        self.parties.choices = choices(
            {one.code: one.name for one in agencies if one.ended_on is None or one.code in kept}
        )
        self.gateways.choices = choices(standing_gateways(catalogue, entry.gateways if entry else ()))
        if entry is not None and not self.is_submitted():
            self.items.data = titles_of(catalogue, entry.items)
        return self

    def values(self) -> dict[str, Any]:
        """What was typed; items by their numbers."""
        return {**super().values(), "items": numbers_of(self.catalogue, self.items)}


class DocumentForm(ChangeForm):
    """The signed document of an agreement."""

    document = FileField(
        "The signed document",
        description="A PDF. Its fingerprint is shown, so that nobody can swap it.",
        widget=GovFileInput(),
    )
