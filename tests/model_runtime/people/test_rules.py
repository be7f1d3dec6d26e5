"""Reading a file of people: whole and right, or not at all."""

from datetime import date

import pytest

from foundation.errors import Invalid
from model_runtime.people.rules import age_on, parse_people

GOOD = b"reference,agency,age,works,pay\nRC-1,ASC,24,1,12.5\nRC-2,BCC,,0,-3\n"


def test_people_are_read_as_they_stand():
    first, second = parse_people(GOOD, "people.csv")
    assert (first.row, first.reference, first.agency) == (2, "RC-1", "ASC")
    assert first.facts == {"age": 24, "works": 1, "pay": 12.5}
    assert [type(value) for value in first.facts.values()] == [int, int, float]
    assert second.facts == {"works": 0, "pay": -3}  # an empty cell is no fact


def test_a_birth_is_no_fact_and_may_be_unknown():
    first, second = parse_people(b"reference,agency,born_on\nRC-1,ASC,2008-05-31\nRC-2,ASC,\n", "people.csv")
    assert (first.born_on, second.born_on) == (date(2008, 5, 31), None)
    assert first.facts == second.facts == {}


@pytest.mark.parametrize(
    ("born_on", "day", "age"),
    [
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 11, 23), date(2026, 11, 22), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
        (date(2026, 11, 23), date(2026, 11, 22), -1),
        (None, date(2026, 11, 22), None),
    ],
)
def test_an_age_is_in_whole_years(born_on, day, age):
    assert age_on(born_on, day) == age


def test_a_byte_order_mark_spaces_and_blank_lines_do_no_harm():
    content = b"\xef\xbb\xbfreference, agency ,age\r\n\r\n RC-1 , ASC , 24 \r\n"
    (only,) = parse_people(content, "people.csv")
    assert (only.row, only.reference, only.facts) == (3, "RC-1", {"age": 24})


@pytest.mark.parametrize(
    "cell", ["nan", "NaN", "inf", "-inf", "1e3", "0x10", "yes", "=1+1", "1,5", "1_000", "٣", "--1"]
)
def test_a_cell_that_is_no_plain_number_is_refused_by_row_and_column(cell: str):
    with pytest.raises(Invalid) as refusal:
        parse_people(f'reference,agency,age\nRC-1,ASC,24\nRC-2,ASC,"{cell}"\n'.encode(), "people.csv")
    assert list(refusal.value.problems) == ["row 3, column age"]
    assert refusal.value.sentence.startswith("people.csv, row 3, column age: expected a number and found")
    assert "Nobody was added." in refusal.value.sentence


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "column reference"),
        (b"reference,age\nRC-1,24\n", "column agency"),
        (b"reference,agency\nRC-1,ASC\n", "file"),
        (b"reference,agency,age\n", "file"),
        (b"reference,agency,age,age\nRC-1,ASC,1,2\n", "column age"),
        (b"reference,agency,the age\nRC-1,ASC,1\n", "column the age"),
        (b"reference,agency,\nRC-1,ASC,1\n", "column "),
        (b"reference,agency,age\nRC-1,ASC\n", "row 2"),
        (b"reference,agency,age\nRC-1,ASC,1,2\n", "row 2"),
        (b"reference,agency,age\n,ASC,1\n", "row 2, column reference"),
        (b"reference,agency,age\nJo Bloggs,ASC,1\n", "row 2, column reference"),
        (b"reference,agency,age\n../x,ASC,1\n", "row 2, column reference"),
        (b"reference,agency,age\nRC-1,,1\n", "row 2, column agency"),
        (b"reference,agency,age\nRC-1,ASC,1\nRC-1,ASC,2\n", "row 3, column reference"),
        (b"reference,agency,age\nRC-1,ASC,99999999999999999999\n", "row 2, column age"),
        (b"reference,agency,born_on\nRC-1,ASC,31/5/2008\n", "row 2, column born_on"),
        (b"reference,agency,born_on\nRC-1,ASC,20080531\n", "row 2, column born_on"),
        (b"reference,agency,born_on\nRC-1,ASC,2008-02-30\n", "row 2, column born_on"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(content: bytes, place: str):
    with pytest.raises(Invalid) as refusal:
        parse_people(content, "people.csv")
    assert place in refusal.value.problems
    assert refusal.value.sentence.startswith("people.csv")


@pytest.mark.parametrize("content", [b"reference,agency,age\nRC-1,ASC,\xff\n", b'reference,agency,age\n"RC-1,ASC,1'])
def test_what_is_not_a_csv_file_is_refused(content: bytes):
    with pytest.raises(Invalid, match=r"people\.csv"):
        parse_people(content, "people.csv")


def test_every_bad_cell_is_listed():
    with pytest.raises(Invalid) as refusal:
        parse_people(b"reference,agency,age,pay\nRC-1,ASC,x,y\nRC-2,,1,z\n", "people.csv")
    assert len(refusal.value.problems) == 4
    assert "There are 3 further problems." in refusal.value.sentence
