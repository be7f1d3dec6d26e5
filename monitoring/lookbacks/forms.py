"""Forms of looking back and of bringing a retired use to its end."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import (  # type: ignore[attr-defined]
    RadioField,
    SelectChoice,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)

from foundation.web.forms import read_day
from monitoring.lookbacks.tables import Retirement
from monitoring.lookbacks.values import HARM_TITLES, Closing

DAYS = ("notice_on", "disposal_by_on", "disposed_on", "published_on")


class AskForm(FlaskForm):
    """Why people have to be looked at again."""

    reason = TextAreaField(
        "Why do people have to be looked at again?",
        description="Name nobody. The owner, the committee and the auditor read it.",
        widget=GovTextArea(),
    )
    submit = SubmitField("Ask for the list", widget=GovSubmitInput())


class ReviewForm(FlaskForm):
    """What looking at a person again found; the service says what is wrong with it."""

    harm = RadioField(
        "What did you find?",
        choices=[SelectChoice(one.value, title) for one, title in HARM_TITLES.items()],
        widget=GovRadioInput(),
        validate_choice=False,
    )
    note = TextAreaField(
        "Why?",
        description="What you looked at, what was done because of a score, and what follows. It stays in the record.",
        widget=GovTextArea(),
    )
    submit = SubmitField("Record what you found", widget=GovSubmitInput())


def _day(form: FlaskForm, field: Any) -> None:
    if field.data and field.data.strip():
        read_day(field.data)


def _day_field(label: str, description: str = "For example 3/12/2026.") -> StringField:
    return StringField(label, description=description, widget=GovTextInput(), validators=[_day])


class ClosingForm(FlaskForm):
    """How a use is brought to its end. A draft may leave anything empty."""

    notice = TextAreaField(
        "What people are told",
        description="The words of the notice to the people who were scored, and to everybody else it concerns.",
        widget=GovTextArea(),
    )
    notice_way = TextAreaField(
        "How they are told", description="For example by letter, and by whom.", widget=GovTextArea()
    )
    notice_on = _day_field("When they were told")
    consumers = TextAreaField(
        "Who used the scores, and when were they told that they ended?",
        description="One a line: who, a comma, the day. For example: Resettlement team, 3/12/2026.",
        widget=GovTextArea(),
    )
    disposal = TextAreaField(
        "Which data is disposed of",
        description="Training data, copies of inputs, files with scores. Say so if none was held.",
        widget=GovTextArea(),
    )
    disposal_way = TextAreaField("How, and what is kept on what ground", widget=GovTextArea())
    disposal_by_on = _day_field("By when it has to be done")
    disposed_on = _day_field("When it was done", "Leave it empty until it is done.")
    published_on = _day_field("When the public record was brought up to date", "Leave it empty until it is done.")
    submit = SubmitField("Keep as a draft", widget=GovSubmitInput())
    complete = SubmitField("Complete the retirement", widget=GovSubmitInput())

    @classmethod
    def of(cls, retirement: Retirement) -> "ClosingForm":
        """The form as the draft stands; what is sent comes before it."""
        said = {name: getattr(retirement, name) for name in Closing.__dataclass_fields__}
        days = {name: f"{said[name]:%-d/%-m/%Y}" if said[name] else "" for name in DAYS}
        lines = [f"{who}, {date.fromisoformat(day):%-d/%-m/%Y}" for who, day in retirement.consumers]
        return cls(data={**said, **days, "consumers": "\n".join(lines)})

    def validate_consumers(self, field: Any) -> None:
        """Each line is somebody and a day."""
        list(self._told())

    def _told(self) -> Iterator[tuple[str, date]]:
        for line in (self.consumers.data or "").splitlines():
            who, comma, day = line.rpartition(",")
            if line.strip() and not (comma and 0 < len(who.strip()) <= 200):
                raise ValidationError(f"Write who and the day, with a comma between: {line.strip()[:60]}")
            if line.strip():
                yield who.strip(), read_day(day)

    def closing(self) -> Closing:
        """What was sent, once it is valid."""
        said: dict[str, Any] = {name: (self[name].data or "").strip() for name in Closing.__dataclass_fields__}
        days = {name: read_day(said[name]) if said[name] else None for name in DAYS}
        return Closing(**{**said, **days, "consumers": tuple(self._told())})
