"""Commands that follow when law falls away under a use, or a model it takes results from is stopped (R12, R24, R38)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from assessments.committee.service import open_item
from foundation.accounts.values import WORKER
from foundation.clock import london_date
from foundation.lifecycle.queries import find_last_change
from foundation.web.texts import date_text
from monitoring.cases.queries import list_told
from monitoring.cases.service import open_case_about
from monitoring.cases.tables import Case
from monitoring.cases.values import CaseKind
from monitoring.footings.queries import list_dependants
from monitoring.footings.rules import not_told, shortened
from monitoring.footings.values import LAW_TITLE, UPSTREAM_TITLE, Dependant
from registry.footing.queries import find_fallen
from registry.models.tables import Use


def check_use(session: Session, use: Use, at: datetime) -> Case | None:
    """Open one case, and put it on the agenda, for law that no longer carries an approved use; None if nothing is new.

    The case names the data items and the sections. A second look finds it open and opens nothing.
    """
    session.refresh(use, ["stage"], with_for_update=True)
    if use.stage != "approved":
        return None
    new = not_told(find_fallen(session, use, london_date(at)), list_told(session, use.id, CaseKind.LAW))
    asked = "It gives no scores while this is so. Is it to go on, on what grounds, or is it to be suspended?"
    return _open(session, use, CaseKind.LAW, LAW_TITLE, new, asked, at)


def tell_dependants(session: Session, stopped: Use, at: datetime) -> list[Case]:
    """Open a case for every approved use that takes the result of a stopped use's model as an input (R38).

    That is also a use that takes it over other models: its case names the whole chain.
    """
    if stopped.stage not in ("suspended", "retired"):
        return []
    change = find_last_change(session, "use", stopped.id)
    when, why = (change.at, change.reason) if change else (at, "")
    broke = f"{stopped.title}, was {stopped.stage} on {date_text(when)}: {' '.join(why.split())}".rstrip(" :.")
    found = [_tell(session, one, broke, at) for one in list_dependants(session, stopped)]
    return [case for case in found if case is not None]


def _tell(session: Session, one: Dependant, broke: str, at: datetime) -> Case | None:
    session.refresh(one.use, ["stage"], with_for_update=True)
    if one.use.stage != "approved":
        return None
    sentence = f"{broke}. This use takes '{one.item}' as an input. {one.chain}".strip()
    new = not_told([sentence], list_told(session, one.use.id, CaseKind.UPSTREAM))
    asked = "It may still give scores, from data that may be old or wrong. May it go on, and on what conditions?"
    return _open(session, one.use, CaseKind.UPSTREAM, UPSTREAM_TITLE, new, asked, at)


def _open(
    session: Session, use: Use, kind: CaseKind, title: str, new: Sequence[str], asked: str, at: datetime
) -> Case | None:
    if not new:
        return None
    case = open_case_about(session, WORKER, use, kind, title=title, sentence="\n".join(new), at=at)
    open_item(
        session,
        use,
        kind="review",
        title=f"{use.version.model.name[:120]}: {title[:1].lower()}{title[1:]}",
        question=f"{shortened(new)} {asked}",
        at=at,
        actor=WORKER,
    )
    return case
