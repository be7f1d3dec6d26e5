"""Rules of outcomes: who may record them, and what a file of them must look like."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from foundation.accounts.values import Actor
from foundation.errors import Forbidden, Invalid, Refused
from monitoring.outcomes.values import COLUMNS, HAPPENED, OutcomeRow
from registry.models.rules import owns
from registry.models.tables import RiskModel

Problems = dict[str, str]
SHOWN = 20
"""How many problems are listed; a file with more of them has one cause, not hundreds."""
LONGEST_GROUP = 80


def check_may_record(model: RiskModel, actor: Actor) -> None:
    """Outcomes come from the model's owner or deputy, or from the worker; models only named here have none."""
    if not model.held:
        raise Refused(f"{model.name} is not held here, so it has no outcomes to record.")
    if actor.account_id is not None and not owns(model, actor):
        raise Forbidden(f"Only the owner or the deputy of {model.name} records its outcomes.")


def read_outcomes(content: bytes, file: str, groups: Collection[str], today: date) -> list[OutcomeRow]:
    """The rows of a CSV in UTF-8 with person, happened (yes, no, 1, 0), observed_on (2027-03-03) and group columns.

    `groups` are the group columns the model declares; each may be left out, and so may its cells. All or nothing:
    Invalid lists every problem with row and column. Refused are other columns, days after `today`, and a person
    who stands in the file twice.
    """
    lines = _lines(content, file)
    heading = [cell.strip() for cell in lines[0][1]] if lines else []
    refuse(file, _heading_problems(heading, groups))
    problems: Problems = {}
    rows = [row for number, cells in lines[1:] if (row := _row(number, cells, heading, today, problems))]
    problems |= _doubled(rows)
    if not problems and not rows:
        problems["row 2"] = "The file has a heading and no rows."
    refuse(file, problems)
    return rows


def refuse(file: str, problems: Mapping[str, str]) -> None:
    """Refuse the file with every problem at its place, and nothing when there is none."""
    if not problems:
        return
    told = [f"{place}: {sentence}" for place, sentence in list(problems.items())[:SHOWN]]
    if len(problems) > SHOWN:
        told.append(f"and {len(problems) - SHOWN} more problems")
    shown = {place: f"{file}, {place}: {sentence}" for place, sentence in list(problems.items())[:SHOWN]}
    if len(problems) > SHOWN:
        shown["more"] = f"{file}: {len(problems) - SHOWN} more problems are not listed."
    raise Invalid(f"{file}: nothing was recorded. {'; '.join(told)}", problems=shown, code="outcomes_invalid")


def _lines(content: bytes, file: str) -> list[tuple[int, list[str]]]:
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except (UnicodeDecodeError, csv.Error):
        sentence = f"{file} is not a CSV file in UTF-8. Save the sheet as 'CSV UTF-8' and choose that file."
        raise Invalid(sentence, problems={"file": sentence}, code="outcomes_invalid") from None


def _heading_problems(heading: Sequence[str], groups: Collection[str]) -> Problems:
    problems = {f"column {name}": "The column is missing." for name in COLUMNS if name not in heading}
    for name in heading:
        if heading.count(name) > 1:
            problems[f"column {name}"] = "The column is there twice."
        elif name not in COLUMNS and name not in groups:
            known = ", ".join([*COLUMNS, *groups])
            problems[f"column {name}"] = f"The column is not known. The file may have: {known}."
    return problems


def _row(
    number: int, cells: Sequence[str], heading: Sequence[str], today: date, problems: Problems
) -> OutcomeRow | None:
    """The row, or None after its problems were added to `problems`."""
    if len(cells) != len(heading):
        problems[f"row {number}"] = f"The row has {len(cells)} cells where the heading has {len(heading)}."
        return None
    values = {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}
    found = dict(_cell_problems(values, today))
    problems |= {f"row {number}, column {column}": sentence for column, sentence in found.items()}
    if found:
        return None
    groups = {name: value for name, value in values.items() if name not in COLUMNS and value}
    happened, day = HAPPENED[values["happened"].lower()], _day(values["observed_on"])
    return OutcomeRow(number, values["person"], happened, day or today, groups)


def _cell_problems(values: Mapping[str, str], today: date) -> Iterator[tuple[str, str]]:
    if not values["person"]:
        yield "person", "The person's reference is missing."
    if values["happened"].lower() not in HAPPENED:
        yield "happened", f"'{values['happened'][:40]}' is not yes, no, 1 or 0."
    day = _day(values["observed_on"])
    if day is None:
        yield "observed_on", f"'{values['observed_on'][:40]}' is not a day like 2027-03-03."
    elif day > today:
        yield "observed_on", f"{day.isoformat()} is still to come."
    for name, value in values.items():
        if name not in COLUMNS and len(value) > LONGEST_GROUP:
            yield name, f"A group has at most {LONGEST_GROUP} characters."


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _doubled(rows: Sequence[OutcomeRow]) -> Problems:
    first: dict[str, int] = {}
    problems: Problems = {}
    for row in rows:
        earlier = first.setdefault(row.person, row.row)
        if earlier != row.row:
            problems[f"row {row.row}, column person"] = f"{row.person} already stands in row {earlier}."
    return problems
