"""Rules of looking back and of retiring; pure, each refusal a sentence."""

from datetime import date
from typing import Any

from foundation.accounts.values import Actor, Role
from foundation.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from monitoring.lookbacks.values import Closing, Harm

LONGEST = 4000
NEEDED = {
    "notice": "Enter what people are told",
    "notice_way": "Say how they are told",
    "notice_on": "Enter the day they were told",
    "consumers": "Say who used the scores, and when each of them was told that they ended",
    "disposal": "Say which data was disposed of, or that none was held",
    "disposal_way": "Say how, or who keeps what and on what ground",
    "disposal_by_on": "Enter the day by which it had to be done",
    "disposed_on": "Enter the day it was done",
    "published_on": "Enter the day the public record was brought up to date",
}
"""What is missing at each field of a closing, in the order of the page."""

DONE = ("notice_on", "disposed_on", "published_on")
"""Days of what has happened: none of them is to come."""


def sees_everybody(actor: Actor) -> bool:
    """Whether somebody looks at the people of every agency: the data protection officer does."""
    return Role.DATA_PROTECTION_OFFICER in actor.roles


def check_sees(agency_code: str | None, actor: Actor) -> None:
    """A practitioner looks at people their agency works with; of anybody else not even the existence is said (R54)."""
    if not sees_everybody(actor) and (actor.agency is None or agency_code != actor.agency):
        raise NotFound("There is nobody with this number among those your agency works with.")


def check_may_ask(use: Any, actor: Actor) -> None:
    """The data protection officer asks, about a use that gives no scores; while it does the list would not stand."""
    if not sees_everybody(actor):
        raise Forbidden("The data protection officer asks for a look-back.")
    if use.stage == "approved":
        sentence = "It still gives scores, so the list would not be complete. Suspend it first, then ask again."
        raise Refused(sentence, code="still_live")


def check_review(harm: str, note: str, entry: Any, actor: Actor) -> None:
    """What was found has a reason; that harm is possible is taken back only by the data protection officer (R14)."""
    problems = {}
    if harm not in set(Harm):
        problems["harm"] = "Say what you found"
    if not note.strip() or len(note) > LONGEST or "\x00" in note:
        problems["note"] = f"Say why, in at most {LONGEST:,} characters"
    if problems:
        raise Invalid(next(iter(problems.values())), problems=problems)
    if not sees_everybody(actor) and entry.settled_at is not None:
        raise Refused("The data protection officer has looked at this and decides what changes.", code="harm_settled")
    if not sees_everybody(actor) and harm == Harm.NONE and entry.harm in (Harm.POSSIBLE, Harm.HARM):
        raise Refused("Somebody found possible harm. Only the data protection officer takes it back.", code="harm_told")


def check_draft(closing: Closing, today: date) -> None:
    """A draft may miss anything; what it holds has its bounds, and nothing has happened on a day to come."""
    texts = (closing.notice, closing.notice_way, closing.disposal, closing.disposal_way)
    names = ("notice", "notice_way", "disposal", "disposal_way")
    long = f"Write at most {LONGEST:,} characters"
    problems = {name: long for name, text in zip(names, texts, strict=True) if len(text) > LONGEST or "\x00" in text}
    for name in DONE:
        if getattr(closing, name) is not None and getattr(closing, name) > today:
            problems[name] = "That day has not come yet. Leave it empty until it is done"
    if any(day > today for _, day in closing.consumers):
        problems["consumers"] = "Name only those who were told: one of the days has not come yet"
    _refuse(problems)


def check_complete(closing: Closing) -> None:
    """Nothing may be missing when a retirement is completed; each gap is named at its field (R14)."""
    _refuse({name: why for name, why in NEEDED.items() if not getattr(closing, name)})


def check_open(retirement: Any) -> None:
    """What was completed stands."""
    if retirement.completed_at is not None:
        raise Conflict("The retirement was completed. Its record is no longer changed.", code="retirement_completed")


def _refuse(problems: dict[str, str]) -> None:
    if problems:
        raise Invalid(next(iter(problems.values())), problems=problems)
