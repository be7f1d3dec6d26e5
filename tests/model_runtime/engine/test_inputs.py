"""One person's inputs: exactly as declared, or no score."""

import math
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_runtime.engine.inputs import InputRefused, check_row


@dataclass(frozen=True)
class Declared:
    name: str
    meaning: str
    type: str
    low: float | None = None
    high: float | None = None
    categories: Any = None


PRIORS = Declared("priors", "Number of earlier times in prison", "integer", 0, 80)
DAYS = Declared("days", "Days absent", "number", -0.5, 190)
DRUGS = Declared("drugs", "Drug problem", "yes_no")
TENURE = Declared("tenure", "Tenure", "category", categories={"rented": 1, "café": 2})
BAND = Declared("band", "Band", "category", categories=(1, 2, 5))
FEATURES = (PRIORS, DAYS, DRUGS, TENURE, BAND)
ROW = {"priors": 3, "days": 2.5, "drugs": True, "tenure": "rented", "band": 5}


def refusal_of(**change):
    with pytest.raises(InputRefused) as refused:
        check_row(FEATURES, {**ROW, **change})
    return refused.value


def test_a_row_as_declared_becomes_numbers_in_declared_order():
    numbers = check_row(FEATURES, dict(reversed(ROW.items())))
    assert list(numbers.items()) == [("priors", 3.0), ("days", 2.5), ("drugs", 1.0), ("tenure", 1.0), ("band", 5.0)]
    assert all(type(number) is float for number in numbers.values())


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("priors", None, "missing_value"),
        ("priors", "3", "not_a_number"),
        ("priors", "", "not_a_number"),
        ("priors", "\u0663", "not_a_number"),
        ("priors", True, "not_a_number"),
        ("priors", [3], "not_a_number"),
        ("priors", {"value": 3}, "not_a_number"),
        ("priors", 3.5, "not_whole"),
        ("priors", -1, "out_of_range"),
        ("priors", 81, "out_of_range"),
        ("priors", 10**400, "out_of_range"),
        ("days", math.nan, "not_a_number"),
        ("days", math.inf, "not_a_number"),
        ("days", -math.inf, "not_a_number"),
        ("days", -0.0, "not_a_number"),
        ("priors", -0.0, "not_a_number"),
        ("priors", 200, "out_of_range"),
        ("priors", "\uff13", "not_a_number"),
        ("priors", "2027-01-01", "not_a_number"),
        ("priors", b"3", "not_a_number"),
        ("priors", 3 + 0j, "not_a_number"),
        ("days", [[2.5]], "not_a_number"),
        ("days", {"days": {"days": 2.5}}, "not_a_number"),
        ("days", "NaN", "not_a_number"),
        ("days", -1e308, "out_of_range"),
        ("days", 1e308, "out_of_range"),
        ("days", "x" * 1_000_000, "not_a_number"),
        ("drugs", 2, "out_of_range"),
        ("drugs", 1.0, "not_a_number"),
        ("drugs", "true", "not_a_number"),
        ("drugs", None, "missing_value"),
        ("tenure", "Rented", "unseen_category"),
        ("tenure", "cafe\u0301", "unseen_category"),
        ("tenure", "owned", "unseen_category"),
        ("tenure", "rented ", "unseen_category"),
        ("tenure", "rented\x00", "unseen_category"),
        ("tenure", "r\u0435nted", "unseen_category"),
        ("tenure", "x" * 1_000_000, "unseen_category"),
        ("tenure", None, "missing_value"),
        ("tenure", 1, "unseen_category"),
        ("tenure", True, "unseen_category"),
        ("tenure", ["rented"], "unseen_category"),
        ("band", 3, "unseen_category"),
        ("band", True, "unseen_category"),
        ("band", 5.0, "unseen_category"),
        ("band", "5", "unseen_category"),
        ("band", None, "missing_value"),
        ("colour", 1, "unknown_field"),
        ("Priors", 1, "unknown_field"),
    ],
)
def test_anything_else_is_refused_with_its_field(field, value, code):
    refusal = refusal_of(**{field: value})
    assert (refusal.code, refusal.field) == (code, field)
    assert refusal.problems == {field: refusal.sentence}


@pytest.mark.parametrize(
    ("field", "value"), [("priors", 0), ("priors", 80), ("days", -0.5), ("days", 190), ("priors", 3.0)]
)
def test_the_ends_of_a_range_belong_to_it(field, value):
    assert check_row(FEATURES, {**ROW, field: value})[field] == value


@pytest.mark.parametrize(("value", "number"), [(True, 1.0), (False, 0.0), (1, 1.0), (0, 0.0)])
def test_yes_and_no(value, number):
    assert check_row(FEATURES, {**ROW, "drugs": value})["drugs"] == number


def test_a_missing_field_is_missing_and_every_problem_is_told_at_once():
    with pytest.raises(InputRefused) as refused:
        check_row(FEATURES, {"priors": 99, "days": 1, "drugs": 0, "tenure": "owned", "colour": 1})
    assert refused.value.code == "out_of_range"
    assert set(refused.value.problems) == {"priors", "tenure", "band", "colour"}
    assert refused.value.problems["priors"] == "Number of earlier times in prison must be from 0 to 80."
    assert refused.value.problems["band"] == "Band is missing."


def test_categories_without_numbers_are_not_guessed():
    with pytest.raises(InputRefused) as refused:
        check_row([Declared("tenure", "Tenure", "category", categories=("rented", "owned"))], {"tenure": "owned"})
    assert refused.value.code == "category_not_encoded"


def test_inputs_that_are_no_row_are_refused():
    for row in ([], None, "priors"):
        with pytest.raises(InputRefused):
            check_row(FEATURES, row)
    with pytest.raises(InputRefused):
        check_row(FEATURES, {**ROW, 5: 1})


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-2, 90)
    | st.floats()
    | st.floats(-1, 200)
    | st.text()
    | st.sampled_from(["rented", "café", "RENTED", "3", "true"])
)
ANYTHING = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(), SCALARS, max_size=2)


def sound(row):
    """The declaration again, written by hand."""
    return (
        not any(str(row.get(name)) == "-0.0" for name in ("priors", "days"))
        and set(row) == set(ROW)
        and type(row["priors"]) in (int, float)
        and row["priors"] in range(81)
        and type(row["days"]) in (int, float)
        and -0.5 <= row["days"] <= 190
        and type(row["drugs"]) in (int, bool)
        and row["drugs"] in (0, 1)
        and row["tenure"] in ("rented", "café")
        and type(row["band"]) is int
        and row["band"] in (1, 2, 5)
    )


SOUND = {
    "priors": st.integers(0, 80),
    "days": st.integers(0, 190) | st.floats(-0.5, 190).map(lambda number: number + 0.0),
    "drugs": st.sampled_from([True, False, 0, 1]),
    "tenure": st.sampled_from(["rented", "café"]),
    "band": st.sampled_from([1, 2, 5]),
}


@given(st.fixed_dictionaries(SOUND), st.dictionaries(st.sampled_from(["", *SOUND]), ANYTHING, max_size=2))
def test_a_row_is_scored_exactly_when_it_is_as_declared(row, change):
    changed = {**row, **change}
    if sound(changed):
        numbers = check_row(FEATURES, changed)
        assert list(numbers) == list(ROW)
        assert all(math.isfinite(number) for number in numbers.values())
    else:
        with pytest.raises(InputRefused) as refused:
            check_row(FEATURES, changed)
        assert refused.value.field in {*ROW, ""}
        assert refused.value.code


@given(st.fixed_dictionaries(SOUND), st.permutations(list(SOUND)))
@settings(max_examples=50)
def test_the_order_of_the_fields_is_nobodys_business(row, order):
    """Same values in, same bits out, whatever comes first."""
    once, again = check_row(FEATURES, row), check_row(FEATURES, {name: row[name] for name in order})
    assert list(once.items()) == list(again.items())
    assert [number.hex() for number in once.values()] == [number.hex() for number in again.values()]


@given(st.dictionaries(st.text() | st.integers(), ANYTHING, max_size=5))
def test_no_row_whatever_breaks_the_check(row):
    with pytest.raises(InputRefused):
        check_row(FEATURES, row)
