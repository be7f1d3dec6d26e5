"""Forms of minutes: what was said, sending back, withholding a paragraph."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import RadioField, SelectChoice, SubmitField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from audit.minutes.record import OPENING
from audit.minutes.rules import LONGEST
from audit.minutes.values import REASONS


class NotesForm(FlaskForm):
    """What was said: before the first item, and on each line."""

    submit = SubmitField("Save", widget=GovSubmitInput())

    def notes(self, keys: Sequence[str]) -> dict[str, str]:
        """What was written, by the key of the line or `opening`."""
        return {key: self[key].data or "" for key in (OPENING, *keys)}


def make_notes_form(lines: Mapping[str, str], standing: Mapping[str, str]) -> NotesForm:
    """A form with a box for every line (key to title), filled in with what is written already."""
    labels = {OPENING: "Before the first item", **lines}
    fields: dict[str, Any] = {
        key: TextAreaField(label, default=standing.get(key, ""), widget=GovTextArea(), validators=[Length(max=LONGEST)])
        for key, label in labels.items()
    }
    kind: type[NotesForm] = type("NotesForm", (NotesForm,), fields)
    return kind()


class BackForm(FlaskForm):
    """Why minutes go back to the secretary."""

    reason = TextAreaField(
        "What has to be changed?", widget=GovTextArea(), validators=[InputRequired("Say what has to be changed")]
    )
    submit = SubmitField("Send them back", widget=GovSubmitInput())


class WithholdForm(FlaskForm):
    """Why a paragraph is not told to the public."""

    reason = RadioField(
        "Why is it withheld?",
        choices=[SelectChoice(code.value, title.capitalize()) for code, title in REASONS.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Choose why it is withheld")],
    )
    note = TextAreaField(
        "Say why, for colleagues and auditors",
        description="The public reads the reason above and not this.",
        widget=GovTextArea(),
    )
    submit = SubmitField("Withhold this paragraph", widget=GovSubmitInput())
