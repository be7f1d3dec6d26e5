"""Forms of legal gateways: for who keeps the register, and for who checks the law."""

from registry.agencies.values import AGENCY_KINDS
from registry.catalogue.forms import ChangeForm, choice, day, line, number, paragraph, ticks
from registry.gateways.values import ANYBODY, KINDS, PURPOSES
from registry.items.values import MATTERS, SUBJECTS

WHO: dict[str, str] = {
    ANYBODY: "Any of the partners that the provision names",
    **{str(kind): text for kind, text in AGENCY_KINDS.items()},
}


class GatewayForm(ChangeForm):
    """A gateway as it is read; whether that was checked is not for this form."""

    number = number("Number", "The number data items cite it by. It never changes.")
    original = paragraph("As the source gives it", "Word for word.")
    statute = line("Statute", "For example Crime and Disorder Act 1998")
    provision = line("Provision", "For example Section 115")
    section = line("Section to look up", "For example 115. Leave it empty when the source names none.", longest=40)
    summary = line("In a sentence", "What it allows or demands")
    kind = choice("What it is", {kind: f"{card.title}: {card.meaning}" for kind, card in KINDS.items()})
    who_may_rely = ticks("Who may rely on it", WHO)
    covers = ticks("Whose data", SUBJECTS)
    purposes = ticks("For what", PURPOSES, "None when it is not bound to a purpose.")
    excludes = ticks("What it does not cover", MATTERS)
    in_force_from = day("In force from", "For example 27/3/2027. Leave it empty when nobody has looked it up.")
    in_force_to = day("In force until, not including", "For law that has been repealed.")
    source_link = line("Where the text is", "An address that begins with https://", longest=400)
    note = paragraph("What to know")


class VerifyForm(ChangeForm):
    """What a lawyer has checked."""

    section = line("Section that was checked", "For example 115", longest=40)
    source_link = line("Where the text is", "An address that begins with https://", longest=400)
    check_again_on = day("To be checked again by")


class SupersedeForm(ChangeForm):
    """Which gateway takes the place of another."""

    superseded_by = number("Number of the gateway that takes its place")
    from_day = day(
        "From which day", "From then on this one is no longer in force. Leave it empty when nobody has said."
    )
