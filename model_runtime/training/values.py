"""Training for one model, built from its own failure cases (R39)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

FORMAT = "algocare/training/1"
MAY_MISS = 1
"""How many questions may be answered wrongly by somebody who passes (R39)."""
LAPSES_SOON_DAYS = 30
"""How many days before it lapses somebody is told (R39)."""
FEWEST_QUESTIONS, MOST_QUESTIONS = 5, 8


@dataclass(frozen=True)
class Training:
    """How somebody stands with the training for one version: when it was passed and the last day it counts.

    Both are empty when it was never passed.
    """

    passed_on: date | None
    lapses_on: date | None


@dataclass(frozen=True)
class Question:
    """One question with its answers in their fixed order; `right` is the place of the right one, `why` explains it."""

    code: str
    text: str
    options: tuple[str, ...]
    right: int
    why: str

    def to_dict(self) -> dict[str, Any]:
        """For a row."""
        return {**vars(self), "options": list(self.options)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Question":
        """From a row."""
        return cls(**{**data, "options": tuple(data["options"])})


@dataclass(frozen=True)
class FailureCase:
    """People alike in what is `described`, about whom the model was wrong: `wrong` of `people` in its check.

    `kind` is false_alarm (flagged, and the outcome did not come) or miss (not flagged, and it came). Nobody can be
    told from it: at least `FEWEST_ALIKE` people were wrong in this way and at least ten fit the description.
    """

    kind: str
    described: tuple[str, ...]
    wrong: int
    people: int

    def to_dict(self) -> dict[str, Any]:
        """For a row."""
        return {**vars(self), "described": list(self.described)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "FailureCase":
        """From a row."""
        return cls(**{**data, "described": tuple(data["described"])})


FEWEST_ALIKE = 5
"""Below this many people wrong in the same way there is no case, so that nobody can be told from one (R39)."""

LISTS = ("figures", "groups", "limits", "cannot_know")


@dataclass(frozen=True)
class Module:
    """What users of a version are taught, in five minutes of reading, and what they are asked (R39).

    `figures` and `groups` are sentences with natural frequencies from its evaluation, `cases` where it was wrong.
    """

    format: str
    title: str
    outcome: str
    people: int
    figures: tuple[str, ...]
    groups: tuple[str, ...]
    cases: tuple[FailureCase, ...]
    limits: tuple[str, ...]
    cannot_know: tuple[str, ...]
    challenge_route: str
    questions: tuple[Question, ...]

    def to_dict(self) -> dict[str, Any]:
        """For a row."""
        return {
            **vars(self),
            **{name: list(getattr(self, name)) for name in LISTS},
            "cases": [case.to_dict() for case in self.cases],
            "questions": [question.to_dict() for question in self.questions],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Module":
        """From a row."""
        return cls(
            **{
                **data,
                **{name: tuple(data[name]) for name in LISTS},
                "cases": tuple(FailureCase.from_dict(one) for one in data["cases"]),
                "questions": tuple(Question.from_dict(one) for one in data["questions"]),
            }
        )

    def count_right(self, answers: Mapping[str, int]) -> int:
        """How many questions were answered rightly; `answers` holds the place of the chosen answer by question."""
        return sum(answers.get(question.code) == question.right for question in self.questions)

    def is_passed(self, answers: Mapping[str, int]) -> bool:
        """All right, or one wrong."""
        return len(self.questions) - self.count_right(answers) <= MAY_MISS
