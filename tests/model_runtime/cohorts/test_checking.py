"""Every cell of a file of people: what is refused with its place, and who is left out with a code."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Invalid
from model_runtime.cohorts.checking import EPOCH, NONE, ages_on, check_part
from model_runtime.cohorts.intake import take_in
from model_runtime.cohorts.packing import unpack
from model_runtime.cohorts.plans import Column, Plan, check_heading
from model_runtime.cohorts.reading import read_parts
from model_runtime.gate.values import Ages
from model_runtime.people.rules import age_on

TODAY = date(2026, 11, 22)
PLAN = Plan(
    (
        Column("months", "Months", "integer", 0, 600),
        Column("rate", "Rate", "number", None, None),
        Column("alone", "Alone", "yes_no", None, None),
        Column("place", "Place of living", "category", None, None, (("north", 1.0), ("south", 2.0))),
    ),
    Ages(10, 17),
    TODAY,
    date(2026, 11, 1),
    31,
)
GOOD = {"reference": "A-1", "born_on": "2012-05-31", "months": "3", "rate": "0.5", "alone": "1", "place": "north"}


def check(**changes: str | None):
    row = {name: [value or None] for name, value in {**GOOD, **changes}.items()}
    return check_part(pa.table({name: pa.array(held, pa.string()) for name, held in row.items()}), 2, PLAN, text=True)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *(
            ("months", cell)
            for cell in ("nan", "inf", "1e308", "601", "-1", "2.5", "three", "٣", "0x10", "true", "3,000")
        ),
        *(("rate", cell) for cell in ("NaN", "-Infinity", "1e999", "[1]", "{}", "5 6")),
        *(("alone", cell) for cell in ("2", "yes", "0.5")),
        *(("reference", cell) for cell in ("", "=A1", "a b", "x" * 41, "Zoë", "A-1\x00")),
        *(("born_on", cell) for cell in ("2012-13-01", "31/5/2012", "2030-01-01", "1800-01-01", "2012-02-30", "now")),
        *(("as_of", cell) for cell in ("2026-11-23", "soon")),
    ],
)
def test_a_bad_cell_is_named(column: str, cell: str) -> None:
    """R01: never a default value, never a guess: the cell is named with row, column and what it holds."""
    part, _, problems = check(**{column: cell})
    assert part is None
    assert f"row 2, column {column}" in problems


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"as_of": ""}, None),
        ({"born_on": ""}, "age_unknown"),
        ({"born_on": "2018-01-01"}, "too_young"),
        ({"born_on": "2005-01-01"}, "too_old"),
        ({"rate": ""}, "missing_fact"),
        ({"as_of": "2026-10-21"}, "stale_fact"),
        ({"as_of": "2026-10-22"}, None),
        ({"place": "North"}, "unseen_category"),
        ({"place": "", "born_on": "2018-01-01"}, "too_young"),
        ({"place": "west", "rate": ""}, "missing_fact"),
    ],
)
def test_who_is_left_out_has_the_code_of_the_gate(changes: dict[str, str], code: str | None) -> None:
    """R33, R41: the first closed gate, in the gate's own order, and a sentence."""
    part, _, problems = check(**changes)
    assert not problems
    opened = unpack(part.people, part.days, part.inputs, part.closed)
    assert (opened.closed.get("0", [None])[0], opened.people) == (code, ["A-1"])
    if not changes:
        assert opened.values(0, 4) == (3.0, 0.5, 1.0, 1.0)
        assert opened.day(0) == PLAN.as_of


@given(st.lists(st.dates(date(1910, 1, 1), TODAY), min_size=1, max_size=30), st.dates(TODAY, date(2030, 12, 31)))
def test_ages_are_those_of_the_gate(births: list[date], day: date) -> None:
    """R33: counted for many at once as for one, also on 29 February."""
    days = np.array([born.toordinal() - EPOCH for born in births])
    assert ages_on(days, day).tolist() == [age_on(born, day) for born in births]
    assert ages_on(np.array([NONE]), day).tolist() == [0]


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (["reference", "born_on", "months", "rate", "alone"], "column place"),
        (["reference", "born_on", "months", "rate", "alone", "place", "income"], "column income"),
        (["reference", "born_on", "months", "rate", "alone", "place", "rate"], "column rate"),
    ],
)
def test_a_heading_has_what_the_model_takes(names: list[str], place: str) -> None:
    """R01: a missing, extra or doubled column is refused by its name."""
    with pytest.raises(Invalid) as refused:
        check_heading(names, PLAN, "people.csv")
    assert list(refused.value.problems) == [place]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"reference,born_on\nA-1,2012-05-31,7\n", "row 2"),
        (b"reference\nA-1\n\xff\n", "cannot be read"),
        (b"", "cannot be read"),
        (b"PAR1 not", "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes, words: str) -> None:
    """R01: ragged rows, other text than UTF-8, nothing at all, and what only looks like Parquet."""
    kind = "parquet" if content.startswith(b"PAR1") else "csv"
    with pytest.raises(Invalid, match=words):
        list(read_parts(content, kind, "people")[1])


def test_somebody_in_two_parts_is_named_with_both_rows() -> None:
    """R01: exactly one record for a person and run."""

    def table(first: int, rows: int) -> pa.Table:
        people = [f"A-{number}" for number in range(first, first + rows)]
        return pa.table({name: people if name == "reference" else [value] * rows for name, value in GOOD.items()})

    spool = take_in([table(0, 4096), table(4096, 10)], PLAN, "people.csv", "csv")
    assert (spool.rows, spool.oldest_on) == (4106, PLAN.as_of)
    spool.close()
    with pytest.raises(Invalid) as refused:
        take_in([table(0, 4096), table(7, 1)], PLAN, "people.csv", "csv")
    assert list(refused.value.problems) == ["row 4098, column reference"]
    assert "row 9 too" in refused.value.sentence


def test_facts_are_fresh_until_the_limit_has_passed() -> None:
    """R41: the oldest day that is still fresh."""
    assert TODAY - timedelta(days=31) == PLAN.oldest
