"""What the pages of an assessment are filled with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from assessments.questionnaire.answer_types import Column, tell_rows
from assessments.questionnaire.figures import FigurePage, lay_out
from assessments.questionnaire.queries import find_current, questions_of, strip
from assessments.questionnaire.rules import (
    answers_by_code,
    count_answered,
    evidence_by_code,
    find_missing,
    is_expired,
    list_labels,
)
from assessments.questionnaire.tables import Answer, Assessment, Evidence
from assessments.questionnaire.values import Letter, Question
from assessments.reviews.queries import list_reviews, list_threads
from assessments.reviews.values import Review, Thread
from foundation.accounts.queries import names_of
from foundation.clock import london_date
from foundation.errors import NotFound
from foundation.files.service import get_content
from foundation.files.tables import StoredFile
from registry.catalogue.queries import read_catalogue
from registry.evaluations.queries import find_figures
from registry.letters.values import FactSource
from registry.models.tables import Use


@dataclass(frozen=True)
class Part:
    """One question with what was answered, by whom, what stands behind it, and what others said about it.

    `expired` has the numbers of evidence that no longer counts; `labels` the lines the question sets beforehand.
    """

    question: Question
    answer: Answer | None
    answered_by: str
    evidence: Sequence[Evidence]
    reviews: Sequence[Review] = ()
    threads: Sequence[Thread] = ()
    expired: frozenset[int] = frozenset()
    labels: Sequence[str] = ()

    @property
    def rows(self) -> list[tuple[str, list[tuple[Column, str]]]]:
        """The typed value's lines."""
        return tell_rows(self.question.type, self.answer.value if self.answer else None)

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


def list_sections(
    session: Session, assessment: Assessment, now: datetime, sources: Sequence[FactSource] = ()
) -> list[Section]:
    """The eight letters with their progress."""
    letters = questions_of(assessment).letters
    if not is_newest(session, assessment):
        return [Section(letter, "Answered anew since", "plain") for letter in letters]
    if assessment.stage != "draft":
        tiles = make_tiles(session, assessment, now, sources)
        tones = {"met": "good", "due": "info", "attention": "attention", "not_met": "bad"}
        return [
            Section(letter, tile["state_text"], tones.get(tile["state"], "plain"))
            for letter, tile in zip(letters, tiles, strict=True)
        ]
    gaps = {gap.code for gap in list_missing(session, assessment, london_date(now))}
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


def list_missing(session: Session, assessment: Assessment, today: date | None = None) -> list[Gap]:
    """Everything that keeps a draft from being submitted, in the order of the questions."""
    questionnaire = questions_of(assessment)
    figures = find_figures(session, assessment.use.version_id)
    missing = find_missing(assessment, questionnaire, has_figures=figures is not None, today=today)
    return [
        Gap(code, sentence, questionnaire.letter_of(code), questionnaire.question(code).field)
        for code, sentence in missing.items()
    ]


def list_parts(session: Session, assessment: Assessment, today: date | None = None) -> list[tuple[Letter, list[Part]]]:
    """Every letter with its questions, answers, evidence, reviews and comments; `today` marks what has expired."""
    return _list_parts(session, assessment, questions_of(assessment).letters, today)


def list_letter_parts(
    session: Session, assessment: Assessment, letter: Letter, today: date | None = None
) -> list[Part]:
    """One letter's questions with their answers, evidence, reviews and comments."""
    return _list_parts(session, assessment, [letter], today)[0][1]


def _list_parts(
    session: Session, assessment: Assessment, letters: Sequence[Letter], today: date | None
) -> list[tuple[Letter, list[Part]]]:
    answers, evidence = answers_by_code(assessment), evidence_by_code(assessment)
    names = names_of(session, sorted({answer.answered_by_id for answer in answers.values()}))
    reviews, threads = list_reviews(session, assessment.id), list_threads(session, assessment.id)
    expired = frozenset(one.id for one in assessment.evidence if is_expired(one, today))

    def tell(question: Question) -> Part:
        answer = answers.get(question.code)
        return Part(
            question=question,
            answer=answer,
            answered_by=names.get(answer.answered_by_id, "") if answer else "",
            evidence=evidence.get(question.code, []),
            reviews=[review for review in reviews if review.code == question.code],
            threads=threads.get(question.code, []),
            expired=expired,
            labels=list_labels(question, assessment.use.version),
        )

    return [(letter, [tell(question) for question in letter.questions]) for letter in letters]


def list_labels_of(session: Session, assessment: Assessment, letter: Letter) -> dict[str, Sequence[str]]:
    """The lines that a letter's form begins with, under the codes of its questions."""
    return {question.code: _labels_of(session, assessment, question) for question in letter.questions}


def _labels_of(session: Session, assessment: Assessment, question: Question) -> Sequence[str]:
    version = assessment.use.version
    if question.type.rows != "source":
        return list_labels(question, version)
    catalogue = read_catalogue(session)
    numbers = dict.fromkeys(feature.item_id for feature in version.features)
    items = [catalogue.items[number] for number in numbers if number in catalogue.items]
    return list(dict.fromkeys(catalogue.source_name(source) for item in items for source in item.sources))


@dataclass(frozen=True)
class LeftOff:
    """Where somebody stopped answering: the letter, the question and when it was saved."""

    letter: Letter
    question: Question
    at: datetime


def find_left_off(assessment: Assessment, account_id: int | None) -> LeftOff | None:
    """The newest answer somebody gave in a draft, or none."""
    own = [one for one in assessment.answers if one.answered_by_id == account_id]
    last = max(own, key=lambda one: (one.answered_at, one.code), default=None)
    if last is None:
        return None
    questionnaire = questions_of(assessment)
    return LeftOff(questionnaire.letter_of(last.code), questionnaire.question(last.code), last.answered_at)


def make_tiles(
    session: Session, assessment: Assessment, now: datetime, sources: Sequence[FactSource] = ()
) -> list[dict[str, Any]]:
    """The strip of the assessment's use, each tile leading to its letter further down the page."""
    return [{**tile, "href": f"#{tile['code']}"} for tile in strip(session, assessment.use, now, sources)]


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
