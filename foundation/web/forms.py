"""What forms of every room share."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import ValidationError

from foundation.errors import Invalid
from foundation.web.doors import session


def add_problems(form: FlaskForm, problem: Invalid) -> None:
    """Put the problems a service found at their fields; what names no field stands at the first one."""
    fields: dict[str, Any] = form._fields
    first = next(iter(fields))
    for name, sentence in (problem.problems or {first: problem.sentence}).items():
        field = fields.get(name, fields[first])
        field.errors = [*field.errors, sentence]


def carried_out(form: FlaskForm, command: Callable[[], object]) -> bool:
    """Whether a form was sent as it should be and its command went well.

    What the command found wrong stands at the form's fields, and nothing it had begun to write is kept.
    """
    if not form.validate_on_submit():
        return False
    try:
        with session().begin_nested():
            command()
    except Invalid as problem:
        add_problems(form, problem)
        return False
    return True


def read_day(text: str | None) -> date:
    """A day typed as 2027-03-03 or 3/3/2027; anything else is refused with an example."""
    cleaned = (text or "").strip()
    try:
        if "/" in cleaned:
            day, month, year = (int(part) for part in cleaned.split("/"))
            return date(year, month, day)
        return date.fromisoformat(cleaned)
    except ValueError:
        raise ValidationError("Enter a real date, like 3/3/2027") from None
