"""The register's history in words: who changed what, when and why, field by field (R50)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from foundation.accounts.queries import names_of
from registry.catalogue.tables import Revision
from registry.catalogue.values import CHANGES, THINGS, Catalogue, Change, Thing, ThingCard
from registry.catalogue.wording import Difference, list_differences


@dataclass(frozen=True)
class Told:
    """One change as a page tells it."""

    revision: Revision
    thing: Thing
    by: str
    differences: Sequence[Difference]

    @property
    def card(self) -> ThingCard:
        """What was changed, in words."""
        return THINGS[self.thing]

    @property
    def change_text(self) -> str:
        """What was done, in a word."""
        return CHANGES[Change(self.revision.change)]


def tell(session: Session, revisions: Sequence[Revision], catalogue: Catalogue) -> list[Told]:
    """Changes with who made them and what they changed; two queries, however many they are."""
    before = _list_before(session, revisions)
    names = names_of(session, list({revision.by_id for revision in revisions}))
    return [
        Told(
            revision,
            Thing(revision.thing),
            names[revision.by_id] if revision.by_id is not None else "Taken in from a file",
            list_differences(Thing(revision.thing), before.get(_place(revision, -1)), revision.content, catalogue),
        )
        for revision in revisions
    ]


def count_history(session: Session, *, thing: str = "", as_at: datetime | None = None) -> int:
    """How many changes there are, of one kind of thing or of all, up to a moment."""
    chosen = select(func.count()).select_from(Revision)
    chosen = chosen.where(Revision.thing == thing) if thing else chosen
    return session.scalar(chosen.where(Revision.at <= as_at) if as_at else chosen) or 0


def _list_before(session: Session, revisions: Sequence[Revision]) -> dict[tuple[str, str, int], dict[str, Any]]:
    found = {_place(revision): revision.content for revision in revisions}
    missing = [one.id for one in revisions if one.number > 1 and _place(one, -1) not in found]
    if missing:  # joined by the index; a list of places would read every revision
        before = aliased(Revision)
        same = before.thing == Revision.thing, before.key == Revision.key, before.number == Revision.number - 1
        columns = before.thing, before.key, before.number, before.content
        rows = session.execute(select(*columns).join(Revision, and_(*same)).where(Revision.id.in_(missing))).tuples()
        found |= {(thing, key, number): content for thing, key, number, content in rows}
    return found


def _place(revision: Revision, step: int = 0) -> tuple[str, str, int]:
    return revision.thing, revision.key, revision.number + step
