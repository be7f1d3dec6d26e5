"""Pages of plans, later-in-time validations, claims and leakage reviews."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm

from assessments.validation.forms import (
    LaterForm,
    ReasonForm,
    ReviewForm,
    make_claims_form,
    make_plan_form,
    plan_as_data,
    read_figures,
    read_plan,
)
from assessments.validation.pages import claim_sentence, group_tables, papers
from assessments.validation.queries import find_plan, get_validation, list_too_good, list_validations
from assessments.validation.rules import check_may_review, check_reason
from assessments.validation.service import ask_for_validation, explain_unmet, keep_claims, register_plan, sign_review
from assessments.validation.tables import Validation
from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.errors import Invalid, NotFound, TooLarge
from foundation.files.service import check_size
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems
from registry.evaluations.claims_file import read_claims
from registry.models.queries import get_use
from registry.models.rules import check_owns
from registry.models.tables import Use

views = Blueprint("validation", __name__)


@views.get("/assessments/uses/<int:use_id>/plan")
@door(Permission.SEE_ASSESSMENTS)
def show(use_id: int) -> Any:
    """What was promised, and what came out: the plan, the later files, claims and leakage reviews."""
    use = get_use(session(), use_id)
    evidence = papers(session(), use)
    signed = [one.review.by_id for one in evidence.too_good if one.review]
    return render_template(
        "assessments/validation/show.html",
        use=use,
        evidence=evidence,
        names=names_of(session(), [*signed, *([evidence.plan.made_by_id] if evidence.plan else [])]),
        claim_sentence=claim_sentence,
        may_write=_may_write(use),
        may_review=lambda one: ask(check_may_review, actor(), use.version, one.entered_by_id) is None,
    )


def _may_write(use: Use) -> bool:
    return actor().may(Permission.SUBMIT_ASSESSMENT) and ask(check_owns, use, actor()) is None


def _back(use: Use, said: str) -> Any:
    flash(said, "success")
    return redirect(url_for("validation.show", use_id=use.id))


def _form_page(template: str, use: Use, form: FlaskForm, **more: Any) -> Any:
    page = render_template(f"assessments/validation/{template}.html", use=use, form=form, **more)
    return page, 422 if form.errors else 200


@views.route("/assessments/uses/<int:use_id>/plan/write", methods=["GET", "POST"])
@door(Permission.SUBMIT_ASSESSMENT)
def write_plan(use_id: int) -> Any:
    """Register a plan; the one before is the beginning of the next."""
    use = get_use(session(), use_id)
    check_owns(use, actor())
    earlier = find_plan(session(), use.version_id)
    form = make_plan_form()(data=plan_as_data(earlier.said) if earlier else None)
    if form.validate_on_submit():
        try:
            register_plan(session(), actor(), use, read_plan(form), house().clock.now())
            return _back(use, "The plan is registered. Results computed from now on are held against it.")
        except Invalid as problem:
            add_problems(form, problem)
    return _form_page("write", use, form, earlier=earlier)


@views.route("/assessments/uses/<int:use_id>/later", methods=["GET", "POST"])
@door(Permission.SUBMIT_ASSESSMENT)
def hand_in(use_id: int) -> Any:
    """Hand in a file of people from a later time."""
    use = get_use(session(), use_id)
    check_owns(use, actor())
    form = LaterForm()
    if form.validate_on_submit():
        try:
            data, mib = form.data_of(), house().settings.upload_mib
            asked = ask_for_validation(session(), actor(), use, data, upload_mib=mib, at=house().clock.now())
            flash("The file is kept and waits to be measured.", "success")
            return redirect(url_for("validation.show_validation", validation_id=asked.id))
        except TooLarge as problem:
            form.file.errors = [*form.file.errors, problem.sentence]
        except Invalid as problem:
            add_problems(form, problem)
    return _form_page("later", use, form, plan=find_plan(session(), use.version_id))


@views.get("/assessments/validations/<int:validation_id>")
@door(Permission.SEE_ASSESSMENTS)
def show_validation(validation_id: int) -> Any:
    """One later file: what came out, against the plan, the first estimate and the simple rule, by group."""
    return _show_validation(get_validation(session(), validation_id), ReasonForm())


def _show_validation(validation: Validation, form: ReasonForm) -> Any:
    use = _use_of(validation)
    may_explain = _may_write(use) and ask(check_reason, validation, "a reason") is None
    return _form_page(
        "result", use, form, validation=validation, groups=group_tables(validation), may_explain=may_explain
    )


def _use_of(validation: Validation) -> Use:
    return validation.version.current_uses[0]


@views.post("/assessments/validations/<int:validation_id>/reason")
@door(Permission.SUBMIT_ASSESSMENT)
def give_reason(validation_id: int) -> Any:
    """Say why it should be used although a threshold was not met."""
    validation, form = get_validation(session(), validation_id), ReasonForm()
    use, now = _use_of(validation), house().clock.now()
    if form.validate_on_submit():
        try:
            explain_unmet(session(), actor(), use, validation, form.text.data or "", now)
            return _back(use, "The reason is recorded. The committee reads it beside the result.")
        except Invalid as problem:
            add_problems(form, problem)
    return _show_validation(validation, form)


@views.route("/assessments/uses/<int:use_id>/claims", methods=["GET", "POST"])
@door(Permission.SUBMIT_ASSESSMENT)
def claim(use_id: int) -> Any:
    """Enter figures that somebody claims for the model."""
    use, form = get_use(session(), use_id), make_claims_form()()
    check_owns(use, actor())
    if form.validate_on_submit() and _kept(use, form):
        return _back(use, "The claimed figures are kept, with what they mean together.")
    return _form_page("claims", use, form)


def _kept(use: Use, form: FlaskForm) -> bool:
    source, upload, sets = form.source.data or "", form.file.data, []
    figures = read_figures(form)
    if form.errors:
        return False
    try:
        if upload:
            content = upload.read()
            check_size(content, house().settings.upload_mib, upload.filename)
            sets = [(f"{source}, {row.name}", row.claims) for row in read_claims(content, upload.filename)]
        keep_claims(session(), actor(), use, sets or [(source, figures)], house().clock.now())
    except Invalid as problem:
        add_problems(form, problem)
        return False
    return True


@views.route("/assessments/uses/<int:use_id>/leakage/<about>/<int:about_id>", methods=["GET", "POST"])
@door(Permission.REVIEW_ANSWERS)
def review_leakage(use_id: int, about: str, about_id: int) -> Any:
    """Sign that the outcome did not leak into figures that are too good to be believed."""
    use, form = get_use(session(), use_id), ReviewForm()
    listed = list_too_good(session(), use.version_id, list_validations(session(), use.version_id))
    found = next((one for one in listed if (one.about, one.about_id) == (about, about_id)), None)
    if found is None:
        raise NotFound("There are no such figures to review.")
    check_may_review(actor(), use.version, found.entered_by_id)
    if form.validate_on_submit():
        try:
            statement, checked = form.statement.data or "", form.checked.data or ""
            sign_review(session(), actor(), use, found, statement, checked, house().clock.now())
            return _back(use, "Your review is signed.")
        except Invalid as problem:
            add_problems(form, problem)
    return _form_page("leakage", use, form, found=found)
