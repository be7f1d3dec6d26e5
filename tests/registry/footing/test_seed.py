"""The register as given: every finding, item by item, as a committed expectation (R16, R17, R18, R34, R51).

`seed_findings.csv` beside this file was read line by line against the published criticism of the source tables.
Left out of it, because they hold for every line: that no lawyer verified anything, and that no retention is stated.
"""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from foundation.database.connection import Database
from registry.catalogue.queries import read_catalogue
from registry.catalogue.values import Catalogue
from registry.footing.queries import answer_item

pytestmark = pytest.mark.one_database

EXPECTED = Path(__file__).parent / "seed_findings.csv"
EVERYWHERE = {"unverified", "retention_not_stated"}
DAY = date(2026, 11, 22)
Line = tuple[str, str, str, str, str, str]


@pytest.fixture
def catalogue(make_database: Callable[[str], Database]) -> Catalogue:
    with make_database("founded").read() as session:
        return read_catalogue(session)


def find_lines(catalogue: Catalogue) -> list[Line]:
    """Every finding as (group, name, agency, gateway, rule, severity)."""
    lines = []
    for item in catalogue.listed_items:
        answer = answer_item(catalogue, item, DAY)
        found = [*answer.findings, *(one for route in answer.routes for one in route.obstacles)]
        lines += [
            (item.group, item.name, one.agency or "", str(one.gateway or ""), one.rule, one.severity.value)
            for one in found
            if one.rule not in EVERYWHERE
        ]
    return sorted(lines)


def test_every_finding_of_the_seed_register(catalogue: Catalogue) -> None:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        expected = sorted(tuple(row) for row in list(csv.reader(file))[1:])
    assert find_lines(catalogue) == expected


def test_what_the_published_criticism_counts(catalogue: Catalogue) -> None:
    """How often each number is cited of 41 rows; which rows cite law that is not open to those who supply them."""
    items = catalogue.items.values()
    cited = Counter(number for item in items for number in item.gateways)
    counts = {1: 33, 2: 14, 3: 1, 4: 23, 5: 14, 6: 15, 7: 15, 8: 16, 9: 37, 10: 41, 11: 30, 12: 30, 13: 4}
    assert (len(items), dict(cited)) == (41, counts)
    assert all((11 in item.gateways) == (12 in item.gateways) for item in items)
    police_rows = [item for item in items if item.sources == ("ASC",)]
    lines = find_lines(catalogue)
    closed = {line[:2] for line in lines if line[2:5] == ("ASC", "9", "not_open_to_body")}
    assert len(police_rows) == 14
    assert len([item for item in police_rows if (item.group, item.name) in closed]) == 10


@pytest.mark.parametrize(
    ("group", "name", "agency", "gateway", "rule"),
    [
        ("Domestic Violence", "Victim of DVA", "ASC", "7", "outside_subjects"),
        ("Health", "Mental Health Concern", "BCC", "7", "excluded_matter"),
        ("Substance Misuse", "Accessed Drug or Alcohol Support", "BCC", "7", "excluded_matter"),
        ("Financial Exclusion", "Person in Rent Arrears", "BCC", "10", "outside_subjects"),
        ("School Attendance and Exclusion", "Child Persistently Absent", "DFE", "1", "outside_subjects"),
        ("Missing Persons", "Person Reported Missing", "ASC", "2", "partly_covers"),
        ("ASB", "Person Committed ASB", "", "4", "better_gateway"),
        ("Crime", "Person Committed Offence", "", "4", "better_gateway"),
        ("Risk Models", "Risk of Conduct Disorder", "", "13", "inputs_not_covered"),
        ("Financial Exclusion", "Out of Work Benefits", "DWP", "13", "section_in_doubt"),
        ("Crime", "Breach of Order or Injunction", "ASC", "5", "aim_only"),
        ("Health", "Teenage Parent", "BCC", "8", "vague_section"),
        ("Service Involvement", "Child in Need", "BCC", "10", "vague_section"),
    ],
)
def test_findings_by_name(catalogue: Catalogue, group: str, name: str, agency: str, gateway: str, rule: str) -> None:
    """The ones the criticism names, so that nobody loses them in the long file."""
    assert (group, name, agency, gateway, rule) in {line[:5] for line in find_lines(catalogue)}
