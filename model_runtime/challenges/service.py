"""Commands about challenges: receiving, acknowledging, linking, naming a reviewer, deciding, telling (R22)."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundation.accounts.queries import get_account
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Invalid
from foundation.ledger.service import record
from foundation.lifecycle.service import move
from model_runtime.challenges.queries import find_involved, find_scores, list_linked, list_who_saw
from model_runtime.challenges.rules import (
    LONGEST_LINE,
    LONGEST_NAME,
    check_choices,
    check_independent,
    check_open,
    check_outcome,
    check_reviews,
    check_texts,
    last_day,
)
from model_runtime.challenges.tables import (
    Challenge,
    ChallengeContact,
    ChallengeNotice,
    ChallengeOutcome,
    ChallengeScore,
)
from model_runtime.challenges.values import (
    CHALLENGE_LIFE,
    KINDS,
    OUTCOME_STEPS,
    OUTCOMES,
    UPHELD,
    WRITERS,
    Words,
    Writer,
)
from model_runtime.people.rules import check_works_with
from model_runtime.scores.audience import check_shown
from model_runtime.scores.rules import commit_to, new_reference
from model_runtime.scores.tables import Score
from registry.models.tables import RiskModel

PUBLIC_ACTOR = "public"
"""How the ledger names somebody who wrote without signing in."""

NEEDED = {
    "name": "Enter your name",
    "reach": "Enter an e-mail address, a telephone number or a postal address",
    "text": "Say what you challenge, and why",
}
BOUNDS = {"name": LONGEST_NAME, "reach": LONGEST_LINE, "about": LONGEST_LINE}


def receive(session: Session, words: Words, model: RiskModel | None, at: datetime) -> Challenge:
    """Receive a challenge from somebody who does not sign in; says nothing about whether anybody was scored."""
    check_choices({"writer": words.writer, "kind": words.kind}, {"writer": WRITERS, "kind": KINDS})
    texts = {"name": words.name, "reach": words.reach, "about": words.about, "text": words.text}
    check_texts(texts, NEEDED, BOUNDS)
    challenge = _open(session, words.writer, words.kind, words.text, model, at, None)
    session.add(
        ChallengeContact(
            challenge_id=challenge.id, name=words.name.strip(), reach=words.reach.strip(), about=words.about.strip()
        )
    )
    _note(session, "challenge_received", PUBLIC_ACTOR, challenge, at, what=challenge.kind, words=challenge.commitment)
    return challenge


def challenge_score(session: Session, actor: Actor, score: Score, *, kind: str, text: str, at: datetime) -> Challenge:
    """A practitioner challenges a score of somebody their agency works with; it is linked at once.

    Refused for a score in the shadow, which nobody has seen (R08); the model itself can be challenged by anybody.
    """
    check_permission(actor, Permission.RAISE_CHALLENGE)
    check_works_with(score.person, actor)
    check_shown(score)
    check_choices({"kind": kind}, {"kind": KINDS})
    check_texts({"text": text}, NEEDED, {})
    challenge = _open(session, Writer.COLLEAGUE, kind, text, score.use.version.model, at, actor.account_id)
    facts = {"what": kind, "words": challenge.commitment, "scores": [score.reference]}
    _note(session, "challenge_received", actor.reference, challenge, at, **facts)
    _link(session, actor, challenge, [score], at)
    return challenge


def _open(
    session: Session, writer: str, kind: str, text: str, model: RiskModel | None, at: datetime, by: int | None
) -> Challenge:
    salt, told = secrets.token_bytes(32), text.strip()
    challenge = Challenge(
        reference=new_reference("CH"),
        writer=str(writer),
        kind=kind,
        model=model,
        raised_by_id=by,
        stage=CHALLENGE_LIFE.first,
        text=told,
        received_at=at,
        due_on=last_day(at),
        salt=salt,
        commitment=commit_to({"kind": kind, "text": told}, salt),
    )
    session.add(challenge)
    session.flush()
    return challenge


def acknowledge(session: Session, actor: Actor, challenge: Challenge, at: datetime) -> None:
    """Record that whoever wrote was told that it arrived; once."""
    _move(session, "acknowledge", actor, challenge, at)
    challenge.acknowledged_at = at


def link_scores(
    session: Session,
    actor: Actor,
    challenge: Challenge,
    *,
    person_reference: str,
    score_reference: str = "",
    at: datetime,
) -> int:
    """Link a person's scores by the challenged model, or one of them; return how many are new.

    Refused when there is none, when they are of several models and the challenge names none, when the challenge is
    closed, and when its reviewer had a part in one of them. The model of the scores becomes the challenge's.
    """
    check_permission(actor, Permission.HANDLE_CHALLENGES)
    _lock_open(session, challenge)
    scores = find_scores(session, person_reference.strip(), score_reference.strip().upper(), challenge.model_id)
    model = challenge.model or _only_model(scores)
    known = {score.id for score in list_linked(session, challenge.id)}
    new = [score for score in scores if score.id not in known]
    if not new:
        sentence = "No further score by this model was found under these references"
        raise Invalid(sentence, problems={"person": sentence})
    _check_reviewer(session, challenge, new)
    challenge.model = model
    _link(session, actor, challenge, new, at)
    _note(session, "challenge_linked", actor.reference, challenge, at, scores=[score.reference for score in new])
    return len(new)


def _only_model(scores: Sequence[Score]) -> RiskModel | None:
    models = {score.use.version.model_id: score.use.version.model for score in scores}
    if len(models) > 1:
        sentence = "Several models scored this person: enter the reference of the score"
        raise Invalid(sentence, problems={"score": sentence})
    return next(iter(models.values()), None)


def _link(session: Session, actor: Actor, challenge: Challenge, scores: Sequence[Score], at: datetime) -> None:
    for score in scores:
        session.add(
            ChallengeScore(
                challenge_id=challenge.id, score_id=score.id, linked_at=at, linked_by_id=actor.account_id, score=score
            )
        )
    session.flush()


def unlink_score(session: Session, actor: Actor, challenge: Challenge, score_reference: str, at: datetime) -> None:
    """Take off a score that was linked by mistake, until the challenge is closed."""
    check_permission(actor, Permission.HANDLE_CHALLENGES)
    _lock_open(session, challenge)
    score = next((one for one in list_linked(session, challenge.id) if one.reference == score_reference), None)
    if score is None:
        raise Invalid("This score is not linked to the challenge.")
    of = (ChallengeScore.challenge_id == challenge.id, ChallengeScore.score_id == score.id)
    session.execute(delete(ChallengeScore).where(*of))
    _note(session, "challenge_unlinked", actor.reference, challenge, at, scores=[score.reference])


def name_reviewer(session: Session, actor: Actor, challenge: Challenge, account_id: int, at: datetime) -> None:
    """Name the independent reviewer, or another one; see `check_independent` for who is refused."""
    account = get_account(session, account_id)
    if account.disabled_at is not None:
        sentence = "This account is closed: name somebody else"
        raise Invalid(sentence, problems={"reviewer": sentence})
    _lock(session, challenge)
    check_independent(account.actor(), find_involved(session, challenge), actor.account_id)
    _move(session, "name_reviewer", actor, challenge, at, reviewer=f"account:{account.id}")
    challenge.reviewer_id, challenge.reviewer_named_at = account.id, at


def decide(
    session: Session,
    actor: Actor,
    challenge: Challenge,
    *,
    outcome: str,
    reasons: str,
    correction: str = "",
    rescore: bool = False,
    at: datetime,
) -> ChallengeOutcome:
    """Record the reviewer's outcome: upheld, partly_upheld or not_upheld, with reasons.

    An upheld one, wholly or in part, tells everybody who asked for or looked at a linked score, apart from the
    reviewer. The scores are locked first: who looks at one meanwhile is told too, or sees it marked.
    """
    check_permission(actor, Permission.REVIEW_CHALLENGE)
    check_choices({"outcome": outcome}, {"outcome": OUTCOMES})
    check_outcome(outcome in UPHELD, reasons, correction, rescore)
    _lock(session, challenge)
    check_reviews(challenge, actor)
    check_independent(actor, find_involved(session, challenge))
    _move(session, OUTCOME_STEPS[outcome], actor, challenge, at)
    challenge.closed_at = at
    decided = _keep_outcome(session, actor, challenge, outcome, reasons.strip(), correction.strip(), rescore, at)
    told = _tell(session, actor, challenge, at) if outcome in UPHELD else []
    facts = {"outcome": outcome, "words": decided.commitment, "rescore": rescore}
    _note(session, "challenge_decided", actor.reference, challenge, at, **facts, told=told)
    return decided


def _keep_outcome(
    session: Session,
    actor: Actor,
    challenge: Challenge,
    outcome: str,
    reasons: str,
    correction: str,
    rescore: bool,
    at: datetime,
) -> ChallengeOutcome:
    salt = secrets.token_bytes(32)
    decided = ChallengeOutcome(
        challenge_id=challenge.id,
        outcome=outcome,
        reasons=reasons,
        correction=correction,
        rescore=rescore,
        by_id=actor.account_id,
        at=at,
        salt=salt,
        commitment=commit_to({"outcome": outcome, "reasons": reasons, "correction": correction}, salt),
    )
    session.add(decided)
    session.flush()
    return decided


def _tell(session: Session, actor: Actor, challenge: Challenge, at: datetime) -> list[str]:
    numbers = [score.id for score in list_linked(session, challenge.id)]
    session.execute(select(Score.id).where(Score.id.in_(numbers)).order_by(Score.id).with_for_update()).all()
    told = [number for number in list_who_saw(session, numbers) if number != actor.account_id]
    session.add_all(ChallengeNotice(challenge_id=challenge.id, account_id=number, told_at=at) for number in told)
    return [f"account:{number}" for number in told]


def withdraw(session: Session, actor: Actor, challenge: Challenge, reason: str, at: datetime) -> None:
    """Record that whoever challenged it does not want it looked at any more, and how that is known."""
    check_texts({"reason": reason}, {"reason": "Say who withdrew it, when and how"}, {})
    _move(session, "withdraw", actor, challenge, at, reason=reason)
    challenge.closed_at = at


def read_notice(session: Session, actor: Actor, notice: ChallengeNotice, at: datetime) -> None:
    """Record that somebody read what was wrong with a score they saw; the first reading counts."""
    session.refresh(notice, ["read_at"], with_for_update=True)
    if notice.read_at is None:
        notice.read_at = at
        _note(session, "challenge_notice_read", actor.reference, notice.challenge, at)


def _lock(session: Session, challenge: Challenge) -> None:
    """Read afresh under a row lock what the rules look at; they refuse before anything is written."""
    session.flush()
    session.refresh(challenge, ["stage", "closed_at", "model_id", "reviewer_id"], with_for_update=True)


def _lock_open(session: Session, challenge: Challenge) -> None:
    _lock(session, challenge)
    check_open(challenge)


def _check_reviewer(session: Session, challenge: Challenge, new: Sequence[Score]) -> None:
    if challenge.reviewer_id is not None:
        reviewer = get_account(session, challenge.reviewer_id).actor()
        involved = find_involved(session, challenge, new)
        try:
            check_independent(reviewer, involved)
        except Invalid as problem:
            sentence = "The reviewer had a part in this score: name another reviewer first"
            raise Invalid(sentence, problems={"person": sentence}, code=problem.code) from None


def _move(
    session: Session, step: str, actor: Actor, challenge: Challenge, at: datetime, *, reason: str = "", **facts: Any
) -> None:
    more = {"challenge": challenge.reference, **facts}
    move(session, CHALLENGE_LIFE, challenge, step, actor, at, reason=reason, model=_slug(challenge), facts=more)


def _note(session: Session, kind: str, by: str, challenge: Challenge, at: datetime, **more: Any) -> None:
    facts = {"challenge": challenge.reference, **more}
    record(session, kind, actor=by, at=at, model=_slug(challenge), facts=facts)


def _slug(challenge: Challenge) -> str | None:
    return challenge.model.slug if challenge.model else None
