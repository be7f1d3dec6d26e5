"""Rules of cases; pure, each refusal a sentence."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from foundation.accounts.values import Actor
from foundation.errors import Forbidden, Invalid, Refused
from foundation.web.texts import date_text
from registry.models.rules import check_owns, owns

LONGEST = 4000
LONGEST_TITLE = 200
LATEST_DAYS = 366
"""How far ahead the day of a next step may lie: one later than that is no plan to deal with a breach."""

UNREGISTERED = (
    "Nothing of this is in the register, so nothing of it can be tested, trained again, decided on or suspended here. "
    "Close the case when it is registered or no longer runs."
)


def check_explains(case: Any, actor: Actor) -> None:
    """Only the owner or the deputy of the model explains what was found about its use.

    What is in no register has no owner: anybody who answers for a model may say where it comes from.
    """
    if case.use is not None:
        check_owns(case.use, actor)


def check_explains_late(case: Any, actor: Actor) -> None:
    """An explanation after its time is still heard, once."""
    check_explains(case, actor)
    if case.explained_at is not None:
        raise Refused("This case was explained already.", code="explained")


def check_closes(case: Any, actor: Actor) -> None:
    """Nobody closes a case about their own model, or one that they explained."""
    owned = case.use is not None and owns(case.use.version.model, actor)
    if owned or actor.account_id in (None, case.explained_by_id):
        raise Forbidden("A case is closed by somebody other than those who answer for the model.")


def check_chooses(case: Any, actor: Actor) -> None:
    """What follows is chosen by somebody other than those who answer for the model, and for a registered model."""
    check_closes(case, actor)
    if case.use is None:
        raise Refused(UNREGISTERED, code="unregistered")


def check_worker(case: Any, actor: Actor) -> None:
    """Only the service itself closes a case because what the chair asked for was done."""
    if actor.account_id is not None:
        raise Forbidden("A person closes a case with a reason of their own.")


def check_heard(stage: str, explain_by: date, today: date) -> None:
    """The owner is heard first: nothing is chosen before the explanation or the end of its time."""
    if stage == "open" and today <= explain_by:
        sentence = f"The owner has until {date_text(explain_by)} to explain it. What follows is chosen after that."
        raise Refused(sentence, code="not_explained")


def check_possible(title: str, stages: Sequence[str], use_stage: str, now: str) -> None:
    """Some steps are possible in some stages of a use only; `title` is the step's, `now` the stage in words."""
    if stages and use_stage not in stages:
        raise Refused(f"'{title}' is not possible: the use is {now.lower()} now.", code="not_possible")


def check_due(due_on: date | None, today: date) -> date:
    """The day by which a step is to be done; refused without one, in the past and more than a year ahead."""
    if due_on is None:
        sentence = "Enter the day by which it is to be done"
    elif due_on < today:
        sentence = "The day by which it is to be done must be today or later"
    elif due_on > today + timedelta(days=LATEST_DAYS):
        sentence = "The day by which it is to be done must be within a year"
    else:
        return due_on
    raise Invalid(sentence, problems={"due_on": sentence})


def check_text(text: str, field: str, what: str, longest: int = LONGEST) -> str:
    """The text without blanks around it; an empty one and one of more than `longest` characters are refused."""
    cleaned = text.strip()
    if not cleaned:
        sentence = f"Enter {what}"
    elif len(cleaned) > longest:
        sentence = f"{what[:1].upper()}{what[1:]} must have {longest:,} characters or fewer"
    else:
        return cleaned
    raise Invalid(sentence, problems={field: sentence})
