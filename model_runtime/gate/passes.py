"""What was read at a gate that was passed, kept in memory under the stamp of everything that was read.

Reading a use, its approval, its figures and the law behind it takes a dozen statements. So while the stamp of all that
is the same, on the same day, what was read before is used again, and so is what is asked of a reader while they have
tried no training since. The gate itself is passed anew for every score, with the facts about the person and the time.
Not kept is what no stamp can tell: a pilot, whose places are counted, and a use that rests on another model's result.
"""

from dataclasses import dataclass, field
from datetime import date
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from foundation.database.connection import Database
from model_runtime.gate.law import rests_on_no_model
from model_runtime.gate.queries import Case, Reader
from model_runtime.gate.sheets import Kept
from model_runtime.gate.stamps import Stamp
from registry.models.values import PermissionStage

READERS = 1000
"""So many readers of a use are remembered at once."""


@dataclass(frozen=True)
class Opened:
    """A use as it was read for somebody, and what was asked of its readers, by account and tries at a training."""

    case: Case
    readers: Kept = field(default_factory=lambda: Kept(READERS))


_opened: WeakKeyDictionary[Database, Kept] = WeakKeyDictionary()


def is_pilot(case: Case) -> bool:
    """Whether the use is open as a pilot: its places are counted afresh at every score (R08)."""
    return case.approval is not None and case.approval.permission == PermissionStage.PILOT


def find_opened(database: Database, stamp: Stamp, actor: Actor, today: date) -> tuple[Case | None, Reader | None]:
    """What was read when the gate of a use was passed with the very same stamp on the same day, and what was asked of
    this reader then; none of what is not known."""
    kept = _opened.get(database)
    opened: Opened | None = kept.find((stamp.of_use, today)) if kept is not None else None
    if opened is None:
        return None, None
    return opened.case, opened.readers.find((actor.account_id, stamp.trainings))


def keep_opened(
    database: Database, session: Session, stamp: Stamp, actor: Actor, today: date, case: Case, reader: Reader
) -> None:
    """Keep what was read at a gate that was passed, if its stamp tells all of it."""
    if is_pilot(case) or not rests_on_no_model(session, case.sheet):
        return
    kept = _opened.setdefault(database, Kept())
    opened = kept.find((stamp.of_use, today)) or Opened(case)
    opened.readers.keep((actor.account_id, stamp.trainings), reader)
    kept.keep((stamp.of_use, today), opened)
