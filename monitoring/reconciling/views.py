"""What was found outside the register, as pages: the last comparison in words, and the earlier ones."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template

from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.web.doors import door, house, session
from monitoring.reconciling.queries import get_reconciliation, list_reconciliations
from monitoring.reconciling.rules import HEURISTIC
from monitoring.reconciling.tables import Reconciliation

views = Blueprint("reconciling", __name__)


@views.get("/reconciling")
@door(Permission.SEE_WATCHES)
def list_all() -> Any:
    """The last comparison with what to do about each finding, and earlier ones; nothing about a single person."""
    found = list_reconciliations(session())
    return _page(found[0] if found else None, found)


@views.get("/reconciling/<int:number>")
@door(Permission.SEE_WATCHES)
def show(number: int) -> Any:
    """One comparison as it was."""
    return _page(get_reconciliation(session(), number), list_reconciliations(session()))


def _page(chosen: Reconciliation | None, found: Sequence[Reconciliation]) -> str:
    asked = {one.id: _account(one.asked_by) for one in found} | (
        {chosen.id: _account(chosen.asked_by)} if chosen else {}
    )
    names = names_of(session(), list(asked.values()))
    return render_template(
        "monitoring/reconciling/list.html",
        chosen=chosen,
        report=chosen.report if chosen else None,
        last=bool(found) and chosen is found[0],
        found=found,
        asked={number: names[account] if account else "The worker" for number, account in asked.items()},
        heuristic=HEURISTIC,
        folders=house().settings.reconcile_folders,
    )


def _account(reference: str) -> int | None:
    kind, _, number = reference.partition(":")
    return int(number) if kind == "account" and number.isdigit() else None
