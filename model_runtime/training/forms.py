"""The form of a training: one choice for each of its questions."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput
from wtforms import RadioField, SelectChoice, SubmitField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from model_runtime.training.values import Module


class TrainingForm(FlaskForm):
    """The questions of one module; `form_for` adds them."""

    def answers(self, module: Module) -> dict[str, int]:
        """The place of the chosen answer by question."""
        return {question.code: int(self[question.code].data) for question in module.questions}

    def questions(self, module: Module) -> list[Any]:
        """The fields of the questions, in their order."""
        return [self[question.code] for question in module.questions]


def form_for(module: Module) -> TrainingForm:
    """A form with the questions of a module."""

    class Asked(TrainingForm):
        pass

    for number, question in enumerate(module.questions, start=1):
        choices = [SelectChoice(str(place), words) for place, words in enumerate(question.options)]
        field = RadioField(
            f"{number}. {question.text}",
            choices=choices,
            widget=GovRadioInput(),
            validators=[InputRequired(f"Answer question {number}")],
        )
        setattr(Asked, question.code, field)
    Asked.submit = SubmitField("Hand in my answers", widget=GovSubmitInput())
    return Asked()
