"""Revising the register: the only way in which an agency, system, gateway, data item or agreement changes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Invalid
from foundation.jobs.service import enqueue
from foundation.ledger.service import record_all
from foundation.ledger.values import content_digest
from registry.catalogue.anchors import keep_anchors, number_anew
from registry.catalogue.queries import find_last_numbers, read_catalogue
from registry.catalogue.rules import check_links
from registry.catalogue.tables import RegisterState, Revision
from registry.catalogue.values import THINGS, AnyEntry, Change, Thing

CHECK_FOOTINGS = "check_footings"
"""The worker's job that looks at once at what a change of the register stopped, and tells the committee."""

IMPORTED = "command-line"
"""Who the ledger names when reference files are taken in before anybody has an account."""


def revise(
    session: Session,
    actor: Actor | None,
    entry: AnyEntry,
    *,
    change: Change,
    reason: str,
    at: datetime,
    seen: int | None = None,
    run_id: int | None = None,
    permission: Permission = Permission.KEEP_REGISTER,
) -> Revision:
    """Keep a new revision of an entry, whole, with who, when and why; the one before it stays.

    `seen` is the number of the revision that the writer looked at: if somebody else revised the entry meanwhile,
    Conflict is raised and nothing is lost. A change or an ending without a reason is refused.
    """
    return revise_all(
        session, actor, [entry], change=change, reason=reason, at=at, seen=seen, run_id=run_id, permission=permission
    )[0]


def revise_all(
    session: Session,
    actor: Actor | None,
    entries: Iterable[AnyEntry],
    *,
    change: Change,
    reason: str,
    at: datetime,
    seen: int | None = None,
    run_id: int | None = None,
    permission: Permission = Permission.KEEP_REGISTER,
) -> list[Revision]:
    """Keep revisions of several entries; either all of them hold together, or none is kept."""
    if actor is not None:
        check_permission(actor, permission)
    if not reason.strip() and change != Change.ENTERED:
        raise Invalid("Say why the register changes.", problems={"reason": "Say why the register changes."})
    state = _hold(session)
    listed = list(number_anew(entries))
    check_links(read_catalogue(session), listed)
    listed = keep_anchors(session, listed)
    numbers = find_last_numbers(session, [(thing_of(entry), entry.key) for entry in listed])
    facts: list[dict[str, Any]] = []
    with session.no_autoflush:
        kept = [
            _keep(session, state, actor, entry, change, reason, at, seen, run_id, numbers, facts) for entry in listed
        ]
    record_all(session, "register_revised", actor=actor.reference if actor else IMPORTED, at=at, facts=facts)
    if kept:
        state.revision_id = max(one.id for one in kept)
    session.flush()
    if kept and actor is not None and change != Change.ENTERED:  # before there are people there are no uses
        enqueue(session, CHECK_FOOTINGS, f"{CHECK_FOOTINGS}:{state.state}", {}, asked_by=actor.reference, at=at)
    return kept


def _keep(
    session: Session,
    state: RegisterState,
    actor: Actor | None,
    entry: AnyEntry,
    change: Change,
    reason: str,
    at: datetime,
    seen: int | None,
    run_id: int | None,
    numbers: dict[tuple[str, str], int],
    facts: list[dict[str, Any]],
) -> Revision:
    thing = thing_of(entry)
    last = numbers.get((thing.value, entry.key), 0)
    numbers[thing.value, entry.key] = last + 1
    _check_seen(entry, change, last, seen)
    content = entry.plain()
    told: dict[str, Any] = {
        "thing": thing.value,
        "key": entry.key,
        "revision": last + 1,
        "change": change.value,
        "content": content_digest(content),
    }
    state.state = content_digest([state.state, told, at.isoformat(), reason.strip()])
    revision = Revision(
        thing=thing.value,
        key=entry.key,
        number=last + 1,
        title=entry.title[:300],
        change=change.value,
        reason=reason.strip(),
        content=content,
        at=at,
        by_id=actor.account_id if actor else None,
        run_id=run_id,
        state=state.state,
    )
    session.add(revision)
    facts.append(told)
    return revision


def _check_seen(entry: AnyEntry, change: Change, last: int, seen: int | None) -> None:
    if change == Change.ENTERED and last:
        raise Conflict(f"{entry.title} is in the register already.")
    if change != Change.ENTERED and not last:
        raise Conflict(f"{entry.title} is not in the register yet.")
    if seen is not None and seen != last:
        raise Conflict(
            f"Somebody else changed {entry.title} while you were looking at it. Nothing of yours was kept: "
            "look at it again, then make your change."
        )


def thing_of(entry: AnyEntry) -> Thing:
    """What kind of thing an entry is."""
    return next(thing for thing, card in THINGS.items() if isinstance(entry, card.entry))


def _hold(session: Session) -> RegisterState:
    chosen = select(RegisterState).with_for_update().execution_options(populate_existing=True)
    return session.scalars(chosen).one()
