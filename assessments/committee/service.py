"""Commands of the committee: open an item, declare an interest, vote, close the vote, put an item again."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.committee.queries import bound_now, find_one_sided, get_sitting, list_changed
from assessments.committee.rules import (
    check_choice,
    check_interest,
    check_may_close,
    check_may_declare,
    check_may_put_again,
    check_may_vote,
)
from assessments.committee.tables import AgendaItem, Interest, Vote
from assessments.committee.values import AGENDA_LIFE, CHANGED_WORDS, ItemKind
from assessments.questionnaire.tables import Assessment
from foundation.accounts.values import Actor
from foundation.clock import london_date
from foundation.ledger.service import record
from foundation.lifecycle.service import move
from foundation.web.texts import list_text
from registry.models.tables import Use
from registry.watch_plans.tables import PlanVersion


def open_item(
    session: Session,
    use: Use,
    *,
    kind: str,
    title: str,
    question: str,
    at: datetime,
    actor: Actor,
    assessment: Assessment | None = None,
    plan: PlanVersion | None = None,
) -> AgendaItem:
    """Put a use on the agenda: a 'submission' with its assessment, a 'breach', a 'review', a 'watch_plan' with a plan.

    The item keeps the fingerprint of what is put before the committee, and the digest of the law it rests on; a
    decision about anything else is refused.
    """
    bound = bound_now(session, use, assessment, london_date(at))
    item = AgendaItem(
        use=use,
        assessment=assessment,
        plan=plan,
        kind=ItemKind(kind).value,
        title=title[:200],
        question=question,
        fingerprint=bound.fingerprint,
        answers_sha256=bound.answers,
        law_sha256=bound.law,
        stage=AGENDA_LIFE.first,
        opened_at=at,
    )
    session.add(item)
    session.flush()
    _record(session, "item_opened", actor, item, at, use=use.id, item_kind=item.kind)
    return item


def declare(session: Session, actor: Actor, item: AgendaItem, declared: str, text: str, at: datetime) -> None:
    """Record a member's interest in an item: 'none', 'stayed' or 'withdrew', the last two described."""
    hold(session, item)
    check_may_declare(get_sitting(session, item, london_date(at)), actor)
    check_interest(declared, text)
    text = text.strip()
    session.add(Interest(item_id=item.id, member_id=actor.account_id, declared=declared, text=text, at=at))
    session.flush()
    session.expire(item, ["interests"])
    _record(session, "interest_declared", actor, item, at, declared=declared)


def vote(session: Session, actor: Actor, item: AgendaItem, choice: str, reason: str, at: datetime) -> None:
    """Record a member's vote; it stays unseen until the chair closes the vote, also in the ledger."""
    hold(session, item)
    sitting = get_sitting(session, item, london_date(at))
    check_may_vote(sitting, actor)
    check_choice(sitting, choice, reason)
    session.add(Vote(item_id=item.id, member_id=actor.account_id, choice=choice, reason=reason.strip(), at=at))
    session.flush()
    session.expire(item, ["votes"])
    _record(session, "vote_cast", actor, item, at)


def close_vote(
    session: Session, actor: Actor, item: AgendaItem, *, quorum: int, independents: int = 1, at: datetime
) -> None:
    """Close the vote of an item that has its quorum; from now on everybody sees who voted how (R10).

    The quorum is counted now: the vote of somebody whose term has ended meanwhile does not count, then or later.
    """
    hold(session, item)
    sitting = get_sitting(session, item, london_date(at))
    check_may_close(sitting, actor, quorum, independents)
    item.counted = sorted(sitting.counting)
    move(session, AGENDA_LIFE, item, "close", actor, at, model=item.use.version.model.slug, facts={"use": item.use_id})
    lapsed = len(sitting.votes) - len(sitting.counting)
    told = {"votes": len(sitting.counting), **({"lapsed": lapsed} if lapsed else {})}
    _record(session, "vote_closed", actor, item, at, **told)


def put_again(session: Session, actor: Actor, item: AgendaItem, at: datetime) -> AgendaItem:
    """Take an item off whose vote no longer holds, and put what is there now in its place; votes are cast anew.

    That is when its matter has changed since, or when it carries an approval that lacks the vote of a council or a
    police force. The old item stays in the record with its votes. Otherwise refused: no vote is held twice because
    somebody dislikes it.
    """
    hold(session, item)
    today = london_date(at)
    changed, sitting = list_changed(session, item, today), get_sitting(session, item, today)
    check_may_put_again(sitting, changed, find_one_sided(session, item, sitting), actor)
    what = list_text([CHANGED_WORDS[one] for one in changed])
    reason = f"Put before the committee again: {f'{what} changed' if changed else 'one agency alone voted for it'}."
    slug, facts = item.use.version.model.slug, {"use": item.use_id}
    move(session, AGENDA_LIFE, item, "drop", actor, at, reason=reason, model=slug, facts=facts)
    return open_item(
        session,
        item.use,
        kind=item.kind,
        title=item.title,
        question=item.question,
        at=at,
        actor=actor,
        assessment=item.assessment,
        plan=item.plan,
    )


def hold(session: Session, item: AgendaItem) -> None:
    """Lock an item and read it afresh, so that of two who act at once one acts after the other."""
    session.flush()
    session.refresh(item, ["stage", "counted"], with_for_update=True)
    session.expire(item, ["interests", "votes"])


def _record(session: Session, kind: str, actor: Actor, item: AgendaItem, at: datetime, **facts: str | int) -> None:
    slug = item.use.version.model.slug
    record(session, kind, actor=actor.reference, at=at, model=slug, facts={"item": item.id, **facts})
