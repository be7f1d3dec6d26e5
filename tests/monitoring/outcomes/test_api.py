"""Outcomes from another system, on behalf of the model's owner: the same rules, and nothing twice (R01, R13)."""

from sqlalchemy import func, select

from model_runtime.api.tables import ApiAnswer
from monitoring.outcomes.tables import Outcome, OutcomeUpload
from tests.model_runtime.api.conftest import problem, program  # noqa: F401 - a fixture
from tests.monitoring.conftest import SCORED_AT

ADDRESS = "/models/return-to-custody/outcomes"


def body(person: str, **told) -> dict:
    """One outcome."""
    return {"outcomes": [{"person": person, "happened": True, "observed_on": "2026-11-21", **told}]}


def count(story, table) -> int:
    """How many rows a table has."""
    with story.database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_system_sends_outcomes_once_and_asks_how_much_is_known(story, scored, program) -> None:  # noqa: F811
    """R13: matched as they stood; the same key again records nothing; another answer for the day is a contradiction."""
    people = story.give_scores(scored[-2:])
    story.clock.set(SCORED_AT.replace(day=25))
    owner = program(story.database, "olivia.owner")
    sent = body(people[0], groups={"ethnicity": "Asian"})
    first, again = (owner.post(ADDRESS, sent, key="k") for _ in range(2))
    assert (first.status_code, first.json) == (201, {"recorded": 1, "matched": 1, "corrections": 0, "conflicts": 0})
    assert again.json == first.json
    assert (count(story, Outcome), count(story, ApiAnswer)) == (1, 1)
    assert owner.post(ADDRESS, body(people[0], happened=False)).json["conflicts"] == 1
    corrected = body(people[0], happened=False, correction=True, reason="Another person of the same name.")
    assert owner.post(ADDRESS, corrected).json["corrections"] == 1
    told = owner.get(f"{ADDRESS}/summary").json
    assert {name: told[name] for name in ("scored", "conflicts", "corrected", "median_days_to_outcome")} == {
        "scored": 2,
        "conflicts": 0,
        "corrected": 1,
        "median_days_to_outcome": 1.0,
    }
    with story.database.read() as session:
        upload = session.scalars(select(OutcomeUpload)).first()
        assert (upload.source, upload.through_id is not None, upload.rows) == ("api", True, 1)


def test_every_bad_field_is_named_and_nothing_is_kept(story, scored, program, subtests) -> None:  # noqa: F811
    """R01, R13: with its rule; all of them or none."""
    person, *_ = story.give_scores(scored[:1])
    owner, good = program(story.database, "olivia.owner"), body(person)["outcomes"][0]
    at = "outcomes.0"
    for name, sent, field, rule in (
        ("a day to come", body(person, observed_on="2027-01-01"), f"{at}.observed_on", "day_to_come"),
        ("no day", body(person, observed_on="21/11/2026"), f"{at}.observed_on", "not_a_day"),
        ("yes as text", body(person, happened="yes"), f"{at}.happened", "bool_type"),
        ("nobody known", {"outcomes": [good, {**good, "person": "P-x"}]}, "outcomes.1.person", "unknown_person"),
        ("somebody twice", {"outcomes": [good, good]}, "outcomes.1.person", "doubled_person"),
        ("a group of another model", body(person, groups={"shoe": "L"}), f"{at}.groups.shoe", "unknown_group"),
        ("a correction without a reason", body(person, correction=True), f"{at}.reason", "correction_and_reason"),
        ("nothing to correct", body(person, correction=True, reason="x"), f"{at}.correction", "nothing_to_correct"),
        ("nothing", {"outcomes": []}, "outcomes", "too_short"),
        ("too many", {"outcomes": [good] * 1001}, "outcomes", "too_long"),
        ("an extra field", body(person, score=0.4), f"{at}.score", "extra_forbidden"),
    ):
        with subtests.test(msg=name):
            told = problem(owner.post(ADDRESS, sent), 422, "bad_input")
            assert (field, rule) in [(one["field"], one["rule"]) for one in told["fields"]]
    assert (count(story, Outcome), count(story, OutcomeUpload)) == (0, 0)


def test_only_for_the_owner_the_scope_and_the_purpose(story, scored, program) -> None:  # noqa: F811
    """R01, R13, R54: the token only takes away."""
    person, *_ = story.give_scores(scored[:1])
    for acting_for, terms, code in (
        ("pat.practitioner", {}, "forbidden"),
        ("olivia.owner", {"scopes": ["people"]}, "scope_missing"),
        ("olivia.owner", {"purposes": ["another-use"]}, "purpose_not_allowed"),
    ):
        caller = program(story.database, acting_for, **terms)
        problem(caller.post(ADDRESS, body(person)), 403, code)
        problem(caller.get(f"{ADDRESS}/summary"), 403, code)
    problem(program(story.database, "olivia.owner").get("/models/nothing/outcomes/summary"), 404, "not_found")
    problem(program(story.database, "nadia.owner", agency="BCC").post(ADDRESS, body(person)), 403, "forbidden")
    assert count(story, Outcome) == 0
