"""Pages on which answers are reviewed and commented on by others than their authors (R05)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from assessments.questionnaire import pages
from assessments.questionnaire.queries import get_assessment, list_authors, questions_of
from assessments.questionnaire.tables import Assessment
from assessments.reviews.forms import CommentForm, make_review_form, read_views, views_as_data
from assessments.reviews.queries import list_reviews
from assessments.reviews.rules import check_may_comment, check_may_review
from assessments.reviews.service import comment, review
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.errors import Invalid
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems
from foundation.web.texts import count_text

views = Blueprint("reviews", __name__)


@views.route("/assessments/<int:assessment_id>/review/<code>", methods=["GET", "POST"])
@door(Permission.REVIEW_ANSWERS)
def review_letter(assessment_id: int, code: str) -> Any:
    """One letter's answers with their evidence, each beside the four things a reviewer can think of it."""
    assessment = get_assessment(session(), assessment_id)
    letter = questions_of(assessment).letter(code)
    check_may_review(actor(), assessment, list_authors(session(), assessment.use_id))
    own = [one for one in list_reviews(session(), assessment.id) if one.by_id == actor().account_id]
    form = make_review_form(letter)(data=views_as_data(letter, own))
    if form.validate_on_submit():
        try:
            made = review(session(), actor(), assessment, read_views(letter, form), house().clock.now())
            flash(f"{count_text(len(made), 'review')} under {letter.word} recorded.", "success")
            return redirect(url_for("assessments.read", assessment_id=assessment.id, _anchor=code))
        except Invalid as problem:
            add_problems(form, problem)
    page = render_template(
        "assessments/reviews/letter.html",
        assessment=assessment,
        letter=letter,
        form=form,
        parts=pages.list_letter_parts(session(), assessment, letter, _today()),
        figures=pages.find_figure_page(session(), assessment.use) if code == "accuracy" else None,
    )
    return page, 422 if form.errors else 200


@views.route("/assessments/<int:assessment_id>/comments/<code>", methods=["GET", "POST"])
@door(Permission.SEE_ASSESSMENTS)
def discuss(assessment_id: int, code: str) -> Any:
    """One question with its answer and what was said about it, and saying something."""
    assessment = get_assessment(session(), assessment_id)
    part = _part(assessment, code)
    form = CommentForm().offer(part.threads)
    if form.is_submitted():
        check_may_comment(actor(), assessment)
    if form.validate_on_submit() and _said(assessment, code, form):
        flash(f"Your comment on {code} is added.", "success")
        return redirect(url_for("reviews.discuss", assessment_id=assessment.id, code=code))
    page = render_template(
        "assessments/reviews/discuss.html",
        assessment=assessment,
        part=part,
        form=form,
        why_not=ask(check_may_comment, actor(), assessment),
    )
    return page, 422 if form.errors else 200


def _part(assessment: Assessment, code: str) -> pages.Part:
    letter = questions_of(assessment).letter_of(code)
    parts = pages.list_letter_parts(session(), assessment, letter, _today())
    return next(part for part in parts if part.question.code == code)


def _said(assessment: Assessment, code: str, form: CommentForm) -> bool:
    try:
        now, parent = house().clock.now(), form.parent.data or None
        comment(session(), actor(), assessment, code, form.text.data or "", now, parent_id=parent)
    except Invalid as problem:
        add_problems(form, problem)
        return False
    return True


def _today() -> Any:
    return london_date(house().clock.now())
