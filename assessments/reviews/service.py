"""Commands about what others say: review answers, comment on them. Both only ever add."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from assessments.questionnaire.queries import list_authors, questions_of
from assessments.questionnaire.tables import Assessment
from assessments.reviews.queries import digests_of, get_comment, list_reviews
from assessments.reviews.rules import check_comment, check_may_comment, check_may_review, check_views
from assessments.reviews.tables import AnswerReview, Comment
from assessments.reviews.values import Viewed
from foundation.accounts.values import Actor
from foundation.errors import Forbidden, NotFound
from foundation.ledger.service import record, record_all


def review(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    given: Mapping[str, Viewed],
    at: datetime,
) -> list[AnswerReview]:
    """Record what a reviewer thinks of some answers, all of them or none; what they said already is not repeated (R05).

    `given` is under the questions' codes. Refused for authors and the model's owner or deputy (`own_answers`), before
    submission and after the decision, and for a view other than "satisfied" without its reason, at its field.
    """
    session.flush()
    session.refresh(assessment, ["stage"], with_for_update=True)
    check_may_review(actor, assessment, list_authors(session, assessment.use_id))
    fields = {question.code: question.field for question in questions_of(assessment).questions}
    unknown = [code for code in given if code not in fields]
    if unknown:
        raise NotFound(f"The questionnaire has no question {unknown[0]}.")
    tidied = {code: Viewed(viewed.view, viewed.reason.strip()) for code, viewed in given.items()}
    check_views(tidied, fields)
    said = {
        one.code: (one.view, one.reason) for one in list_reviews(session, assessment.id) if one.by_id == _who(actor)
    }
    new = {code: viewed for code, viewed in tidied.items() if said.get(code) != (viewed.view, viewed.reason)}
    return _keep(session, actor, assessment, new, at)


def _keep(
    session: Session, actor: Actor, assessment: Assessment, new: Mapping[str, Viewed], at: datetime
) -> list[AnswerReview]:
    digests = digests_of(assessment)
    rows = [
        AnswerReview(
            assessment_id=assessment.id,
            code=code,
            view=viewed.view.value,
            reason=viewed.reason,
            looked_at_sha256=digests[code],
            by_id=_who(actor),
            at=at,
        )
        for code, viewed in new.items()
    ]
    session.add_all(rows)
    session.flush()
    facts = [{**_known(assessment), "code": r.code, "view": r.view, "looked_at": r.looked_at_sha256} for r in rows]
    slug = assessment.use.version.model.slug
    record_all(session, "answer_reviewed", actor=actor.reference, at=at, model=slug, facts=facts)
    return rows


def comment(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    code: str,
    text: str,
    at: datetime,
    *,
    parent_id: int | None = None,
) -> Comment:
    """Say something about one question, or reply to what was said, two levels and no more. The ledger has no words."""
    check_may_comment(actor, assessment)
    questions_of(assessment).question(code)
    said = text.replace("\r\n", "\n").replace("\x00", "").strip()
    parent = get_comment(session, parent_id) if parent_id is not None else None
    check_comment(said, parent, assessment.id, code)
    made = Comment(assessment_id=assessment.id, code=code, parent_id=parent_id, text=said, by_id=_who(actor), at=at)
    session.add(made)
    session.flush()
    facts = {**_known(assessment), "code": code, "comment": made.id}
    slug = assessment.use.version.model.slug
    record(session, "comment_added", actor=actor.reference, at=at, model=slug, facts=facts)
    return made


def _known(assessment: Assessment) -> dict[str, int]:
    use = assessment.use
    return {"assessment": assessment.id, "use": use.id, "version": use.version.number}


def _who(actor: Actor) -> int:
    if actor.account_id is None:
        raise Forbidden("Answers are reviewed by people.")
    return actor.account_id
