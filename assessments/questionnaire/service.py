"""Commands about assessments: start a round, answer, attach evidence, submit."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.committee.service import open_item
from assessments.committee.tables import AgendaItem
from assessments.questionnaire.documents import clean_name, find_type
from assessments.questionnaire.queries import find_draft, find_earlier, questions_of
from assessments.questionnaire.rules import (
    answers_by_code,
    answers_digest,
    check_answer,
    check_complete,
    check_evidence,
    check_may_answer,
    check_may_start,
    check_may_submit,
)
from assessments.questionnaire.tables import Answer, Assessment, Evidence
from assessments.questionnaire.values import ASSESSMENT_LIFE, CURRENT
from foundation.accounts.values import Actor
from foundation.errors import Conflict, Forbidden
from foundation.files.service import check_size, store
from foundation.ledger.service import record
from foundation.lifecycle.service import move
from registry.evaluations.queries import find_figures
from registry.models.service import submit as submit_use
from registry.models.tables import Use


def start(session: Session, actor: Actor, use: Use, at: datetime) -> Assessment:
    """Start a round of answers about a use; a use has at most one draft.

    The answers and evidence of the round before, of this use or of the same use of an earlier version, are copied
    with the names of those who gave them.
    """
    session.refresh(use, ["stage"], with_for_update=True)
    check_may_start(actor, use)
    if find_draft(session, use.id) is not None:
        raise Conflict("An assessment of this use is being answered already.", code="draft_exists")
    earlier = find_earlier(session, use)
    assessment = Assessment(
        use=use,
        questionnaire=CURRENT,
        stage=ASSESSMENT_LIFE.first,
        started_at=at,
        started_by_id=_number(actor),
        answers=[_copy_answer(answer) for answer in (earlier.answers if earlier else [])],
        evidence=[_copy_evidence(evidence) for evidence in (earlier.evidence if earlier else [])],
    )
    session.add(assessment)
    session.flush()
    _record(session, "assessment_started", actor, assessment, at)
    return assessment


def _copy_answer(answer: Answer) -> Answer:
    return Answer(
        code=answer.code,
        choice=answer.choice,
        text=answer.text,
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
        added_by_id=evidence.added_by_id,
        added_at=evidence.added_at,
    )


def answer(
    session: Session, actor: Actor, assessment: Assessment, code: str, choice: str, text: str, at: datetime
) -> None:
    """Keep the answer to one question; half an answer may be kept, only submitting needs all of it.

    An answer that did not change keeps the name of the person who gave it.
    """
    _hold(session, assessment)
    check_may_answer(actor, assessment)
    question = questions_of(assessment).question(code)
    choice, text = choice.strip(), _clean(text)
    check_answer(question, choice, text)
    kept = answers_by_code(assessment).get(code)
    if (kept.choice, kept.text) == (choice, text) if kept else not (choice or text):
        return
    if kept is None:
        kept = Answer(assessment_id=assessment.id, code=code)
        session.add(kept)
    kept.choice, kept.text, kept.answered_by_id, kept.answered_at = choice, text, _number(actor), at
    session.flush()
    session.expire(assessment, ["answers"])


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
    upload_mib: int,
    at: datetime,
) -> Evidence:
    """Attach evidence to a question: a note, a link or a file (its name and bytes), at least one of them.

    Refused: links that do not lead to http or https, files above `upload_mib`, and files whose content is not a PDF,
    PNG, JPEG, ODT, DOCX, CSV or plain text.
    """
    _hold(session, assessment)
    check_may_answer(actor, assessment)
    questions_of(assessment).question(code)
    title, text, link = " ".join(_clean(title).split()), _clean(text), link.strip()
    check_evidence(title, text, link, file is not None)
    name, sha256 = _keep_file(session, file, upload_mib, at) if file else ("", None)
    evidence = Evidence(
        code=code,
        title=title,
        text=text,
        link=link,
        file_name=name,
        file_sha256=sha256,
        added_by_id=_number(actor),
        added_at=at,
    )
    assessment.evidence.append(evidence)
    session.flush()
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


def submit(session: Session, actor: Actor, assessment: Assessment, at: datetime) -> AgendaItem:
    """Fix the answers under their digest and put the use on the committee's agenda.

    Refused with every gap at its question when anything is missing (R05).
    """
    check_may_submit(actor, assessment)
    _hold(session, assessment)
    use = assessment.use
    figures = find_figures(session, use.version_id)
    if assessment.stage == "draft":
        check_complete(assessment, questions_of(assessment), has_figures=figures is not None)
    facts = {"use": use.id, "version": use.version.number}
    slug = use.version.model.slug
    move(session, ASSESSMENT_LIFE, assessment, "submit", actor, at, model=slug, facts=facts)
    assessment.answers_sha256, assessment.submitted_at = answers_digest(assessment), at
    submit_use(session, actor, use, at)
    _record(session, "assessment_submitted", actor, assessment, at, answers_sha256=assessment.answers_sha256)
    return open_item(
        session,
        use,
        kind="submission",
        title=f"{use.version.title}: {use.purpose}"[:200],
        question=_question(use),
        at=at,
        assessment=assessment,
        actor=actor,
    )


def _question(use: Use) -> str:
    asked = f"May {use.version.title}, be used for one purpose: {_lower(use.purpose)}?"
    return f"{asked} It would be seen by {_lower(use.audience)}. It would influence {_lower(use.decision)}."


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
