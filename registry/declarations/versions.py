"""One version of a model, by its kind: a fitted model, a point score, or a score that a supplier computes."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from registry.declarations.parts import (
    BandPart,
    Bands,
    Day,
    Digest,
    EvaluationPart,
    Features,
    KnownFeatures,
    Line,
    Number,
    Part,
    Sentence,
    Share,
    Text,
    Title,
    Unit,
    check_bands_cover,
)
from registry.declarations.points import PointsPart, check_against_features, find_reach


class ArtefactPart(Part):
    """The model file beside this one."""

    file: Line
    sha256: Digest | None = None


class ExplanationPart(Part):
    """How scores are explained; part of what is approved."""

    method: Literal["tree_path_dependent", "linear"]


class TrainingPart(Part):
    """The data the model learned from, fixed by its digest (R03)."""

    description: Text
    file: Line | None = None
    sha256: Digest
    rows: Annotated[int, Field(gt=0)]


class VersionPart(Part):
    """What every version declares, whatever computes its scores."""

    label: Line
    limits: Annotated[list[Sentence], Field(min_length=1)]
    cannot_know: Annotated[list[Sentence], Field(min_length=1)]
    challenge_route: Text


class ScikitLearnVersion(VersionPart):
    """A model fitted with scikit-learn: its artefact, the data behind it, and scores from 0 to 1."""

    kind: Literal["scikit-learn"]
    artefact: ArtefactPart
    explanation: ExplanationPart
    training_data: TrainingPart
    evaluation_data: EvaluationPart
    operating_threshold: Share
    bands: Bands
    features: Features

    @field_validator("bands")
    @classmethod
    def _bands_reach_from_0_to_1(cls, value: list[BandPart]) -> list[BandPart]:
        check_bands_cover(value, 0, 1, "they go from 0 to 1")
        if value[0].start < 0 or value[-1].end > 1:
            raise ValueError("the bands go from 0 to 1")
        return value

    @property
    def method(self) -> str:
        """How scores are explained."""
        return self.explanation.method

    @property
    def unit(self) -> str:
        """What a score counts, before the engine has looked into the artefact."""
        return "probability"


class PointScoreVersion(VersionPart):
    """A score added up from declared points. Bands and the threshold are in points; figures need evaluation data."""

    kind: Literal["point-score"]
    features: Features
    points: Annotated[PointsPart, AfterValidator(check_against_features)]
    operating_threshold: Number
    bands: Bands
    evaluation_data: EvaluationPart | None = None

    @field_validator("operating_threshold")
    @classmethod
    def _can_be_reached(cls, value: float, info: ValidationInfo) -> float:
        if reach := _reach(info):
            low, high = reach
            if not low < value <= high:
                raise ValueError(
                    f"the points add up to {low:g} at least and {high:g} at most: nobody or everybody is flagged"
                )
        return value

    @field_validator("bands")
    @classmethod
    def _bands_cover_every_total(cls, value: list[BandPart], info: ValidationInfo) -> list[BandPart]:
        if reach := _reach(info):
            low, high = reach
            check_bands_cover(value, low, high, f"the points add up to {low:g} at least and {high:g} at most")
        return value

    @property
    def method(self) -> str:
        """How scores are explained: by the points themselves."""
        return "points"

    @property
    def unit(self) -> str:
        """What a score counts."""
        return "points"


def _reach(info: ValidationInfo) -> tuple[float, float] | None:
    if "points" not in info.data or "features" not in info.data:
        return None
    return find_reach(info.data["points"], info.data["features"])


class SupplierPart(Part):
    """Who makes the score and what the contract lets the partnership see (R48). An upgrade is a new version."""

    name: Title
    product: Title
    contact: Line
    access_to_code: Text
    audit_rights: Text
    upgrade_notice_days: Annotated[int, Field(ge=0, le=3650)]
    restrictions: Text
    contract_ends_on: Day | None = None


class ScalePart(Part):
    """The numbers the supplier's scores can be."""

    low: Number
    high: Number
    unit: Unit

    @field_validator("high")
    @classmethod
    def _lies_above(cls, value: float, info: ValidationInfo) -> float:
        if value <= info.data.get("low", value - 1):
            raise ValueError("the highest score lies above the lowest")
        return value


class SuppliedVersion(VersionPart):
    """A score that somebody else computes. Inputs are listed as far as they are known."""

    kind: Literal["supplied"]
    supplier: SupplierPart
    scale: ScalePart
    operating_threshold: Number
    bands: Bands
    features: KnownFeatures = []
    inputs_not_disclosed: Annotated[Text | None, Field(validate_default=True)] = None

    @field_validator("operating_threshold")
    @classmethod
    def _lies_on_the_scale(cls, value: float, info: ValidationInfo) -> float:
        scale: ScalePart | None = info.data.get("scale")
        if scale is not None and not scale.low < value <= scale.high:
            raise ValueError(f"this lies outside the scale, above {scale.low:g} and up to {scale.high:g}")
        return value

    @field_validator("bands")
    @classmethod
    def _bands_cover_the_scale(cls, value: list[BandPart], info: ValidationInfo) -> list[BandPart]:
        scale: ScalePart | None = info.data.get("scale")
        if scale is not None:
            check_bands_cover(value, scale.low, scale.high, f"the scale goes from {scale.low:g} to {scale.high:g}")
        return value

    @field_validator("inputs_not_disclosed")
    @classmethod
    def _inputs_are_known_or_kept(cls, value: str | None, info: ValidationInfo) -> Any:
        if value is None and info.data.get("features") == []:
            raise ValueError("list the inputs, or say here what the supplier does not disclose")
        return value

    @property
    def method(self) -> str:
        """How scores are explained: as the supplier does."""
        return "supplied"

    @property
    def unit(self) -> str:
        """What a score counts, as declared."""
        return self.scale.unit


AnyVersion = Annotated[ScikitLearnVersion | PointScoreVersion | SuppliedVersion, Field(discriminator="kind")]

KINDS: dict[str, type[VersionPart]] = {
    "scikit-learn": ScikitLearnVersion,
    "point-score": PointScoreVersion,
    "supplied": SuppliedVersion,
}
"""Every kind of version by its code."""

KIND_TITLES = {
    "scikit-learn": "a model fitted with scikit-learn",
    "point-score": "a point score",
    "supplied": "a score from a supplier",
}
"""Kinds as a sentence names them."""
