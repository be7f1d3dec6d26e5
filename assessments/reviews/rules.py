"""Who reviews answers, what a review needs, which reviews stand, and what they leave open (R05)."""

from collections.abc import Iterable, Mapping, Sequence

from assessments.questionnaire.rules import check_may_help
from assessments.questionnaire.tables import Assessment
from assessments.reviews.tables import AnswerReview, Comment
from assessments.reviews.values import Review, View, Viewed
from foundation.accounts.rules import ask, check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Forbidden, Invalid, Refused
from registry.models.rules import owns
from registry.models.values import PermissionStage

LONGEST_REASON, LONGEST_COMMENT = 4_000, 4_000


def check_may_review(actor: Actor, assessment: Assessment, authors: frozenset[int]) -> None:
    """Answers are reviewed by somebody who wrote none of them and does not answer for the model (R05).

    `authors` are all who started, answered or attached anything in any round of the use. Reviewing is possible from
    submission until the decision.
    """
    check_permission(actor, Permission.REVIEW_ANSWERS)
    if actor.account_id is None or actor.account_id in authors or owns(assessment.use.version.model, actor):
        raise Forbidden("You had a part in these answers, so somebody else has to review them.", code="own_answers")
    if assessment.stage != "submitted":
        when = "once its owner has submitted it" if assessment.stage == "draft" else "only until the committee decides"
        raise Refused(f"The answers can be reviewed {when}.", code="not_to_review")


def check_may_comment(actor: Actor, assessment: Assessment) -> None:
    """Whoever sees an assessment and answers, reviews or votes may comment on it, until it is decided."""
    check_permission(actor, Permission.SEE_ASSESSMENTS)
    takes_part = actor.may(Permission.REVIEW_ANSWERS) or actor.may(Permission.VOTE)
    if not takes_part and ask(check_may_help, actor, assessment.use) is not None:
        raise Forbidden("Comments come from those who answer, review or vote.")
    if assessment.stage == "decided":
        raise Refused("The committee has decided on this assessment. It stays as it was read.", code="decided")


def check_views(given: Mapping[str, Viewed], fields: Mapping[str, str]) -> None:
    """Every view but "satisfied" needs a reason. `fields` has the stem of each question's fields under its code."""
    problems = {}
    for code, viewed in given.items():
        if viewed.view is not View.SATISFIED and not viewed.reason:
            problems[f"{fields[code]}_reason"] = f"{code}: say why."
        elif len(viewed.reason) > LONGEST_REASON:
            problems[f"{fields[code]}_reason"] = f"{code}: a reason has at most {LONGEST_REASON:,} characters."
    if problems:
        raise Invalid("The reviews were not recorded. " + " ".join(problems.values()), problems=problems, code="review")


def check_comment(text: str, parent: Comment | None, assessment_id: int, code: str) -> None:
    """A comment says something; a reply is to a comment on the same question that is no reply itself."""
    if not text or len(text) > LONGEST_COMMENT:
        sentence = f"Write a comment of at most {LONGEST_COMMENT:,} characters."
        raise Invalid(sentence, problems={"text": sentence}, code="comment")
    if parent is None:
        return
    if (parent.assessment_id, parent.code, parent.parent_id) != (assessment_id, code, None):
        sentence = "Reply to a comment on this question."
        raise Invalid(sentence, problems={"parent": sentence}, code="comment")


def find_standing(rows: Iterable[AnswerReview], digests: Mapping[str, str]) -> list[AnswerReview]:
    """Of all reviews, oldest first, those that stand: of each reviewer the newest on each question, of what is there.

    `digests` has the digest of each question with its answer and evidence under its code.
    """
    newest = {(row.code, row.by_id): row for row in rows}
    order = list(digests)
    standing = [row for row in newest.values() if digests.get(row.code) == row.looked_at_sha256]
    return sorted(standing, key=lambda row: (order.index(row.code), row.id))


def find_open(
    codes: Sequence[str], reviews: Sequence[Review], permission: PermissionStage
) -> tuple[list[str], list[str]]:
    """The questions some reviewer is not satisfied with, and those nobody has reviewed that need it for this stage.

    Operation needs every answer reviewed; in the shadow and in a pilot only dissatisfaction stands in the way.
    """
    unhappy = {review.code for review in reviews if review.view is View.NOT_SATISFIED}
    seen = {review.code for review in reviews}
    unseen = [code for code in codes if code not in seen] if permission is PermissionStage.OPERATIONAL else []
    return [code for code in codes if code in unhappy], unseen
