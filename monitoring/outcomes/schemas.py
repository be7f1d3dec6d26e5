"""What a system sends about what really happened, and what it is answered; held to as the other calls are (R01)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from model_runtime.api.schemas import FACT, Asked, Day, Given, PersonReference
from monitoring.outcomes.rules import LONGEST_GROUP
from monitoring.outcomes.values import LONGEST_REASON, MOST_AT_ONCE

GroupName = Annotated[str, Field(pattern=FACT)]
GroupValue = Annotated[str, Field(min_length=1, max_length=LONGEST_GROUP)]


class OutcomeAsked(Asked):
    """What happened to one person. A correction replaces what is on record of them, and says why."""

    person: PersonReference
    happened: Annotated[bool, Field(description="Whether the model's outcome happened to the person.")]
    observed_on: Day
    groups: Annotated[
        dict[GroupName, GroupValue],
        Field(max_length=20, description="Groups of the person, to compare errors; names as the model declares them."),
    ] = Field(default_factory=dict)
    correction: Annotated[bool, Field(description="Whether it replaces what is on record of the person.")] = False
    reason: Annotated[str, Field(max_length=LONGEST_REASON, description="Why it is corrected.")] = ""


class OutcomesAsked(Asked):
    """Outcomes of one model, each person once: all of them are recorded, or none."""

    outcomes: Annotated[list[OutcomeAsked], Field(min_length=1, max_length=MOST_AT_ONCE)]


class OutcomesGiven(Given):
    """How many outcomes were recorded, how many matched a score as it stood, correct something or contradict it."""

    recorded: int
    matched: int
    corrections: int
    conflicts: int


class CoverageGiven(Given):
    """How much is known of what happened to the people a model scored; people in conflict count as not known."""

    model: str
    outcome: str
    as_of: date
    scored: int
    scored_half_a_year_ago: int
    of_those_known: int
    conflicts: int
    late: int
    corrected: int
    median_days_to_outcome: float | None
    median_days_to_record: float | None
