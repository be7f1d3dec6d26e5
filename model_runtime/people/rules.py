"""Reading a file of people: every cell is checked, and one bad cell refuses the whole file."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date

from foundation.accounts.values import Actor
from foundation.errors import Invalid, NotFound
from foundation.web.texts import count_text, date_text
from model_runtime.people.tables import Person
from model_runtime.people.values import FACT_NAME, REFERENCE, PersonRow

KEYS = ("reference", "agency")
BORN = "born_on"
OWN = (*KEYS, BORN)
"""The columns of a file of people that hold no facts; the day of birth may be left out."""

OLDEST = 120
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
LARGEST_WHOLE = 2**53  # beyond it a whole number changes when it becomes a float

Problems = dict[str, str]


def parse_people(content: bytes, file: str) -> list[PersonRow]:
    """The people in a CSV file with the columns reference, agency, perhaps born_on, and one for each fact.

    Facts are numbers (yes and no as 1, 0); born_on is a day such as 2008-05-31 (R33). Refuses, naming file, row and
    column: text, NaN and infinity, what is no day, doubled or ragged columns, doubled references. An empty cell means
    that the fact is not known.
    """
    heading, rows = _read_table(content, file)
    problems = _heading_problems(heading)
    found: list[PersonRow] = []
    seen: set[str] = set()
    for number, cells in enumerate(rows, start=2) if not problems else ():
        if cells:
            problems |= _row_problems(heading, cells, number, seen)
            found += [] if problems else [_person_row(heading, cells, number)]
    if not problems and not found:
        problems["file"] = "there is nobody in it"
    _refuse(problems, file)
    return found


def check_day(as_of: date, today: date) -> None:
    """Facts are about a day that has come."""
    if as_of > today:
        sentence = f"Facts cannot be as of {date_text(as_of)}: that day has not come yet."
        raise Invalid(sentence, problems={"as_of": sentence})


def check_births(rows: Sequence[PersonRow], today: date) -> None:
    """Nobody is born on a day to come, nor longer ago than anybody lives; each problem names row and column (R33)."""
    problems = {}
    for row in rows:
        age = age_on(row.born_on, today)
        if age is not None and not 0 <= age <= OLDEST:
            place = f"row {row.row}, column {BORN}"
            why = "that day has not come yet" if age < 0 else f"that is more than {OLDEST} years ago"
            problems[place] = f"Row {row.row}, column {BORN}: {date_text(row.born_on)}: {why}."
    if problems:
        raise Invalid(f"{next(iter(problems.values()))} Nobody was added.", problems=problems, code="people_invalid")


def age_on(born_on: date | None, day: date) -> int | None:
    """Whole years on a day; who is born on 29 February is a year older on 1 March. None when the birth is not known."""
    if born_on is None:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def check_works_with(person: Person | None, actor: Actor) -> None:
    """Nobody learns whether a person of another agency is known here (R54)."""
    if person is None or actor.agency is None or person.agency_code != actor.agency:
        raise NotFound("There is no person with this reference among those your agency works with.")


def _read_table(content: bytes, file: str) -> tuple[list[str], list[list[str]]]:
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError:
        raise Invalid(f"{file}: the file is not UTF-8 text.") from None
    except csv.Error as error:
        raise Invalid(f"{file}: this is not a CSV file ({error}).") from None
    return [cell.strip() for cell in rows[0]] if rows else [], rows[1:]


def _heading_problems(heading: Sequence[str]) -> Problems:
    problems = {f"column {key}": "is missing" for key in KEYS if key not in heading}
    for name in heading:
        if heading.count(name) > 1:
            problems[f"column {name}"] = "appears twice"
        elif not FACT_NAME.fullmatch(name):
            problems[f"column {name[:80]}"] = "is not a name of letters, digits and underscores"
    if not set(heading) - set(KEYS):
        problems["file"] = "there is no column of facts and none of birth dates"
    return problems


def _row_problems(heading: Sequence[str], cells: Sequence[str], number: int, seen: set[str]) -> Problems:
    if len(cells) != len(heading):
        return {f"row {number}": f"has {count_text(len(cells), 'cell')} under {len(heading)} headings"}
    row = {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}
    problems = {f"row {number}, column {name}": what for name, what in _cell_problems(row)}
    if row["reference"] in seen:
        problems[f"row {number}, column reference"] = "stands in an earlier row too"
    seen.add(row["reference"])
    return problems


def _cell_problems(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    if not REFERENCE.fullmatch(row["reference"]):
        yield "reference", "expected up to 40 letters, digits, full stops, hyphens and underscores"
    if not row["agency"]:
        yield "agency", "is empty"
    for name, cell in row.items():
        if name == BORN and cell and not _is_day(cell):
            yield name, f"expected a day such as 2008-05-31 and found {cell[:40]!r}"
        if name not in OWN and cell and not _is_number(cell):
            yield name, f"expected a number and found {cell[:40]!r}"


def _is_day(cell: str) -> bool:
    try:
        return len(cell) == 10 and bool(date.fromisoformat(cell))
    except ValueError:
        return False


def _is_number(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell)) and abs(float(cell)) <= LARGEST_WHOLE


def _person_row(heading: Sequence[str], cells: Sequence[str], number: int) -> PersonRow:
    row = {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}
    facts = {name: _number(cell) for name, cell in row.items() if name not in OWN and cell}
    born_on = date.fromisoformat(row[BORN]) if row.get(BORN) else None
    return PersonRow(number, row["reference"], row["agency"], facts, born_on)


def _number(cell: str) -> int | float:
    return float(cell) if "." in cell else int(cell)


def _refuse(problems: Problems, file: str) -> None:
    if problems:
        place, what = next(iter(problems.items()))
        more = f" There are {len(problems) - 1} further problems." if len(problems) > 1 else ""
        sentences = {place: f"{file}, {place}: {what}." for place, what in problems.items()}
        first = f"{file}: {what}." if place == "file" else f"{file}, {place}: {what}."
        raise Invalid(f"{first}{more} Nobody was added.", problems=sentences, code="people_invalid")
