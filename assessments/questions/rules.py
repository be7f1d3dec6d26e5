"""What a partnership's own question has to be."""

from collections.abc import Mapping, Sequence

from assessments.questionnaire.answer_types import TYPES
from assessments.questionnaire.values import LETTERS, load_questionnaire
from foundation.errors import Invalid

LONGEST_QUESTION, LONGEST_ASKED = 400, 300
FIRST_OWN = 101
"""Own questions are numbered from here, so that they are told from those of ALGO-CARE, which never reach it."""

WORDS = {code: word for code, word, _ in LETTERS}


def check_question(duty: str, text: str, answer_type: str, evidence: str, reason: str) -> None:
    """A question stands under a duty, ends with a question mark, has a type of answer, and says what to attach."""
    problems = {}
    if duty not in WORDS:
        problems["duty"] = "Choose the letter it belongs to."
    if not text.endswith("?") or len(text) > LONGEST_QUESTION:
        problems["text"] = f"Write a question of at most {LONGEST_QUESTION} characters that ends with a question mark."
    if answer_type not in TYPES:
        problems["answer_type"] = "Choose how it is answered."
    if not evidence or len(evidence) > LONGEST_ASKED:
        problems["evidence"] = "Say in a few words what has to stand behind an answer."
    if not reason:
        problems["reason"] = "Say why it is asked."
    if problems:
        raise Invalid("The question was not added. " + " ".join(problems.values()), problems=problems, code="question")


def next_code(duty: str, ever: Sequence[Sequence[Mapping[str, str]]]) -> str:
    """The code of a new question under a duty, such as LAW-101; a code once given is never given again."""
    prefix = load_questionnaire().letter(duty).questions[0].code.partition("-")[0]
    given = [one["code"].partition("-")[2] for own in ever for one in own if one["code"].startswith(f"{prefix}-")]
    return f"{prefix}-{max([FIRST_OWN - 1, *map(int, given)]) + 1}"
