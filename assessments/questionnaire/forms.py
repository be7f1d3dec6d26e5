"""Forms of assessments: one for all questions of a letter, for a piece of evidence, and for what is asked for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (  # type: ignore[attr-defined]
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from assessments.questionnaire.answer_types import UNITS, Column, cell_name, count_rows, read_value, rows_of
from assessments.questionnaire.rules import (
    LONGEST_ANSWER,
    LONGEST_LINK,
    LONGEST_TITLE,
    LONGEST_VERSION,
    answers_by_code,
)
from assessments.questionnaire.tables import Assessment, Evidence
from assessments.questionnaire.values import EVIDENCE_KINDS, Given, Letter, Question
from foundation.web.forms import read_day
from foundation.web.texts import date_text
from registry.models.values import PERMISSION_WORDS, PermissionStage, PilotTerms

YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]
UNIT_CHOICES = [SelectChoice("", "Choose"), *(SelectChoice(unit, unit.capitalize()) for unit in UNITS)]
KIND_CHOICES = [SelectChoice("", "Choose"), *(SelectChoice(code, title) for code, title in EVIDENCE_KINDS.items())]
MOST_PEOPLE = 1_000_000

Labels = Mapping[str, Sequence[str]]
"""The lines each question sets beforehand, under its code."""


def _day(name: str, hint: str) -> StringField:
    return StringField(
        name, description=hint, widget=GovTextInput(), validators=[Optional(), _check_day], filters=[_stripped]
    )


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _check_day(form: FlaskForm, field: StringField) -> None:
    read_day(field.data)


class EvidenceForm(FlaskForm):
    """A document, link or note behind an answer."""

    title = StringField(
        "What is it?",
        description="For example: data protection impact assessment, necessity section",
        widget=GovTextInput(),
        validators=[InputRequired("Enter what this is"), Length(max=LONGEST_TITLE)],
    )
    kind = SelectField(
        "What kind of evidence is it?",
        choices=KIND_CHOICES,
        widget=GovSelect(),
        default="other",
        filters=[lambda code: code or "other"],
    )
    text = TextAreaField(
        "Note",
        description="What it says, in a sentence or two",
        widget=GovTextArea(),
        validators=[Optional(), Length(max=LONGEST_ANSWER)],
    )
    link = StringField(
        "Link",
        description="Starting with https:// or http://",
        widget=GovTextInput(),
        validators=[Optional(), Length(max=LONGEST_LINK)],
    )
    file = FileField(
        "File",
        description="PDF, PNG, JPEG, ODT, DOCX, CSV or text. Never upload anything about a real person.",
        widget=GovFileInput(),
    )
    version = StringField(
        "Version of the document, if it has one",
        widget=GovTextInput(),
        validators=[Optional(), Length(max=LONGEST_VERSION)],
    )
    effective_on = _day("In force from, if it says so", "For example 3/3/2027")
    expires_on = _day(
        "In force until, if it ends", "Its last day, for example 3/3/2028. After it, it no longer counts."
    )
    submit = SubmitField("Add evidence", widget=GovSubmitInput())

    def day(self, name: str) -> date | None:
        """The day typed into a field, or none."""
        return read_day(self[name].data) if self[name].data else None


class UsedBeforeForm(FlaskForm):
    """Evidence this agency has used before, to stand behind another answer too."""

    used = RadioField(
        "Evidence used before", widget=GovRadioInput(), coerce=int, validators=[InputRequired("Choose one")]
    )
    take = SubmitField("Use the same evidence", widget=GovSubmitInput(), name="take")

    def offer(self, evidence: Sequence[tuple[Evidence, str]]) -> "UsedBeforeForm":
        """Offer evidence, each with where it was given first."""
        self.used.choices = [SelectChoice(one.id, _told(one, origin)) for one, origin in evidence]
        return self


def _told(one: Evidence, origin: str) -> str:
    version = f", version {one.document_version}" if one.document_version else ""
    until = f", until {date_text(one.expires_on)}" if one.expires_on else ""
    return f"{one.title}{version}{until} ({origin})"


class AskForm(FlaskForm):
    """What a submission asks for: how far the use is to be permitted, and for a pilot its terms (R08)."""

    permission = RadioField(
        "How far should it be permitted?",
        choices=[SelectChoice(stage.value, words) for stage, words in PERMISSION_WORDS.items()],
        widget=GovRadioInput(),
        validators=[DataRequired("Choose how far it should be permitted")],
    )
    pilot_hypothesis = TextAreaField("What is the pilot to find out?", widget=GovTextArea())
    pilot_success = TextAreaField("What would count as success?", widget=GovTextArea())
    pilot_stop = TextAreaField("What would stop it early?", widget=GovTextArea())
    pilot_people = StringField("How many different people may be scored at most?", widget=GovTextInput())
    pilot_teams = TextAreaField("Which teams see scores?", description="One on each line", widget=GovTextArea())
    submit = SubmitField("Submit to the ethics committee", widget=GovSubmitInput())

    def validate_pilot_people(self, field: StringField) -> None:
        """What is typed for a pilot is a number; that nothing is, is said together with what else is missing."""
        if self.asked is PermissionStage.PILOT and (field.data or "").strip() and not self._people:
            raise ValidationError(f"Enter a number of people from 1 to {MOST_PEOPLE:,}, such as 400")

    @property
    def _people(self) -> int:
        typed = (self.pilot_people.data or "").replace(",", "").strip()
        return int(typed) if typed.isascii() and typed.isdigit() and int(typed) <= MOST_PEOPLE else 0

    @property
    def asked(self) -> PermissionStage:
        """The stage of permission that was chosen; the first one while none was."""
        chosen = self.permission.data
        return PermissionStage(chosen) if chosen in set(PermissionStage) else PermissionStage.SHADOW

    @property
    def pilot(self) -> PilotTerms | None:
        """The terms of the pilot; none when no pilot is asked for."""
        if self.asked is not PermissionStage.PILOT:
            return None
        hypothesis, success, stop, teams = (
            (self[f"pilot_{name}"].data or "").strip() for name in ("hypothesis", "success", "stop", "teams")
        )
        named = tuple(dict.fromkeys(line.strip() for line in teams.splitlines() if line.strip()))
        return PilotTerms(hypothesis, success, stop, self._people, named)


def make_letter_form(letter: Letter, assessment: Assessment, labels: Labels) -> type[FlaskForm]:
    """A form class with the fields of a letter's questions.

    `adv_1_choice` where a yes or no is asked, `adv_1_text`, and what a typed question asks for: `gra_5_number`, or
    `law_4_0_law` in the first of several lines.
    """
    fields: dict[str, Any] = {"seen": HiddenField()}
    answers = answers_by_code(assessment)
    for question in letter.questions:
        if question.asks_choice:
            fields[f"{question.field}_choice"] = _choice_field(question)
        kept = answers.get(question.code)
        for row in form_rows(question, kept.value if kept else {}, labels.get(question.code, ())):
            for column in question.type.columns:
                fields[cell_name(question.field, row, column)] = _cell_field(column)
        fields[f"{question.field}_text"] = _text_field(question)
    fields["submit"] = SubmitField("Save answers", widget=GovSubmitInput())
    return type(f"{letter.word}Form", (FlaskForm,), fields)


def form_rows(question: Question, value: Mapping[str, Any], labels: Sequence[str]) -> Sequence[int | None]:
    """The numbers of the lines a question's form has; one line without a number, or none."""
    if not question.type.columns:
        return []
    return [None] if question.type.rows == "one" else range(count_rows(question.type, value, labels))


def _choice_field(question: Question) -> RadioField:
    return RadioField(
        question.text, choices=YES_NO, description=question.guidance, widget=GovRadioInput(), validators=[Optional()]
    )


def _cell_field(column: Column) -> StringField | SelectField:
    if column.kind == "unit":
        return SelectField("Unit", choices=UNIT_CHOICES, widget=GovSelect(), validators=[Optional()])
    return StringField(column.title, widget=GovTextInput())


def _text_field(question: Question) -> TextAreaField:
    if question.asks_choice:
        words, hint = "How do you know, and what follows from it?", ""
    else:
        words, hint = question.text, question.guidance
    if not question.asks_text:
        words = "Anything to add? You can leave it empty" if not question.asks_choice else words
    return TextAreaField(
        words,
        description=hint if question.asks_text else "",
        widget=GovTextArea(),
        validators=[Length(max=LONGEST_ANSWER, message=f"An answer has at most {LONGEST_ANSWER:,} characters")],
    )


def read_letter(letter: Letter, form: FlaskForm, labels: Labels) -> dict[str, Given]:
    """What somebody typed, under the codes of the questions."""
    typed = {name: field.data or "" for name, field in form._fields.items()}
    return {
        question.code: Given(
            typed.get(f"{question.field}_choice", ""),
            typed.get(f"{question.field}_text", ""),
            read_value(question.field, question.type, typed, labels.get(question.code, ())),
        )
        for question in letter.questions
    }


def answers_as_data(assessment: Assessment, letter: Letter, labels: Labels) -> dict[str, str]:
    """What is kept already, under the names of the form's fields."""
    answers, data = answers_by_code(assessment), {}
    for question in letter.questions:
        kept = answers.get(question.code)
        data[f"{question.field}_choice"] = kept.choice if kept else ""
        data[f"{question.field}_text"] = kept.text if kept else ""
        data |= _cells(question, kept.value if kept else {}, labels.get(question.code, ()))
    return data


def _cells(question: Question, value: Mapping[str, Any], labels: Sequence[str]) -> dict[str, str]:
    kind, told = question.type, _telling(question)
    if kind.rows == "one":
        return told(None, value)
    rows: Sequence[Mapping[str, str]] = rows_of(value)
    if kind.rows == "item":
        known = {row["of"]: row for row in rows}
        rows = [known.get(label, {}) for label in labels]
    elif not rows:
        rows = [{kind.columns[0].code: label} for label in labels]
    return {name: cell for number, row in enumerate(rows) for name, cell in told(number, row).items()}


def _telling(question: Question) -> Callable[[int | None, Mapping[str, Any]], dict[str, str]]:
    """A function that names the cells of a line as the form does."""

    def tell(number: int | None, row: Mapping[str, Any]) -> dict[str, str]:
        kept = {column: row[column.code] for column in question.type.columns if column.code in row}
        return {cell_name(question.field, number, column): str(cell) for column, cell in kept.items()}

    return tell
