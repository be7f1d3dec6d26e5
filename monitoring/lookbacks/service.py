"""Commands of looking back: the list, the reviews, and bringing a retired use to its end (R14)."""

from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Invalid
from foundation.jobs.service import enqueue
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from foundation.lifecycle.queries import list_changes
from model_runtime.cohorts.service import add_scored_people
from monitoring.lookbacks.entries import write_entries
from monitoring.lookbacks.queries import count_people, find_last_score, find_look_back, find_retirement, list_editions
from monitoring.lookbacks.rules import (
    LONGEST,
    check_complete,
    check_draft,
    check_may_ask,
    check_open,
    check_review,
    check_sees,
    sees_everybody,
)
from monitoring.lookbacks.tables import HarmReview, LookBack, LookBackEntry, Retirement
from monitoring.lookbacks.values import Closing
from registry.models.rules import check_owns
from registry.models.service import LOOK_BACK
from registry.models.tables import Use


def ask_for_look_back(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> None:
    """Ask the worker for the list of everybody a withdrawn use scored; refused while it gives scores."""
    check_permission(actor, Permission.REVIEW_HARM)
    check_may_ask(use, actor)
    if not reason.strip() or len(reason) > LONGEST:
        sentence = "Say why people have to be looked at again"
        raise Invalid(sentence, problems={"reason": sentence})
    payload = {"use": use.id, "asked_by": actor.account_id, "reason": reason.strip()}
    enqueue(
        session, LOOK_BACK, f"{LOOK_BACK}:asked:{use.id}:{at.isoformat()}", payload, asked_by=actor.reference, at=at
    )
    _note(session, "look_back_asked", actor, use, at)


def make_look_back(
    session: Session, actor: Actor, use: Use, at: datetime, *, asked_by_id: int | None = None, reason: str = ""
) -> LookBack:
    """List every person whom any edition of a use of a version scored, or bring the list up to date; the worker does.

    Somebody whom only a finished run scored is made known first: a list of people to look at again misses nobody.
    All or nothing in one transaction. It takes seconds for 100,000 scores, during which nothing else writes on SQLite.
    """
    check_permission(actor, Permission.RUN_WATCH)
    editions = list_editions(session, use)
    look_back = find_look_back(session, use) or LookBack(people=0, scores=0)
    look_back.use, look_back.made_at, look_back.asked_by_id, look_back.reason = use, at, asked_by_id, reason
    session.add(look_back)
    session.flush()
    add_scored_people(session, actor, editions, at)
    write_entries(session, look_back.id, use.version_id, editions)
    look_back.people, look_back.scores = count_people(session, look_back.id)
    facts = {"look_back": look_back.id, "people": look_back.people, "scores": look_back.scores}
    _note(session, "look_back_made", actor, use, at, **facts)
    return look_back


def open_retirement(session: Session, actor: Actor, use: Use, at: datetime) -> Retirement | None:
    """Begin the record of how a retired use ends, from the committee's decision; none for a use that is not retired."""
    check_permission(actor, Permission.RUN_WATCH)
    retired = [change for change in list_changes(session, "use", [use.id]) if change.step == "retire"]
    if not retired or find_retirement(session, use.id) is not None:
        return None
    retirement = Retirement(
        use_id=use.id,
        reason=retired[-1].reason,
        retired_at=retired[-1].at,
        retired_by_id=retired[-1].by_id,
        last_used_at=find_last_score(session, use),
    )
    session.add(retirement)
    session.flush()
    _note(session, "retirement_opened", actor, use, at)
    return retirement


def keep_closing(
    session: Session, actor: Actor, retirement: Retirement, closing: Closing, at: datetime, *, complete: bool
) -> None:
    """Keep what the owner or deputy says so far; `complete` refuses while anything is missing, and ends the task."""
    check_permission(actor, Permission.SUBMIT_ASSESSMENT)
    check_owns(retirement.use, actor)
    session.refresh(retirement, ["completed_at"], with_for_update=True)
    check_open(retirement)
    check_draft(closing, london_date(at))
    told = [[who, day.isoformat()] for who, day in closing.consumers]
    for name, value in {**vars(closing), "consumers": told}.items():
        setattr(retirement, name, value)
    if complete:
        check_complete(closing)
        retirement.completed_at, retirement.completed_by_id = at, actor.account_id
    kept = content_digest({name: str(value) for name, value in vars(closing).items()})
    _note(session, "retirement_completed" if complete else "retirement_kept", actor, retirement.use, at, record=kept)


def open_entry(session: Session, actor: Actor, entry: LookBackEntry, at: datetime) -> None:
    """Record that somebody looks at a person again; committed before a byte of it leaves."""
    check_permission(actor, Permission.REVIEW_HARM)
    check_sees(entry.person.agency_code, actor)
    _note(session, "look_back_read", actor, entry.look_back.use, at, entry=entry.id)


def review(session: Session, actor: Actor, entry: LookBackEntry, *, harm: str, note: str, at: datetime) -> HarmReview:
    """Record what looking at a person again found: none, possible or harm, with the reason. Earlier reviews stay."""
    check_permission(actor, Permission.REVIEW_HARM)
    check_sees(entry.person.agency_code, actor)
    session.refresh(entry, ["harm", "settled_at"], with_for_update=True)
    check_review(harm, note, entry, actor)
    entry.harm = harm
    entry.settled_at = at if sees_everybody(actor) else None
    found = HarmReview(entry_id=entry.id, harm=harm, note=note.strip(), by_id=actor.account_id, at=at)
    session.add(found)
    session.flush()
    _note(session, "harm_reviewed", actor, entry.look_back.use, at, entry=entry.id, harm=harm)
    return found


def _note(session: Session, kind: str, actor: Actor, use: Use, at: datetime, **facts: object) -> None:
    model = use.version.model.slug
    record(session, kind, actor=actor.reference, at=at, model=model, facts={"use": use.id, **facts})
