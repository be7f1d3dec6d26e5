"""Every cell of a part, checked a column at a time. Machinery: needs numpy and pyarrow.

A bad cell refuses the whole file, with its row and column. What is merely so about a person (an age, facts that are
old, missing or of a category the model has never seen) leaves that person out, with the code the gate would give.
"""

import json
import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from foundation.web.texts import date_text
from model_runtime.cohorts.packing import Part, pack
from model_runtime.cohorts.plans import AS_OF, BORN, REFERENCE, Column, Plan
from model_runtime.cohorts.values import MOST_PROBLEMS
from model_runtime.people.rules import OLDEST

REFERENCE_FORM = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
LARGEST_WHOLE = 2**53
EPOCH = date(1970, 1, 1).toordinal()

Problems = dict[str, str]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]
Days = NDArray[np.int64]


class Sheet:
    """One part while it is checked: `first` is the file's row number of its first row, `text` that it is a CSV."""

    def __init__(self, table: pa.Table, first: int, plan: Plan, text: bool) -> None:
        self.table, self.first, self.plan, self.text = table.combine_chunks(), first, plan, text
        self.problems: Problems = {}

    def column(self, name: str) -> pa.Array:
        """A column in one piece, dictionaries opened."""
        found = self.table.column(name).combine_chunks()
        found = found.chunk(0) if isinstance(found, pa.ChunkedArray) else found
        return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found

    def refuse(self, mask: Mask, name: str, what: str) -> None:
        """Name the cells of a column that are bad, with what they hold."""
        for place in np.flatnonzero(mask)[: MOST_PROBLEMS - len(self.problems)]:
            held = str(self.table.column(name)[int(place)].as_py())[:40]
            self.problems[f"row {self.first + int(place)}, column {name}"] = what.format(held=json.dumps(held))


def check_part(table: pa.Table, first: int, plan: Plan, *, text: bool) -> tuple[Part | None, list[str], Problems]:
    """A part ready to be stored, the references in it, and the bad cells; with any of those there is no part.

    In a CSV (`text`) every cell is text; in other sources a number that comes as text is refused.
    """
    sheet = Sheet(table, first, plan, text)
    people = _references(sheet)
    born = _days(sheet, BORN)
    told = _days(sheet, AS_OF) if AS_OF in table.column_names else None
    _check_days(sheet, born, told)
    inputs, unseen = _inputs(sheet)
    if sheet.problems:
        return None, people, sheet.problems
    default = plan.as_of.toordinal() - EPOCH
    days = np.full(len(people), default) if told is None else np.where(told == NONE, default, told)
    closed = _closed(plan, born, days, inputs, unseen)
    packed = (days + EPOCH).astype("<i4").tobytes()
    return pack(people, packed, np.nan_to_num(inputs, nan=0.0).astype("<f8").tobytes(), closed), people, {}


NONE = np.iinfo(np.int64).min
"""Stands for a day that is not known."""


def _references(sheet: Sheet) -> list[str]:
    column = sheet.column(REFERENCE)
    if pa.types.is_integer(column.type):
        column = column.cast(pa.string())
    if not _is_text(column):
        sheet.problems[f"column {REFERENCE}"] = f"holds {column.type}, and references are text"
        return []
    good = pc.fill_null(pc.match_substring_regex(column, REFERENCE_FORM), False)
    sheet.refuse(
        ~_mask(good), REFERENCE, "expected up to 40 letters, digits, full stops, hyphens and underscores, found {held}"
    )
    return column.to_pylist() if not sheet.problems else []


def _days(sheet: Sheet, name: str) -> Days:
    """Days since 1970 of a column of days, NONE where there is none."""
    column = sheet.column(name)
    missing = _mask(column.is_null())
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        days = column.cast(pa.date32(), safe=False)
    elif _is_text(column):
        shaped = pc.fill_null(pc.match_substring_regex(column, r"^\d{4}-\d\d-\d\d$"), False)
        days = _read_days(pc.if_else(shaped, column, None))
        missing_now = _mask(days.is_null()) & ~missing
        sheet.refuse(missing_now, name, "expected a day such as 2008-05-31, found {held}")
    elif pa.types.is_null(column.type):
        return np.full(len(column), NONE)
    else:
        sheet.problems[f"column {name}"] = f"holds {column.type}, and not days"
        return np.full(len(column), NONE)
    found = pc.fill_null(days.cast(pa.int32()), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(missing, NONE, found)


def _read_days(column: pa.Array) -> pa.Array:
    try:
        return column.cast(pa.date32())
    except pa.ArrowInvalid:  # one of them is no day of any calendar: find out which
        return pa.array([_day_or_none(text) for text in column.to_pylist()], pa.date32())


def _day_or_none(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _check_days(sheet: Sheet, born: Days, told: Days | None) -> None:
    today = sheet.plan.today.toordinal() - EPOCH
    future = "that day has not come yet: {held}"
    sheet.refuse(born > today, BORN, future)
    sheet.refuse(
        (born != NONE) & (ages_on(born, sheet.plan.today) > OLDEST), BORN, f"more than {OLDEST} years ago: {{held}}"
    )
    if told is not None:
        sheet.refuse(told > today, AS_OF, future)


def ages_on(born: Days, day: date) -> NDArray[np.int64]:
    """Whole years on a day, as people.rules.age_on counts them; 0 where the birth is not known."""
    known = np.where(born == NONE, day.toordinal() - EPOCH, born).astype("datetime64[D]")
    months = known.astype("datetime64[M]")
    years = known.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    of_month = (known - months.astype("datetime64[D]")).astype(np.int64) + 1
    before = (month > day.month) | ((month == day.month) & (of_month > day.day))
    return day.year - years - before


def _inputs(sheet: Sheet) -> tuple[Numbers, dict[int, list[int]]]:
    """All inputs as numbers, NaN where none is known, and the columns of unseen categories by the person's place."""
    values = np.empty((len(sheet.table), len(sheet.plan.columns)))
    unseen: dict[int, list[int]] = {}
    for place, column in enumerate(sheet.plan.columns):
        if column.type == "category":
            values[:, place], odd = _categories(sheet.column(column.name), column)
            for row in np.flatnonzero(odd):
                unseen.setdefault(int(row), []).append(place)
        else:
            values[:, place] = _numbers(sheet, column)
    return values, unseen


def _categories(held: pa.Array, column: Column) -> tuple[Numbers, Mask]:
    if pa.types.is_null(held.type):
        return np.full(len(held), math.nan), np.zeros(len(held), bool)
    texts = held.cast(pa.string()).dictionary_encode()
    known = dict(column.codes)
    numbers = np.array([known.get(code, math.inf) for code in texts.dictionary.to_pylist()] or [math.nan])
    missing = _mask(texts.is_null())
    found = numbers[pc.fill_null(texts.indices, 0).to_numpy(zero_copy_only=False)]
    unseen = np.isinf(found) & ~missing
    return np.where(missing | unseen, math.nan, found), unseen


def _numbers(sheet: Sheet, column: Column) -> Numbers:
    held = sheet.column(column.name)
    missing = _mask(held.is_null())
    wanted = "yes or no as 1 or 0" if column.type == "yes_no" else "a number"
    found, bad = _read_numbers(held, column, sheet.text)
    sheet.refuse(bad | (~missing & ~bad & ~np.isfinite(found)), column.name, f"expected {wanted}, found {{held}}")
    sound = ~missing & ~bad & np.isfinite(found)
    if column.type in ("integer", "yes_no"):
        whole = sound & (found != np.floor(found))
        sheet.refuse(whole, column.name, "expected a whole number, found {held}")
    low, high = (0.0, 1.0) if column.type == "yes_no" else (column.low, column.high)
    outside = np.abs(found) > LARGEST_WHOLE  # beyond it a whole number changes when it becomes a float
    outside |= (found < low) if low is not None else False
    outside |= (found > high) if high is not None else False
    sheet.refuse(sound & outside, column.name, f"expected {_range(low, high)}, found {{held}}")
    return np.where(missing, math.nan, found)


def _read_numbers(held: pa.Array, column: Column, text: bool) -> tuple[Numbers, Mask]:
    """The numbers of a column, and which cells hold none; text is a number only in a file that knows nothing else."""
    none = np.zeros(len(held), bool)
    if pa.types.is_null(held.type):
        return np.full(len(held), math.nan), none
    if pa.types.is_boolean(held.type) and column.type == "yes_no":
        return _floats(held.cast(pa.int8())), none
    if pa.types.is_integer(held.type) or pa.types.is_floating(held.type) or pa.types.is_decimal(held.type):
        return _floats(held), none
    if text and _is_text(held):
        return _parse(held)
    return np.full(len(held), math.nan), ~_mask(held.is_null())


def _parse(held: pa.Array) -> tuple[Numbers, Mask]:
    try:
        return _floats(held.cast(pa.float64())), np.zeros(len(held), bool)
    except pa.ArrowInvalid:  # a cell is no number: find out which
        good = [text is None or _is_number(text) for text in held.to_pylist()]
        found = pc.if_else(pa.array(good), held, None)
        return _floats(found.cast(pa.float64())), ~np.array(good)


def _is_number(text: str) -> bool:
    try:
        pa.array([text]).cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _floats(held: pa.Array) -> Numbers:
    return pc.fill_null(held.cast(pa.float64(), safe=False), math.nan).to_numpy(zero_copy_only=False)


def _closed(plan: Plan, born: Days, days: Days, inputs: Numbers, unseen: dict[int, list[int]]) -> dict[str, list[str]]:
    """Who is not scored and why: the first gate that is closed, in the gate's own order."""
    closed: dict[str, list[str]] = {}
    missing = np.isnan(inputs)
    for row, columns in unseen.items():
        missing[row, columns] = False  # known, though not to the model
    late = days < plan.oldest.toordinal() - EPOCH
    suspects = late | missing.any(axis=1) | _age_closed(plan, born)
    suspects[list(unseen)] = True
    for place in np.flatnonzero(suspects):
        row = int(place)
        names = [plan.columns[int(at)].meaning for at in np.flatnonzero(missing[row])]
        odd = [plan.columns[at].meaning for at in unseen.get(row, [])]
        closed[str(row)] = next(_reasons(plan, _age(plan, born, row), names, int(days[row]), odd))
    return closed


def _age(plan: Plan, born: Days, row: int) -> int | None:
    return None if born[row] == NONE else int(ages_on(born[row : row + 1], plan.today)[0])


def _age_closed(plan: Plan, born: Days) -> Mask:
    ages, found = plan.ages, ages_on(born, plan.today)
    if ages is None:
        return np.ones(len(born), bool)
    too_old = found > ages.maximum if ages.maximum is not None else np.zeros(len(born), bool)
    return (born == NONE) | (found < ages.minimum) | too_old


def _reasons(plan: Plan, age: int | None, missing: list[str], day: int, unseen: list[str]) -> Iterator[list[str]]:
    ages = plan.ages
    if ages is None or age is None:
        yield ["age_unknown", "The date of birth is not known, and the model is only for people of certain ages."]
    elif age < ages.minimum:
        yield ["too_young", f"This person is {age}, and the use is for people aged {ages.minimum} or over."]
    elif ages.maximum is not None and age > ages.maximum:
        yield ["too_old", f"This person is {age}, and the use is for people aged {ages.maximum} or under."]
    if missing:
        yield ["missing_fact", f"Not known here: {_listed(missing)}. The model never guesses."]
    if day < plan.oldest.toordinal() - EPOCH:
        told = date_text(date.fromordinal(day + EPOCH))
        yield [
            "stale_fact",
            f"The facts are as of {told}, older than the {plan.stale_after_days} days that were approved.",
        ]
    if unseen:
        yield ["unseen_category", f"The model has never seen what is recorded here: {_listed(unseen)}."]


def _listed(meanings: list[str]) -> str:
    return "; ".join(f"{one[:1].lower()}{one[1:].rstrip('.')}" for one in meanings)


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:,.15g} to {high:,.15g}"
    if low is not None:
        return f"{low:,.15g} or more"
    return f"{high:,.15g} or less" if high is not None else "a smaller number"


def _is_text(column: pa.Array) -> bool:
    return pa.types.is_string(column.type) or pa.types.is_large_string(column.type)


def _mask(column: Any) -> Mask:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)
