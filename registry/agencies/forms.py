"""Forms of agencies and their systems."""

from registry.agencies.values import AGENCY_KINDS, SystemEntry
from registry.catalogue.forms import ChangeForm, choice, line, one_of, paragraph, tick
from registry.catalogue.values import Catalogue

CODE_HINT = "Two to twelve capital letters and digits, as in BCC. It never changes."


class AgencyForm(ChangeForm):
    """An agency."""

    code = line("Code", CODE_HINT)
    name = line("Name", longest=120)
    kind = choice("What it is", AGENCY_KINDS)
    competent_authority = tick("It is a competent authority under Part 3 of the Data Protection Act 2018")
    note = paragraph("What to know")


class SystemForm(ChangeForm):
    """A system of an agency."""

    code = line("Code", CODE_HINT)
    name = line("Name", longest=120)
    agency = choice("Which agency it belongs to")
    note = paragraph("What to know")

    def offer(self, catalogue: Catalogue, entry: SystemEntry | None) -> "SystemForm":
        """Offer the agencies that have not ended, and the one it belongs to."""
        mine = entry.agency if entry else ""
        found = [one for one in catalogue.agencies.values() if one.ended_on is None or one.code == mine]
        self.agency.choices = one_of({one.code: one.name for one in sorted(found, key=lambda one: one.name)})
        return self
