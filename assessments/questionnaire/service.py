"""Commands about assessments: start a round, answer, attach evidence, say what is asked for, submit."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from assessments.committee.service import open_item
from assessments.committee.tables import AgendaItem
from assessments.questionnaire.documents import clean_name, find_type
from assessments.questionnaire.queries import find_current, find_earlier, questions_of
from assessments.questionnaire.rules import (
    answers_by_code,
    answers_digest,
    asked_of,
    check_answer,
    check_asked,
    check_complete,
    check_evidence,
    check_may_answer,
    check_may_start,
    check_may_submit,
    letter_digest,
)
from assessments.questionnaire.tables import Answer, Assessment, Evidence
from assessments.questionnaire.values import ASSESSMENT_LIFE, Document, Given, Letter, Question
from assessments.questions.queries import find_newest_version
from assessments.readiness.queries import list_gaps
from assessments.readiness.rules import check_may_be_submitted
from assessments.readiness.values import Asked
from foundation.accounts.values import Actor
from foundation.clock import london_date
from foundation.errors import Conflict, Forbidden, Invalid
from foundation.files.service import check_size, store
from foundation.ledger.service import record
from foundation.lifecycle.service import move
from registry.evaluations.queries import find_figures
from registry.models.queries import find_reached
from registry.models.service import submit as submit_use
from registry.models.tables import Use
from registry.models.values import PermissionStage, PilotTerms


def start(session: Session, actor: Actor, use: Use, at: datetime) -> Assessment:
    """Start a round of answers about a use; a use has at most one round that waits for an answer or a decision.

    The answers and evidence of the round before, of this use or of the same use of an earlier version, are copied
    with the names of those who gave them, as far as their questions are still asked. An approved use can be assessed
    again, for its next stage of permission or to renew what it has (R08).
    """
    session.refresh(use, ["stage"], with_for_update=True)
    check_may_start(actor, use)
    _check_free(find_current(session, use.id))
    earlier = find_earlier(session, use)
    assessment = Assessment(
        use=use,
        questionnaire=find_newest_version(session),
        stage=ASSESSMENT_LIFE.first,
        started_at=at,
        started_by_id=_number(actor),
    )
    session.add(assessment)
    session.flush()
    codes = {question.code for question in questions_of(assessment).questions}
    assessment.answers = [_copy_answer(one) for one in (earlier.answers if earlier else []) if one.code in codes]
    assessment.evidence = [_copy_evidence(one) for one in (earlier.evidence if earlier else []) if one.code in codes]
    session.flush()
    _record(session, "assessment_started", actor, assessment, at)
    return assessment


def _check_free(current: Assessment | None) -> None:
    if current is not None and current.stage == "draft":
        raise Conflict("An assessment of this use is being answered already.", code="draft_exists")
    if current is not None and current.stage == "submitted":
        raise Conflict("The committee has not decided on the last assessment of this use yet.", code="with_committee")


def _copy_answer(answer: Answer) -> Answer:
    return Answer(
        code=answer.code,
        choice=answer.choice,
        text=answer.text,
        value=dict(answer.value),
        answered_by_id=answer.answered_by_id,
        answered_at=answer.answered_at,
    )


def _copy_evidence(evidence: Evidence) -> Evidence:
    return Evidence(
        code=evidence.code,
        title=evidence.title,
        text=evidence.text,
        link=evidence.link,
        file_name=evidence.file_name,
        file_sha256=evidence.file_sha256,
        kind=evidence.kind,
        document_version=evidence.document_version,
        effective_on=evidence.effective_on,
        expires_on=evidence.expires_on,
        origin=evidence.origin,
        added_by_id=evidence.added_by_id,
        added_at=evidence.added_at,
    )


def use_newest_questions(session: Session, actor: Actor, assessment: Assessment, at: datetime) -> None:
    """Move a draft to the questions that are asked today. What answers a question that is no longer asked goes."""
    _hold(session, assessment)
    check_may_answer(actor, assessment)
    before, assessment.questionnaire = assessment.questionnaire, find_newest_version(session)
    session.flush()
    session.expire(assessment, ["question_set"])
    codes = {question.code for question in questions_of(assessment).questions}
    kept: list[Answer | Evidence] = [*assessment.answers, *assessment.evidence]
    for one in kept:
        if one.code not in codes:
            session.delete(one)
    session.flush()
    session.expire(assessment, ["answers", "evidence"])
    _record(session, "questions_renewed", actor, assessment, at, before=before, now=assessment.questionnaire)


def answer(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    code: str,
    choice: str,
    text: str,
    at: datetime,
    value: Mapping[str, Any] | None = None,
) -> None:
    """Keep the answer to one question; half an answer may be kept, only submitting needs all of it.

    An answer that did not change keeps the name of the person who gave it; without a `value` the kept one stays.
    """
    _hold(session, assessment)
    check_may_answer(actor, assessment)
    question = questions_of(assessment).question(code)
    kept = answers_by_code(assessment).get(code)
    if value is None:
        value = kept.value if kept else {}
    given = _tidy(Given(choice, text, value))
    check_answer(question, given)
    _keep(session, actor, assessment, question, given, at)
    session.flush()
    session.expire(assessment, ["answers"])


def answer_letter(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    letter: Letter,
    given: Mapping[str, Given],
    at: datetime,
    *,
    seen: str = "",
) -> None:
    """Keep all answers of one letter, or none. `given` has each under its question's code.

    `seen` is the digest of the letter as it was when the writing began: with another one now, somebody else changed it
    meanwhile, and nothing is written over (`changed_meanwhile`). Every fault is named at its field.
    """
    _hold(session, assessment)
    check_may_answer(actor, assessment)
    if seen and seen != letter_digest(assessment, letter):
        sentence = "Somebody else changed these answers while you were writing. Compare with theirs, then save again"
        raise Conflict(sentence, code="changed_meanwhile")
    tidied = {question: _tidy(given[question.code]) for question in letter.questions if question.code in given}
    _check_all(tidied)
    for question, said in tidied.items():
        _keep(session, actor, assessment, question, said, at)
    session.flush()
    session.expire(assessment, ["answers"])


def _tidy(given: Given) -> Given:
    return Given(given.choice.strip(), _clean(given.text), dict(given.value))


def _check_all(tidied: Mapping[Question, Given]) -> None:
    problems: dict[str, str] = {}
    for question, given in tidied.items():
        try:
            check_answer(question, given)
        except Invalid as problem:
            problems |= problem.problems
    if problems:
        raise Invalid("The answers were not saved. " + " ".join(problems.values()), problems=problems, code="answer")


def _keep(
    session: Session, actor: Actor, assessment: Assessment, question: Question, given: Given, at: datetime
) -> None:
    kept = answers_by_code(assessment).get(question.code)
    before = Given(kept.choice, kept.text, kept.value) if kept else Given()
    if before == given:
        return
    if kept is None:
        kept = Answer(assessment_id=assessment.id, code=question.code)
        session.add(kept)
    kept.choice, kept.text, kept.value = given.choice, given.text, dict(given.value)
    kept.answered_by_id, kept.answered_at = _number(actor), at


def _number(actor: Actor) -> int:
    """The account of somebody who answers; the worker never does."""
    if actor.account_id is None:
        raise Forbidden("Assessments are answered by people.")
    return actor.account_id


def attach(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    code: str,
    title: str,
    *,
    text: str = "",
    link: str = "",
    file: tuple[str, bytes] | None = None,
    kind: str = "other",
    version: str = "",
    effective_on: date | None = None,
    expires_on: date | None = None,
    upload_mib: int,
    at: datetime,
) -> Evidence:
    """Attach evidence to a question: a note, a link or a file (its name and bytes), at least one of them.

    Refused: links that do not lead to http or https, kinds that are not in EVIDENCE_KINDS, evidence that ends before it
    begins, files above `upload_mib`, and files whose content is not a PDF, PNG, JPEG, ODT, DOCX, CSV or plain text.
    """
    _hold(session, assessment)
    check_may_answer(actor, assessment)
    questions_of(assessment).question(code)
    title, version = " ".join(_clean(title).split()), " ".join(_clean(version).split())
    document = Document(title, _clean(text), link.strip(), kind, version, effective_on, expires_on)
    check_evidence(document, file is not None)
    name, sha256 = _keep_file(session, file, upload_mib, at) if file else ("", None)
    evidence = Evidence(
        title=document.title,
        text=document.text,
        link=document.link,
        file_name=name,
        file_sha256=sha256,
        kind=document.kind,
        document_version=document.version,
        effective_on=document.effective_on,
        expires_on=document.expires_on,
    )
    return _add(session, actor, assessment, code, evidence, at)


def attach_again(
    session: Session, actor: Actor, assessment: Assessment, code: str, used: Evidence, at: datetime
) -> Evidence:
    """Attach what stands behind another answer of the same agency's models to this one too: its row is copied.

    Where it was first given is kept with it. Refused for another agency's evidence.
    """
    _hold(session, assessment)
    check_may_answer(actor, assessment)
    questions_of(assessment).question(code)
    source = session.get_one(Assessment, used.assessment_id).use
    if source.version.model.agency_code != assessment.use.version.model.agency_code:
        raise Forbidden("This evidence belongs to another agency's model.")
    evidence = _copy_evidence(used)
    evidence.origin = used.origin or f"{source.version.title}, {used.code}"
    return _add(session, actor, assessment, code, evidence, at)


def _add(
    session: Session, actor: Actor, assessment: Assessment, code: str, evidence: Evidence, at: datetime
) -> Evidence:
    evidence.code, evidence.added_by_id, evidence.added_at = code, _number(actor), at
    assessment.evidence.append(evidence)
    session.flush()
    sha256 = evidence.file_sha256
    _record(session, "evidence_added", actor, assessment, at, code=code, evidence=evidence.id, file_sha256=sha256)
    return evidence


def _keep_file(session: Session, file: tuple[str, bytes], upload_mib: int, at: datetime) -> tuple[str, str]:
    name, content = clean_name(file[0]), file[1]
    check_size(content, upload_mib, name)
    return name, store(session, content, find_type(name, content).media_type, at)


def remove_evidence(session: Session, actor: Actor, assessment: Assessment, evidence: Evidence, at: datetime) -> None:
    """Take evidence off a draft again, for example a wrong file; that it was there stays in the ledger."""
    _hold(session, assessment)
    check_may_answer(actor, assessment)
    session.delete(evidence)
    session.flush()
    session.expire(assessment, ["evidence"])
    code, number, sha256 = evidence.code, evidence.id, evidence.file_sha256
    _record(session, "evidence_removed", actor, assessment, at, code=code, evidence=number, file_sha256=sha256)


def submit(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    at: datetime,
    *,
    permission: PermissionStage | None = None,
    pilot: PilotTerms | None = None,
) -> AgendaItem:
    """Fix the answers under their digest and put the use on the committee's agenda.

    `permission` is the stage of permission that is asked for, with the terms of a pilot; without one, what the round
    asks for already. Refused with every gap at its question when anything is missing (`incomplete`, R05), with what
    else has to be there first (`not_ready`), and for a stage that skips one (R08).
    """
    check_may_submit(actor, assessment)
    _hold(session, assessment)
    if permission is None:
        permission, pilot = asked_of(assessment)
    if assessment.stage == "draft":
        _check_ready(session, assessment, permission, pilot, london_date(at))
        assessment.permission, assessment.terms = permission.value, pilot.to_dict() if pilot else {}
    use = assessment.use
    facts = {"use": use.id, "version": use.version.number}
    slug = use.version.model.slug
    move(session, ASSESSMENT_LIFE, assessment, "submit", actor, at, model=slug, facts=facts)
    assessment.answers_sha256, assessment.submitted_at = answers_digest(assessment), at
    submit_use(session, actor, use, at)
    told = {"answers_sha256": assessment.answers_sha256, "permission": assessment.permission}
    _record(session, "assessment_submitted", actor, assessment, at, **told)
    return open_item(
        session,
        use,
        kind="submission",
        title=f"{use.version.title}, {SAID[PermissionStage(assessment.permission)]}: {use.purpose}"[:200],
        question=_question(use, PermissionStage(assessment.permission)),
        at=at,
        assessment=assessment,
        actor=actor,
    )


def _check_ready(
    session: Session, assessment: Assessment, permission: PermissionStage, pilot: PilotTerms | None, today: date
) -> None:
    use = assessment.use
    check_asked(find_reached(session, use), permission, pilot)
    has_figures = find_figures(session, use.version_id) is not None
    check_complete(assessment, questions_of(assessment), has_figures=has_figures, today=today)
    check_may_be_submitted(list_gaps(session, Asked(use, assessment, permission, today)))


SAID = {
    PermissionStage.SHADOW: "in the shadow",
    PermissionStage.PILOT: "as a pilot",
    PermissionStage.OPERATIONAL: "in operation",
}
"""How far a use is to be permitted, inside a sentence."""


def _question(use: Use, permission: PermissionStage) -> str:
    asked = f"May {use.version.title}, be used {SAID[permission]} for one purpose: {_lower(use.purpose)}?"
    if permission is PermissionStage.SHADOW:
        return f"{asked} Its scores would be recorded and shown to nobody."
    seen = "the teams that its terms name" if permission is PermissionStage.PILOT else _lower(use.audience)
    return f"{asked} It would be seen by {seen}. It would influence {_lower(use.decision)}."


def _lower(text: str) -> str:
    """A text inside a sentence: its first letter small, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:].rstrip(".")


def _hold(session: Session, assessment: Assessment) -> None:
    """Lock the round, so that no answer arrives while it is being submitted."""
    session.flush()
    session.refresh(assessment, ["stage"], with_for_update=True)
    session.expire(assessment, ["answers", "evidence"])


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _record(
    session: Session, kind: str, actor: Actor, assessment: Assessment, at: datetime, **facts: str | int | None
) -> None:
    use = assessment.use
    known = {"assessment": assessment.id, "use": use.id, "version": use.version.number}
    given = {name: value for name, value in facts.items() if value is not None}
    record(session, kind, actor=actor.reference, at=at, model=use.version.model.slug, facts={**known, **given})
