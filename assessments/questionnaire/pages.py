"""What the pages of an assessment are filled with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from assessments.questionnaire.figures import FigurePage, lay_out
from assessments.questionnaire.queries import find_current, questions_of, strip
from assessments.questionnaire.rules import (
    answers_by_code,
    count_answered,
    evidence_by_code,
    find_missing,
)
from assessments.questionnaire.tables import Answer, Assessment, Evidence
from assessments.questionnaire.values import Letter, Question
from foundation.accounts.queries import names_of
from foundation.errors import NotFound
from foundation.files.service import get_content
from foundation.files.tables import StoredFile
from registry.evaluations.queries import find_figures
from registry.models.tables import Use


@dataclass(frozen=True)
class Part:
    """One question with what was answered, by whom, and what stands behind it."""

    question: Question
    answer: Answer | None
    answered_by: str
    evidence: Sequence[Evidence]

    @property
    def paragraphs(self) -> list[str]:
        """The answer's text as paragraphs."""
        text = self.answer.text if self.answer else ""
        return [piece.strip() for piece in text.split("\n\n") if piece.strip()]


@dataclass(frozen=True)
class Section:
    """One letter on the task list: how far it is, in words and tone."""

    letter: Letter
    tag: str
    tone: str


@dataclass(frozen=True)
class Gap:
    """Something missing, with the letter it is under and the field where it can be put right."""

    code: str
    sentence: str
    letter: Letter
    anchor: str


def list_sections(session: Session, assessment: Assessment, today: date) -> list[Section]:
    """The eight letters with their progress."""
    letters = questions_of(assessment).letters
    if not is_newest(session, assessment):
        return [Section(letter, "Answered anew since", "plain") for letter in letters]
    if assessment.stage != "draft":
        tiles = make_tiles(session, assessment, today)
        tones = {"met": "good", "due": "info", "attention": "attention", "not_met": "bad"}
        return [
            Section(letter, tile["state_text"], tones.get(tile["state"], "plain"))
            for letter, tile in zip(letters, tiles, strict=True)
        ]
    gaps = {gap.code for gap in list_missing(session, assessment)}
    return [_progress(assessment, letter, gaps) for letter in letters]


def _progress(assessment: Assessment, letter: Letter, gaps: set[str]) -> Section:
    answered, of = count_answered(assessment, letter), len(letter.questions)
    lacking = any(question.code in gaps for question in letter.questions)
    if not lacking:
        return Section(letter, "Complete", "good")
    if not answered:
        return Section(letter, "Not started", "plain")
    if answered < of:
        return Section(letter, f"{answered} of {of} answered", "attention")
    return Section(letter, "Evidence missing", "attention")


def list_missing(session: Session, assessment: Assessment) -> list[Gap]:
    """Everything that keeps a draft from being submitted, in the order of the questions."""
    questionnaire = questions_of(assessment)
    figures = find_figures(session, assessment.use.version_id)
    missing = find_missing(assessment, questionnaire, has_figures=figures is not None)
    return [
        Gap(code, sentence, questionnaire.letter_of(code), questionnaire.question(code).field)
        for code, sentence in missing.items()
    ]


def list_parts(session: Session, assessment: Assessment) -> list[tuple[Letter, list[Part]]]:
    """Every letter with its questions, answers and evidence."""
    return [(letter, list_letter_parts(session, assessment, letter)) for letter in questions_of(assessment).letters]


def list_letter_parts(session: Session, assessment: Assessment, letter: Letter) -> list[Part]:
    """One letter's questions with their answers and evidence."""
    answers, evidence = answers_by_code(assessment), evidence_by_code(assessment)
    names = names_of(session, sorted({answer.answered_by_id for answer in answers.values()}))
    return [
        Part(
            question,
            answer := answers.get(question.code),
            names.get(answer.answered_by_id, "") if answer else "",
            evidence.get(question.code, []),
        )
        for question in letter.questions
    ]


def make_tiles(session: Session, assessment: Assessment, today: date) -> list[dict[str, Any]]:
    """The strip of the assessment's use, each tile leading to its letter further down the page."""
    return [{**tile, "href": f"#{tile['code']}"} for tile in strip(session, assessment.use, today)]


def find_figure_page(session: Session, use: Use) -> FigurePage | None:
    """The computed figures of a use's version, laid out, or none while they are being computed."""
    figures = find_figures(session, use.version_id)
    return lay_out(figures, use.version) if figures else None


def is_newest(session: Session, assessment: Assessment) -> bool:
    """Whether no later round of the use follows this one."""
    newest = find_current(session, assessment.use_id)
    return newest is not None and newest.id == assessment.id


def get_file(session: Session, evidence: Evidence) -> tuple[BytesIO, str]:
    """The bytes and the media type of a piece of evidence's file."""
    stored = session.get(StoredFile, evidence.file_sha256) if evidence.file_sha256 else None
    if stored is None:
        raise NotFound("This evidence has no file.")
    return BytesIO(get_content(session, stored.sha256)), stored.media_type
