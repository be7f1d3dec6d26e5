"""Reading reviews and comments, and who is asked to review."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.questionnaire.queries import get_assessment, list_authors, questions_of
from assessments.questionnaire.rules import answers_by_code, evidence_by_code, question_digest
from assessments.questionnaire.tables import Assessment
from assessments.reviews.rules import check_may_review, find_standing
from assessments.reviews.tables import AnswerReview, Comment
from assessments.reviews.values import Remark, Review, Thread, View
from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Actor, Permission
from foundation.errors import NotFound
from foundation.tasks import Task
from foundation.web.texts import count_text


def digests_of(assessment: Assessment) -> dict[str, str]:
    """The digest of each question with its answer and evidence as they are now, in the order of the questions."""
    answers, evidence = answers_by_code(assessment), evidence_by_code(assessment)
    return {
        question.code: question_digest(question, answers.get(question.code), evidence.get(question.code, []))
        for question in questions_of(assessment).questions
    }


def list_reviews(session: Session, assessment_id: int) -> list[Review]:
    """The reviews that stand, in the order of the questions.

    A review given in an earlier round of the same use of the same version stands while neither the question nor the
    answer nor its evidence has changed since (R05).
    """
    assessment = get_assessment(session, assessment_id)
    rounds = select(Assessment.id).where(Assessment.use_id == assessment.use_id, Assessment.id <= assessment.id)
    chosen = select(AnswerReview).where(AnswerReview.assessment_id.in_(rounds)).order_by(AnswerReview.id)
    rows = find_standing(session.scalars(chosen), digests_of(assessment))
    names = names_of(session, [row.by_id for row in rows])
    return [
        Review(
            code=row.code,
            view=View(row.view),
            reason=row.reason,
            by_id=row.by_id,
            by=names[row.by_id],
            at=row.at,
            carried=row.assessment_id != assessment.id,
        )
        for row in rows
    ]


def list_threads(session: Session, assessment_id: int) -> dict[str, list[Thread]]:
    """The comments on a round under the codes of their questions, oldest first, each with its replies."""
    chosen = select(Comment).where(Comment.assessment_id == assessment_id).order_by(Comment.id)
    comments = session.scalars(chosen).all()
    names = names_of(session, [comment.by_id for comment in comments])
    told = {one.id: Remark(one.id, one.text, names[one.by_id], one.at) for one in comments}
    threads: dict[str, list[Thread]] = {}
    for first in (comment for comment in comments if comment.parent_id is None):
        replies = [told[comment.id] for comment in comments if comment.parent_id == first.id]
        threads.setdefault(first.code, []).append(Thread(told[first.id], replies))
    return threads


def get_comment(session: Session, comment_id: int) -> Comment:
    """A comment by number."""
    comment = session.get(Comment, comment_id)
    if comment is None:
        raise NotFound("There is no such comment.")
    return comment


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """For whoever reviews answers: submitted rounds with answers that nobody has reviewed."""
    if not actor.may(Permission.REVIEW_ANSWERS):
        return []
    waiting = session.scalars(select(Assessment).where(Assessment.stage == "submitted").order_by(Assessment.id)).all()
    free = [one for one in waiting if ask(check_may_review, actor, one, list_authors(session, one.use_id)) is None]
    tasks = [_task(session, assessment) for assessment in free]
    return [task for task in tasks if task is not None]


def _task(session: Session, assessment: Assessment) -> Task | None:
    codes: Sequence[str] = [question.code for question in questions_of(assessment).questions]
    left = len(set(codes) - {review.code for review in list_reviews(session, assessment.id)})
    if not left:
        return None
    return Task(
        text=f"Review the answers about {assessment.use.version.title}",
        endpoint="assessments.read",
        arguments={"assessment_id": assessment.id},
        since=assessment.submitted_at,
        hint=f"{count_text(left, 'answer is', 'answers are')} not reviewed by anybody yet.",
        tag="Answers to review",
        tone="info",
    )
