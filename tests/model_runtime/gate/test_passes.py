"""What was read at a gate that was passed is used again only while all of it, the reader and the day are the same."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, update

from foundation.clock import StoppedClock
from model_runtime.scores.tables import Refusal, Score
from registry.models.service import suspend
from registry.models.tables import Approval, Use
from tests.model_runtime.conftest import ask_of_readers, change, take
from tests.model_runtime.objections.test_service import object_to

pytestmark = pytest.mark.one_database
"""The stamp itself is held to both kinds of database in test_stamps.py."""


def statements_of(world, work) -> list[str]:
    """Every statement that a piece of work sends to the database."""
    sent: list[str] = []

    def keep(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", keep)
    try:
        work()
    finally:
        event.remove(world.database.engine, "before_cursor_execute", keep)
    return sent


def test_a_use_is_read_whole_once_and_then_by_its_stamp(approved, ask) -> None:
    approved.add(approved.database, "RC-0077", at=approved.clock.now())
    first, second, other = (
        statements_of(approved, lambda key=key, person=person: ask(key=key, person=person))
        for key, person in (("first", "RC-0001"), ("second", "RC-0001"), ("third", "RC-0077"))
    )
    assert any(READS_WHOLE in one for one in first)
    for later in (second, other):
        assert not any(READS_WHOLE in one for one in later)
        assert len(later) <= len(first) - 8


READS_WHOLE = "SELECT feature.id"
"""How the statement begins that reads the inputs of a version."""


CLOSING = {
    "suspended": lambda world: take(world, suspend, "Stop at once."),
    "approval_expired": lambda world: change(world, update(Approval).values(expires_on=date(2026, 11, 1))),
    "content_changed": lambda world: change(world, update(Use).values(decision="Whether to take a child away.")),
    "not_audience": lambda world: ask_of_readers(world, shows="nothing"),
    "objected": object_to,
}


@pytest.mark.parametrize("code", CLOSING)
def test_whatever_closes_the_gate_between_two_scores_closes_it(approved, ask, code: str) -> None:
    """R01, R53: nothing that is kept in memory keeps a gate open."""
    assert isinstance(ask(key="first"), Score)
    CLOSING[code](approved)
    refusal = ask(key="second")
    assert isinstance(refusal, Refusal)
    assert refusal.code == code


def test_what_one_reader_opened_is_not_open_to_another(approved, ask) -> None:
    """R39: each reader's own training counts."""
    assert isinstance(ask(key="first"), Score)
    other = replace(approved.cast.practitioner, account_id=approved.cast.owner.account_id)
    refusal = ask(key="second", actor=other)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "not_trained"


def test_another_day_is_read_afresh(approved, ask) -> None:
    """R01: an approval that ends is not kept open by what was read the day before."""
    assert isinstance(ask(key="first"), Score)
    approved.clock = StoppedClock(approved.clock.now() + timedelta(days=800))
    refusal = ask(key="second")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "approval_expired"
