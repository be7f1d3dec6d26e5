"""Rules about answers: who may give them, what is missing, and the digest of what was submitted."""

from collections.abc import Mapping

from assessments.questionnaire.tables import Answer, Assessment, Evidence
from assessments.questionnaire.values import Letter, Question, Questionnaire
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission, Role
from foundation.errors import Forbidden, Invalid, Refused
from foundation.ledger.values import content_digest
from registry.models.rules import check_owns, owns
from registry.models.tables import Use

LONGEST_ANSWER = 20_000
LONGEST_TITLE, LONGEST_LINK = 200, 400
STARTS_FROM = ("registered", "returned", "rejected")
"""Stages of a use from which it can be submitted, and so assessed."""


def check_may_start(actor: Actor, use: Use) -> None:
    """A round is started by those who may answer it, while the use can still be submitted."""
    _check_answers_for(actor, use)
    if use.stage not in STARTS_FROM:
        sentence = f"This use is {use.stage_card.title.lower()}, so it is not assessed anew."
        raise Refused(sentence, code="not_assessable")


def check_may_answer(actor: Actor, assessment: Assessment) -> None:
    """Answers come from the owner, the deputy or a contributor of the model's agency, and only while it is a draft."""
    _check_answers_for(actor, assessment.use)
    if assessment.stage != "draft":
        sentence = "This assessment was submitted. Its answers stay as the committee reads them."
        raise Refused(sentence, code="not_a_draft")


def check_may_submit(actor: Actor, assessment: Assessment) -> None:
    """Only the owner or the deputy submits."""
    check_permission(actor, Permission.SUBMIT_ASSESSMENT)
    check_owns(assessment.use, actor)


def _check_answers_for(actor: Actor, use: Use) -> None:
    check_permission(actor, Permission.ANSWER_ASSESSMENT)
    model = use.version.model
    helps = Role.CONTRIBUTOR in actor.roles and actor.agency == model.agency_code
    if not owns(model, actor) and not helps:
        raise Forbidden(
            f"The assessment of {model.name} is answered by its owner, its deputy and contributors of their agency."
        )


def check_answer(question: Question, choice: str, text: str) -> None:
    """Refuse a yes or no where none is asked for, anything else where one is, and a text nobody would read."""
    allowed = ("", "yes", "no") if question.asks_choice else ("",)
    if choice not in allowed:
        sentence = "Choose yes or no." if question.asks_choice else "This question is answered in words."
        raise Invalid(f"{question.code}: {sentence}", problems={f"{question.field}_choice": sentence})
    if len(text) > LONGEST_ANSWER:
        sentence = f"An answer has at most {LONGEST_ANSWER:,} characters; attach the rest as evidence."
        raise Invalid(f"{question.code}: {sentence}", problems={f"{question.field}_text": sentence})


def check_evidence(title: str, text: str, link: str, has_file: bool) -> None:
    """Evidence has a title and at least one of a note, a link and a file; links lead to http or https only."""
    problems: dict[str, str] = {}
    if not title:
        problems["title"] = "Enter what this is."
    elif len(title) > LONGEST_TITLE:
        problems["title"] = f"A title has at most {LONGEST_TITLE} characters."
    if len(text) > LONGEST_ANSWER:
        problems["text"] = f"A note has at most {LONGEST_ANSWER:,} characters."
    if link and (not link.lower().startswith(("http://", "https://")) or len(link) > LONGEST_LINK or " " in link):
        problems["link"] = "Enter a web address that starts with https:// or http://"
    if not (text or link or has_file):
        problems["text"] = "Enter a note, a link or a file."
    if problems:
        raise Invalid("The evidence was not added. " + " ".join(problems.values()), problems=problems)


def is_answered(question: Question, answer: Answer | None) -> bool:
    """Whether an answer gives what its question asks for."""
    if answer is None or (question.asks_choice and not answer.choice):
        return False
    return bool(answer.text.strip()) or not question.asks_text


def count_answered(assessment: Assessment | None, letter: Letter) -> int:
    """How many questions of a letter are answered."""
    answers = answers_by_code(assessment)
    return sum(is_answered(question, answers.get(question.code)) for question in letter.questions)


def answers_by_code(assessment: Assessment | None) -> dict[str, Answer]:
    """The answers under the codes of their questions."""
    return {answer.code: answer for answer in assessment.answers} if assessment else {}


def evidence_by_code(assessment: Assessment | None) -> dict[str, list[Evidence]]:
    """The evidence under the codes of the questions it belongs to."""
    found: dict[str, list[Evidence]] = {}
    for evidence in assessment.evidence if assessment else []:
        found.setdefault(evidence.code, []).append(evidence)
    return found


def find_missing(assessment: Assessment, questionnaire: Questionnaire, *, has_figures: bool) -> dict[str, str]:
    """What stands between a draft and the committee: question code to sentence, in the order of the questions (R05)."""
    answers, evidence = answers_by_code(assessment), evidence_by_code(assessment)
    missing = {}
    for question in questionnaire.questions:
        lacks = _find_lacks(question, answers.get(question.code), bool(evidence.get(question.code)))
        if question.code == "ACC-3" and not has_figures:
            lacks.append("the platform has not computed the figures yet")
        if lacks:
            missing[question.code] = f"{question.code} {question.text} Missing: {', '.join(lacks)}."
    return missing


def _find_lacks(question: Question, answer: Answer | None, evidenced: bool) -> list[str]:
    lacks = []
    if question.asks_choice and (answer is None or not answer.choice):
        lacks.append("yes or no")
    if question.asks_text and (answer is None or not answer.text.strip()):
        lacks.append("the answer")
    if not evidenced:
        lacks.append(f"evidence ({question.evidence})")
    return lacks


def check_complete(assessment: Assessment, questionnaire: Questionnaire, *, has_figures: bool) -> None:
    """Every question is answered, with its yes or no and its evidence, and the figures are computed (R04, R05)."""
    missing: Mapping[str, str] = find_missing(assessment, questionnaire, has_figures=has_figures)
    if missing:
        count = f"{len(missing)} questions are" if len(missing) > 1 else "1 question is"
        raise Invalid(f"The assessment was not submitted: {count} not complete.", problems=missing, code="incomplete")


def answers_digest(assessment: Assessment) -> str:
    """SHA-256 of all answers, all evidence and the version of the questions: what the committee reads.

    It does not depend on the order in which answers were given, on who gave them or when.
    """
    answers = sorted((a.code, a.choice, a.text) for a in assessment.answers)
    evidence = sorted((e.code, e.title, e.text, e.link, e.file_name, e.file_sha256 or "") for e in assessment.evidence)
    return content_digest({"questionnaire": assessment.questionnaire, "answers": answers, "evidence": evidence})


def letter_digest(assessment: Assessment, letter: Letter) -> str:
    """SHA-256 of one letter's answers, to notice that somebody else changed them meanwhile."""
    codes = {question.code for question in letter.questions}
    return content_digest(sorted((a.code, a.choice, a.text) for a in assessment.answers if a.code in codes))
