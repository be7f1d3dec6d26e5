"""Rules of challenges; pure, each refusal a sentence."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Forbidden, Invalid, Refused

ACKNOWLEDGE_WITHIN_DAYS = 30
"""Days in which a challenge is acknowledged. The Data Protection Act 2018, s164A (inserted in 2025), is understood to
ask this for complaints about personal data; no lawyer has verified it here. Every challenge is given the same clock."""

LONGEST, LONGEST_NAME, LONGEST_LINE = 4000, 120, 300
REFERENCE = re.compile(r"CH-[0-9A-Z]{4}-[0-9A-Z]{4}")

SITS = "The reviewer must be somebody else: this one "


@dataclass(frozen=True)
class Involvement:
    """The accounts that had a part in what is challenged, by number."""

    answers: frozenset[int]
    registered: frozenset[int]
    asked: frozenset[int]
    judged: frozenset[int]
    raised: frozenset[int]


def last_day(received_at: datetime) -> date:
    """The last day to acknowledge: the 30th day in London, the day of receipt being the first (the stricter count)."""
    return london_date(received_at) + timedelta(days=ACKNOWLEDGE_WITHIN_DAYS - 1)


def is_overdue(challenge: Any, today: date) -> bool:
    """Whether a challenge was not acknowledged and its last day has passed."""
    return challenge.stage == "received" and today > challenge.due_on


def clean_reference(text: str) -> str:
    """A receipt as somebody typed it, in capitals without blanks; what cannot be one is refused at its field."""
    cleaned = "".join(text.split()).upper()[:16]
    if not REFERENCE.fullmatch(cleaned):
        sentence = "Enter the reference from your receipt, like CH-7F3K-92QD"
        raise Invalid(sentence, problems={"reference": sentence})
    return cleaned


def check_choices(given: dict[str, str], allowed: dict[str, Collection[str]]) -> None:
    """Each given code is one of those allowed for its field."""
    _refuse({name: "Choose one of the answers" for name, code in given.items() if code not in allowed[name]})


def check_texts(texts: dict[str, str], needed: dict[str, str], longest: dict[str, int]) -> None:
    """Texts by field: one in `needed` may not be empty (its sentence says so), none is too long or holds a NUL."""
    problems: dict[str, str] = {}
    for name, text in texts.items():
        most = longest.get(name, LONGEST)
        if name in needed and not text.strip():
            problems[name] = needed[name]
        elif len(text.strip()) > most:
            problems[name] = f"Write at most {most:,} characters"
        elif "\x00" in text:
            problems[name] = "This holds a character that cannot be stored"
    _refuse(problems)


def check_open(challenge: Any) -> None:
    """What a challenge is about can change until it is closed."""
    if challenge.closed_at is not None:
        raise Refused("The challenge is closed. What it is about can no longer be changed.", code="challenge_closed")


def check_reviews(challenge: Any, actor: Actor) -> None:
    """Only the reviewer who was named decides."""
    if actor.account_id is None or actor.account_id != challenge.reviewer_id:
        raise Forbidden("The outcome is decided by the reviewer who was named for this challenge.")


def check_independent(reviewer: Actor, involved: Involvement, named_by: int | None = None) -> None:
    """Refuse a reviewer who had a part in what is challenged (R22).

    Refused: who owns or deputises for the model or registered a version of it, asked for a challenged score, recorded
    a judgement on it, raised the challenge, or names themselves. This floor cannot read assessments, so nobody whose
    roles let them answer any assessment reviews at all; whoever voted on the model sits on the committee, and its
    roles do not include reviewing. The committee's side knows the accounts behind each answer and each vote: it is
    where somebody who changed roles since would be found, and what an auditor compares.
    """
    number = reviewer.account_id or 0
    reasons = (
        (number in involved.answers, "owns the model or deputises for its owner."),
        (number in involved.registered, "registered the model."),
        (reviewer.may(Permission.ANSWER_ASSESSMENT), "has a role that contributes to assessments of models."),
        (number in involved.asked, "asked for a score that is challenged."),
        (number in involved.judged, "recorded a judgement on a score that is challenged."),
        (number in involved.raised, "raised the challenge."),
        (number == named_by, "would be named by themselves."),
        (not reviewer.may(Permission.REVIEW_CHALLENGE), "has no role that reviews challenges."),
    )
    sentence = next((SITS + why for holds, why in reasons if holds), None)
    if sentence:
        raise Invalid(sentence, problems={"reviewer": sentence}, code="reviewer_not_independent")


def check_may_leave(marks: Sequence[Any]) -> None:
    """A score that was withdrawn, or whose challenge was upheld, does not leave as a file, where nothing marks it."""
    told = next((mark for mark in marks if mark.warns), None)
    if told is not None:
        raise Refused(f"{told.sentence} It is no longer given out as a file.", code=told.code)


def check_outcome(upheld: bool, reasons: str, correction: str, rescore: bool) -> None:
    """Every outcome has reasons; an upheld one says what was put right, and only that one asks for a new score."""
    needed = {"reasons": "Give your reasons"}
    if upheld:
        needed["correction"] = "Say what was put right, or what will be and by when"
    check_texts({"reasons": reasons, "correction": correction}, needed, {})
    if not upheld and (correction.strip() or rescore):
        sentence = "Nothing is put right and nobody scored again when a challenge is not upheld"
        raise Invalid(sentence, problems={"correction" if correction.strip() else "rescore": sentence})


def _refuse(problems: dict[str, str]) -> None:
    if problems:
        raise Invalid(next(iter(problems.values())), problems=problems)
