"""What is sent to the API and what it answers. The description of the API is made from these, and bodies are held to
them: types are strict and unknown fields refused."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from model_runtime.judgements.values import View

REFERENCE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
CODE = r"^[a-z0-9][a-z0-9-]{0,79}$"
FACT = r"^[A-Za-z_][A-Za-z0-9_]{0,79}$"
AGENCY = r"^[A-Za-z0-9-]{1,12}$"
MOST_PEOPLE = 100
MOST_REFUSALS = 100
LONGEST_TEXT = 4000

LONGEST_VALUE = 200


def _given(value: Any) -> Any:
    """A field that may be left out is not sent as null: two ways of saying nothing are one too many."""
    if value is None:
        raise PydanticCustomError("null", "Leave the field out instead of sending null")
    return value


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and len(value) == 10 and value.isascii():
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("not_a_day", "Expected a day such as 2026-11-14")


def _value(value: Any) -> Any:
    """A number or the code of a category; what the model declares is asked later."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise PydanticCustomError("not_a_value", "Expected a number or the code of a category")
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        raise PydanticCustomError("too_long", "Expected at most 200 letters")
    return value


PersonReference = Annotated[
    str, Field(pattern=REFERENCE, description="A person's reference in the case system; never a name.")
]
Purpose = Annotated[str, Field(pattern=CODE, description="The code of a use, such as resettlement-support.")]
Slug = Annotated[
    Annotated[str, Field(pattern=CODE)] | None,
    BeforeValidator(_given),
    WithJsonSchema({"type": "string", "pattern": CODE, "description": "The model, as in the address of its page."}),
]
MaybePerson = Annotated[
    Annotated[str, Field(pattern=REFERENCE)] | None,
    BeforeValidator(_given),
    WithJsonSchema({"type": "string", "pattern": REFERENCE, "description": "A person's reference; never a name."}),
]
DAY = {"type": "string", "format": "date", "description": "A day, as 2026-11-14."}
MaybeSource = Annotated[
    Annotated[str, Field(pattern=AGENCY)] | None,
    BeforeValidator(_given),
    WithJsonSchema({"type": "string", "pattern": AGENCY, "description": "The code of a source of the register."}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema(DAY)]
MaybeDay = Annotated[date | None, BeforeValidator(_day), WithJsonSchema(DAY)]
Value = Annotated[
    Any,
    BeforeValidator(_value),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "maxLength": LONGEST_VALUE}]}),
]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Asked(BaseModel):
    """What is sent: strict types, no unknown field."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Given(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid")


class GateAsked(Asked):
    """Which score would be asked for; without a person only what is about the use and the reader is looked at."""

    purpose: Purpose
    person_reference: MaybePerson = None
    model: Slug = None


class GateCheck(Given):
    """One check of the gate; the sentence says nothing about the person."""

    code: str
    title: str
    passes: bool
    sentence: str


class GateGiven(Given):
    """Whether a score would be given now, and every check in its order."""

    open: bool
    purpose: str
    model: str | None
    person_reference: str | None
    checks: list[GateCheck]


class ScoreAsked(Asked):
    """Whom an advisory score is asked about, and for what."""

    person_reference: PersonReference
    purpose: Purpose
    model: Slug = None


class BandGiven(Given):
    """A view somebody can have of a person before they see the score."""

    code: str
    name: str


class ScoreGiven(Given):
    """An advisory score, or why it is not shown: `score` is whole, with its label, reasons and limits, or null.

    Where the reader's own view comes first, `own_views` are those they can choose from.
    """

    reference: str
    status: Literal["shown", "recorded_in_shadow", "judgement_first"]
    sentence: str
    what_next: list[str]
    own_views: list[BandGiven]
    score: dict[str, Any] | None


class JudgementAsked(Asked):
    """What somebody makes of a score, in their own words."""

    view: Annotated[Literal["agree", "disagree", "not_used"], Field(description="What they make of it.")]
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, description="Why, in their own words.")]
    action: Annotated[str, Field(max_length=LONGEST_TEXT, description="What they will do.")] = ""


class FirstViewAsked(Asked):
    """What somebody thinks of the person before they see the score: one of `own_views`, and why."""

    band: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$", description="The code of one of own_views.")]
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, description="Why, in their own words.")]


class JudgementGiven(Given):
    """A judgement that was recorded; its words are not repeated."""

    score: str
    view: View
    at: datetime


class RefusalGiven(Given):
    """Something that was asked for and not given. The person is named to people who work with them."""

    number: int
    reference: str
    at: datetime
    purpose: str
    person_reference: str | None
    code: str
    title: str
    sentence: str
    what_next: list[str]


class RefusalsAsked(Asked):
    """Which page of refusals: those before the number `before`, at most `limit` of them."""

    before: Annotated[Number | None, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 2**31 - 1})] = None
    limit: Annotated[int, Field(ge=1, le=MOST_REFUSALS)] = MOST_REFUSALS


class RefusalsGiven(Given):
    """A page of refusals, the newest first; `before` asks for the next page, or there is none."""

    refusals: list[RefusalGiven]
    before: int | None


class PersonAsked(Asked):
    """A person and what is known about them: numbers (yes and no as 1 and 0) and declared categories."""

    reference: PersonReference
    born_on: MaybeDay = None
    facts: Annotated[
        dict[Annotated[str, Field(pattern=FACT)], Value],
        Field(max_length=200, description="Each fact by the name a model declares for it."),
    ]


class PeopleAsked(Asked):
    """Facts about people, as of a day, from a source of the system's agency."""

    source: Annotated[str, Field(pattern=AGENCY, description="The code of a source of the register.")]
    as_of: Day
    people: Annotated[list[PersonAsked], Field(min_length=1, max_length=MOST_PEOPLE)]


class PeopleGiven(Given):
    """How many people facts were recorded about."""

    people: int


class CohortAsked(Asked):
    """What a run is for, as of which day the facts are, and their source: the agency itself, or one of its systems."""

    purpose: Purpose
    as_of: Day
    model: Slug = None
    source: MaybeSource = None


class CohortGiven(Given):
    """How far a run has come. Nobody sees a result of it before all of them are there; it ranks nobody.

    `not_scored` counts people by the code of what stood in the way; `problems` are bad cells of a refused file.
    """

    reference: str
    stage: Literal["queued", "running", "finished", "failed", "withdrawn"]
    sentence: str
    purpose: str
    model: str
    as_of: date
    people: int
    done: int
    seconds_left: int | None
    scored: int
    not_scored: dict[str, int]
    problem: str
    problems: list[str]
    root: str | None


class FieldProblem(Given):
    """A field that is not as it has to be, and by which rule."""

    field: str
    rule: str
    sentence: str


class ProblemGiven(Given):
    """A problem (RFC 9457): the code is stable, the sentence is for a person."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    what_next: list[str]
    fields: list[FieldProblem]
    reference: str | None
