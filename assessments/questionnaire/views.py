"""Pages of assessments: the eight letters, their questions, their evidence, and reading it all."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_wtf import FlaskForm

from assessments.decisions.queries import find_decision_on
from assessments.decisions.wording import decision_sentence
from assessments.questionnaire import pages
from assessments.questionnaire.comparing import compare, tell_counts
from assessments.questionnaire.forms import (
    AskForm,
    EvidenceForm,
    Labels,
    UsedBeforeForm,
    answers_as_data,
    form_rows,
    make_letter_form,
    read_letter,
)
from assessments.questionnaire.queries import (
    get_assessment,
    get_evidence,
    list_authors,
    list_rounds,
    list_used_before,
    questions_of,
)
from assessments.questionnaire.rules import (
    answers_by_code,
    answers_digest,
    asked_of,
    check_may_answer,
    check_may_start,
    check_may_submit,
    letter_digest,
    next_stage,
    says_same,
)
from assessments.questionnaire.service import answer_letter as save_letter
from assessments.questionnaire.service import (
    attach,
    attach_again,
    remove_evidence,
    start,
    submit,
    use_newest_questions,
)
from assessments.questionnaire.tables import Assessment, Evidence
from assessments.questionnaire.values import Letter
from assessments.questions.queries import find_newest_version
from assessments.readiness.queries import list_gaps
from assessments.readiness.values import Asked, Gap
from assessments.reviews.rules import check_may_review
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.errors import Conflict, Invalid, NotFound, TooLarge
from foundation.web.doors import actor, door, house, session
from foundation.web.faults import wants_json
from foundation.web.forms import add_problems
from foundation.web.texts import time_text
from registry.models.queries import find_reached, get_use

views = Blueprint("assessments", __name__)

USED_SHOWN = 30
"""How many pieces of evidence used before are offered."""


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
    return _show(get_assessment(session(), assessment_id))


def _show(assessment: Assessment, form: AskForm | None = None, refused: Invalid | None = None) -> Any:
    now = house().clock.now()
    decision = find_decision_on(session(), assessment.id)
    may_submit = assessment.stage == "draft" and ask(check_may_submit, actor(), assessment) is None
    page = render_template(
        "assessments/questionnaire/show.html",
        assessment=assessment,
        use=assessment.use,
        sections=pages.list_sections(session(), assessment, now, house().letters),
        missing=pages.list_missing(session(), assessment, london_date(now)) if assessment.stage == "draft" else [],
        gaps=_gaps(assessment, form),
        refused=refused,
        form=form or (_ask_form(assessment) if may_submit else None),
        questionnaire=questions_of(assessment),
        newest=find_newest_version(session()),
        left_off=pages.find_left_off(assessment, actor().account_id),
        rounds=list_rounds(session(), assessment),
        asked=asked_of(assessment),
        may_answer=ask(check_may_answer, actor(), assessment) is None,
        may_submit=may_submit,
        may_start=ask(check_may_start, actor(), assessment.use) is None and pages.is_newest(session(), assessment),
        decision=decision,
        decision_text=decision_sentence(decision) if decision else None,
    )
    return page, 422 if refused or (form and form.errors) else 200


def _ask_form(assessment: Assessment) -> AskForm:
    """The form with the next stage of permission chosen beforehand."""
    return AskForm(data={"permission": next_stage(find_reached(session(), assessment.use)).value})


def _gaps(assessment: Assessment, form: AskForm | None) -> list[Gap]:
    """What else has to be there, for the stage that is asked for or the one that comes next."""
    if assessment.stage not in ("draft", "submitted"):
        return []
    permission = asked_of(assessment)[0]
    if assessment.stage == "draft":
        permission = form.asked if form else next_stage(find_reached(session(), assessment.use))
    return list_gaps(session(), Asked(assessment.use, assessment, permission, london_date(house().clock.now())))


@views.post("/assessments/<int:assessment_id>/submit")
@door(Permission.SUBMIT_ASSESSMENT)
def submit_assessment(assessment_id: int) -> Any:
    """Put it before the committee; with anything missing the page lists every gap."""
    assessment = get_assessment(session(), assessment_id)
    check_may_submit(actor(), assessment)
    form = _ask_form(assessment)
    if not form.validate_on_submit():
        return _show(assessment, form)
    try:
        submit(session(), actor(), assessment, house().clock.now(), permission=form.asked, pilot=form.pilot)
    except Invalid as problem:
        if problem.code in ("incomplete", "not_ready"):
            return _show(assessment, form, problem)
        add_problems(form, problem)
        return _show(assessment, form)
    flash("The assessment is with the ethics committee.", "success")
    return redirect(url_for("assessments.show", assessment_id=assessment.id))


@views.post("/assessments/<int:assessment_id>/questions")
@door(Permission.ANSWER_ASSESSMENT)
def use_newest(assessment_id: int) -> Any:
    """Move a draft to the questions that are asked today."""
    assessment = get_assessment(session(), assessment_id)
    use_newest_questions(session(), actor(), assessment, house().clock.now())
    flash("The draft has the newest questions now. Every answer to a question that is still asked is kept.", "success")
    return redirect(url_for("assessments.show", assessment_id=assessment.id))


@views.get("/assessments/<int:assessment_id>/compare/<int:other_id>")
@door(Permission.SEE_ASSESSMENTS)
def compare_rounds(assessment_id: int, other_id: int) -> Any:
    """Two rounds of the same use side by side."""
    one, other = get_assessment(session(), assessment_id), get_assessment(session(), other_id)
    comparison = compare(session(), one, other)
    return render_template(
        "assessments/questionnaire/compare.html", comparison=comparison, counts=tell_counts(comparison), use=one.use
    )


@views.get("/assessments/<int:assessment_id>/read")
@door(Permission.SEE_ASSESSMENTS)
def read(assessment_id: int) -> Any:
    """Every question, answer and piece of evidence on one page, for reading only."""
    assessment = get_assessment(session(), assessment_id)
    return render_template(
        "assessments/questionnaire/read.html",
        assessment=assessment,
        use=assessment.use,
        tiles=pages.make_tiles(session(), assessment, house().clock.now(), house().letters),
        parts=pages.list_parts(session(), assessment, london_date(house().clock.now())),
        may_review=ask(check_may_review, actor(), assessment, list_authors(session(), assessment.use_id)) is None,
        asked=asked_of(assessment),
        figures=pages.find_figure_page(session(), assessment.use),
        unchanged=assessment.answers_sha256 == answers_digest(assessment),
    )


@views.route("/assessments/<int:assessment_id>/<code>", methods=["GET", "POST"])
@door(Permission.ANSWER_ASSESSMENT)
def answer_letter(assessment_id: int, code: str) -> Any:
    """All questions of one letter. Who may not answer is led to the page for reading.

    The script that saves what is typed posts the same form and is told in JSON when it was saved, or why not.
    """
    assessment = get_assessment(session(), assessment_id)
    letter = questions_of(assessment).letter(code)
    if request.method == "GET" and ask(check_may_answer, actor(), assessment):
        return redirect(url_for("assessments.read", assessment_id=assessment.id, _anchor=code))
    check_may_answer(actor(), assessment)
    labels = pages.list_labels_of(session(), assessment, letter)
    form = make_letter_form(letter, assessment, labels)(data=answers_as_data(assessment, letter, labels))
    if wants_json():
        return _save_quietly(assessment, letter, form, labels)
    if form.validate_on_submit() and _kept(assessment, letter, form, labels):
        return _after_saving(assessment, letter)
    form.seen.data = letter_digest(assessment, letter)
    page = render_template(
        "assessments/questionnaire/letter.html",
        assessment=assessment,
        letter=letter,
        form=form,
        parts=pages.list_letter_parts(session(), assessment, letter, london_date(house().clock.now())),
        labels=labels,
        rows_of=form_rows,
        changed=_list_changed(assessment, letter, form, labels) if form.errors else set(),
        figures=pages.find_figure_page(session(), assessment.use) if code == "accuracy" else None,
    )
    return page, 422 if form.errors else 200


def _save_quietly(assessment: Assessment, letter: Letter, form: FlaskForm, labels: Labels) -> Any:
    if not form.validate_on_submit():
        said = [str(sentence) for errors in form.errors.values() for sentence in errors]
        raise Invalid(" ".join(said) or "Nothing was sent.", code="answer")
    _save(assessment, letter, form, labels)
    return {"saved": time_text(house().clock.now()), "seen": letter_digest(assessment, letter)}


def _save(assessment: Assessment, letter: Letter, form: FlaskForm, labels: Labels) -> None:
    given, seen = read_letter(letter, form, labels), form.seen.data or ""
    save_letter(session(), actor(), assessment, letter, given, house().clock.now(), seen=seen)


def _kept(assessment: Assessment, letter: Letter, form: FlaskForm, labels: Labels) -> bool:
    try:
        _save(assessment, letter, form, labels)
    except Invalid as problem:
        add_problems(form, problem)
        return False
    except Conflict as problem:
        first = form[f"{letter.questions[0].field}_text"]
        first.errors = [*first.errors, problem.sentence]
        return False
    return True


def _list_changed(assessment: Assessment, letter: Letter, form: FlaskForm, labels: Labels) -> set[str]:
    """The questions whose kept answer is not what stands in the form."""
    typed, kept = read_letter(letter, form, labels), answers_by_code(assessment)
    return {code for code, answer in kept.items() if code in typed and not says_same(answer, typed[code])}


def _after_saving(assessment: Assessment, letter: Letter) -> Any:
    wanted = request.form.get("add_evidence", "")
    if any(question.code == wanted for question in letter.questions):
        return redirect(url_for("assessments.add_evidence", assessment_id=assessment.id, code=wanted))
    flash(f"Your answers under {letter.word} are saved.", "success")
    return redirect(url_for("assessments.show", assessment_id=assessment.id))


@views.route("/assessments/<int:assessment_id>/evidence/<code>", methods=["GET", "POST"])
@door(Permission.ANSWER_ASSESSMENT)
def add_evidence(assessment_id: int, code: str) -> Any:
    """Add a document, link or note to one question, or choose one this agency has used before."""
    assessment = get_assessment(session(), assessment_id)
    check_may_answer(actor(), assessment)
    questions_of(assessment).question(code)
    form = EvidenceForm()
    if form.validate_on_submit() and _attached(assessment, code, form):
        return _after_adding(assessment, code)
    return _evidence_page(assessment, code, form, _used_form(assessment, code))


@views.post("/assessments/<int:assessment_id>/evidence/<code>/reuse")
@door(Permission.ANSWER_ASSESSMENT)
def reuse_evidence(assessment_id: int, code: str) -> Any:
    """Let evidence this agency has used before stand behind another answer too."""
    assessment = get_assessment(session(), assessment_id)
    check_may_answer(actor(), assessment)
    form = _used_form(assessment, code)
    if not form.validate_on_submit():
        return _evidence_page(assessment, code, EvidenceForm(formdata=None), form)
    used = session().get_one(Evidence, form.used.data)
    attach_again(session(), actor(), assessment, code, used, house().clock.now())
    return _after_adding(assessment, code)


def _used_form(assessment: Assessment, code: str) -> UsedBeforeForm:
    """Evidence to choose from, that of the same question first."""
    used = list_used_before(session(), assessment, london_date(house().clock.now()))
    return UsedBeforeForm().offer(sorted(used, key=lambda told: told[0].code != code)[:USED_SHOWN])


def _after_adding(assessment: Assessment, code: str) -> Any:
    flash(f"The evidence for {code} was added.", "success")
    questions = questions_of(assessment)
    place = url_for("assessments.answer_letter", assessment_id=assessment.id, code=questions.letter_of(code).code)
    return redirect(f"{place}#{questions.question(code).field}")


def _evidence_page(assessment: Assessment, code: str, form: EvidenceForm, used: UsedBeforeForm) -> Any:
    questions = questions_of(assessment)
    page = render_template(
        "assessments/questionnaire/evidence.html",
        assessment=assessment,
        question=questions.question(code),
        letter=questions.letter_of(code),
        form=form,
        used=used,
    )
    return page, 422 if form.errors or used.errors else 200


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
            kind=form.kind.data or "",
            version=form.version.data or "",
            effective_on=form.day("effective_on"),
            expires_on=form.day("expires_on"),
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
