"""The same call at the same moment is one call, on both databases (R01)."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from model_runtime.api.tables import ApiAnswer
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score
from tests.model_runtime.api.conftest import ASKED, PURPOSE, Program
from tests.model_runtime.api.test_bad_input import GOOD, person
from tests.model_runtime.conftest import count

TIMES = 4


def at_once(caller: Program, address: str, bodies: list[dict], **more) -> list:
    """The answers to calls that are all under way together, under one key."""
    with ThreadPoolExecutor(len(bodies)) as threads:
        calls = [threads.submit(caller.post, address, body, key="same", **more) for body in bodies]
        return [one.result() for one in calls]


def test_one_key_gives_one_score_to_all_who_wait(approved: SimpleNamespace, caller: Program) -> None:
    """R01: whoever comes second waits and is answered as the first was."""
    answers = at_once(caller, "/scores", [ASKED] * TIMES)
    assert {one.status_code for one in answers} == {201}, [one.get_data(as_text=True) for one in answers]
    assert len({one.json["reference"] for one in answers}) == 1
    assert (count(approved, Score), count(approved, ApiAnswer)) == (1, 1)


def test_one_key_records_people_once(world: SimpleNamespace, program) -> None:
    """R01: with one body all get its answer; with two bodies one of them is recorded and the other refused."""
    caller: Program = program(world.database)
    answers = at_once(caller, "/people", [GOOD] * TIMES)
    assert {(one.status_code, one.json["people"]) for one in answers} == {(201, 1)}
    other: Program = program(world.database)
    answers = at_once(other, "/people", [person(reference="RC-6"), person(reference="RC-7")])
    assert sorted(one.status_code for one in answers) == [201, 422]
    with world.database.read() as session:
        known = session.scalars(select(Person.reference)).all()
    assert ("RC-6" in known) != ("RC-7" in known)


@pytest.mark.one_database
def test_a_key_belongs_to_its_token(approved: SimpleNamespace, caller: Program, program) -> None:
    """R01: another token's key, call or person is another call."""
    first = caller.post("/scores", ASKED, key="k")
    other: Program = program(approved.database)
    second = other.post("/scores", ASKED, key="k")
    assert first.json["reference"] != second.json["reference"]
    assert caller.post("/gate/explain", {"purpose": PURPOSE}, key="k").status_code == 200
    judged = caller.post(f"/scores/{first.json['reference']}/judgement", {"view": "agree", "reason": "x"}, key="k")
    assert judged.status_code == 422
    assert judged.get_json(force=True)["fields"][0]["rule"] == "key_reused"
