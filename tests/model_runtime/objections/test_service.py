"""Objections: they stand at once, whoever the person is, until they are overridden (R53)."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from foundation.errors import Conflict, Forbidden, Invalid
from model_runtime.objections.facts import list_facts
from model_runtime.objections.queries import (
    find_object_of,
    find_standing,
    get_objection,
    list_of_person,
    list_standing,
    list_tasks,
)
from model_runtime.objections.service import answer_objection, record_objection
from model_runtime.objections.values import Reply, Words
from registry.models.queries import get_use
from tests.model_runtime.conftest import ledger

TOLD = Words("ASC", "RC-0001", "I do not want this: ask me.", "telephone", date(2026, 11, 20))


def object_to(world, actor=None, **changes) -> str:
    with world.database.write() as session:
        told = replace(TOLD, **changes)
        return record_objection(session, actor or world.cast.practitioner, told, world.clock.now()).reference


def reply(world, reference, outcome, actor=None) -> None:
    with world.database.write() as session:
        told = Reply(outcome, "A risk to life outweighs it.", date(2026, 11, 22), "letter")
        objection = get_objection(session, reference)
        answer_objection(session, actor or world.cast.protector, objection, told, world.clock.now())


def standing(world, person="RC-0001", agency="ASC") -> str | None:
    with world.database.read() as session:
        found = find_standing(session, person, agency, world.use_id)
        many = list_standing(session, [person, "RC-9999"], agency, world.use_id)
        assert many == ({person: found} if found else {})
        return found.reference if found else None


def test_an_objection_stands_at_once_and_until_it_is_overridden(world):
    """R53: recording stops scores, an override lets them leave, a new objection stops them again."""
    assert standing(world) is None
    first = object_to(world)
    assert (standing(world), standing(world, "rc-0001")) == (first, first)
    assert (standing(world, "RC-0002"), standing(world, agency="BCC")) == (None, None)
    reply(world, first, "overridden")
    assert standing(world) is None
    again = object_to(world)
    assert standing(world) == again
    reply(world, again, "upheld")
    assert standing(world) == again
    with world.database.read() as session:
        assert [one.reference for one in list_of_person(session, "RC-0001", "ASC")] == [first, again]


def test_an_objection_to_one_use_stops_that_use_alone(world):
    """R53: it holds for every version and edition of the use, and for no other use; a stranger's use is refused."""
    with world.database.read() as session:
        use = get_use(session, world.use_id)
        model_id, code = use.version.model_id, use.code
    with pytest.raises(Invalid) as refusal:
        object_to(world, model_id=model_id, use_code="another-use")
    assert list(refusal.value.problems) == ["use"]
    reference = object_to(world, model_id=model_id, use_code=code)
    assert standing(world) == reference
    with world.database.write() as session:
        get_use(session, world.use_id).code = "another-use"
    assert standing(world) is None
    with world.database.read() as session:
        assert find_object_of(session, get_objection(session, reference)).startswith("Return to custody")


def test_people_of_a_cohort_can_object_who_are_not_known_here(world):
    """R53: somebody known by a reference alone is stopped too, by the officer for every agency."""
    reference = object_to(world, actor=world.cast.protector, agency="BCC", person="C-77")
    assert standing(world, "C-77", "BCC") == reference
    with pytest.raises(Invalid) as refusal:
        object_to(world, agency="BCC", person="C-78")
    assert list(refusal.value.problems) == ["agency"]
    with pytest.raises(Invalid):
        object_to(world, actor=world.cast.protector, agency="NOBODY", person="C-78")


def test_the_record_holds_nothing_about_the_person(world):
    """R20, R53: the ledger knows references and digests, not who objected or what they said."""
    reference = object_to(world)
    reply(world, reference, "overridden")
    entries = [*ledger(world.database, "objection_recorded"), *ledger(world.database, "objection_answered")]
    assert [entry["facts"]["objection"] for entry in entries] == [reference, reference]
    written = json.dumps(entries)
    assert "RC-0001" not in written
    assert "ask me" not in written
    assert "outweighs" not in written


def test_who_may_record_and_answer(world):
    """R53: practitioners record, the data protection officer answers, once."""
    with pytest.raises(Forbidden):
        object_to(world, actor=world.cast.owner)
    reference = object_to(world)
    with pytest.raises(Forbidden):
        reply(world, reference, "overridden", actor=world.cast.practitioner)
    assert standing(world) == reference
    reply(world, reference, "upheld")
    with pytest.raises(Conflict, match="already"):
        reply(world, reference, "overridden")
    assert standing(world) == reference


def test_the_officer_is_told_and_the_letter_turns(world):
    """R53: a task with its last day until it is answered; amber while it waits, red once it is late."""

    def states():
        with world.database.read() as session:
            now = world.clock.now()
            (fact,) = list_facts(session, get_use(session, world.use_id), now)
            return fact.state, [task.tag for task in list_tasks(session, world.cast.protector, now)]

    assert states() == ("good", [])
    reference = object_to(world)
    assert states() == ("amber", ["To answer"])
    world.clock.set(world.clock.now() + timedelta(days=29))
    assert states() == ("red", ["Overdue"])
    reply(world, reference, "overridden")
    assert states() == ("good", [])
    with world.database.read() as session:
        assert list_tasks(session, world.cast.practitioner, world.clock.now()) == []
