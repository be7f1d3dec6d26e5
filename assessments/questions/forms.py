"""Forms of a partnership's own questions: add one, end one."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import SelectChoice, SelectField, StringField, SubmitField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from assessments.questionnaire.answer_types import TYPES
from assessments.questions.rules import LONGEST_ASKED, LONGEST_QUESTION, WORDS

DUTY_CHOICES = [SelectChoice("", "Choose"), *(SelectChoice(code, word) for code, word in WORDS.items())]
COMPUTED = "numbers + text"
TYPE_CHOICES = [
    SelectChoice("", "Choose"),
    *(SelectChoice(code, kind.title) for code, kind in TYPES.items() if code != COMPUTED),
]


class QuestionForm(FlaskForm):
    """One more question."""

    duty = SelectField("Which letter does it belong to?", choices=DUTY_CHOICES, widget=GovSelect())
    text = TextAreaField(
        "The question",
        widget=GovTextArea(),
        validators=[InputRequired("Write the question"), Length(max=LONGEST_QUESTION)],
    )
    answer_type = SelectField("How is it answered?", choices=TYPE_CHOICES, widget=GovSelect())
    evidence = StringField(
        "What has to stand behind an answer?",
        description="For example: minutes of the youth panel",
        widget=GovTextInput(),
        validators=[InputRequired("Say what has to stand behind an answer"), Length(max=LONGEST_ASKED)],
    )
    guidance = TextAreaField("How is it answered well?", widget=GovTextArea(), validators=[Length(max=1000)])
    reason = TextAreaField("Why is it asked?", widget=GovTextArea(), validators=[InputRequired("Say why it is asked")])
    submit = SubmitField("Add the question", widget=GovSubmitInput())


class EndForm(FlaskForm):
    """Ask a question no longer."""

    reason = TextAreaField(
        "Why is it asked no longer?", widget=GovTextArea(), validators=[InputRequired("Say why it is asked no longer")]
    )
    submit = SubmitField("Ask it no longer", widget=GovSubmitInput())
