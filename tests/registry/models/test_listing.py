"""The list of models: searched, exported, and harmless in a spreadsheet."""

import csv
import io
from datetime import date

import pytest

from foundation.database.connection import Database
from registry.models.listing import Line, Search, as_csv, as_plain, harmless, list_lines
from registry.models.queries import list_models

AGENCIES = {"ASC": "Avon and Somerset Constabulary", "BCC": "Bristol City Council"}


def lines_of(database: Database, **wanted: str) -> list[Line]:
    with database.read() as session:
        return list_lines(list_models(session), AGENCIES, Search(**wanted))


def slugs(lines: list[Line]) -> list[str]:
    return [line.slug for line in lines]


def test_a_held_model_shows_owner_agency_and_law(registered: Database) -> None:
    line = lines_of(registered)[0]
    assert (line.owner, line.agency, line.stage_code) == ("Olivia Owen", AGENCIES["ASC"], "registered")
    assert line.sources == (AGENCIES["ASC"],)
    assert (len(line.gateways), line.unverified) == (8, 8)
    assert "8 of them not verified by a lawyer" in line.law
    assert line.review_on is None


def test_a_named_model_shows_its_sources_and_law_and_no_owner(registered: Database) -> None:
    line = next(line for line in lines_of(registered) if line.slug == "risk-of-neet")
    assert (line.held, line.owner, line.stage_code) == (False, "", "named")
    assert line.sources == ("Bristol City Council",)
    assert line.unverified == len(line.gateways) == 8


def test_the_review_date_is_the_end_of_the_standing_approval(registered: Database, take, clock) -> None:
    take.submit(registered)
    take.approve(registered, expires_on=date(2027, 5, 1))
    assert lines_of(registered)[0].review_on == date(2027, 5, 1)
    take.approve(registered, expires_on=date(2027, 3, 3))
    line = lines_of(registered)[0]
    assert line.review_on == date(2027, 3, 3)
    assert line.stage_code == "approved"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "custody"}, ["return-to-custody"]),
        ({"text": "OLIVIA prison"}, ["return-to-custody"]),
        ({"text": "custody neet"}, []),
        ({"text": "neet"}, ["risk-of-neet"]),
        ({"stage": "registered"}, ["return-to-custody"]),
        ({"stage": "approved"}, []),
        ({"agency": "ASC"}, ["return-to-custody"]),
        ({"agency": "BCC"}, []),
        ({"held": "yes"}, ["return-to-custody"]),
        ({"held": "no", "text": "missing"}, ["missing-person-risk"]),
        ({"stage": "nonsense"}, []),
    ],
)
def test_a_search_finds_what_fits_all_of_it(wanted: dict[str, str], found: list[str], registered: Database) -> None:
    assert slugs(lines_of(registered, **wanted)) == found


def test_named_models_are_a_stage_of_their_own(registered: Database) -> None:
    assert len(lines_of(registered, stage="named")) == len(lines_of(registered, held="no")) == 7


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("x")'])
def test_no_cell_runs_in_a_spreadsheet(typed: str) -> None:
    assert harmless(typed) == f"'{typed}"


def test_a_harmless_cell_stays_as_it_is() -> None:
    assert harmless("a = b") == "a = b"
    assert harmless(None) == ""
    assert harmless(True) == "yes"
    assert harmless(["a", "b"]) == "a; b"


def test_the_spreadsheet_holds_every_model_and_neutralised_cells(registered: Database) -> None:
    from dataclasses import replace

    lines = lines_of(registered)
    lines[1] = replace(lines[1], name="=cmd|' /C calc'!A0", owner="@me")
    rows = list(csv.DictReader(io.StringIO(as_csv(lines))))
    assert len(rows) == 8
    assert rows[0]["name"] == "Return to custody"
    assert rows[0]["held"] == "yes"
    assert rows[0]["address"] == "/models/return-to-custody"
    assert rows[1]["name"] == "'=cmd|' /C calc'!A0"
    assert rows[1]["owner"] == "'@me"


def test_for_a_program_the_values_are_plain(registered: Database, take) -> None:
    import json

    take.submit(registered)
    take.approve(registered)
    plain = as_plain(lines_of(registered)[0])
    assert json.loads(json.dumps(plain)) == plain
    assert (plain["stage"], plain["review_on"]) == ("Approved", "2027-11-01")
