"""Rules of outcomes: who may record them, what a file of them must look like, and when one contradicts another."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from foundation.accounts.values import Actor
from foundation.clock import london_date
from foundation.errors import Forbidden, Invalid, Refused
from monitoring.outcomes.values import (
    COLUMNS,
    CORRECTING,
    HAPPENED,
    LATE_AFTER_DAYS,
    LONGEST_REASON,
    MOST_ROWS,
    OutcomeRow,
)
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

    `groups` are the group columns the model declares; each may be left out, and so may its cells. A file may also
    say in `correction` (yes, no) and `reason` that a row replaces what was recorded of the person before. All or
    nothing: Invalid lists every problem with row and column. Refused are other columns, days after `today`, a person
    who stands in the file twice, a correction without a reason and more than 200,000 people (R13).
    """
    lines = _lines(content, file)
    return read_cells(lines[0][1] if lines else [], lines[1:], file, groups, today)


def read_cells(
    names: Sequence[str],
    lines: Sequence[tuple[int, Sequence[str]]],
    file: str,
    groups: Collection[str],
    today: date,
) -> list[OutcomeRow]:
    """The same of any table: the names of its columns, and each row's number and cells as text."""
    heading = [cell.strip() for cell in names]
    refuse(file, _heading_problems(heading, groups))
    if len(lines) > MOST_ROWS:
        refuse(file, {"file": f"It has more than {MOST_ROWS:,} rows; hand it in in parts."})
    problems: Problems = {}
    rows = [row for number, cells in lines if (row := _row(number, cells, heading, today, problems))]
    problems |= find_doubled(rows)
    if not problems and not rows:
        problems["row 2"] = "The file has a heading and no rows."
    refuse(file, problems)
    return rows


def find_contradiction(happened: bool, observed_on: date, correction: bool, standing: Mapping[date, bool]) -> bool:
    """Whether a row says otherwise than what stands for the same person and day, and is no declared correction.

    `standing` holds, for each day, what was recorded last. Then neither of the two counts until the owner says
    which is right: the newer one does not win by being newer (R13).
    """
    return not correction and standing.get(observed_on, happened) is not happened


def check_reason(reason: str) -> str:
    """The reason of a choice between two rows, without needless blanks; refused where it says nothing or too much."""
    said = " ".join(reason.split())
    if not 0 < len(said) <= LONGEST_REASON:
        sentence = f"Say why this one is right, in at most {LONGEST_REASON} letters."
        raise Invalid(sentence, problems={"reason": sentence}, code="outcomes_invalid")
    return said


def is_late(observed_on: date, recorded_at: datetime) -> bool:
    """Whether an outcome was recorded more than 90 days after it was observed."""
    return (london_date(recorded_at) - observed_on).days > LATE_AFTER_DAYS


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
        elif name not in (*COLUMNS, *CORRECTING) and name not in groups:
            known = ", ".join([*COLUMNS, *groups, *CORRECTING])
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
    groups = {name: value for name, value in values.items() if name not in (*COLUMNS, *CORRECTING) and value}
    happened, day = HAPPENED[values["happened"].lower()], _day(values["observed_on"])
    correction = HAPPENED[values.get("correction", "").lower() or "no"]
    return OutcomeRow(number, values["person"], happened, day or today, groups, correction, values.get("reason", ""))


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
    yield from find_correcting(values.get("correction", "").lower() or "no", values.get("reason", ""))
    for name, value in values.items():
        if name not in (*COLUMNS, *CORRECTING) and len(value) > LONGEST_GROUP:
            yield name, f"A group has at most {LONGEST_GROUP} characters."


def find_correcting(correction: str, reason: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a row's `correction` (yes, no, 1 or 0) and `reason`: a correction says why, others do not."""
    if correction not in HAPPENED:
        yield "correction", f"'{correction[:40]}' is not yes, no, 1 or 0."
    elif HAPPENED[correction] and not reason:
        yield "reason", "A correction says why."
    elif reason and not HAPPENED[correction]:
        yield "reason", "Only a correction has a reason; say yes under correction."
    if len(reason) > LONGEST_REASON:
        yield "reason", f"A reason has at most {LONGEST_REASON} characters."


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def find_doubled(rows: Sequence[OutcomeRow]) -> Problems:
    """Every row whose person stands in an earlier row already, with its place."""
    first: dict[str, int] = {}
    problems: Problems = {}
    for row in rows:
        earlier = first.setdefault(row.person, row.row)
        if earlier != row.row:
            problems[f"row {row.row}, column person"] = f"{row.person} already stands in row {earlier}."
    return problems
