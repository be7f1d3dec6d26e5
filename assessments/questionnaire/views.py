"""Pages of assessments: the eight letters, their questions, their evidence, and reading it all."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_wtf import FlaskForm

from assessments.decisions.queries import find_decision_on
from assessments.decisions.wording import decision_sentence
from assessments.questionnaire import pages
from assessments.questionnaire.forms import EvidenceForm, answers_as_data, make_letter_form
from assessments.questionnaire.queries import get_assessment, get_evidence, questions_of
from assessments.questionnaire.rules import (
    answers_digest,
    check_may_answer,
    check_may_start,
    check_may_submit,
    letter_digest,
)
from assessments.questionnaire.service import answer, attach, remove_evidence, start, submit
from assessments.questionnaire.tables import Assessment
from assessments.questionnaire.values import Letter
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.errors import Invalid, NotFound, TooLarge
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems
from registry.models.queries import get_use

views = Blueprint("assessments", __name__)


@views.post("/models/<slug>/uses/<int:use_id>/assess")
@door(Permission.ANSWER_ASSESSMENT)
def start_assessment(slug: str, use_id: int) -> Any:
    """Start a round of answers about a use."""
    use = get_use(session(), use_id)
    if use.version.model.slug != slug:
        raise NotFound("There is no such use of this model.")
    assessment = start(session(), actor(), use, house().clock.now())
    flash("The assessment is open. Answer the eight parts in any order.", "success")
    return redirect(url_for("assessments.show", assessment_id=assessment.id))


@views.get("/assessments/<int:assessment_id>")
@door(Permission.SEE_ASSESSMENTS)
def show(assessment_id: int) -> Any:
    """An assessment by letter: what is answered, what is missing, and submitting it."""
    return _show(get_assessment(session(), assessment_id), {})


def _show(assessment: Assessment, problems: dict[str, str]) -> Any:
    decision = find_decision_on(session(), assessment.id)
    page = render_template(
        "assessments/questionnaire/show.html",
        assessment=assessment,
        use=assessment.use,
        sections=pages.list_sections(session(), assessment, london_date(house().clock.now())),
        missing=pages.list_missing(session(), assessment) if assessment.stage == "draft" else [],
        problems=problems,
        questionnaire=questions_of(assessment),
        may_answer=ask(check_may_answer, actor(), assessment) is None,
        may_submit=ask(check_may_submit, actor(), assessment) is None,
        may_start=ask(check_may_start, actor(), assessment.use) is None and pages.is_newest(session(), assessment),
        decision=decision,
        decision_text=decision_sentence(decision) if decision else None,
    )
    return page, 422 if problems else 200


@views.post("/assessments/<int:assessment_id>/submit")
@door(Permission.SUBMIT_ASSESSMENT)
def submit_assessment(assessment_id: int) -> Any:
    """Put it before the committee; with anything missing the page lists every gap."""
    assessment = get_assessment(session(), assessment_id)
    try:
        submit(session(), actor(), assessment, house().clock.now())
    except Invalid as problem:
        if problem.code != "incomplete":
            raise
        return _show(assessment, problem.problems)
    flash("The assessment is with the ethics committee.", "success")
    return redirect(url_for("assessments.show", assessment_id=assessment.id))


@views.get("/assessments/<int:assessment_id>/read")
@door(Permission.SEE_ASSESSMENTS)
def read(assessment_id: int) -> Any:
    """Every question, answer and piece of evidence on one page, for reading only."""
    assessment = get_assessment(session(), assessment_id)
    return render_template(
        "assessments/questionnaire/read.html",
        assessment=assessment,
        use=assessment.use,
        tiles=pages.make_tiles(session(), assessment, london_date(house().clock.now())),
        parts=pages.list_parts(session(), assessment),
        figures=pages.find_figure_page(session(), assessment.use),
        unchanged=assessment.answers_sha256 == answers_digest(assessment),
    )


@views.route("/assessments/<int:assessment_id>/<code>", methods=["GET", "POST"])
@door(Permission.ANSWER_ASSESSMENT)
def answer_letter(assessment_id: int, code: str) -> Any:
    """All questions of one letter. Who may not answer is led to the page for reading."""
    assessment = get_assessment(session(), assessment_id)
    letter = questions_of(assessment).letter(code)
    if request.method == "GET" and ask(check_may_answer, actor(), assessment):
        return redirect(url_for("assessments.read", assessment_id=assessment.id, _anchor=code))
    check_may_answer(actor(), assessment)
    form = make_letter_form(letter)(data=answers_as_data(assessment, letter))
    if form.validate_on_submit() and _kept(assessment, letter, form):
        return _after_saving(assessment, letter)
    form.seen.data = letter_digest(assessment, letter)
    page = render_template(
        "assessments/questionnaire/letter.html",
        assessment=assessment,
        letter=letter,
        form=form,
        parts=pages.list_letter_parts(session(), assessment, letter),
        figures=pages.find_figure_page(session(), assessment.use) if code == "accuracy" else None,
    )
    return page, 422 if form.errors else 200


def _kept(assessment: Assessment, letter: Letter, form: FlaskForm) -> bool:
    if form.seen.data and form.seen.data != letter_digest(assessment, letter):
        _say_changed(letter, form)
        return False
    now = house().clock.now()
    for question in letter.questions:
        choice = form[f"{question.field}_choice"].data or "" if question.asks_choice else ""
        text = form[f"{question.field}_text"].data or ""
        answer(session(), actor(), assessment, question.code, choice, text, now)
    return True


def _say_changed(letter: Letter, form: FlaskForm) -> None:
    first = form[f"{letter.questions[0].field}_text"]
    sentence = "Somebody else changed these answers while you were writing. Compare with theirs, then save again"
    first.errors = [*first.errors, sentence]


def _after_saving(assessment: Assessment, letter: Letter) -> Any:
    wanted = request.form.get("add_evidence", "")
    if any(question.code == wanted for question in letter.questions):
        return redirect(url_for("assessments.add_evidence", assessment_id=assessment.id, code=wanted))
    flash(f"Your answers under {letter.word} are saved.", "success")
    return redirect(url_for("assessments.show", assessment_id=assessment.id))


@views.route("/assessments/<int:assessment_id>/evidence/<code>", methods=["GET", "POST"])
@door(Permission.ANSWER_ASSESSMENT)
def add_evidence(assessment_id: int, code: str) -> Any:
    """Add a document, link or note to one question."""
    assessment = get_assessment(session(), assessment_id)
    questions = questions_of(assessment)
    question, letter = questions.question(code), questions.letter_of(code)
    check_may_answer(actor(), assessment)
    form = EvidenceForm()
    if form.validate_on_submit() and _attached(assessment, code, form):
        flash(f"The evidence for {code} was added.", "success")
        place = url_for("assessments.answer_letter", assessment_id=assessment.id, code=letter.code)
        return redirect(f"{place}#{question.field}")
    page = render_template(
        "assessments/questionnaire/evidence.html", assessment=assessment, question=question, letter=letter, form=form
    )
    return page, 422 if form.errors else 200


def _attached(assessment: Assessment, code: str, form: EvidenceForm) -> bool:
    upload = form.file.data
    file = (upload.filename, upload.read()) if upload and upload.filename else None
    try:
        attach(
            session(),
            actor(),
            assessment,
            code,
            form.title.data or "",
            text=form.text.data or "",
            link=form.link.data or "",
            file=file,
            upload_mib=house().settings.upload_mib,
            at=house().clock.now(),
        )
    except TooLarge as problem:
        form.file.errors = [*form.file.errors, problem.sentence]
        return False
    except Invalid as problem:
        add_problems(form, problem)
        return False
    return True


@views.post("/assessments/<int:assessment_id>/evidence/<int:evidence_id>/remove")
@door(Permission.ANSWER_ASSESSMENT)
def take_off_evidence(assessment_id: int, evidence_id: int) -> Any:
    """Take evidence off a draft again."""
    assessment = get_assessment(session(), assessment_id)
    evidence = get_evidence(session(), assessment_id, evidence_id)
    letter = questions_of(assessment).letter_of(evidence.code)
    remove_evidence(session(), actor(), assessment, evidence, house().clock.now())
    flash(f"The evidence “{evidence.title}” was removed.", "success")
    return redirect(url_for("assessments.answer_letter", assessment_id=assessment.id, code=letter.code))


@views.get("/assessments/<int:assessment_id>/evidence/<int:evidence_id>/file")
@door(Permission.SEE_ASSESSMENTS)
def download(assessment_id: int, evidence_id: int) -> Any:
    """The file of a piece of evidence, always as a download and never shown inside the site."""
    evidence = get_evidence(session(), assessment_id, evidence_id)
    content, media_type = pages.get_file(session(), evidence)
    return send_file(content, mimetype=media_type, as_attachment=True, download_name=evidence.file_name)
