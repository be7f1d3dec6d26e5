"""What reviews leave open before the committee can approve: this room's part of readiness (R05)."""

from sqlalchemy.orm import Session

from assessments.questionnaire.queries import questions_of
from assessments.readiness.values import Asked, Gap
from assessments.reviews.queries import list_reviews
from assessments.reviews.rules import find_open
from foundation.web.texts import list_text


def find_gaps(session: Session, asked: Asked) -> list[Gap]:
    """Answers a reviewer is not satisfied with, and for operation those nobody but the authors has reviewed."""
    questionnaire, reviews = questions_of(asked.assessment), list_reviews(session, asked.assessment.id)
    codes = [question.code for question in questionnaire.questions]
    unhappy, unseen = find_open(codes, reviews, asked.permission)
    told = (
        ("not_satisfied", unhappy, "A reviewer is not satisfied with {}."),
        ("not_reviewed", unseen, "Nobody but the authors has reviewed {} yet."),
    )
    return [
        Gap(
            code=code,
            sentence=sentence.format(list_text(found)),
            letter=questionnaire.letter_of(found[0]).code,
            endpoint="assessments.read",
            arguments=(("assessment_id", asked.assessment.id),),
            at_decision=True,
        )
        for code, found, sentence in told
        if found
    ]
