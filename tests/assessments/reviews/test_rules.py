"""Which reviews stand, and what they leave open."""

from datetime import UTC, datetime

import pytest

from assessments.reviews.rules import check_comment, check_views, find_open, find_standing
from assessments.reviews.tables import AnswerReview, Comment
from assessments.reviews.values import Review, View, Viewed
from foundation.errors import Invalid
from registry.models.values import PermissionStage

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CODES = ("ADV-1", "LAW-4")
DIGESTS = {"ADV-1": "a", "LAW-4": "l"}


def row(number: int, code: str, by: int, digest: str, view: str = "satisfied") -> AnswerReview:
    return AnswerReview(id=number, code=code, by_id=by, looked_at_sha256=digest, view=view)


def said(code: str, view: View) -> Review:
    return Review(code, view, "", 1, "Mina", NOW, False)


def test_of_each_reviewer_the_newest_view_of_what_is_there_stands() -> None:
    rows = [
        row(1, "LAW-4", 7, "l", "not_satisfied"),
        row(2, "LAW-4", 8, "l", "not_satisfied"),
        row(3, "LAW-4", 7, "l"),
        row(4, "ADV-1", 7, "before it was edited"),
        row(5, "GONE-1", 7, "g"),
    ]
    assert [one.id for one in find_standing(rows, DIGESTS)] == [2, 3]


@pytest.mark.parametrize(
    ("reviews", "permission", "left"),
    [
        ([], "shadow", ([], [])),
        ([], "pilot", ([], [])),
        ([], "operational", ([], ["ADV-1", "LAW-4"])),
        ([said("ADV-1", View.WITH_CONDITION)], "operational", ([], ["LAW-4"])),
        ([said("LAW-4", View.NOT_SATISFIED), said("LAW-4", View.SATISFIED)], "shadow", (["LAW-4"], [])),
        ([said(code, View.NOT_APPLICABLE) for code in CODES], "operational", ([], [])),
    ],
)
def test_operation_needs_every_answer_reviewed_and_nothing_goes_past_dissatisfaction(reviews, permission, left) -> None:
    assert find_open(CODES, reviews, PermissionStage(permission)) == left


def test_every_view_but_the_first_needs_its_reason() -> None:
    given = {code: Viewed(view) for code, view in zip(("A", "B", "C", "D"), View, strict=True)}
    with pytest.raises(Invalid) as refused:
        check_views(given, {code: code.lower() for code in given})
    assert set(refused.value.problems) == {"b_reason", "c_reason", "d_reason"}


@pytest.mark.parametrize(
    ("text", "parent", "field"),
    [
        ("", None, "text"),
        ("x" * 4001, None, "text"),
        ("Yes", Comment(assessment_id=1, code="ADV-1", parent_id=3), "parent"),
        ("Yes", Comment(assessment_id=1, code="ADV-2", parent_id=None), "parent"),
        ("Yes", Comment(assessment_id=2, code="ADV-1", parent_id=None), "parent"),
    ],
)
def test_a_reply_answers_a_comment_on_the_same_question(text, parent, field) -> None:
    with pytest.raises(Invalid) as refused:
        check_comment(text, parent, 1, "ADV-1")
    assert list(refused.value.problems) == [field]
