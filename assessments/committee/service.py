"""Commands of the committee: open an item, declare an interest, vote, close the vote."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.committee.queries import fingerprint_now, get_sitting
from assessments.committee.rules import (
    check_choice,
    check_interest,
    check_may_close,
    check_may_declare,
    check_may_vote,
)
from assessments.committee.tables import AgendaItem, Interest, Vote
from assessments.committee.values import AGENDA_LIFE, ItemKind
from assessments.questionnaire.tables import Assessment
from foundation.accounts.values import Actor
from foundation.ledger.service import record
from foundation.lifecycle.service import move
from registry.models.tables import Use


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
) -> AgendaItem:
    """Put a use on the agenda: a 'submission' with its assessment, a 'breach' or a 'review'.

    The item keeps the fingerprint of what is put before the committee; a decision about anything else is refused.
    """
    item = AgendaItem(
        use=use,
        assessment=assessment,
        kind=ItemKind(kind).value,
        title=title[:200],
        question=question,
        fingerprint=fingerprint_now(session, use, assessment),
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
    check_may_declare(get_sitting(session, item), actor)
    check_interest(declared, text)
    text = text.strip()
    session.add(Interest(item_id=item.id, member_id=actor.account_id, declared=declared, text=text, at=at))
    session.flush()
    session.expire(item, ["interests"])
    _record(session, "interest_declared", actor, item, at, declared=declared)


def vote(session: Session, actor: Actor, item: AgendaItem, choice: str, reason: str, at: datetime) -> None:
    """Record a member's vote; it stays unseen until the chair closes the vote, also in the ledger."""
    hold(session, item)
    sitting = get_sitting(session, item)
    check_may_vote(sitting, actor)
    check_choice(sitting, choice, reason)
    session.add(Vote(item_id=item.id, member_id=actor.account_id, choice=choice, reason=reason.strip(), at=at))
    session.flush()
    session.expire(item, ["votes"])
    _record(session, "vote_cast", actor, item, at)


def close_vote(session: Session, actor: Actor, item: AgendaItem, *, quorum: int, at: datetime) -> None:
    """Close the vote of an item that has its quorum; from now on everybody sees who voted how."""
    hold(session, item)
    check_may_close(get_sitting(session, item), actor, quorum)
    move(session, AGENDA_LIFE, item, "close", actor, at, model=item.use.version.model.slug, facts={"use": item.use_id})
    _record(session, "vote_closed", actor, item, at, votes=len(item.votes))


def hold(session: Session, item: AgendaItem) -> None:
    """Lock an item and read it afresh, so that of two who act at once one acts after the other."""
    session.flush()
    session.refresh(item, ["stage"], with_for_update=True)
    session.expire(item, ["interests", "votes"])


def _record(session: Session, kind: str, actor: Actor, item: AgendaItem, at: datetime, **facts: str | int) -> None:
    slug = item.use.version.model.slug
    record(session, kind, actor=actor.reference, at=at, model=slug, facts={"item": item.id, **facts})
