"""The declarative file that describes a model completely: schema `algocare/model/1`.

Unknown fields, empty texts, bands with a gap and thresholds outside 0 to 1 are refused; each problem names its field.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from foundation.errors import Invalid

SCHEMA = "algocare/model/1"
"""The only schema there is so far."""

RESERVED = frozenset({"register"})
"""Addresses under /models that are pages of their own."""

CODE, NAME, DIGEST = r"^[a-z0-9]+(-[a-z0-9]+)*$", r"^[A-Za-z_][A-Za-z0-9_]*$", r"^[0-9a-f]{64}$"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Code = Annotated[str, StringConstraints(pattern=CODE, max_length=60)]
ShortCode = Annotated[str, StringConstraints(pattern=CODE, max_length=20)]
Name = Annotated[str, StringConstraints(pattern=NAME, max_length=80)]
Digest = Annotated[str, StringConstraints(pattern=DIGEST)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters and half characters: no database stores them, no page shows them."""


class Part(BaseModel):
    """Base of every part of the file: what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Outcome(Part):
    """What the model predicts, and where its labels come from (R30)."""

    name: Line
    definition: Text
    horizon: Line
    label_source: Text
    caution: Text


class Expert(Part):
    """The person who can explain and defend the model (ALGO-CARE EXP-2, R03)."""

    name: Line
    role: Line
    contact: Line


class CodeReference(Part):
    """Where the source code is, and which revision of it (R03)."""

    location: Line
    revision: Line


class ModelPart(Part):
    """What the model is, whoever made it and whatever version."""

    slug: Code
    name: Title
    summary: Text
    purpose: Text
    population: Text
    outcome: Outcome
    agency: Line
    owner: Line
    deputy: Line
    named_expert: Expert
    code_reference: CodeReference

    @field_validator("slug")
    @classmethod
    def _is_no_page_of_ours(cls, slug: str) -> str:
        if slug in RESERVED:
            raise ValueError(f"the address {slug} is a page of the service; choose another")
        return slug


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


class GroupPart(Part):
    """A column of the evaluation file by which error rates are compared (R15)."""

    column: Name
    name: Line
    protected: Line


class EvaluationPart(Part):
    """The held-out data on which the platform measures the model itself (R04)."""

    description: Text
    file: Line
    sha256: Digest
    rows: Annotated[int, Field(gt=0)]
    outcome_column: Name
    groups: list[GroupPart]
    baseline_column: Name | None = None
    baseline_name: Line | None = None


class BandPart(Part):
    """A band: from inclusive, to exclusive."""

    code: ShortCode
    name: Short
    start: Share = Field(alias="from")
    end: Share = Field(alias="to")


class ItemPart(Part):
    """A data item of the register, by group and name."""

    group: Line
    name: Line


class FeaturePart(Part):
    """One input in the order the artefact was fitted with."""

    name: Name
    meaning: Text
    sentence: Text
    sentence_no: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""
    type: Literal["integer", "number", "yes_no", "category"]
    range: tuple[Number, Number] | None = None
    categories: dict[Line, Number] = {}
    unit: Word = ""
    data_item: ItemPart
    about: Literal["person", "relative", "linked"] = "person"
    protected: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] | None = None

    @model_validator(mode="after")
    def _values_are_declared(self) -> "FeaturePart":
        if self.type in ("integer", "number"):
            if self.range is None or self.range[0] >= self.range[1]:
                raise ValueError(f"feature {self.name}: give a range with the lower number first")
        elif self.type == "category" and not self.categories:
            raise ValueError(f"feature {self.name}: list its categories with the number each is encoded as")
        elif self.type == "yes_no" and not self.sentence_no:
            raise ValueError(f"feature {self.name}: say in sentence_no how it reads when the answer is no")
        return self


class VersionPart(Part):
    """One version of the model."""

    label: Line
    kind: Literal["scikit-learn"]
    artefact: ArtefactPart
    explanation: ExplanationPart
    training_data: TrainingPart
    evaluation_data: EvaluationPart
    operating_threshold: Share
    bands: Annotated[list[BandPart], Field(min_length=2, max_length=6)]
    features: Annotated[list[FeaturePart], Field(min_length=1, max_length=500)]
    limits: Annotated[list[Text], Field(min_length=1)]
    cannot_know: Annotated[list[Text], Field(min_length=1)]
    challenge_route: Text

    @model_validator(mode="after")
    def _bands_and_features_fit(self) -> "VersionPart":
        edges = [(band.start, band.end) for band in self.bands]
        touching = all(one[1] == other[0] for one, other in pairwise(edges))
        if edges[0][0] != 0 or edges[-1][1] != 1 or not touching or any(a >= b for a, b in edges):
            raise ValueError("bands: they must follow each other from 0 to 1 without a gap")
        for what, names in (("bands", [b.code for b in self.bands]), ("features", [f.name for f in self.features])):
            doubled = sorted({name for name in names if names.count(name) > 1})
            if doubled:
                raise ValueError(f"{what}: the name {', '.join(doubled)} appears twice")
        return self


class UsePart(Part):
    """What the version is for; each use is approved on its own (R06, R19, R23, R24, R37)."""

    code: Code
    purpose: Line
    audience: Line
    agency: Line
    decision: Text
    regime: Literal["uk_gdpr", "part_3"]
    significant: bool
    human_involvement: Text
    notice: Text
    excluded_decisions: list[Text] = []


class ThresholdPart(Part):
    """A limit the committee approves with the model; breaching it has the stated consequence (R12)."""

    measure: Literal[
        "score_drift", "input_drift_share", "missing_share", "unseen_categories", "precision_floor", "miss_rate_gap"
    ]
    at: Number
    action: Literal["warn", "refer", "suspend"]


class WatchPart(Part):
    """How the model is watched."""

    minimum_rows: Annotated[int, Field(ge=10)]
    stale_after_days: Annotated[int, Field(ge=1)]
    thresholds: Annotated[list[ThresholdPart], Field(min_length=1)]


class Declaration(Part):
    """The whole file."""

    schema_: Literal["algocare/model/1"] = Field(alias="schema")
    model: ModelPart
    version: VersionPart
    uses: Annotated[list[UsePart], Field(min_length=1)]
    watch: WatchPart

    @model_validator(mode="after")
    def _nothing_is_given_twice(self) -> "Declaration":
        measures: list[str] = [threshold.measure for threshold in self.watch.thresholds]
        for what, names in (("uses", [use.code for use in self.uses]), ("watch.thresholds", measures)):
            doubled = sorted({name for name in names if names.count(name) > 1})
            if doubled:
                raise ValueError(f"{what}: the name {', '.join(doubled)} appears twice")
        return self

    def to_dict(self) -> dict[str, Any]:
        """The declaration as it is stored and written back: only plain values, the file's own names."""
        return self.model_dump(mode="json", by_alias=True)


SENTENCES = {
    "missing": "this field is missing",
    "extra_forbidden": "the schema has no such field; check its spelling",
    "string_type": "expected text",
    "string_too_short": "this is empty",
    "string_too_long": "this is longer than {max_length} characters",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "finite_number": "expected a number",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "bool_type": "expected yes or no",
    "bool_parsing": "expected yes or no",
    "list_type": "expected a list",
    "model_type": "expected fields with their values",
    "literal_error": "expected {expected}",
    "too_short": "give at least {min_length}",
    "too_long": "give at most {max_length}",
    "greater_than": "this must be more than {gt:g}",
    "greater_than_equal": "this must be {ge:g} or more",
    "less_than_equal": "this must be {le:g} or less",
}
"""How the most frequent mistakes read; the others keep the words of the checking library."""

PATTERNS = {
    CODE: "use small letters, digits and hyphens, as in return-to-custody",
    NAME: "use letters, digits and underscores, as in earlier_convictions",
    DIGEST: "expected a SHA-256, 64 digits from 0 to f",
}
"""How a code, a column's name and a digest are written."""


def read_declaration(data: Any, file: str) -> Declaration:
    """Check a parsed file; every problem is listed with the field it stands at."""
    if not isinstance(data, dict):
        raise Invalid(f"{file}: expected the fields schema, model, version, uses and watch.")
    problems = {_place(at): "this holds a character that cannot be printed" for at in _unprintable(data)}
    if not problems:
        try:
            return Declaration.model_validate(data)
        except ValidationError as error:
            problems = {_place(one["loc"]): _sentence(one) for one in error.errors()}
    listed = "; ".join(f"{place}: {message}" for place, message in problems.items())
    raise Invalid(f"{file}: {listed}", problems=problems, code="declaration_invalid")


def _sentence(error: ErrorDetails) -> str:
    if error["type"] == "string_pattern_mismatch":
        return PATTERNS[error["ctx"]["pattern"]]
    words = SENTENCES.get(error["type"], error["msg"].removeprefix("Value error, "))
    return words.format(**error["ctx"]) if error["type"] in SENTENCES and "ctx" in error else words


def _unprintable(value: Any, at: tuple[int | str, ...] = ()) -> Iterator[tuple[int | str, ...]]:
    if isinstance(value, str) and UNPRINTABLE.search(value):
        yield at
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from _unprintable(one, (*at, position))
    elif isinstance(value, dict):
        for name, one in value.items():
            if UNPRINTABLE.search(name):
                yield (*at, ascii(name))
            else:
                yield from _unprintable(one, (*at, name))


def _place(location: tuple[int | str, ...]) -> str:
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.lstrip(".").removeprefix("schema_") or "declaration"
