"""The questions as the product asks them."""

import pytest

from assessments.questionnaire.values import ASSESSMENT_LIFE, load_questionnaire
from foundation.errors import NotFound


def test_eight_letters_spell_algo_care_and_hold_thirty_two_questions() -> None:
    questionnaire = load_questionnaire()
    assert "".join(letter.letter for letter in questionnaire.letters) == "ALGOCARE"
    codes = [question.code for question in questionnaire.questions]
    assert (len(codes), len(set(codes))) == (32, 32)
    assert [len(letter.questions) for letter in questionnaire.letters] == [3, 5, 6, 4, 2, 7, 3, 2]
    assert len({letter.code for letter in questionnaire.letters}) == 8


def test_every_question_says_what_to_attach_and_how_to_answer() -> None:
    for question in load_questionnaire().questions:
        assert question.text.endswith("?")
        assert question.evidence
        assert question.guidance.endswith(".")


def test_yes_or_no_is_asked_where_it_should_be() -> None:
    asked = [question.code for question in load_questionnaire().questions if question.asks_choice]
    assert asked == ["ADV-1", "ADV-2", "OWN-2", "ACC-6"]


@pytest.mark.parametrize("version", ["1999_1", "../values", ""])
def test_questions_nobody_has_are_not_found(version) -> None:
    with pytest.raises(NotFound):
        load_questionnaire(version)


def test_a_round_is_never_reopened() -> None:
    for stage in ("returned", "decided"):
        assert ASSESSMENT_LIFE.steps_from(stage) == []
