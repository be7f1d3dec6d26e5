"""Outcomes come in as a whole file or not at all, and each problem is named at its place."""

import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from foundation.errors import Forbidden, Invalid
from foundation.ledger.tables import LedgerEntry
from foundation.ledger.values import digest
from model_runtime.people.tables import Person
from monitoring.outcomes.queries import latest_outcomes
from monitoring.outcomes.rules import read_outcomes
from monitoring.outcomes.service import record_outcomes
from monitoring.outcomes.tables import Outcome
from registry.models.queries import get_model

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
GROUPS = ("ethnicity", "age_group")
GOOD = b"person,happened,observed_on,age_group\nP-1,yes,2026-11-20,Under 25\nP-2,0,2026-11-22,\n"


def problems(content: bytes) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read_outcomes(content, "outcomes.csv", GROUPS, TODAY)
    assert "outcomes.csv" in refused.value.sentence
    return refused.value.problems


def test_a_file_as_spreadsheets_write_it_is_read() -> None:
    content = b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n") + b"\r\n"
    first, second = read_outcomes(content, "outcomes.csv", GROUPS, TODAY)
    assert (first.person, first.happened, first.observed_on) == ("P-1", True, date(2026, 11, 20))
    assert first.groups == {"age_group": "Under 25"}
    assert (second.happened, second.groups, second.row) == (False, {}, 3)


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        ("P-1,maybe,2026-11-20", "row 2, column happened", "'maybe' is not yes, no, 1 or 0"),
        ("P-1,,2026-11-20", "row 2, column happened", "is not yes, no"),
        ("P-1,yes,20/11/2026", "row 2, column observed_on", "is not a day like 2027-03-03"),
        ("P-1,yes,2026-02-30", "row 2, column observed_on", "is not a day"),
        ("P-1,yes,2026-11-23", "row 2, column observed_on", "2026-11-23 is still to come"),
        (" ,yes,2026-11-20", "row 2, column person", "reference is missing"),
        ("P-1,yes", "row 2", "has 2 cells where the heading has 3"),
        ("P-1,yes,2026-11-20\n\nP-1,no,2026-11-21", "row 4, column person", "P-1 already stands in row 2"),
    ],
)
def test_a_bad_row_is_named_by_row_and_column(line: str, place: str, said: str) -> None:
    found = problems(f"person,happened,observed_on\n{line}\n".encode())
    assert list(found) == [place]
    assert said in found[place]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "column person"),
        (b"person,happened\nP-1,yes\n", "column observed_on"),
        (b"person,happened,observed_on,ethnicty\nP-1,yes,2026-11-20,A\n", "column ethnicty"),
        (b"person,person,happened,observed_on\nP-1,P-1,yes,2026-11-20\n", "column person"),
        (b"person,happened,observed_on\n", "row 2"),
        ("person,happened,observed_on\nJos\u00e9,yes,2026-11-20\n".encode("latin-1"), "file"),
        (b'person,happened,observed_on\n"P-1,yes,2026-11-20\n', "file"),
        (b"PK\x03\x04\x00\x00", "column person"),
    ],
)
def test_a_file_of_another_kind_or_with_another_heading_is_refused(content: bytes, place: str) -> None:
    assert place in problems(content)


def test_a_hopeless_file_does_not_list_hundreds_of_problems() -> None:
    lines = "\n".join(f"P-{n},perhaps,2026-11-20" for n in range(300))
    found = problems(f"person,happened,observed_on\n{lines}\n".encode())
    assert len(found) == 21
    assert "280 more problems" in found["more"]


@pytest.fixture
def people(registered):
    """Two people of the register."""
    with registered.write() as session:
        for reference in ("P-1", "P-2"):
            session.add(Person(reference=reference, agency_code="ASC", added_at=AT))
    return registered


def record(database, actor, content: bytes = GOOD, at: datetime = AT) -> int:
    with database.write() as session:
        model = get_model(session, "return-to-custody")
        return record_outcomes(session, actor, model, content, "outcomes.csv", at)


def test_the_newest_outcome_of_a_person_counts_and_the_older_one_stays(people, cast) -> None:
    actors = cast(people)
    assert record(people, actors.owner) == 2
    assert record(people, actors.worker, b"person,happened,observed_on\nP-1,no,2026-11-21\n", AT + timedelta(1)) == 1
    with people.read() as session:
        model = get_model(session, "return-to-custody")
        latest = {
            session.get(Person, number).reference: one for number, one in latest_outcomes(session, model.id).items()
        }
        assert {reference: one.happened for reference, one in latest.items()} == {"P-1": False, "P-2": False}
        assert session.scalar(select(func.count()).select_from(Outcome)) == 3
        entries = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "outcomes_recorded")).all()
        facts = [json.loads(entry.body)["facts"] for entry in entries]
        counted = {"rows": 2, "matched": 0, "corrections": 0, "conflicts": 0, "source": "csv"}
        assert {**counted, "file_sha256": digest(GOOD)} in facts


def test_unknown_people_are_listed_and_nobody_is_kept(people, cast) -> None:
    content = GOOD + b"P-8,yes,2026-11-20,\nP-9,no,2026-11-20,\n"
    with pytest.raises(Invalid) as refused:
        record(people, cast(people).owner, content)
    assert list(refused.value.problems) == ["row 4, column person", "row 5, column person"]
    assert "P-9 is not known here" in refused.value.sentence
    with people.read() as session:
        assert session.scalar(select(func.count()).select_from(Outcome)) == 0


def test_only_those_who_answer_for_the_model_record_its_outcomes(people, cast) -> None:
    actors = cast(people)
    for actor in (actors.chair, actors.contributor, actors.practitioner, actors.auditor):
        with pytest.raises(Forbidden):
            record(people, actor)
    other = type(actors.owner)(account_id=actors.officer.account_id, name="Another", roles=actors.owner.roles)
    with pytest.raises(Forbidden, match="Only the owner or the deputy"):
        record(people, other)


def test_the_page_takes_a_file_and_names_its_problems(people, visit) -> None:
    owner = visit(people, "model_owner")
    address = "/models/return-to-custody/outcomes"
    assert "In the words of the evaluation: " in owner.get(address).get_data(as_text=True)
    template = owner.get(f"{address}/template.csv")
    assert template.get_data(as_text=True).startswith("person,happened,observed_on,ethnicity,age_group")
    nothing = owner.send(address, {}, content_type="multipart/form-data")
    assert (nothing.status_code, "Choose a file" in nothing.get_data(as_text=True)) == (422, True)
    bad = owner.send(address, {"file": (io.BytesIO(GOOD.replace(b"yes", b"aye")), "a.csv")})
    assert bad.status_code == 422
    assert "a.csv, row 2, column happened" in bad.get_data(as_text=True)
    good = owner.send(address, {"file": (io.BytesIO(GOOD), "..\\..\\outcomes.csv")})
    assert good.status_code == 302
    shown = owner.get(address).get_data(as_text=True)
    assert "The outcomes of 2 people were recorded." in shown
    assert "outcomes.csv" in shown
    assert "..\\" not in shown
    assert visit(people, "committee_member").get(address).status_code == 403
    assert owner.get("/models/no-such-model/outcomes").status_code == 404
