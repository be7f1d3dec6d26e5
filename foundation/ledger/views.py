"""The ledger as a page: whether it is whole, and its newest entries."""

import json
from typing import Any

from flask import Blueprint, render_template

from foundation.accounts.values import Permission
from foundation.ledger.queries import list_recent, verify
from foundation.web.doors import door, session

views = Blueprint("ledger", __name__)


@views.get("/ledger")
@door(Permission.SEE_LEDGER)
def show() -> Any:
    """Check the whole chain afresh and show the newest entries."""
    entries = [(entry, json.loads(entry.body)) for entry in list_recent(session())]
    return render_template("foundation/ledger/show.html", check=verify(session()), entries=entries)
