"""Forms of meetings: calling one, other business, putting a line off, who is there, calling off."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovSelect, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    SelectChoice,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired

from assessments.meetings.tables import Attendance
from assessments.meetings.values import PRESENCES, Entry
from foundation.accounts.tables import Account
from foundation.clock import LONDON
from foundation.web.forms import read_day

NOT_SAID = ""


def read_time(text: str | None) -> time:
    """A time of day typed as 14:30 or 14.30; anything else is refused with an example."""
    try:
        return time.fromisoformat((text or "").strip().replace(".", ":").zfill(5))
    except ValueError:
        raise ValidationError("Enter a time, like 14:30") from None


class CallForm(FlaskForm):
    """When and where the committee meets."""

    day = StringField(
        "Day", description="For example 3/3/2027", widget=GovTextInput(), validators=[InputRequired("Enter the day")]
    )
    starts = StringField(
        "Starts at",
        description="London time, like 14:30",
        widget=GovTextInput(),
        validators=[InputRequired("Enter a time")],
    )
    ends = StringField(
        "Ends at", description="As planned", widget=GovTextInput(), validators=[InputRequired("Enter a time")]
    )
    place = StringField(
        "Where",
        description="A room, or how members join. It goes into the calendar file, so name nobody.",
        widget=GovTextInput(),
    )
    submit = SubmitField("Call the meeting", widget=GovSubmitInput())

    def validate_day(self, field: StringField) -> None:
        """A real day."""
        read_day(field.data)

    def validate_starts(self, field: StringField) -> None:
        """A real time."""
        read_time(field.data)

    def validate_ends(self, field: StringField) -> None:
        """A real time."""
        read_time(field.data)

    def times(self) -> tuple[datetime, datetime]:
        """Start and end, aware; London's clock decides what they are in UTC."""
        day = read_day(self.day.data)
        return _in_london(day, read_time(self.starts.data)), _in_london(day, read_time(self.ends.data))


def _in_london(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=LONDON)


class BusinessForm(FlaskForm):
    """Any other business."""

    title = StringField("What is it about?", widget=GovTextInput())
    text = TextAreaField("More, if members need it", description="Name nobody who is scored.", widget=GovTextArea())
    submit = SubmitField("Add it to the agenda", widget=GovSubmitInput())


class PutOffForm(FlaskForm):
    """Why a line is put off."""

    note = TextAreaField(
        "Why is it put off?",
        description="It stays on the agenda with your reason, and falls due again for the next meeting.",
        widget=GovTextArea(),
    )
    submit = SubmitField("Put it off", widget=GovSubmitInput())


class CallOffForm(FlaskForm):
    """Why a meeting is not held."""

    reason = TextAreaField("Why is it called off?", widget=GovTextArea())
    submit = SubmitField("Call it off", widget=GovSubmitInput())


class AttendanceForm(FlaskForm):
    """How everybody attends: a list and a tick for each."""

    submit = SubmitField("Save who is here", widget=GovSubmitInput())

    def entries(self, people: Sequence[Account]) -> dict[int, Entry]:
        """What was entered, by account number; who was left open is not in it."""
        found = {one.id: (self[f"state_{one.id}"].data, self[f"unnamed_{one.id}"].data) for one in people}
        return {number: Entry(state, bool(unnamed)) for number, (state, unnamed) in found.items() if state != NOT_SAID}


def make_attendance_form(people: Sequence[Account], standing: Sequence[Attendance]) -> AttendanceForm:
    """A form with one list for everybody who may attend, filled in with what is recorded."""
    known = {one.account_id: one for one in standing}
    choices = [SelectChoice(code.value, title) for code, title in PRESENCES.items()]
    fields: dict[str, Any] = {}
    for one in people:
        row = known.get(one.id)
        offered = choices if row else [SelectChoice(NOT_SAID, "Not known yet"), *choices]
        fields[f"state_{one.id}"] = SelectField(
            one.name, choices=offered, default=row.state if row else NOT_SAID, widget=GovSelect()
        )
        fields[f"unnamed_{one.id}"] = BooleanField(
            f"{one.name} asks not to be named in public",
            default=bool(row and row.unnamed),
            widget=GovCheckboxInput(),
        )
    kind: type[AttendanceForm] = type("AttendanceForm", (AttendanceForm,), fields)
    return kind()
