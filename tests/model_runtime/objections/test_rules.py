"""Rules of objections: the clock, and what is refused at which field (R53)."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from foundation.errors import Invalid
from model_runtime.objections.rules import check_reply, check_words, is_overdue, last_day, state_of
from model_runtime.objections.values import Reply, Words

TODAY = date(2026, 11, 22)
TOLD = Words("ASC", "RC-0001", "I do not want this.", "telephone", date(2026, 11, 20))
REPLY = Reply("upheld", "It was not needed.", date(2026, 11, 22), "letter")


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 9, 3), date(2026, 10, 3)),
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_an_answer_is_due_within_a_calendar_month(received: date, due: date) -> None:
    """R53, UK GDPR article 12(3): the same day of the next month, or its last day."""
    assert last_day(received) == due
    waiting = SimpleNamespace(answer=None, due_on=due)
    assert (is_overdue(waiting, due), state_of(waiting, due)) == (False, "waiting")
    assert state_of(waiting, date(due.year, due.month + 1, 1)) == "overdue"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"person": "Jane Smith"}, "person"),
        ({"person": "x" * 41}, "person"),
        ({"words": " \n"}, "words"),
        ({"words": "x" * 4001}, "words"),
        ({"words": "a\x00b"}, "words"),
        ({"way": "pigeon"}, "way"),
        ({"received_on": date(2026, 11, 23)}, "received_on"),
        ({"received_on": date(2020, 11, 23)}, "received_on"),
        ({"model_id": 1}, "use"),
        ({"use_code": "resettlement-support"}, "use"),
    ],
)
def test_an_incomplete_objection_is_refused_at_its_field(changes: dict, field: str) -> None:
    """R53: nothing half said is recorded, and no reason for objecting is asked."""
    check_words(TOLD, TODAY)
    with pytest.raises(Invalid) as refusal:
        check_words(replace(TOLD, **changes), TODAY)
    assert list(refusal.value.problems) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"outcome": "ignored"}, "outcome"),
        ({"reason": " "}, "reason"),
        ({"outcome": "overridden", "reason": ""}, "reason"),
        ({"told_on": date(2026, 11, 19)}, "told_on"),
        ({"told_on": date(2026, 11, 23)}, "told_on"),
        ({"told_way": ""}, "told_way"),
    ],
)
def test_an_answer_needs_grounds_and_a_person_who_was_told(changes: dict, field: str) -> None:
    """R53: an override says its grounds, and no answer counts before the person was told of it."""
    check_reply(REPLY, TOLD.received_on, TODAY)
    with pytest.raises(Invalid) as refusal:
        check_reply(replace(REPLY, **changes), TOLD.received_on, TODAY)
    assert list(refusal.value.problems) == [field]
