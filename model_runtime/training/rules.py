"""Rules of training."""

from collections.abc import Mapping

from foundation.errors import Invalid, Refused
from model_runtime.training.values import Module

NOT_BUILT = "There is no training for this version yet: it is built from its figures when they are computed."


class NoTraining(Refused):
    """There is nothing to pass yet."""

    code = "no_training"
    title = "There is no training yet"


def check_answers(module: Module, answers: Mapping[str, int]) -> None:
    """Every question is answered with one of its answers; what is not is named by question."""
    problems = {
        question.code: "Choose one of the answers"
        for question in module.questions
        if type(answers.get(question.code)) is not int or not 0 <= answers[question.code] < len(question.options)
    }
    if problems:
        raise Invalid("Answer every question.", problems=problems)
