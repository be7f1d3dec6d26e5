"""What the forms of every kind of entry share: its fields, the revision looked at, the reason, the confirmation.

A form holds text; what is right is decided where entries are read, which names the fields that are wrong.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    Field,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Length, Optional

from foundation.web.forms import read_day

LONGEST = 20_000
SHARED = ("seen", "shown", "reason", "confirmed", "submit", "csrf_token")


class DayField(StringField):
    """A day typed as 3/3/2027 or 2027-03-03; empty when there is none."""

    widget = GovTextInput()

    def _value(self) -> str:
        return f"{self.data.day}/{self.data.month}/{self.data.year}" if isinstance(self.data, date) else self.data or ""

    @property
    def plain(self) -> date | str | None:
        """The day; text that is none is handed on and refused where the entry is read."""
        if not self.data or isinstance(self.data, date):
            return self.data or None
        try:
            return read_day(self.data)
        except ValidationError:
            return str(self.data).strip()


class NumberField(StringField):
    """A whole number, or nothing."""

    widget = GovTextInput()

    @property
    def plain(self) -> str | None:
        """The number as typed; None when nothing is."""
        return str(self.data or "").strip() or None


class ItemsField(TextAreaField):
    """Data items by group and name, one a line."""

    widget = GovTextArea()
    data: Any

    def _value(self) -> str:
        return "\n".join(self.data) if isinstance(self.data, list) else self.data or ""

    @property
    def plain(self) -> list[str]:
        """The titles, without empty lines."""
        lines = self.data if isinstance(self.data, list) else (self.data or "").splitlines()
        return list(dict.fromkeys(one.strip() for one in lines if one.strip()))


def line(label: str, hint: str = "", longest: int = 200) -> StringField:
    """A field of one line."""
    too_long = Length(max=longest, message=f"{label} must have {longest} characters or fewer")
    return StringField(label, description=hint, widget=GovTextInput(), validators=[Optional(), too_long])


def paragraph(label: str, hint: str = "") -> TextAreaField:
    """A field of several lines."""
    return TextAreaField(label, description=hint, widget=GovTextArea(), validators=[Length(max=LONGEST)])


def day(label: str, hint: str = "For example 27/3/2027") -> DayField:
    """A day."""
    return DayField(label, description=hint)


def number(label: str, hint: str = "") -> NumberField:
    """A whole number."""
    return NumberField(label, description=hint)


def choice(label: str, words: Mapping[Any, str] | None = None, hint: str = "") -> SelectField:
    """One of a list; what is not in it is refused where the entry is read."""
    offered = one_of(words or {})
    return SelectField(label, description=hint, widget=GovSelect(), choices=offered, validate_choice=False)


def ticks(label: str, words: Mapping[Any, str] | None = None, hint: str = "") -> SelectMultipleField:
    """Any of a list."""
    return SelectMultipleField(
        label, description=hint, widget=GovCheckboxesInput(), choices=choices(words or {}), validate_choice=False
    )


def tick(label: str, hint: str = "") -> BooleanField:
    """Yes or no."""
    return BooleanField(label, description=hint, widget=GovCheckboxInput())


def choices(words: Mapping[Any, str]) -> list[SelectChoice]:
    """Codes with their words, as a field offers them."""
    return [SelectChoice(str(code), text) for code, text in words.items()]


def one_of(words: Mapping[Any, str]) -> list[SelectChoice]:
    """The same for a choice of exactly one: nothing is chosen until somebody chooses."""
    return [SelectChoice("", "Choose one"), *choices(words)]


class ChangeForm(FlaskForm):
    """What every change carries. `seen` is the revision looked at, `shown` what was said to stop."""

    seen = HiddenField()
    shown = HiddenField()
    reason = paragraph("Why", "In a sentence that an outsider understands. It stays in the record.")
    confirmed = tick("I have read what stops")
    submit = SubmitField("Save", widget=GovSubmitInput())

    def own(self) -> Iterable[Field]:
        """The fields of this kind of entry, in their order."""
        return [field for field in self if field.name not in SHARED]

    def values(self) -> dict[str, Any]:
        """What was typed, by field of the entry."""
        return {field.name: _plain(field) for field in self.own()}

    @property
    def seen_number(self) -> int:
        """The number of the revision looked at; what is none counts as 0, which nobody has."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


class EndForm(ChangeForm):
    """Ending an entry from a day on."""

    day = day("From which day", "From that day on nothing rests on it. Today, or a day to come.")


def _plain(field: Any) -> Any:
    if hasattr(field, "plain"):
        return field.plain
    return field.data.strip() if isinstance(field.data, str) else "" if field.data is None else field.data
