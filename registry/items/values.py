"""What a data item is: whose data, about what, how sensitive, how fresh, and what it is shared under (R16, R34)."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from registry.catalogue.entries import Code, Days, Entry, Line, Note


class Subjects(StrEnum):
    """Whose data it is, or whose data a provision opens."""

    ANYBODY = "anybody"
    ADULTS = "adults"
    CARERS = "carers"
    CHILDREN = "children"
    YOUNG_CHILDREN = "young_children"
    PUPILS = "pupils"
    CARE_LEAVERS = "care_leavers"
    OFFENDERS = "offenders"
    VICTIMS = "victims"
    CLAIMANTS = "claimants"


SUBJECTS = {
    Subjects.ANYBODY: "anybody",
    Subjects.ADULTS: "adults",
    Subjects.CARERS: "carers",
    Subjects.CHILDREN: "children",
    Subjects.YOUNG_CHILDREN: "young children",
    Subjects.PUPILS: "pupils",
    Subjects.CARE_LEAVERS: "care leavers",
    Subjects.OFFENDERS: "specified offenders",
    Subjects.VICTIMS: "victims",
    Subjects.CLAIMANTS: "benefit claimants",
}
"""Whose data, in words, by stored code."""

WITHIN: dict[Subjects, frozenset[Subjects]] = {
    Subjects.YOUNG_CHILDREN: frozenset({Subjects.CHILDREN}),
    Subjects.PUPILS: frozenset({Subjects.CHILDREN}),
    Subjects.CARERS: frozenset({Subjects.ADULTS}),
    Subjects.CLAIMANTS: frozenset({Subjects.ADULTS}),
}
"""Which people are always among which wider group."""


class Matter(StrEnum):
    """What the data is about, as far as the law asks."""

    CRIME = "crime"
    ANTISOCIAL_BEHAVIOUR = "antisocial_behaviour"
    DOMESTIC_ABUSE = "domestic_abuse"
    HEALTH = "health"
    SOCIAL_SECURITY = "social_security"
    EDUCATION = "education"
    SOCIAL_CARE = "social_care"
    HOUSING = "housing"
    MISSING = "missing"
    REFERRAL = "referral"
    SCORE = "score"
    OTHER = "other"


MATTERS = {
    Matter.CRIME: "Crime",
    Matter.ANTISOCIAL_BEHAVIOUR: "Antisocial behaviour",
    Matter.DOMESTIC_ABUSE: "Domestic abuse",
    Matter.HEALTH: "Health, including treatment for drugs or alcohol",
    Matter.SOCIAL_SECURITY: "Social security",
    Matter.EDUCATION: "Education",
    Matter.SOCIAL_CARE: "Social care",
    Matter.HOUSING: "Housing",
    Matter.MISSING: "Going missing",
    Matter.REFERRAL: "A referral by a professional",
    Matter.SCORE: "The result of a risk model",
    Matter.OTHER: "Something else",
}
"""Matters in words, by stored code."""


class Sensitivity(StrEnum):
    """How data protection law ranks the data; inferred: the value lets a special category be guessed (R34)."""

    NOT_STATED = "not_stated"
    ORDINARY = "ordinary"
    SPECIAL_CATEGORY = "special_category"
    CRIMINAL_OFFENCE = "criminal_offence"
    INFERRED = "inferred"


SENSITIVITIES = {
    Sensitivity.NOT_STATED: "Not stated",
    Sensitivity.ORDINARY: "Ordinary personal data",
    Sensitivity.SPECIAL_CATEGORY: "Special category data",
    Sensitivity.CRIMINAL_OFFENCE: "Criminal offence data",
    Sensitivity.INFERRED: "Special category data by inference",
}
"""Sensitivities in words, by stored code."""


class Origin(BaseModel):
    """The line of the file an item came from, as it was typed (R51)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run_id: int
    row: int
    original: Note


class ItemEntry(Entry):
    """A data item, keyed by group and name: six items share the name "Other Professional Referral" (R51).

    `sources` are codes of agencies or of their systems; `gateways` numbers of the provisions it is said to be shared
    under. `made_from` are the data items a risk model's result is known to be made from (R38). Days are whole days.
    """

    id: Annotated[int, Field(ge=0)] = 0
    group: Annotated[Line, Field(max_length=80)]
    name: Annotated[Line, Field(max_length=120)]
    sources: Annotated[tuple[Code, ...], Field(min_length=1)]
    gateways: tuple[int, ...] = ()
    subjects: tuple[Subjects, ...] = (Subjects.ANYBODY,)
    matter: Matter = Matter.OTHER
    sensitivity: Sensitivity = Sensitivity.NOT_STATED
    refresh_days: Days | None = None
    stale_after_days: Days | None = None
    retention: Annotated[str, Field(max_length=400)] = ""
    made_from: tuple[int, ...] = ()
    note: Note = ""
    origin: Origin | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> "ItemEntry":
        for field, values in (("sources", self.sources), ("gateways", self.gateways)):
            if len(set(values)) < len(values):
                raise ValueError(f"{field}: one is given twice")
        if self.refresh_days and self.stale_after_days and self.stale_after_days < self.refresh_days:
            raise ValueError("stale_after_days: data would be stale before it is refreshed")
        if self.id and self.id in self.made_from:
            raise ValueError("made_from: an item is not made from itself")
        return self

    @property
    def key(self) -> str:
        """The number as a revision's key."""
        return str(self.id)

    @property
    def title(self) -> str:
        """Group and name, as people tell items apart."""
        return f"{self.group}: {self.name}"

    @property
    def subjects_text(self) -> str:
        """Whose data, in words."""
        return ", ".join(SUBJECTS[one] for one in self.subjects)

    @property
    def sensitivity_text(self) -> str:
        """How sensitive it is, in words."""
        return SENSITIVITIES[self.sensitivity]
