"""The forms of runs: asking for one, and looking up a person in it."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovRadioInput, GovSelect, GovSubmitInput, GovTextInput
from wtforms import (  # type: ignore[attr-defined]
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    SubmitField,
)
from wtforms.validators import InputRequired

from foundation.web.forms import read_day
from registry.agencies.tables import Source
from registry.models.tables import Use


class AskForm(FlaskForm):
    """A file of people, a purpose, a day and a source."""

    purpose = RadioField(
        "What is it for?",
        description="The purposes the ethics committee has approved for your agency.",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose what it is for")],
    )
    file = FileField(
        "File of people",
        description="CSV or Parquet: reference, born_on, and one column for each input of the model. One bad cell and "
        "nobody is scored.",
        widget=GovFileInput(),
        validators=[FileRequired("Choose a file")],
    )
    as_of = StringField(
        "The day the facts are of",
        description="For example 3/12/2026. A column as_of can say otherwise for single people.",
        widget=GovTextInput(),
        validators=[InputRequired("Enter the day the facts are of")],
    )
    source = SelectField("Where the facts are kept", widget=GovSelect())
    pressed = HiddenField()
    submit = SubmitField("Ask for the run", widget=GovSubmitInput())

    def offer(self, uses: Sequence[Use], sources: Sequence[Source], own: str) -> "AskForm":
        """Fill in what can be chosen; the agency's own source comes first."""
        chosen = [SelectChoice(str(use.id), f"{use.purpose} ({use.version.title})") for use in uses]
        self.purpose.choices = chosen
        ordered = sorted(sources, key=lambda source: (source.code != own, source.name))
        self.source.choices = [SelectChoice(source.code, source.name) for source in ordered]
        self.pressed.data = self.pressed.data or secrets.token_hex(16)
        return self

    def validate_as_of(self, field: Any) -> None:
        """A day that is one."""
        read_day(field.data)

    @property
    def day(self) -> date:
        """The day the facts are of, once the form is valid."""
        return read_day(self.as_of.data)
