"""Commands about a partnership's own questions: add one, end one. Each change is a version of its own (R05)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assessments.questionnaire.values import CURRENT
from assessments.questions.queries import find_newest, list_sets
from assessments.questions.rules import WORDS, check_question, next_code
from assessments.questions.tables import QuestionSet
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Forbidden, Invalid, NotFound
from foundation.ledger.service import record

Own = Sequence[Mapping[str, str]]


def add_question(
    session: Session,
    actor: Actor,
    *,
    duty: str,
    text: str,
    answer_type: str,
    evidence: str,
    guidance: str,
    reason: str,
    at: datetime,
) -> QuestionSet:
    """Ask one more question under a duty (a letter's code) in every round that starts from now on.

    Refused without the permission to keep the committee's affairs, and with every fault named at its field.
    """
    check_permission(actor, Permission.KEEP_COMMITTEE)
    text, evidence, guidance, reason = (" ".join(one.split()) for one in (text, evidence, guidance, reason))
    check_question(duty, text, answer_type, evidence, reason)
    code = next_code(duty, [one.own for one in list_sets(session)])
    said = {"text": text, "answer_type": answer_type, "evidence": evidence, "guidance": guidance}
    own = [*_own(session), {"code": code, "word": WORDS[duty], **said}]
    return _change(session, actor, own, reason, at, "question_added", code)


def end_question(session: Session, actor: Actor, code: str, reason: str, at: datetime) -> QuestionSet:
    """Ask one of the own questions no longer; rounds that answered it keep it. The 32 of ALGO-CARE never end."""
    check_permission(actor, Permission.KEEP_COMMITTEE)
    own = _own(session)
    if code not in {one["code"] for one in own}:
        raise NotFound(f"The partnership asks no question {code} of its own.")
    if not reason.strip():
        sentence = "Say why it is asked no longer."
        raise Invalid(sentence, problems={"reason": sentence}, code="reason_missing")
    rest = [one for one in own if one["code"] != code]
    return _change(session, actor, rest, " ".join(reason.split()), at, "question_ended", code)


def _own(session: Session) -> Own:
    newest = find_newest(session)
    return newest.own if newest is not None else []


def _change(session: Session, actor: Actor, own: Own, reason: str, at: datetime, kind: str, code: str) -> QuestionSet:
    """The next version. Its number is unique, so of two changes at the same moment one fails whole."""
    if actor.account_id is None:
        raise Forbidden("Questions are kept by people.")
    newest = find_newest(session)
    version = f"{CURRENT}+{int(newest.version.partition('+')[2]) + 1 if newest else 1}"
    made = QuestionSet(version=version, base=CURRENT, own=list(own), reason=reason, at=at, by_id=actor.account_id)
    session.add(made)
    try:
        session.flush()
    except IntegrityError as problem:
        raise Conflict("Somebody else changed the questions at the same moment. Look at them again.") from problem
    record(session, kind, actor=actor.reference, at=at, facts={"version": version, "question": code})
    return made
