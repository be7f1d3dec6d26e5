"""The page of law to look at: what ends, lapses or is to be checked within 60 days, and what rests on it."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, url_for

from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.web.doors import door, house, session
from monitoring.footings.queries import list_ahead as all_ahead
from monitoring.footings.values import AHEAD, LOOK_AHEAD_DAYS, Ahead, due_text

views = Blueprint("law", __name__)


@views.get("/law")
@door(Permission.SEE_ASSESSMENTS)
def list_ahead() -> Any:
    """Law to look at, by kind, the most urgent first."""
    today = london_date(house().clock.now())
    found = all_ahead(session(), today)
    parts = [(kind, card, [_line(one, today) for one in found if one.kind == kind]) for kind, card in AHEAD.items()]
    return render_template("monitoring/footings/list.html", parts=parts, count=len(found), days=LOOK_AHEAD_DAYS)


def _line(ahead: Ahead, today: date) -> dict[str, Any]:
    return {
        "title": ahead.title,
        "href": url_for(ahead.endpoint, **dict(ahead.arguments)),
        "sentence": ahead.sentence,
        "when": due_text(ahead, today),
        "overdue": ahead.overdue(today),
        "uses": ahead.uses,
    }
