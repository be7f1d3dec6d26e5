"""What a gateway is: a provision of law that sharing is said to rest on, as given and as read (R17, R50)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from registry.agencies.values import AgencyKind
from registry.catalogue.entries import Entry, Line, Note
from registry.items.values import SUBJECTS, Matter, Subjects


class Kind(StrEnum):
    """What a provision does for somebody who wants to share data."""

    POWER = "power"
    DUTY = "duty"
    AIM = "aim"


@dataclass(frozen=True)
class KindCard:
    """A kind as people read it."""

    title: str
    meaning: str


KINDS = {
    Kind.POWER: KindCard("A power to disclose", "The provision itself allows data to be disclosed, within its limits."),
    Kind.DUTY: KindCard(
        "A duty",
        "The provision gives a body a duty or function. That data may be shared for it is implied, not said.",
    ),
    Kind.AIM: KindCard(
        "An aim only",
        "The provision states an aim or something to consider. It is not a power to disclose anything.",
    ),
}


class Verification(StrEnum):
    """Whether a lawyer has checked how the provision is read here."""

    UNVERIFIED = "unverified"
    IN_DOUBT = "in_doubt"
    VERIFIED = "verified"


UNVERIFIED = "Not verified by a lawyer"
VERIFIED = "Verified by a lawyer"
IN_DOUBT = "In doubt: the section needs a lawyer's confirmation"
VERIFICATIONS = {
    Verification.UNVERIFIED: UNVERIFIED,
    Verification.IN_DOUBT: IN_DOUBT,
    Verification.VERIFIED: VERIFIED,
}
"""Said on every page that shows a gateway (R17)."""


class Purpose(StrEnum):
    """What a provision allows sharing for, and what a use of a model is for."""

    CRIME_AND_DISORDER = "crime_and_disorder"
    SAFEGUARDING_CHILDREN = "safeguarding_children"
    EDUCATION_WELFARE = "education_welfare"
    ADULT_WELLBEING = "adult_wellbeing"
    YOUTH_JUSTICE = "youth_justice"
    OFFENDER_MANAGEMENT = "offender_management"
    SOCIAL_SECURITY = "social_security"
    EARLY_HELP = "early_help"


PURPOSES = {
    Purpose.CRIME_AND_DISORDER: "Preventing crime and disorder",
    Purpose.SAFEGUARDING_CHILDREN: "Safeguarding children and their welfare",
    Purpose.EDUCATION_WELFARE: "Welfare of pupils, and taking part in education or training",
    Purpose.ADULT_WELLBEING: "Well-being of adults and carers",
    Purpose.YOUTH_JUSTICE: "Youth justice",
    Purpose.OFFENDER_MANAGEMENT: "Managing the risk from offenders, and resettling them",
    Purpose.SOCIAL_SECURITY: "Social security, in the ways that regulations prescribe",
    Purpose.EARLY_HELP: "Early help for families",
}
"""Purposes in words, by stored code."""

ANYBODY = "any"
"""In `who_may_rely`: the provision is open to whichever partners it names."""


class GatewayEntry(Entry):
    """A numbered gateway.

    `who_may_rely` holds kinds of agency or "any"; `covers` whose data it opens, "anybody" for all; `purposes` is empty
    when the provision is not bound to one; `excludes` are matters it says nothing about, whoever asks. `section` is
    what a lawyer could look up, such as "115"; it is empty when the source gives none or says "various": such a
    gateway cannot be verified (R17).
    """

    number: Annotated[int, Field(ge=1, le=9999)]
    original: Note
    statute: Line
    provision: Line
    section: Annotated[str, Field(max_length=40)] = ""
    summary: Line
    kind: Kind
    who_may_rely: tuple[AgencyKind | str, ...] = (ANYBODY,)
    covers: Annotated[tuple[Subjects, ...], Field(min_length=1)] = (Subjects.ANYBODY,)
    purposes: tuple[Purpose, ...] = ()
    excludes: tuple[Matter, ...] = ()
    in_force_from: date | None = None
    in_force_to: date | None = None
    superseded_by: int | None = None
    verification: Verification = Verification.UNVERIFIED
    verified_on: date | None = None
    verified_by: Annotated[str, Field(max_length=200)] = ""
    check_again_on: date | None = None
    source_link: Annotated[str, Field(max_length=400, pattern=r"^(https://[^\s]+)?$")] = ""
    note: Note = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> "GatewayEntry":
        kinds = {ANYBODY, *AgencyKind}
        if not self.who_may_rely or not set(self.who_may_rely) <= kinds:
            raise ValueError("who_may_rely: name kinds of agency, or any")
        if self.in_force_from and self.in_force_to and self.in_force_to <= self.in_force_from:
            raise ValueError("in_force_to: this lies before the day it came into force")
        if self.verification == Verification.VERIFIED and not self.section:
            raise ValueError("section: a provision without a section cannot be verified; choose the section first")
        if self.verification == Verification.VERIFIED and not (self.verified_on and self.verified_by):
            raise ValueError("verified_on: say who verified it and when")
        if self.superseded_by == self.number:
            raise ValueError("superseded_by: a gateway cannot follow itself")
        return self

    @property
    def key(self) -> str:
        """The number as a revision's key."""
        return str(self.number)

    @property
    def law(self) -> str:
        """Statute and provision, as a sentence names them."""
        return f"{self.statute}, {self.provision[:1].lower()}{self.provision[1:]}"

    @property
    def cited(self) -> str:
        """The law as a sentence cites it: "section 115 of the Crime and Disorder Act 1998"."""
        if not self.section:
            return f"the {self.statute}, of which no section is given"
        several = "s" if "and" in self.section else ""
        return f"section{several} {self.section} of the {self.statute}"

    @property
    def title(self) -> str:
        """The gateway in a line: its number, statute and provision."""
        return f"{self.number}. {self.law}"

    @property
    def kind_card(self) -> KindCard:
        """The kind in words."""
        return KINDS[self.kind]

    @property
    def who_text(self) -> str:
        """Who may rely on it, in words."""
        if ANYBODY in self.who_may_rely:
            return "Any of the partners that the provision names"
        return " and ".join(WHO_PLURAL[AgencyKind(kind)] for kind in self.who_may_rely) + " only"

    @property
    def covers_text(self) -> str:
        """Whose data it covers, in words."""
        return ", ".join(SUBJECTS[subjects] for subjects in self.covers)

    @property
    def purposes_text(self) -> str:
        """What it allows sharing for, in words."""
        return ", ".join(PURPOSES[purpose] for purpose in self.purposes) or "Not limited to a purpose as read here"

    @property
    def verified(self) -> bool:
        """Whether a lawyer has checked the reading."""
        return self.verification == Verification.VERIFIED

    @property
    def verification_text(self) -> str:
        """Said on every page that shows the gateway (R17)."""
        return VERIFICATIONS[self.verification]

    def in_force(self, day: date) -> bool:
        """Whether the law was in force on a day, as far as the register knows; open ends count as in force."""
        began = self.in_force_from is None or self.in_force_from <= day
        return began and (self.in_force_to is None or day < self.in_force_to)

    def check_overdue(self, day: date) -> bool:
        """Whether somebody should have looked at the law again by now (R50)."""
        return self.check_again_on is not None and self.check_again_on < day


WHO_PLURAL = {
    AgencyKind.COUNCIL: "Councils",
    AgencyKind.POLICE: "Police forces",
    AgencyKind.HEALTH: "Health bodies",
    AgencyKind.CENTRAL_GOVERNMENT: "Departments of central government",
    AgencyKind.OTHER: "Other bodies",
}
"""Kinds of agency as a sentence about many of them names them."""

CAUTION = (
    "Which law each number stands for was worked out from two documents of different years. It is inferred, not stated "
    "in either of them."
)
"""How the numbers of the data-item table came to be read as the numbered list of gateways."""


@dataclass(frozen=True)
class Newer:
    """A law that the source lists leave out, and why it matters to a lawyer who checks them."""

    statute: str
    effect: str


NEWER_LAW = (
    Newer(
        "UK GDPR and Data Protection Act 2018, as amended by the Data (Use and Access) Act 2025",
        "A gateway is not a lawful basis. Every use needs both.",
    ),
    Newer(
        "Digital Economy Act 2017, section 35",
        "Disclosure between named bodies for objectives set in regulations, under a code of practice.",
    ),
    Newer(
        "Police, Crime, Sentencing and Courts Act 2022, section 16",
        "Disclosure for the serious violence duty; not patient information, and no personal information held by "
        "health or social care authorities.",
    ),
    Newer(
        "Children's Wellbeing and Schools Act 2026, section 4",
        "A duty to disclose information relevant to a child's welfare between safeguarding bodies. Check whether it is "
        "in force.",
    ),
)
"""Law that is missing from both source documents; as unverified as the rest (R17)."""
