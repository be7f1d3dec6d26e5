"""Rules of objections; pure, each refusal a sentence."""

from calendar import monthrange
from datetime import date
from typing import Any

from foundation.accounts.values import Actor, Permission
from foundation.errors import Invalid
from foundation.web.texts import date_text
from model_runtime.objections.values import OUTCOMES, WAYS, Outcome, Reply, Words
from model_runtime.people.values import REFERENCE

LONGEST = 4000
OLDEST_DAYS = 366
"""An objection received longer ago is taken for a slip of the pen."""


def last_day(received_on: date) -> date:
    """The last day to answer: the same day of the next month, or its last day (UK GDPR article 12(3)).

    A last day that falls on a weekend or a bank holiday is not moved on, which is stricter than the law asks.
    """
    year, month = (received_on.year, received_on.month + 1) if received_on.month < 12 else (received_on.year + 1, 1)
    return date(year, month, min(received_on.day, monthrange(year, month)[1]))


def stands(objection: Any) -> bool:
    """Whether it stands: from the moment it is recorded, unless and until it is overridden."""
    return objection.answer is None or objection.answer.outcome != Outcome.OVERRIDDEN


def is_overdue(objection: Any, today: date) -> bool:
    """Whether it was not answered and its last day has passed."""
    return objection.answer is None and today > objection.due_on


def state_of(objection: Any, today: date) -> str:
    """The key of STATES that an objection is in."""
    if objection.answer is not None:
        return str(objection.answer.outcome)
    return "overdue" if is_overdue(objection, today) else "waiting"


def check_words(told: Words, today: date) -> None:
    """A reference that can be one, what was said, how, and a day that has come; problems stand at their fields."""
    problems: dict[str, str] = {}
    if not REFERENCE.fullmatch(told.person.strip()):
        problems["person"] = "Enter the reference of the person as your case system has it"
    if told.way not in list(WAYS):
        problems["way"] = "Say how they objected"
    if (told.model_id is None) != (told.use_code is None):
        problems["use"] = "Choose one of the uses, or all of them"
    problems |= _text_problems("words", told.words, "Write down what they said")
    problems |= _day_problems("received_on", told.received_on, today)
    _refuse(problems, "The objection was not recorded.")


def check_own_agency(agency: str, actor: Actor) -> None:
    """A practitioner records for people of their own agency; who answers objections records for every agency."""
    if agency != actor.agency and not actor.may(Permission.ANSWER_OBJECTION):
        sentence = "You record objections of people your own agency works with"
        raise Invalid(sentence, problems={"agency": sentence})


def check_reply(reply: Reply, received_on: date, today: date) -> None:
    """One of the two outcomes with its grounds, and a day between receipt and today on which the person was told."""
    problems: dict[str, str] = {}
    if reply.outcome not in list(OUTCOMES):
        problems["outcome"] = "Say whether it is upheld or overridden"
    if reply.told_way not in list(WAYS):
        problems["told_way"] = "Say how the person was told"
    needed = "Give the reasons the person was told"
    if reply.outcome == Outcome.OVERRIDDEN:
        needed = "Say which compelling legitimate grounds override the person's interests, rights and freedoms"
    problems |= _text_problems("reason", reply.reason, needed)
    problems |= _day_problems("told_on", reply.told_on, today, received_on)
    _refuse(problems, "The answer was not recorded.")


def _text_problems(name: str, text: str, needed: str) -> dict[str, str]:
    if not text.strip():
        return {name: needed}
    if len(text.strip()) > LONGEST:
        return {name: f"Write at most {LONGEST:,} characters"}
    return {name: "This holds a character that cannot be stored"} if "\x00" in text else {}


def _day_problems(name: str, day: date, today: date, earliest: date | None = None) -> dict[str, str]:
    if day > today:
        return {name: f"{date_text(day)} has not come yet"}
    if earliest is not None and day < earliest:
        return {name: f"The objection was received on {date_text(earliest)}: nobody was told before that"}
    if (today - day).days > OLDEST_DAYS:
        return {name: f"{date_text(day)} is more than a year ago"}
    return {}


def _refuse(problems: dict[str, str], sentence: str) -> None:
    if problems:
        raise Invalid(sentence, problems=problems)
