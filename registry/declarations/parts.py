"""The small parts that declarations of every kind are made of: texts, people, bands, inputs, data, limits."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from registry.watch_plans.measures import MEASURES, RANGES

CODE, NAME, DIGEST = r"^[a-z0-9]+(-[a-z0-9]+)*$", r"^[A-Za-z_][A-Za-z0-9_]*$", r"^[0-9a-f]{64}$"
LINK = r"^https?://\S+$"


def _is_no_number(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise PydanticCustomError("day", "expected a day, as in 2026-11-30")
    return value


def _in_one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _plain_breaks(value: Any) -> Any:
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


_OneLine = BeforeValidator(_in_one_line)

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    BeforeValidator(_plain_breaks),
]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=4000), _OneLine]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), _OneLine]
Short = Annotated[str, StringConstraints(min_length=1, max_length=40), _OneLine]
Unit = Annotated[str, StringConstraints(min_length=1, max_length=20), _OneLine]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120), _OneLine]
Word = Annotated[str, StringConstraints(max_length=40), _OneLine]
Code = Annotated[str, StringConstraints(pattern=CODE, max_length=60)]
ShortCode = Annotated[str, StringConstraints(pattern=CODE, max_length=20)]
Name = Annotated[str, StringConstraints(pattern=NAME, max_length=80)]
Digest = Annotated[str, StringConstraints(pattern=DIGEST)]
Link = Annotated[str, StringConstraints(pattern=LINK, max_length=400)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Day = Annotated[date, BeforeValidator(_is_no_number)]

RESERVED = frozenset({"register"})
"""Addresses under /models that are pages of their own."""


def wrong(*problems: tuple[tuple[str | int, ...], str]) -> None:
    """Refuse with several sentences, each at its place under the field that is being checked; none is no refusal."""
    found = [
        InitErrorDetails(type=PydanticCustomError("contradiction", "{said}", {"said": said}), loc=at, input=None)
        for at, said in problems
    ]
    if found:
        raise ValidationError.from_exception_data("declaration", found)


def only_once(names: list[str]) -> list[tuple[tuple[str | int, ...], str]]:
    """A problem for each name that stood earlier in the list, at its own position."""
    return [((at,), f"the name {name} appears twice") for at, name in enumerate(names) if name in names[:at]]


def no_page_of_ours(slug: str) -> str:
    """Refuse an address under /models that is a page of the service."""
    if slug in RESERVED:
        raise ValueError(f"the address {slug} is a page of the service; choose another")
    return slug


Slug = Annotated[Code, AfterValidator(no_page_of_ours)]


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

    slug: Slug
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
    groups: list[GroupPart] = []
    baseline_column: Name | None = None
    baseline_name: Line | None = None


class BandPart(Part):
    """A band: from inclusive, to exclusive; the last one includes its end."""

    code: ShortCode
    name: Short
    start: Number = Field(alias="from")
    end: Number = Field(alias="to")


def _bands_follow(bands: list[BandPart]) -> list[BandPart]:
    problems = [((at, "code"), said) for ((at,), said) in only_once([band.code for band in bands])]
    problems += [((at, "to"), "a band ends above where it begins") for at, b in enumerate(bands) if b.start >= b.end]
    for at, (one, other) in enumerate(pairwise(bands), 1):
        if one.end != other.start:
            said = f"bands follow each other without a gap: the one before ends at {one.end:g}"
            problems.append(((at, "from"), said))
    wrong(*problems)
    return bands


Bands = Annotated[list[BandPart], Field(min_length=2, max_length=6), AfterValidator(_bands_follow)]


def check_bands_cover(bands: list[BandPart], low: float, high: float, whole: str) -> None:
    """Refuse bands that begin above the lowest or end below the highest score; `whole` says what they cover."""
    last = len(bands) - 1
    begins = [((0, "from"), f"the bands begin at {bands[0].start:g}, but {whole}")] if bands[0].start > low else []
    ends = [((last, "to"), f"the bands end at {bands[-1].end:g}, but {whole}")] if bands[-1].end < high else []
    wrong(*begins, *ends)


class ItemPart(Part):
    """A data item of the register, by group and name."""

    group: Line
    name: Line


class FeaturePart(Part):
    """One input; a model that was fitted takes them in this order.

    Inputs with the same `concept` are one reason to people (R02): a place of living that became four columns is one
    thing. `usual` is where most of the people it learned from lie, `not_known` the value that stands for "not
    recorded"; a score of somebody outside, or with that value, says so.
    """

    name: Name
    meaning: Sentence
    type: Literal["integer", "number", "yes_no", "category"]
    range: Annotated[tuple[Number, Number] | None, Field(validate_default=True)] = None
    categories: Annotated[dict[Line, Number], Field(validate_default=True)] = {}
    unit: Word = ""
    sentence: Sentence
    sentence_no: Annotated[str, StringConstraints(max_length=4000), _OneLine, Field(validate_default=True)] = ""
    data_item: ItemPart
    about: Literal["person", "relative", "linked"] = "person"
    protected: Annotated[str, StringConstraints(min_length=1, max_length=60), _OneLine] | None = None
    concept: Line | None = None
    usual: tuple[Number, Number] | None = None
    not_known: Number | Line | None = None

    @field_validator("usual")
    @classmethod
    def _most_lie_in_the_range(cls, value: tuple[float, float] | None, info: ValidationInfo) -> Any:
        whole = info.data.get("range")
        if value is not None and (whole is None or not whole[0] <= value[0] < value[1] <= whole[1]):
            raise ValueError("only of a number: the lower one first, both within its range")
        return value

    @field_validator("not_known")
    @classmethod
    def _can_be_given(cls, value: float | str | None, info: ValidationInfo) -> Any:
        listed, whole = info.data.get("categories") or {}, info.data.get("range")
        named = f"{value:g}" if isinstance(value, float) else value
        if named in listed:
            return named
        value = _as_number(value)
        if value is not None and (
            listed or whole is None or not isinstance(value, float) or not _lies_in(value, whole)
        ):
            raise ValueError("this is no value of this input: give one of its list, or a number within its range")
        return value

    @field_validator("range")
    @classmethod
    def _numbers_have_a_range(cls, value: tuple[float, float] | None, info: ValidationInfo) -> Any:
        counted = info.data.get("type") in ("integer", "number")
        if counted and (value is None or value[0] >= value[1]):
            raise ValueError("give a range with the lower number first")
        return value

    @field_validator("categories")
    @classmethod
    def _categories_are_listed(cls, value: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        if info.data.get("type") == "category" and not value:
            raise ValueError("list its categories with the number each is encoded as")
        return value

    @field_validator("sentence_no")
    @classmethod
    def _a_no_has_words(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("type") == "yes_no" and not value:
            raise ValueError("say in sentence_no how it reads when the answer is no")
        return value


def _as_number(value: float | str | None) -> float | str | None:
    """What was typed into a form as the number it is, if it is one."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _lies_in(value: float, whole: tuple[float, float]) -> bool:
    return whole[0] <= value <= whole[1]


def _features_differ(features: list[FeaturePart]) -> list[FeaturePart]:
    wrong(*(((at, "name"), said) for ((at,), said) in only_once([feature.name for feature in features])))
    whose = {feature.concept: feature.about for feature in reversed(features)}
    said = "every input of a concept is about the same one: the person, a relative or somebody linked"
    wrong(*(((at, "concept"), said) for at, f in enumerate(features) if f.concept and f.about != whose[f.concept]))
    return features


Features = Annotated[list[FeaturePart], Field(min_length=1, max_length=500), AfterValidator(_features_differ)]
KnownFeatures = Annotated[list[FeaturePart], Field(max_length=500), AfterValidator(_features_differ)]


class ThresholdPart(Part):
    """A limit the committee approves with the model; breaching it has the stated consequence (R12)."""

    measure: Literal[
        "score_drift",
        "band_shift",
        "input_drift_share",
        "missing_share",
        "unseen_categories",
        "out_of_range_share",
        "label_rate_change",
        "precision_floor",
        "recall_floor",
        "calibration_gap",
        "erratic",
        "miss_rate_gap",
        "false_alarm_gap",
        "selection_gap",
        "explanation_shift",
        "flags_over_capacity",
        "override_rate",
        "agreement_ceiling",
        "refusal_share",
    ]
    at: Number
    action: Literal["warn", "refer", "suspend"]

    @field_validator("at")
    @classmethod
    def _lies_in_its_range(cls, value: float, info: ValidationInfo) -> float:
        measured = MEASURES.get(info.data.get("measure", ""))
        if measured is None:  # the measure has a problem of its own
            return value
        low, high = RANGES[measured.kind]
        whole = "a whole number" if measured.kind == "count" else "a number"
        if not low <= value <= high or (measured.kind == "count" and value != int(value)):
            raise ValueError(f"a limit on {measured.words} is {whole} from {low:g} to {high:g}")
        return value


def _measures_differ(limits: list[ThresholdPart]) -> list[ThresholdPart]:
    wrong(*(((at, "measure"), said) for ((at,), said) in only_once([limit.measure for limit in limits])))
    return limits


class WindowPart(Part):
    """Whom a watch looks at: everybody scored in so many days, or the newest so many people; one of the two."""

    days: Annotated[int, Field(ge=1, le=366)] | None = None
    people: Annotated[Annotated[int, Field(ge=10, le=1_000_000)] | None, Field(validate_default=True)] = None

    @field_validator("people")
    @classmethod
    def _one_of_the_two(cls, value: int | None, info: ValidationInfo) -> int | None:
        if "days" in info.data and (value is None) == (info.data["days"] is None):
            raise ValueError("give either days or people")
        return value


class WatchPart(Part):
    """How the model is watched: its first plan, which the committee approves with it (R12).

    Left out, `minimum_outcomes` is `minimum_rows`, the window 30 days and the cadence nightly.
    """

    minimum_rows: Annotated[int, Field(ge=10)]
    minimum_outcomes: Annotated[int, Field(ge=10)] | None = None
    stale_after_days: Annotated[int, Field(ge=1)]
    window: WindowPart | None = None
    cadence: Literal["nightly", "weekly", "monthly"] | None = None
    capacity_per_week: Annotated[int, Field(ge=1)] | None = None
    thresholds: Annotated[list[ThresholdPart], Field(min_length=1), AfterValidator(_measures_differ)]

    @field_validator("window")
    @classmethod
    def _holds_a_batch(cls, value: WindowPart | None, info: ValidationInfo) -> WindowPart | None:
        if value is not None and value.people is not None and value.people < info.data.get("minimum_rows", 0):
            wrong((("people",), "a window of so few people never holds the rows a watch needs at least"))
        return value

    @field_validator("thresholds")
    @classmethod
    def _capacity_is_known(cls, value: list[ThresholdPart], info: ValidationInfo) -> list[ThresholdPart]:
        if "capacity_per_week" in info.data and info.data["capacity_per_week"] is None:
            said = "say in capacity_per_week how many people a week staff can act on"
            wrong(*(((at, "at"), said) for at, one in enumerate(value) if one.measure == "flags_over_capacity"))
        return value
