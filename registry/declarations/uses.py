"""What a version is used for, as a declaration says it: each use is approved on its own (R06, R19, R23, R33, R37)."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from registry.declarations.parts import Code, Day, Line, Part, Sentence, Text
from registry.gateways.values import PURPOSES
from registry.models.decisions import DECISIONS

ADULT = 18
"""The age from which somebody is no longer a child."""


def _known_purpose(code: str) -> str:
    if code not in set(PURPOSES):
        raise ValueError(f"expected one of {', '.join(PURPOSES)}")
    return code


def _allowed_decision(code: str) -> str:
    kind = DECISIONS.get(code)
    if not code:
        raise ValueError("this is empty")
    if kind is None:
        allowed = ", ".join(known.code for known in DECISIONS.values() if not known.excluded)
        raise ValueError(f"expected one of {allowed}")
    if kind.excluded:
        raise ValueError(
            f"no score may inform this decision ({kind.title[:1].lower()}{kind.title[1:]}). {kind.excluded}"
        )
    return code


PurposeKind = Annotated[str, AfterValidator(_known_purpose), WithJsonSchema({"enum": [str(code) for code in PURPOSES]})]
DecisionCode = Annotated[
    str,
    AfterValidator(_allowed_decision),
    WithJsonSchema({"enum": [kind.code for kind in DECISIONS.values() if not kind.excluded]}),
]
Age = Annotated[int, Field(ge=0, le=120)]


class HumanPart(Part):
    """What makes the human involvement real (R06): authority to decide otherwise, time, and other evidence."""

    authority: Text
    time: Text
    other_evidence: Text
    can_change_outcome: Text


class ToldPart(Part):
    """How people are told: by what channel, in which words, since when (R23)."""

    channel: Line
    text: Text
    since: Day = Field(alias="from")


class ExemptionPart(Part):
    """Why people are not told, who approved that, and when it is looked at again (R23)."""

    ground: Text
    approved_by: Line
    review_on: Day


class AgesPart(Part):
    """Whom a score may be about, in whole years (R33)."""

    minimum: Age
    maximum: Age | None = None

    @field_validator("maximum")
    @classmethod
    def _is_not_below(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and value < info.data.get("minimum", 0):
            raise ValueError("the highest age lies below the lowest")
        return value


class UsePart(Part):
    """One use of the version. Exactly one of `told` and `exemption`; `childrens_rights` where children are scored."""

    code: Code
    purpose: Line
    purpose_kinds: Annotated[list[PurposeKind], Field(min_length=1)]
    audience: Line
    agency: Line
    decision: Text
    decision_kind: DecisionCode
    excluded_decisions: list[Sentence] = []
    regime: Literal["uk_gdpr", "part_3"]
    lawful_basis: Line
    special_condition: Line | None = None
    significant: bool
    human: HumanPart
    exemption: ExemptionPart | None = None
    told: Annotated[ToldPart | None, Field(validate_default=True)] = None
    ages: AgesPart
    horizon: Line
    childrens_rights: Annotated[Text | None, Field(validate_default=True)] = None

    @field_validator("purpose_kinds")
    @classmethod
    def _each_once_and_in_order(cls, value: list[str]) -> list[str]:
        return [str(code) for code in PURPOSES if code in value]

    @field_validator("told")
    @classmethod
    def _told_or_exempt(cls, value: ToldPart | None, info: ValidationInfo) -> ToldPart | None:
        if "exemption" not in info.data:  # it has problems of its own
            return value
        exempt = info.data["exemption"] is not None
        if value is None and not exempt:
            raise ValueError("say how people are told, or in exemption why they are not")
        if value is not None and exempt:
            raise ValueError("people are either told or there is an exemption; give one of the two")
        return value

    @field_validator("childrens_rights")
    @classmethod
    def _children_have_rights(cls, value: str | None, info: ValidationInfo) -> Any:
        ages: AgesPart | None = info.data.get("ages")
        if ages is not None and ages.minimum < ADULT and value is None:
            raise ValueError("this use scores people under 18: say how children's rights were assessed")
        return value

    def particulars(self) -> dict[str, Any]:
        """What the use says beyond its own columns, as plain values."""
        return self.model_dump(mode="json", by_alias=True, include=PARTICULARS)


PARTICULARS = {
    "purpose_kinds",
    "decision_kind",
    "lawful_basis",
    "special_condition",
    "human",
    "told",
    "exemption",
    "ages",
    "horizon",
    "childrens_rights",
}
"""The fields of a use that are kept together, as the declaration holds them."""
