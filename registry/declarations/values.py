"""The declarative file that describes an entry of the register completely: schema `algocare/model/2`.

One file is either a model that is registered here, of any kind, or an entry about a model that runs elsewhere or ran
once. Unknown fields, empty texts, bands with a gap and contradictions are refused; each problem names its field.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator

from foundation.errors import Invalid
from registry.declarations.parts import (
    Day,
    EvaluationPart,
    Line,
    Link,
    ModelPart,
    Part,
    Slug,
    Text,
    Title,
    WatchPart,
    only_once,
    wrong,
)
from registry.declarations.problems import find_unprintable, place_of, sentence_of
from registry.declarations.uses import UsePart
from registry.declarations.versions import AnyVersion, PointScoreVersion, ScikitLearnVersion, SuppliedVersion

SCHEMA = "algocare/model/2"
"""The schema that is read. What was registered under an earlier one stays readable on pages."""

OUTDATED = (
    "this file is of schema algocare/model/1, and the register asks for more now. Write algocare/model/2 and say in "
    "each use, in place of human_involvement and notice: purpose_kinds, decision_kind, lawful_basis, human (authority, "
    "time, other_evidence, can_change_outcome), told (channel, text, from) or exemption, ages, horizon, and "
    "childrens_rights if anybody scored is under 18"
)
"""What a file of the first schema lacks."""


def _codes_differ(uses: list[UsePart]) -> list[UsePart]:
    wrong(*(((at, "code"), said) for ((at,), said) in only_once([use.code for use in uses])))
    return uses


class Declaration(Part):
    """A model with one version, its uses and how it is watched."""

    schema_: Literal["algocare/model/2"] = Field(alias="schema")
    model: ModelPart
    version: AnyVersion
    uses: Annotated[list[UsePart], Field(min_length=1), AfterValidator(_codes_differ)]
    watch: Annotated[WatchPart | None, Field(validate_default=True)] = None

    @field_validator("watch")
    @classmethod
    def _what_is_fitted_is_watched(cls, value: WatchPart | None, info: ValidationInfo) -> WatchPart | None:
        if value is None and isinstance(info.data.get("version"), ScikitLearnVersion):
            raise ValueError("a fitted model is watched: give minimum_rows, stale_after_days and thresholds")
        return value

    @property
    def slug(self) -> str:
        """The address of the model."""
        return self.model.slug

    @property
    def fitted(self) -> ScikitLearnVersion | None:
        """The version if it is a fitted model, with an artefact to load."""
        return self.version if isinstance(self.version, ScikitLearnVersion) else None

    @property
    def own_part(self) -> dict[str, Any]:
        """Of a version without an artefact, the plain values that stand for it: its points or its supplier.

        Points stand alone: a category that a rule names is its number.
        """
        if isinstance(self.version, PointScoreVersion):
            return self.version.points.encoded(self.version.features).model_dump(mode="json", by_alias=True)
        supplier: dict[str, Any] = self.to_dict()["version"]["supplier"]
        return supplier

    @property
    def evaluation(self) -> EvaluationPart | None:
        """The evaluation data, or none."""
        return None if isinstance(self.version, SuppliedVersion) else self.version.evaluation_data

    def to_dict(self) -> dict[str, Any]:
        """The declaration as it is stored and written back: only plain values, the file's own names."""
        return self.model_dump(mode="json", by_alias=True)


class ElsewherePart(Part):
    """A model that somebody else runs, or that runs no longer: what is known of it, and from where (R14, R42)."""

    slug: Slug
    name: Title
    summary: Text
    purpose: Text
    operator: Line
    source: Text
    source_link: Link | None = None
    checked_on: Day
    status: Literal["in_use", "paused", "retired", "refused", "unknown"]
    ended_on: Day | None = None
    reason: Annotated[Text | None, Field(validate_default=True)] = None

    @field_validator("reason")
    @classmethod
    def _an_end_has_a_reason(cls, value: str | None, info: ValidationInfo) -> str | None:
        status = info.data.get("status")
        if value is None and status in ("retired", "refused"):
            raise ValueError(f"say why it was {status}")
        return value

    @field_validator("ended_on")
    @classmethod
    def _only_what_ended_has_an_end(cls, value: Any, info: ValidationInfo) -> Any:
        if value is not None and info.data.get("status") in ("in_use", "paused"):
            raise ValueError("what is in use or paused has not ended")
        return value


class Elsewhere(Part):
    """A file about a model that is not held here."""

    schema_: Literal["algocare/model/2"] = Field(alias="schema")
    elsewhere: ElsewherePart

    @property
    def slug(self) -> str:
        """The address of the entry."""
        return self.elsewhere.slug

    def to_dict(self) -> dict[str, Any]:
        """The entry as plain values, the file's own names."""
        return self.model_dump(mode="json", by_alias=True)


STATUS_TITLES = {
    "in_use": "In use",
    "paused": "Paused",
    "retired": "No longer used",
    "refused": "Refused: it was proposed and turned down",
    "unknown": "Not known",
}
"""How a model elsewhere stands, in words."""


def read_declaration(data: Any, file: str) -> Declaration:
    """A parsed file about a model that is registered here; every problem is listed with the field it stands at."""
    found = read_any(data, file)
    if isinstance(found, Elsewhere):
        said = "this is about a model elsewhere; a model that is registered here has model, version and uses"
        raise Invalid(f"{file}: {said}", problems={"elsewhere": said}, code="declaration_invalid")
    return found


def read_any(data: Any, file: str) -> Declaration | Elsewhere:
    """A parsed file of either shape. Refused with every problem at its field; schema 1 with what it lacks."""
    if not isinstance(data, dict):
        raise Invalid(f"{file}: expected the fields schema, model, version, uses and watch, or schema and elsewhere.")
    problems = dict.fromkeys(find_unprintable(data), "this holds a character that cannot be printed")
    if data.get("schema") == "algocare/model/1":
        problems["schema"] = OUTDATED
    if not problems:
        try:
            return (Elsewhere if "elsewhere" in data else Declaration).model_validate(data)
        except ValidationError as error:
            problems = _listed(error, data)
    listed = "; ".join(f"{place}: {message}" for place, message in problems.items())
    raise Invalid(f"{file}: {listed}", problems=problems, code="declaration_invalid")


def _listed(error: ValidationError, data: Mapping[str, Any]) -> dict[str, str]:
    problems: dict[str, str] = {}
    for one in error.errors():
        place, said = place_of(one), sentence_of(one, data)
        problems[place] = f"{problems[place]}; {said}" if place in problems else said
    return problems
