"""Reading challenges: one, those that wait, the marks on scores, who saw what, and figures."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from foundation.accounts.queries import list_holders
from foundation.accounts.rules import ask
from foundation.accounts.tables import Account
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import NotFound
from foundation.lifecycle.tables import StageChange
from foundation.tasks import Task
from foundation.web.texts import date_text
from model_runtime.challenges.rules import Involvement, check_independent, is_overdue
from model_runtime.challenges.tables import (
    Challenge,
    ChallengeContact,
    ChallengeNotice,
    ChallengeOutcome,
    ChallengeScore,
)
from model_runtime.challenges.values import UPHELD, Mark, Withdrawal
from model_runtime.judgements.tables import Judgement
from model_runtime.people.tables import Person
from model_runtime.people.values import REFERENCE
from model_runtime.scores.tables import Score, Viewing
from registry.models.tables import ModelVersion, RiskModel, Use

MISSING = "There is no challenge with this reference among those you look after."


def find_challenge(session: Session, reference: str) -> Challenge | None:
    """A challenge by its reference, whoever asks, or none."""
    return session.scalars(select(Challenge).where(Challenge.reference == reference)).first()


def get_challenge(session: Session, actor: Actor, reference: str) -> Challenge:
    """A challenge for who handles challenges, or for its own reviewer; for anybody else it is not found."""
    challenge = find_challenge(session, reference) if reference.isascii() and reference.isprintable() else None
    if challenge is None or not _sees(challenge, actor):
        raise NotFound(MISSING)
    return challenge


def _sees(challenge: Challenge, actor: Actor) -> bool:
    return actor.may(Permission.HANDLE_CHALLENGES) or actor.account_id == challenge.reviewer_id is not None


def list_challenges(session: Session) -> Sequence[Challenge]:
    """Every challenge, the open ones first, each part oldest first."""
    order = (Challenge.closed_at.is_not(None), Challenge.received_at, Challenge.id)
    return session.scalars(select(Challenge).order_by(*order)).all()


def find_contact(session: Session, challenge: Challenge) -> ChallengeContact | None:
    """How to reach who wrote from outside; none for a colleague's challenge."""
    return session.get(ChallengeContact, challenge.id)


def find_outcome(session: Session, challenge_id: int) -> ChallengeOutcome | None:
    """The outcome of a challenge, or none yet."""
    chosen = select(ChallengeOutcome).where(ChallengeOutcome.challenge_id == challenge_id)
    return session.scalars(chosen).first()


def list_linked(session: Session, challenge_id: int) -> Sequence[Score]:
    """The scores a challenge is about, oldest first."""
    chosen = select(Score).join(ChallengeScore, ChallengeScore.score_id == Score.id)
    return session.scalars(chosen.where(ChallengeScore.challenge_id == challenge_id).order_by(Score.id)).all()


def find_scores(
    session: Session, person_reference: str, score_reference: str = "", model_id: int | None = None
) -> Sequence[Score]:
    """The scores about a person, perhaps one of them or those of one model only, oldest first."""
    if not REFERENCE.fullmatch(person_reference) or not REFERENCE.fullmatch(score_reference or person_reference):
        return []
    chosen = select(Score).join(Person, Person.id == Score.person_id).where(Person.reference == person_reference)
    chosen = chosen.where(Score.reference == score_reference) if score_reference else chosen
    if model_id is not None:
        chosen = chosen.join(Use, Use.id == Score.use_id).join(ModelVersion)
        chosen = chosen.where(ModelVersion.model_id == model_id)
    return session.scalars(chosen.order_by(Score.id)).all()


def list_offered(session: Session) -> Sequence[RiskModel]:
    """The models somebody can challenge: all that are held here, by name."""
    return session.scalars(select(RiskModel).where(RiskModel.held.is_(True)).order_by(RiskModel.name)).all()


def find_marks(session: Session, score_ids: Sequence[int]) -> dict[int, list[Mark | Withdrawal]]:
    """What is said beside each score: that its use was retired (R14), then challenges to it, oldest first.

    A withdrawn challenge leaves nothing.
    """
    chosen = (
        select(ChallengeScore.score_id, Challenge, ChallengeOutcome.rescore)
        .join(Challenge, Challenge.id == ChallengeScore.challenge_id)
        .join(ChallengeOutcome, ChallengeOutcome.challenge_id == Challenge.id, isouter=True)
        .where(ChallengeScore.score_id.in_(score_ids), Challenge.stage != "withdrawn")
        .order_by(Challenge.received_at, Challenge.id)
    )
    marks: dict[int, list[Mark | Withdrawal]] = defaultdict(list)
    for score_id, at in session.execute(_retired(score_ids)).tuples():
        marks[score_id].append(Withdrawal(at))
    for score_id, challenge, rescore in session.execute(chosen).tuples():
        marks[score_id].append(Mark(challenge.stage, challenge.received_at, challenge.closed_at, bool(rescore)))
    return dict(marks)


def _retired(score_ids: Sequence[int]) -> Select[int, datetime]:
    taken = (StageChange.thing == "use") & (StageChange.thing_id == Score.use_id) & (StageChange.step == "retire")
    return select(Score.id, StageChange.at).join(StageChange, taken).where(Score.id.in_(score_ids))


def find_involved(session: Session, challenge: Challenge, more: Sequence[Score] = ()) -> Involvement:
    """Everybody who had a part in the model or in the scores challenged (and `more` scores), as this floor knows it."""
    scores = [*list_linked(session, challenge.id), *more]
    models = {score.use.version.model for score in scores} | ({challenge.model} if challenge.model else set())
    judges = select(Judgement.by_id).where(Judgement.score_id.in_([score.id for score in scores]))
    return Involvement(
        answers=_numbers(*(number for model in models for number in (model.owner_id, model.deputy_id))),
        registered=_numbers(*(version.registered_by_id for model in models for version in model.versions)),
        asked=_numbers(*(score.asked_by_id for score in scores)),
        judged=_numbers(*session.scalars(judges)),
        raised=_numbers(challenge.raised_by_id),
    )


def _numbers(*account_ids: int | None) -> frozenset[int]:
    return frozenset(number for number in account_ids if number is not None)


def list_reviewers(session: Session, actor: Actor, challenge: Challenge) -> list[Account]:
    """Who can be named as the reviewer of a challenge by an actor, by name."""
    involved = find_involved(session, challenge)
    holders = list_holders(session, Permission.REVIEW_CHALLENGE)
    return [one for one in holders if ask(check_independent, one.actor(), involved, actor.account_id) is None]


def list_who_saw(session: Session, score_ids: Sequence[int]) -> list[int]:
    """The accounts that asked for or looked at some scores; who asked in the shadow saw nothing."""
    asked = session.scalars(select(Score.asked_by_id).where(Score.id.in_(score_ids), Score.shadow.is_(False)))
    looked = session.scalars(select(Viewing.by_id).where(Viewing.score_id.in_(score_ids)).distinct())
    return sorted({*asked, *looked})


def list_notices(session: Session, challenge_id: int) -> Sequence[ChallengeNotice]:
    """Everybody who was told of the outcome of a challenge."""
    chosen = select(ChallengeNotice).where(ChallengeNotice.challenge_id == challenge_id)
    return session.scalars(chosen.order_by(ChallengeNotice.id)).all()


def get_notice(session: Session, actor: Actor, notice_id: int) -> ChallengeNotice:
    """A notice to the actor; anybody else's is not found."""
    notice = session.get(ChallengeNotice, notice_id)
    if notice is None or actor.account_id is None or notice.account_id != actor.account_id:
        raise NotFound("There is no such notice to you.")
    return notice


def list_seen_by(session: Session, challenge_id: int, account_id: int) -> list[Score]:
    """The challenged scores that one account asked for or looked at."""
    return [one for one in list_linked(session, challenge_id) if account_id in list_who_saw(session, [one.id])]


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """For who handles challenges, for the reviewer of one, and for who saw a score that was wrong; oldest first."""
    if actor.account_id is None:
        return []
    open_ones = session.scalars(
        select(Challenge).where(Challenge.closed_at.is_(None)).order_by(Challenge.received_at, Challenge.id)
    )
    tasks = [_task(challenge, actor, london_date(now)) for challenge in open_ones]
    return [*(task for task in tasks if task is not None), *_notice_tasks(session, actor.account_id)]


def _task(challenge: Challenge, actor: Actor, today: date) -> Task | None:
    about = f"challenge {challenge.reference}"
    endpoint, arguments = "challenges.show", {"reference": challenge.reference}
    if challenge.stage == "under_review":
        if actor.account_id != challenge.reviewer_id or not actor.may(Permission.REVIEW_CHALLENGE):
            return None
        hint = "You were named as its independent reviewer."
        since = challenge.reviewer_named_at
        return Task(f"Review {about}", endpoint, arguments, since, hint, "To review", "attention")
    if not actor.may(Permission.HANDLE_CHALLENGES):
        return None
    if challenge.stage == "acknowledged":
        hint = "It was acknowledged. Name somebody who had no part in it."
        since = challenge.acknowledged_at
        return Task(f"Name a reviewer of {about}", endpoint, arguments, since, hint, "Reviewer to name")
    tag, tone = ("Overdue", "bad") if is_overdue(challenge, today) else ("To acknowledge", "attention")
    hint = f"It has to be acknowledged by {date_text(challenge.due_on)}."
    return Task(f"Acknowledge {about}", endpoint, arguments, challenge.received_at, hint, tag, tone)


def _notice_tasks(session: Session, account_id: int) -> list[Task]:
    unread = select(ChallengeNotice).where(ChallengeNotice.account_id == account_id, ChallengeNotice.read_at.is_(None))
    return [
        Task(
            text="Read what was wrong with a score you saw",
            endpoint="challenges.read_notice",
            arguments={"notice_id": notice.id},
            since=notice.told_at,
            hint="A challenge to it was upheld. Do not rely on it.",
            tag="To read",
            tone="bad",
        )
        for notice in session.scalars(unread.order_by(ChallengeNotice.id))
        if notice.challenge.stage in UPHELD
    ]
