"""Bad input: 422 with the field and the rule, nothing stored, never a 500 (R01)."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from model_runtime.people.queries import find_person
from model_runtime.people.tables import Fact, Person
from tests.model_runtime.api.conftest import ASKED, Program, problem
from tests.model_runtime.conftest import FACTS, count, ledger

GOOD = {
    "source": "ASC",
    "as_of": "2026-11-20",
    "people": [{"reference": "RC-5", "born_on": "2002-03-04", "facts": FACTS}],
}


def body(**facts: object) -> dict:
    """Facts about one person, some of them changed."""
    return {**GOOD, "people": [{**GOOD["people"][0], "facts": {**FACTS, **facts}}]}


def raw(facts: str) -> str:
    """The same as text, for what a JSON writer would not write."""
    return '{"source": "ASC", "as_of": "2026-11-20", "people": [{"reference": "RC-5", "facts": {' + facts + "}}]}"


def person(**changes: object) -> dict:
    """The same with something else changed about the person."""
    return {**GOOD, "people": [{**GOOD["people"][0], **changes}]}


def deep(levels: int) -> str:
    """Lists in lists."""
    return raw('"age": ' + "[" * levels + "]" * levels)


AGE = "people.0.facts.age"
WRONG = [
    ("NaN", raw('"age": NaN'), AGE, "not_finite"),
    ("infinity", raw('"age": Infinity'), AGE, "not_finite"),
    ("minus infinity", raw('"age": -Infinity'), AGE, "not_finite"),
    ("beyond a float", raw('"age": 1e999'), AGE, "not_finite"),
    ("5000 digits", raw('"age": ' + "9" * 5000), AGE, "not_finite"),
    ("1e308", raw('"age": 1e308'), AGE, "out_of_range"),
    ("a boolean for a number", body(age=True), AGE, "not_a_value"),
    ("a number as text", body(age="24"), AGE, "not_a_number"),
    ("Unicode digits", body(age="\u0662\u0664"), AGE, "not_a_number"),
    ("a fraction for a whole number", body(age=24.5), AGE, "not_whole"),
    ("out of range", body(age=200), AGE, "out_of_range"),
    ("neither yes nor no", body(felony_sentence=2), "people.0.facts.felony_sentence", "out_of_range"),
    ("null", body(age=None), AGE, "not_a_value"),
    ("nested", body(age={"years": 24}), AGE, "not_a_value"),
    ("a list", body(age=[24]), AGE, "not_a_value"),
    ("a megabyte of text is too long", body(age="x" * 1000), AGE, "too_long"),
    ("half of a pair", raw('"age": "\\ud800"'), AGE, "not_text"),
    ("a control character", body(age="2\x00"), AGE, "not_text"),
    ("another case", body(Age=24), "people.0.facts.Age", "unknown_field"),
    ("a fact no model takes", body(shoe_size=42), "people.0.facts.shoe_size", "unknown_field"),
    ("no name of a fact", body(**{"a b": 1}), "people.0.facts.a b.[key]", "string_pattern_mismatch"),
    ("a doubled field", raw('"age": 24, "age": 25'), AGE, "doubled_field"),
    ("an extra field", person(name="Somebody"), "people.0.name", "extra_forbidden"),
    ("a missing field", {**GOOD, "people": [{"facts": FACTS}]}, "people.0.reference", "missing"),
    ("a reference with a blank", person(reference="RC 5"), "people.0.reference", "string_pattern_mismatch"),
    ("born in the future", person(born_on="2030-01-01"), "people.0.born_on", "people_invalid"),
    ("no real day", person(born_on="2002-02-30"), "people.0.born_on", "not_a_day"),
    ("a moment for a day", person(born_on="2002-02-03T00:00:00"), "people.0.born_on", "not_a_day"),
    ("a number for a day", person(born_on=20020203), "people.0.born_on", "not_a_day"),
    ("facts of tomorrow", {**GOOD, "as_of": "2026-11-23"}, "as_of", "invalid"),
    ("a source of another agency", {**GOOD, "source": "BCC"}, "source", "unknown_source"),
    ("no such source", {**GOOD, "source": "ZZZ"}, "source", "unknown_source"),
    ("nobody", {**GOOD, "people": []}, "people", "too_short"),
    ("somebody twice", {**GOOD, "people": GOOD["people"] * 2}, "people.1.reference", "doubled_person"),
    ("somebody of another agency", person(reference="RC-0002"), "people.0.agency", "invalid"),
    ("too deep", deep(20), "", "too_deep"),
    ("endlessly deep", deep(100_000), "", "too_deep"),
    ("not an object", "[1]", "", "not_an_object"),
    ("not JSON", "{'a': 1}", "", "not_json"),
    ("not UTF-8", b'{"source": "\xff"}', "", "not_json"),
    ("nothing", "", "", "not_json"),
]


def test_every_bad_field_is_named_with_its_rule_and_nothing_is_stored(
    world: SimpleNamespace, program, subtests
) -> None:
    """R01: no default value, no guess, no 500; that a known system was refused is recorded, without what it sent."""
    caller: Program = program(world.database)
    people, facts = count(world, Person), count(world, Fact)
    for name, sent, field, rule in WRONG:
        with subtests.test(msg=name):
            told = problem(caller.post("/people", sent), 422, "bad_input")
            assert {"field": field, "rule": rule} in [{k: one[k] for k in ("field", "rule")} for one in told["fields"]]
    assert (count(world, Person), count(world, Fact)) == (people, facts)
    assert len(ledger(world.database, "call_refused")) == len(WRONG)


def test_good_facts_are_recorded_once(world: SimpleNamespace, program) -> None:
    """R01: with source, day and who sent them; the same call again adds nothing."""
    caller: Program = program(world.database)
    first, second = (caller.post("/people", GOOD, key="k") for _ in range(2))
    assert (first.status_code, first.json, second.json) == (201, {"people": 1}, {"people": 1})
    with world.database.read() as session:
        added = find_person(session, "RC-5")
        assert {fact.name: fact.value for fact in added.facts} == FACTS
        assert {fact.source_code for fact in added.facts} == {"ASC"}
        assert added.agency_code == "ASC"
        assert session.scalars(select(Person).where(Person.reference == "RC-5")).one().born_on.year == 2002
    entries = ledger(world.database, "people_added")
    assert [entry["actor"] for entry in entries].count(world.cast.practitioner.reference) == 1


@pytest.mark.one_database
def test_what_is_asked_of_a_score_is_strict_too(approved: SimpleNamespace, program) -> None:
    """R01: the body of a request for a score."""
    caller: Program = program(approved.database)
    for wrong, field, rule in (
        ({**ASKED, "person_reference": 5}, "person_reference", "string_type"),
        ({**ASKED, "purpose": "Support"}, "purpose", "string_pattern_mismatch"),
        ({**ASKED, "model": None}, "model", "null"),
        ({**ASKED, "facts": {}}, "facts", "extra_forbidden"),
        ({"purpose": "resettlement-support"}, "person_reference", "missing"),
        ({**ASKED, "person_reference": "x" * 1_000_000}, None, "http_413"),
    ):
        answer = caller.post("/scores", wrong)
        if field is None:
            problem(answer, 413, rule)
            continue
        told = problem(answer, 422, "bad_input")
        assert [(one["field"], one["rule"]) for one in told["fields"]] == [(field, rule)]


@pytest.mark.one_database
def test_every_error_is_a_problem(approved: SimpleNamespace, program, visit) -> None:
    """R01: also those of the protocol; a cookie is no token."""
    caller: Program = program(approved.database)
    problem(caller.get("/nothing-here"), 404, "http_404")
    wrong = caller.send("DELETE", "/scores")
    problem(wrong, 405, "http_405")
    assert wrong.headers["Allow"]
    problem(caller.send("POST", "/scores", data="a=1", content_type="text/plain"), 415, "http_415")
    signed_in = visit(approved.database, "practitioner")
    cookie = signed_in.post("/api/v1/scores", json=ASKED)
    problem(cookie, 401, "token_not_recognised")
    assert cookie.headers["WWW-Authenticate"].startswith("Bearer")
    for header in ("Basic abc", "Bearer", "bearer x", "Bearer \xff\xfe"):
        problem(caller.get("/refusals", headers={"Authorization": header}), 401, "token_not_recognised")
    problem(caller.get("/refusals", headers={"Algocare-Acting-For": "\xe9" * 500}), 403, "cannot_act_for")


@pytest.mark.one_database
def test_a_database_that_is_gone_is_a_problem_too(approved: SimpleNamespace, program, monkeypatch) -> None:
    """R01: 503 and a sentence, never a page."""
    from sqlalchemy.exc import OperationalError

    caller: Program = program(approved.database)

    def gone(*_: object, **__: object):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(approved.database, "read", gone)
    problem(caller.get("/refusals"), 503, "unavailable")
