"""The list of models: found in three statements, now or as at a past day, and plain for spreadsheets and programs."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event

from foundation.database.connection import Database
from registry.catalogue.queries import read_catalogue
from registry.models.finding import Found, find_models, list_model_owners
from registry.models.listing import Line, Search, as_csv, as_plain
from registry.models.queries import list_uses
from registry.models.service import suspend
from registry.models.tables import RiskModel
from tests.conftest import NOON

TODAY = NOON.date()


def find(database: Database, *, moment: datetime | None = None, today: date = TODAY, **wanted: str) -> Found:
    """What a search finds."""
    with database.read() as session:
        catalogue = read_catalogue(session, moment)
        return find_models(session, catalogue, Search(**wanted), today=today, moment=moment)


def slugs(found: Found) -> list[str]:
    assert len(found.lines) == found.count
    return [line.slug for line in found.lines]


def first(database: Database, **wanted) -> Line:
    return find(database, **wanted).lines[0]


def enter_elsewhere(database: Database, slug: str, status: str) -> None:
    """A model that runs elsewhere or ran once."""
    with database.write() as session:
        known = {"operator": "Somebody", "status": status, "reason": "Given up"}
        session.add(
            RiskModel(
                slug=slug,
                name=slug.title(),
                held=False,
                summary="Known from a report.",
                outcome={},
                expert={},
                code_reference={},
                known=known,
                registered_at=NOON,
            )
        )


def test_a_search_finds_what_fits_all_of_it(registered: Database) -> None:
    enter_elsewhere(registered, "refused-model", "refused")
    enter_elsewhere(registered, "used-model", "in_use")
    with registered.read() as session:
        used = read_catalogue(session).find_item("Crime", "Person Committed Offence")
        assert list_model_owners(session) == [("olivia.owner", "Olivia Owen")]
    mine, item = ["return-to-custody"], str(used.id)
    for wanted, expected in (
        ({"text": "custody"}, mine),
        ({"text": "OLIVIA prison"}, mine),
        ({"text": "custody neet"}, []),
        ({"text": "100%"}, []),
        ({"text": "neet"}, ["risk-of-neet"]),
        ({"stage": "registered"}, mine),
        ({"stage": "approved"}, []),
        ({"stage": "nonsense"}, []),
        ({"stage": "elsewhere_in_use"}, ["used-model"]),
        ({"owner": "olivia.owner"}, mine),
        ({"owner": "dev.deputy"}, []),
        ({"agency": "ASC"}, mine),
        ({"agency": "BCC"}, []),
        ({"kind": "scikit-learn"}, mine),
        ({"kind": "supplied"}, []),
        ({"held": "yes"}, mine),
        ({"held": "no", "text": "missing"}, ["missing-person-risk"]),
        ({"held": "elsewhere"}, ["refused-model", "used-model"]),
        ({"held": "retired"}, ["refused-model"]),
        ({"held": "nonsense"}, []),
        ({"item": item, "held": "yes"}, mine),
        ({"item": "committed offence", "held": "yes"}, mine),
        ({"item": "no such thing"}, []),
        ({"item": "risk of neet"}, ["risk-of-neet"]),
        ({"gateway": str(used.gateways[0]), "held": "yes"}, mine),
        ({"gateway": "999"}, []),
        ({"gateway": "x"}, []),
        ({"review": "30"}, []),
        ({"review": "overdue"}, []),
    ):
        assert slugs(find(registered, **wanted)) == expected, wanted
    assert find(registered, held="named").count == find(registered, stage="named").count == 7
    assert find(registered).count == 10
    assert first(registered, text="refused").stage.title == "Refused"
    assert [line.held for line in find(registered).lines] == [True] + [False] * 9
    assert find(registered, sort="name").lines[-1].name == "Used-Model"


def test_a_line_says_owner_law_stage_and_review(registered: Database, take) -> None:
    line = first(registered)
    assert (line.owner, line.agency, line.stage_code) == ("Olivia Owen", "Avon and Somerset Constabulary", "registered")
    assert (line.sources, line.review_on) == (("Avon and Somerset Constabulary",), None)
    assert f"{line.unverified} of them not verified by a lawyer" in line.law
    named = first(registered, text="risk of neet")
    assert (named.held, named.owner, named.stage_code, named.sources) == (False, "", "named", ("Bristol City Council",))
    take.submit(registered)
    take.approve(registered, expires_on=date(2027, 5, 1))
    take.approve(registered, expires_on=date(2027, 3, 3))
    line = first(registered)
    assert (line.review_on, line.stage_code) == (date(2027, 3, 3), "approved")
    for today, review, expected in (
        (date(2027, 2, 1), "30", 1),
        (date(2027, 1, 31), "30", 0),
        (date(2027, 1, 1), "90", 1),
        (date(2027, 3, 3), "overdue", 0),
        (date(2027, 3, 4), "overdue", 1),
        (date(2027, 3, 4), "30", 0),
    ):
        assert find(registered, today=today, review=review).count == expected, (today, review)


def test_the_list_can_be_read_as_at_a_past_day(registered: Database, take, clock, cast) -> None:
    clock.advance(days=1)
    take.submit(registered)
    clock.advance(days=1)
    take.approve(registered, expires_on=date(2027, 5, 1))
    clock.advance(days=1)
    with registered.write() as session:
        suspend(session, cast(registered).officer, list_uses(session)[0], "A breach.", clock.now())
    clock.advance(days=1)
    take.approve(registered, expires_on=date(2027, 6, 1))
    told = []
    for days in range(5):
        line = first(registered, moment=NOON + timedelta(days=days, hours=1), held="yes")
        told.append((line.stage_code, line.review_on))
    assert told == [
        ("registered", None),
        ("submitted", None),
        ("approved", date(2027, 5, 1)),
        ("suspended", date(2027, 5, 1)),
        ("approved", date(2027, 6, 1)),
    ]
    assert find(registered, moment=NOON - timedelta(seconds=1)).count == 0
    assert find(registered, moment=NOON + timedelta(days=2), stage="approved").count == 1
    assert find(registered, moment=NOON + timedelta(days=1), stage="approved").count == 0


def test_one_page_costs_three_statements_however_many_models_there_are(registered: Database) -> None:
    for number in range(60):
        enter_elsewhere(registered, f"model-{number:02}", "unknown")
    counted: list[str] = []

    def count(_connection, _cursor, statement, *_rest) -> None:
        counted.append(statement)

    with registered.read() as session:
        find_models(session, read_catalogue(session), Search(), today=TODAY)  # the catalogue is kept from here on
    event.listen(registered.engine, "before_cursor_execute", count)
    with registered.read() as session:
        catalogue = read_catalogue(session)
        second = find_models(session, catalogue, Search(), today=TODAY, start=50)
    event.remove(registered.engine, "before_cursor_execute", count)
    reading = [statement for statement in counted if statement.lstrip().startswith("SELECT")]
    assert len(reading) == 3, reading
    assert (len(second.lines), second.count) == (18, 68)


@pytest.mark.parametrize("typed", ["=1+1", "@SUM(A1)"])
def test_plain_values_are_for_programs_and_no_cell_runs(typed: str) -> None:
    line = Line(
        "a", "A", True, "approved", "supplied", "S", "O", "ASC", "Police", date(2027, 1, 2), ("P",), ("1. G",), 1
    )
    plain = as_plain(line)
    assert json.loads(json.dumps(plain)) == plain
    assert (plain["stage"], plain["review_on"], plain["gateways"]) == ("Approved", "2027-01-02", ["1. G"])
    (row,) = csv.DictReader(io.StringIO(as_csv([replace(line, name=typed)])))
    assert (row["name"], row["held"], row["address"], row["gateways"]) == (f"'{typed}", "yes", "/models/a", "1. G")
