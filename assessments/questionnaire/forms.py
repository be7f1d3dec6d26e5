"""Forms of assessments: one for all questions of a letter, one for a piece of evidence."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovRadioInput,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (  # type: ignore[attr-defined]
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from assessments.questionnaire.rules import LONGEST_ANSWER, LONGEST_LINK, LONGEST_TITLE, answers_by_code
from assessments.questionnaire.tables import Assessment
from assessments.questionnaire.values import Letter, Question

YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]


class EvidenceForm(FlaskForm):
    """A document, link or note behind an answer."""

    title = StringField(
        "What is it?",
        description="For example: data protection impact assessment, necessity section",
        widget=GovTextInput(),
        validators=[InputRequired("Enter what this is"), Length(max=LONGEST_TITLE)],
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
    submit = SubmitField("Add evidence", widget=GovSubmitInput())


def make_letter_form(letter: Letter) -> type[FlaskForm]:
    """A form class with the fields of a letter's questions: `adv_1_choice` where a yes or no is asked, `adv_1_text`."""
    fields: dict[str, Any] = {"seen": HiddenField()}
    for question in letter.questions:
        if question.asks_choice:
            fields[f"{question.field}_choice"] = _choice_field(question)
        fields[f"{question.field}_text"] = _text_field(question)
    fields["submit"] = SubmitField("Save answers", widget=GovSubmitInput())
    return type(f"{letter.word}Form", (FlaskForm,), fields)


def _choice_field(question: Question) -> RadioField:
    return RadioField(
        question.text, choices=YES_NO, description=question.guidance, widget=GovRadioInput(), validators=[Optional()]
    )


def _text_field(question: Question) -> TextAreaField:
    if question.asks_choice:
        words, hint = "How do you know, and what follows from it?", ""
    else:
        words, hint = question.text, question.guidance
    return TextAreaField(
        words,
        description=hint,
        widget=GovTextArea(),
        validators=[Length(max=LONGEST_ANSWER, message=f"An answer has at most {LONGEST_ANSWER:,} characters")],
    )


def answers_as_data(assessment: Assessment, letter: Letter) -> dict[str, str]:
    """What is kept already, under the names of the form's fields."""
    answers, data = answers_by_code(assessment), {}
    for question in letter.questions:
        kept = answers.get(question.code)
        data[f"{question.field}_choice"] = kept.choice if kept else ""
        data[f"{question.field}_text"] = kept.text if kept else ""
    return data
