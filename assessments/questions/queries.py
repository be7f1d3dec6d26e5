"""Reading what a partnership asks besides the questions of ALGO-CARE, now and before."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.questionnaire.values import CURRENT, Questionnaire, load_questionnaire
from assessments.questions.tables import QuestionSet


def find_newest(session: Session) -> QuestionSet | None:
    """The newest version with own questions, or none before the first."""
    return session.scalars(select(QuestionSet).order_by(QuestionSet.id.desc()).limit(1)).first()


def find_newest_version(session: Session) -> str:
    """The version that a new round answers: the newest of the partnership's, or the 32 questions alone."""
    newest = find_newest(session)
    return newest.version if newest is not None and newest.base == CURRENT else CURRENT


def load_newest(session: Session) -> Questionnaire:
    """The questions that are asked today."""
    newest, version = find_newest(session), find_newest_version(session)
    return load_questionnaire(version, newest.own if newest is not None and newest.version == version else ())


def list_sets(session: Session) -> Sequence[QuestionSet]:
    """Every version, newest first."""
    return session.scalars(select(QuestionSet).order_by(QuestionSet.id.desc())).all()
