"""Rules about answers: who may give them, what is missing, and the digest of what was submitted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from assessments.questionnaire.answer_types import find_faults, is_given, is_link
from assessments.questionnaire.tables import Answer, Assessment, Evidence
from assessments.questionnaire.values import EVIDENCE_KINDS, Document, Given, Letter, Question, Questionnaire
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission, Role
from foundation.errors import Forbidden, Invalid, Refused
from foundation.ledger.values import content_digest
from registry.models.rules import check_next_stage, check_owns, check_pilot, owns
from registry.models.tables import ModelVersion, Use
from registry.models.values import PermissionStage, PilotTerms

LONGEST_ANSWER = 20_000
LONGEST_TITLE, LONGEST_LINK, LONGEST_VERSION = 200, 400, 40
STARTS_FROM = ("registered", "returned", "rejected", "approved")
"""Stages of a use in which it can be submitted, and so assessed: an approved one for its next stage, or again."""


def check_may_start(actor: Actor, use: Use) -> None:
    """A round is started by those who may answer it, while the use can be submitted (R08)."""
    check_may_help(actor, use)
    if use.stage not in STARTS_FROM:
        sentence = f"This use is {use.stage_card.title.lower()}, so it is not assessed anew."
        raise Refused(sentence, code="not_assessable")


def check_may_answer(actor: Actor, assessment: Assessment) -> None:
    """Answers come from the owner, the deputy or a contributor of the model's agency, and only while it is a draft."""
    check_may_help(actor, assessment.use)
    if assessment.stage != "draft":
        sentence = "This assessment was submitted. Its answers stay as the committee reads them."
        raise Refused(sentence, code="not_a_draft")


def check_may_submit(actor: Actor, assessment: Assessment) -> None:
    """Only the owner or the deputy submits."""
    check_permission(actor, Permission.SUBMIT_ASSESSMENT)
    check_owns(assessment.use, actor)


def check_may_help(actor: Actor, use: Use) -> None:
    """Answers about a use come from its model's owner, the deputy, and contributors of their agency."""
    check_permission(actor, Permission.ANSWER_ASSESSMENT)
    model = use.version.model
    helps = Role.CONTRIBUTOR in actor.roles and actor.agency == model.agency_code
    if not owns(model, actor) and not helps:
        raise Forbidden(
            f"The assessment of {model.name} is answered by its owner, its deputy and contributors of their agency."
        )


def check_answer(question: Question, given: Given) -> None:
    """Refuse what the question does not ask for, a text nobody would read, and a value that is not of its type."""
    problems = find_faults(question.field, question.type, given.value)
    allowed = ("", "yes", "no") if question.asks_choice else ("",)
    if given.choice not in allowed:
        sentence = "Choose yes or no." if question.asks_choice else "This question is answered in words."
        problems[f"{question.field}_choice"] = sentence
    if len(given.text) > LONGEST_ANSWER:
        sentence = f"An answer has at most {LONGEST_ANSWER:,} characters; attach the rest as evidence."
        problems[f"{question.field}_text"] = sentence
    if problems:
        raise Invalid(f"{question.code}: {' '.join(problems.values())}", problems=problems, code="answer")


def says_same(answer: Answer, given: Given) -> bool:
    """Whether a kept answer is what somebody says now."""
    text = given.text.replace("\r\n", "\n").strip()
    return (answer.choice, answer.text, answer.value) == (given.choice, text, given.value)


def asked_of(assessment: Assessment) -> tuple[PermissionStage, PilotTerms | None]:
    """The stage of permission a round asks for, and the terms of a pilot; one from before stages asks for the first."""
    permission = PermissionStage(assessment.permission or PermissionStage.SHADOW)
    return permission, PilotTerms.from_dict(assessment.terms) if permission is PermissionStage.PILOT else None


def next_stage(reached: PermissionStage | None) -> PermissionStage:
    """The stage of permission that comes after the furthest there was; the last one stays (R08)."""
    stages = list(PermissionStage)
    return stages[min(reached.rung + 1, len(stages) - 1)] if reached is not None else stages[0]


def check_asked(reached: PermissionStage | None, permission: PermissionStage, pilot: PilotTerms | None) -> None:
    """A submission asks for the next stage of permission, or one there was; a pilot has terms, all at fields (R08)."""
    try:
        check_next_stage(reached, permission)
    except Refused as problem:
        raise Invalid(problem.sentence, problems={"permission": problem.sentence}, code=problem.code) from problem
    check_pilot(permission, pilot)


def check_evidence(document: Document, has_file: bool) -> None:
    """Evidence has a title, a kind and at least one of a note, a link and a file; links lead to http or https only."""
    problems: dict[str, str] = {}
    if not document.title:
        problems["title"] = "Enter what this is."
    elif len(document.title) > LONGEST_TITLE:
        problems["title"] = f"A title has at most {LONGEST_TITLE} characters."
    if document.kind not in EVIDENCE_KINDS:
        problems["kind"] = "Choose what kind of evidence it is."
    if len(document.version) > LONGEST_VERSION:
        problems["version"] = f"A version has at most {LONGEST_VERSION} characters."
    if document.effective_on and document.expires_on and document.expires_on < document.effective_on:
        problems["expires_on"] = "It cannot end before it begins."
    if len(document.text) > LONGEST_ANSWER:
        problems["text"] = f"A note has at most {LONGEST_ANSWER:,} characters."
    if document.link and not is_link(document.link):
        problems["link"] = "Enter a web address that starts with https:// or http://"
    if not (document.text or document.link or has_file):
        problems["text"] = "Enter a note, a link or a file."
    if problems:
        raise Invalid("The evidence was not added. " + " ".join(problems.values()), problems=problems)


def is_expired(evidence: Evidence, today: date | None) -> bool:
    """Whether evidence no longer counts: the day it expires is its last."""
    return today is not None and evidence.expires_on is not None and evidence.expires_on < today


def list_labels(question: Question, version: ModelVersion) -> list[str]:
    """The lines that a question sets beforehand: the data items behind the version's features, each once."""
    if question.type.rows != "item":
        return []
    return list(dict.fromkeys(feature.item.title for feature in version.features))


def is_answered(question: Question, answer: Answer | None, labels: Sequence[str] = ()) -> bool:
    """Whether an answer gives what its question asks for, a line for each of `labels` among it."""
    if answer is None or (question.asks_choice and not answer.choice):
        return False
    return (bool(answer.text.strip()) or not question.asks_text) and is_given(question.type, answer.value, labels)


def count_answered(assessment: Assessment | None, letter: Letter) -> int:
    """How many questions of a letter are answered."""
    if assessment is None:
        return 0
    answers, version = answers_by_code(assessment), assessment.use.version
    return sum(is_answered(q, answers.get(q.code), list_labels(q, version)) for q in letter.questions)


def answers_by_code(assessment: Assessment | None) -> dict[str, Answer]:
    """The answers under the codes of their questions."""
    return {answer.code: answer for answer in assessment.answers} if assessment else {}


def evidence_by_code(assessment: Assessment | None) -> dict[str, list[Evidence]]:
    """The evidence under the codes of the questions it belongs to."""
    found: dict[str, list[Evidence]] = {}
    for evidence in assessment.evidence if assessment else []:
        found.setdefault(evidence.code, []).append(evidence)
    return found


def find_missing(
    assessment: Assessment, questionnaire: Questionnaire, *, has_figures: bool, today: date | None = None
) -> dict[str, str]:
    """What stands between a draft and the committee: question code to sentence, in the order of the questions (R05).

    Evidence that expired before `today` counts as missing; without a day nothing expires.
    """
    answers, evidence = answers_by_code(assessment), evidence_by_code(assessment)
    missing = {}
    for question in questionnaire.questions:
        lacks = _find_lacks(question, answers.get(question.code), list_labels(question, assessment.use.version))
        lacks += _evidence_lacks(question, evidence.get(question.code, []), today)
        if question.code == "ACC-3" and not has_figures:
            lacks.append("the platform has not computed the figures yet")
        if lacks:
            missing[question.code] = f"{question.code} {question.text} Missing: {', '.join(lacks)}."
    return missing


def _find_lacks(question: Question, answer: Answer | None, labels: Sequence[str]) -> list[str]:
    lacks = []
    if question.asks_choice and (answer is None or not answer.choice):
        lacks.append("yes or no")
    if question.asks_text and (answer is None or not answer.text.strip()):
        lacks.append("the answer")
    if not is_given(question.type, answer.value if answer else None, labels):
        lacks.append(question.type.asked)
    return lacks


def _evidence_lacks(question: Question, evidence: Sequence[Evidence], today: date | None) -> list[str]:
    if any(not is_expired(one, today) for one in evidence):
        return []
    if evidence:
        return [f"evidence that has not expired ({question.evidence})"]
    return [f"evidence ({question.evidence})"]


def check_complete(
    assessment: Assessment, questionnaire: Questionnaire, *, has_figures: bool, today: date | None = None
) -> None:
    """Every question has its answer and evidence that counts on that day, and figures are computed (R04, R05)."""
    missing: Mapping[str, str] = find_missing(assessment, questionnaire, has_figures=has_figures, today=today)
    if missing:
        count = f"{len(missing)} questions are" if len(missing) > 1 else "1 question is"
        raise Invalid(f"The assessment was not submitted: {count} not complete.", problems=missing, code="incomplete")


def answers_digest(assessment: Assessment) -> str:
    """SHA-256 of all answers, all evidence, the version of the questions and what is asked for: what is read.

    It does not depend on the order in which answers were given, on who gave them or when.
    """
    answers = sorted((answer_content(answer) for answer in assessment.answers), key=lambda given: given[0])
    evidence = sorted(evidence_content(one) for one in assessment.evidence)
    asked = {"permission": assessment.permission, "terms": assessment.terms} if assessment.permission else {}
    said = {"questionnaire": assessment.questionnaire, "answers": answers, "evidence": evidence, **asked}
    return content_digest(said)


def answer_content(answer: Answer) -> tuple[Any, ...]:
    """What an answer says; a typed value is part of it only where there is one, so that older digests hold."""
    return (answer.code, answer.choice, answer.text, *([answer.value] if answer.value else []))


def evidence_content(one: Evidence) -> tuple[str, ...]:
    """What a piece of evidence is; kind, version and days only where they are given, so that older digests hold."""
    days = [day.isoformat() if day else "" for day in (one.effective_on, one.expires_on)]
    told = (one.kind, one.document_version, *days) if one.kind or one.document_version or any(days) else ()
    return (one.code, one.title, one.text, one.link, one.file_name, one.file_sha256 or "", *told)


def letter_digest(assessment: Assessment, letter: Letter) -> str:
    """SHA-256 of one letter's answers, to notice that somebody else changed them meanwhile."""
    codes = {question.code for question in letter.questions}
    given = [answer_content(answer) for answer in assessment.answers if answer.code in codes]
    return content_digest(sorted(given, key=lambda content: content[0]))


def question_digest(question: Question, answer: Answer | None, evidence: Sequence[Evidence]) -> str:
    """SHA-256 of a question with its answer and evidence: what a reviewer looked at (R05)."""
    said = {
        "question": question.text,
        "answer": answer_content(answer) if answer else None,
        "evidence": sorted(evidence_content(one) for one in evidence),
    }
    return content_digest(said)
