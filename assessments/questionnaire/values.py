"""The ALGO-CARE questions as data, and the life of an assessment.

ALGO-CARE: M. Oswald, J. Grace, S. Urwin and G. Barnes, Information & Communications Technology Law 27(2), 2018.
The questions are worded and numbered here; a new wording is a new file under a new version. A partnership's own
questions are kept in `assessments/questions`.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from assessments.questionnaire.answer_types import TEXT, TYPES, AnswerType
from foundation.accounts.values import Permission
from foundation.errors import NotFound
from foundation.lifecycle.values import Lifecycle, Stage, Step

CURRENT = "2026_1"
"""The version of the questions of ALGO-CARE that is asked today; a partnership may add its own to it."""

LETTERS: tuple[tuple[str, str, str], ...] = (
    ("advisory", "Advisory", "A person decides. The score is advice and nothing more."),
    ("lawful", "Lawful", "There is a lawful purpose, and no more is done than it needs."),
    ("granularity", "Granularity", "The data and the output are fine enough for what is asked of them."),
    ("ownership", "Ownership", "It is clear who owns it, and nothing stops them from looking inside."),
    ("challengeable", "Challengeable", "Somebody watches over it, and people it scores can question it."),
    ("accuracy", "Accuracy", "It is known how often it is right and wrong, and that can be justified."),
    ("responsible", "Responsible", "It is fair, open and in the public interest."),
    ("explainable", "Explainable", "Anybody can be told how it works and what each fact does."),
)
"""The eight duties in the order of ALGO-CARE: the code in addresses, the word, and what it asks for."""


EVIDENCE_KINDS: dict[str, str] = {
    "procedure": "Operating procedure",
    "dpia": "Data protection impact assessment",
    "equality": "Equality impact assessment",
    "contract": "Contract or agreement",
    "test_report": "Test report",
    "engagement": "Record of engagement",
    "other": "Something else",
}
"""What evidence can be, as people read it."""


@dataclass(frozen=True)
class Document:
    """A piece of evidence as it is handed in, without its file. It counts from one day to another, both included."""

    title: str
    text: str = ""
    link: str = ""
    kind: str = "other"
    version: str = ""
    effective_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class Given:
    """What somebody says to one question: yes, no or nothing, words, and the typed value its type asks for."""

    choice: str = ""
    text: str = ""
    value: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One question. `evidence` is what has to stand behind the answer, `guidance` how to answer it well."""

    code: str
    word: str
    text: str
    answer_type: str
    evidence: str
    guidance: str

    @property
    def asks_choice(self) -> bool:
        """Whether it wants a yes or a no."""
        return self.answer_type.startswith("yes/no")

    @property
    def asks_text(self) -> bool:
        """Whether it needs words; a question of another type may have them but need not."""
        return self.type.words

    @property
    def type(self) -> AnswerType:
        """The type of its answer."""
        return TYPES.get(self.answer_type, TEXT)

    @property
    def field(self) -> str:
        """The stem of its fields' names in forms and of its anchor on pages."""
        return self.code.lower().replace("-", "_")


@dataclass(frozen=True)
class Letter:
    """One duty with its questions. `code` names it in addresses, since two duties begin with A."""

    code: str
    word: str
    asks: str
    questions: tuple[Question, ...]

    @property
    def letter(self) -> str:
        """The letter in ALGO-CARE."""
        return self.word[0]


@dataclass(frozen=True)
class Questionnaire:
    """All questions of one version, by letter, in order."""

    version: str
    letters: tuple[Letter, ...]

    @property
    def questions(self) -> Iterator[Question]:
        """Every question in order."""
        return (question for letter in self.letters for question in letter.questions)

    def letter(self, code: str) -> Letter:
        """A letter by code."""
        found = next((letter for letter in self.letters if letter.code == code), None)
        if found is None:
            raise NotFound(f"ALGO-CARE has no duty called {code}.")
        return found

    def question(self, code: str) -> Question:
        """A question by code."""
        found = next((question for question in self.questions if question.code == code), None)
        if found is None:
            raise NotFound(f"The questionnaire has no question {code}.")
        return found

    def letter_of(self, code: str) -> Letter:
        """The letter a question belongs to."""
        word = self.question(code).word
        return next(letter for letter in self.letters if letter.word == word)


def load_questionnaire(version: str = CURRENT, own: Sequence[Mapping[str, str]] = ()) -> Questionnaire:
    """The questions of a version: those of its file, and after them under each letter a partnership's `own`.

    `version` is that of a file, or with own questions that of their set, such as 2026_1+2. One nobody has is refused.
    """
    read = [*_read_file(version.partition("+")[0]), *(Question(**one) for one in own)]
    letters = tuple(
        Letter(code, word, asks, tuple(question for question in read if question.word == word))
        for code, word, asks in LETTERS
    )
    return Questionnaire(version, letters)


@cache
def _read_file(version: str) -> tuple[Question, ...]:
    path = Path(__file__).parent / f"questions_{version}.csv"
    if not version.replace("_", "").isdigit() or not path.exists():
        raise NotFound(f"There is no version {version} of the ALGO-CARE questions.")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Question(row["code"], row["letter"], row["question"], row["answer_type"], row["evidence"], row["guidance"])
            for row in csv.DictReader(file)
        )


ASSESSMENT_LIFE = Lifecycle(
    thing="assessment",
    title="The assessment",
    first="draft",
    stages={
        "draft": Stage("Being answered", "attention", "Its owner and contributors are answering the questions."),
        "submitted": Stage("With the committee", "info", "The answers are fixed and on the committee's agenda."),
        "returned": Stage("More information asked", "attention", "The committee asked for more. A new round follows."),
        "decided": Stage("Decided", "plain", "The committee has decided on it. It stays as it was read."),
    },
    steps=(
        Step("submit", ("draft",), "submitted", Permission.SUBMIT_ASSESSMENT, "Submit"),
        Step("return", ("submitted",), "returned", Permission.CHAIR, "Ask for more", also=Permission.DECIDE),
        Step("decide", ("submitted",), "decided", Permission.CHAIR, "Decide", also=Permission.DECIDE),
    ),
)
"""A round of answers is never reopened: what the committee read stays as it was read."""
