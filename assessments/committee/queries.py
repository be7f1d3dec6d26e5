"""Reading the agenda. Nothing here tells how anybody voted before the vote is closed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.committee.tables import AgendaItem
from assessments.committee.values import Sitting
from assessments.questionnaire.queries import find_decided, list_authors
from assessments.questionnaire.rules import answers_digest
from assessments.questionnaire.tables import Assessment
from foundation.errors import NotFound
from registry.models.rules import fingerprint
from registry.models.tables import Use

DECIDED_SHOWN = 50


def get_item(session: Session, item_id: int) -> AgendaItem:
    """An agenda item by number."""
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise NotFound("There is no such item on the agenda.")
    return item


def list_open_items(session: Session) -> Sequence[AgendaItem]:
    """What the committee has to decide, the longest wait first: votes that are open, and closed ones not decided."""
    chosen = select(AgendaItem).where(AgendaItem.stage.in_(("open", "closed")))
    return session.scalars(chosen.order_by(AgendaItem.opened_at, AgendaItem.id)).all()


def list_decided(session: Session, limit: int = DECIDED_SHOWN) -> Sequence[AgendaItem]:
    """What the committee decided, newest first."""
    chosen = select(AgendaItem).where(AgendaItem.stage == "decided").order_by(AgendaItem.id.desc())
    return session.scalars(chosen.limit(limit)).all()


def list_items_of(session: Session, use_id: int) -> Sequence[AgendaItem]:
    """The items about one use that are not decided yet."""
    chosen = select(AgendaItem).where(AgendaItem.use_id == use_id, AgendaItem.stage.in_(("open", "closed")))
    return session.scalars(chosen.order_by(AgendaItem.id)).all()


def get_sitting(session: Session, item: AgendaItem) -> Sitting:
    """What the rules need to know of an item. It holds the votes, so it is never given to a page."""
    model = item.use.version.model
    owners = {number for number in (model.owner_id, model.deputy_id) if number is not None}
    return Sitting(
        stage=item.stage,
        use_stage=item.use.stage,
        barred=list_authors(session, item.use_id) | owners,
        declared={interest.member_id: interest.declared for interest in item.interests},
        votes={vote.member_id: vote.choice for vote in item.votes},
    )


def blind_tally(session: Session, item: AgendaItem) -> dict[str, int] | None:
    """Votes by choice, or None while the vote is open."""
    return None if item.stage == "open" else get_sitting(session, item).tally


def find_answers(session: Session, use_id: int, submitted: Assessment | None) -> Assessment | None:
    """The answers an item rests on: those submitted with it, otherwise those the committee last decided on."""
    return submitted or find_decided(session, use_id)


def fingerprint_now(session: Session, use: Use, submitted: Assessment | None) -> str:
    """The fingerprint of what is before the committee as it is now, the answers hashed afresh."""
    answers = find_answers(session, use.id, submitted)
    return fingerprint(use, answers_digest(answers) if answers else "")
