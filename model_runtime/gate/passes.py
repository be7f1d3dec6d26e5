"""What was read at a gate that was passed, kept in memory under the stamp of everything that was read.

Reading a use, its approval, its figures and the law behind it takes a dozen statements. So while the stamp of all that
is the same, for the same reader and on the same day, what was read before is used again; the gate itself is passed anew
for every score, with the facts about the person and the time. Not kept is what no stamp can tell: a pilot, whose places
are counted, and a use that rests on another model's result.
"""

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

Opened = tuple[Case, Reader]
_opened: WeakKeyDictionary[Database, Kept] = WeakKeyDictionary()


def is_pilot(case: Case) -> bool:
    """Whether the use is open as a pilot: its places are counted afresh at every score (R08)."""
    return case.approval is not None and case.approval.permission == PermissionStage.PILOT


def find_opened(database: Database, stamp: Stamp, actor: Actor, today: date) -> Opened | None:
    """What was read when this reader passed the gate of a use with the very same stamp on the same day, or none."""
    kept = _opened.get(database)
    found: Opened | None = kept.find((stamp.of_use, actor.account_id, today)) if kept is not None else None
    return found


def keep_opened(
    database: Database, session: Session, stamp: Stamp, actor: Actor, today: date, case: Case, reader: Reader
) -> None:
    """Keep what was read at a gate that was passed, if its stamp tells all of it."""
    if not is_pilot(case) and rests_on_no_model(session, case.sheet):
        _opened.setdefault(database, Kept()).keep((stamp.of_use, actor.account_id, today), (case, reader))
