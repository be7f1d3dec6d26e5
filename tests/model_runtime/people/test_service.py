"""Adding people: all of them or none, with facts that are added and never changed."""

from datetime import date

import pytest
from sqlalchemy import func, select, text

from foundation.errors import Invalid, NotFound
from model_runtime.people.queries import (
    count_people,
    find_person,
    get_own_person,
    get_person,
    latest_facts,
    list_people,
)
from model_runtime.people.service import add_people, read_people
from model_runtime.people.tables import Fact, Person
from tests.model_runtime.conftest import ledger, people_csv

DAY = date(2026, 11, 14)


def rows_of(*references: str, **changes):
    return read_people(people_csv(*references, **changes), "people.csv")


def test_people_get_their_facts(founded, clock):
    with founded.write() as session:
        assert add_people(session, rows=rows_of("B-2", "A-1"), as_of=DAY, source="ASC", at=clock.now()) == 2
    with founded.read() as session:
        assert [person.reference for person in list_people(session, "ASC")] == ["A-1", "B-2"]
        fact = latest_facts(get_person(session, "A-1"), {"age"})["age"]
        assert (fact.value, fact.as_of, fact.source.name) == (24, DAY, "Avon and Somerset Constabulary")
    (entry,) = ledger(founded, "people_added")
    births = {"births": 2, "births_corrected": 0}
    assert entry["facts"] == {"people": 2, "facts": 24, "source": "ASC", "as_of": "2026-11-14", **births}


def test_a_birth_is_put_in_put_right_and_never_guessed(founded, clock):
    for content in (people_csv("A-1", born_on=""), people_csv("A-1"), b"reference,agency,born_on\nA-1,ASC,2002-03-05"):
        with founded.write() as session:
            add_people(session, rows=read_people(content, "people.csv"), as_of=DAY, source="ASC", at=clock.now())
            born = get_person(session, "A-1").born_on
        with founded.read() as session:
            assert get_person(session, "A-1").born_on == born
    assert born == date(2002, 3, 5)
    told = [entry["facts"] for entry in ledger(founded, "people_added")]
    assert sorted((facts["births"], facts["births_corrected"]) for facts in told) == [(0, 0), (0, 1), (1, 0)]
    for impossible in ("2026-11-23", "1905-11-22"):
        rows = rows_of("A-2", "A-1", born_on=impossible)
        with founded.write() as session, pytest.raises(Invalid, match="Nobody was added") as refused:
            add_people(session, rows=rows, as_of=DAY, source="ASC", at=clock.now())
        assert list(refused.value.problems) == ["row 2, column born_on", "row 3, column born_on"]
    with founded.read() as session:
        assert find_person(session, "A-2") is None
        assert get_person(session, "A-1").born_on == born


def test_the_newest_fact_counts_whatever_the_order_of_arrival(founded, clock):
    with founded.write() as session:
        for day, age in ((date(2026, 11, 14), 24), (date(2026, 11, 20), 25), (date(2026, 11, 1), 23)):
            add_people(session, rows=rows_of("A-1", age=age), as_of=day, source="ASC", at=clock.now())
    with founded.read() as session:
        person = get_person(session, "A-1")
        assert latest_facts(person)["age"].value == 25
        assert len([fact for fact in person.facts if fact.name == "age"]) == 3


def test_the_same_file_twice_adds_nothing(founded, clock):
    for _ in range(2):
        with founded.write() as session:
            add_people(session, rows=rows_of("A-1"), as_of=DAY, source="ASC", at=clock.now())
    with founded.read() as session:
        assert session.scalar(select(func.count(Fact.id))) == 12


@pytest.mark.parametrize(
    ("changes", "how", "place"),
    [
        ({"agency": "ZZZ"}, {}, "row 2, column agency"),
        ({}, {"source": "ZZZ"}, "source"),
        ({}, {"as_of": date(2026, 11, 23)}, "as_of"),
    ],
)
def test_what_the_register_does_not_know_refuses_everybody(founded, clock, changes, how, place):
    how = {"as_of": DAY, "source": "ASC", **how}
    with pytest.raises(Invalid) as refusal, founded.write() as session:
        add_people(session, rows=rows_of("A-1", "A-2", **changes), at=clock.now(), **how)
    assert list(refusal.value.problems) == [place]
    with founded.read() as session:
        assert session.scalar(select(func.count(Person.id))) == 0


def test_nobody_is_moved_to_another_agency(founded, clock):
    with founded.write() as session:
        add_people(session, rows=rows_of("A-1"), as_of=DAY, source="ASC", at=clock.now())
    with pytest.raises(Invalid, match="known under another agency"), founded.write() as session:
        add_people(session, rows=rows_of("A-0", "A-1", agency="BCC"), as_of=DAY, source="ASC", at=clock.now())
    with founded.read() as session:
        assert find_person(session, "A-0") is None
        assert get_person(session, "A-1").agency_code == "ASC"


def test_facts_only_grow(founded, clock):
    with founded.write() as session:
        add_people(session, rows=rows_of("A-1"), as_of=DAY, source="ASC", at=clock.now())
    with pytest.raises(Exception, match="only ever grows"), founded.write() as session:
        session.execute(text("UPDATE fact SET name = 'other'"))


def test_an_agency_sees_its_own_people_and_nobody_else(founded, cast, clock):
    people = cast(founded)
    with founded.write() as session:
        add_people(session, rows=rows_of("A-1", "A_2"), as_of=DAY, source="ASC", at=clock.now())
        add_people(session, rows=rows_of("C-1", agency="BCC"), as_of=DAY, source="ASC", at=clock.now())
    with founded.read() as session:
        assert [p.reference for p in list_people(session, "BCC")] == ["C-1"]
        assert list_people(session, None) == []
        assert [p.reference for p in list_people(session, "ASC", search="a_")] == ["A_2"]
        assert count_people(session, "ASC", search="%") == 0
        assert count_people(session, "ASC", search="\x00") == 2
        assert [p.reference for p in list_people(session, "ASC", start=1, most=1)] == ["A_2"]
        assert get_own_person(session, people.practitioner, "A-1").reference == "A-1"
        for reference in ("C-1", "nobody", "\x00", ""):
            with pytest.raises(NotFound, match="among those your agency works with"):
                get_own_person(session, people.practitioner, reference)
        with pytest.raises(NotFound):
            get_own_person(session, people.auditor, "A-1")
