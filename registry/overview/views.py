"""The register as a whole: what it holds, on what footing, what changed in it and when."""

from typing import Any

from flask import Blueprint, render_template, request

from foundation.accounts.values import Permission
from foundation.web.doors import door, session
from registry.catalogue.history import count_history, tell
from registry.catalogue.listing import LINES, pages_of
from registry.catalogue.moments import asked_moment, carry_day, shown_day
from registry.catalogue.pages import address_of
from registry.catalogue.queries import list_history, read_catalogue
from registry.catalogue.values import THINGS, Thing
from registry.items.listing import list_groups
from registry.overview.queries import count_models, find_standing

views = Blueprint("register", __name__)
views.url_defaults(carry_day)

LATEST = 5
FIRST = 10
"""How many changes, and how many data items without a route, the first page names."""


@views.get("/register")
@door(Permission.SEE_REGISTER)
def overview() -> Any:
    """What the register holds, in words: what nobody verified, which checks are overdue, what changed last."""
    as_at = asked_moment()
    catalogue, day = read_catalogue(session(), as_at), shown_day(as_at)
    gateways = [one for one in catalogue.gateways.values() if one.stands(day)]
    standing = find_standing(catalogue, day)
    latest = list_history(session(), as_at=as_at, count=LATEST)
    return render_template(
        "registry/overview/overview.html",
        catalogue=catalogue,
        groups=list_groups(catalogue),
        gateways=gateways,
        unverified=[one for one in gateways if not one.verified],
        overdue=[one for one in gateways if one.check_overdue(day)],
        agreements=[one for one in catalogue.agreements.values() if one.in_force(day)],
        standing=standing,
        first=FIRST,
        models=count_models(session()),
        latest=tell(session(), latest, catalogue),
        addresses=[address_of(one.thing, one.key) for one in latest],
        as_at=as_at,
        day=day,
    )


@views.get("/register/history")
@door(Permission.SEE_REGISTER)
def history() -> Any:
    """Every change of the register, newest first: who, when, why, field by field (R50)."""
    as_at = asked_moment()
    asked = request.args.get("thing", "")
    thing = asked if asked in {str(one) for one in Thing} else ""
    total = count_history(session(), thing=thing, as_at=as_at)
    number, pages = pages_of(total, request.args.get("page", ""))
    found = list_history(session(), thing=thing, as_at=as_at, start=(number - 1) * LINES, count=LINES)
    return render_template(
        "registry/overview/history.html",
        told=tell(session(), found, read_catalogue(session(), as_at)),
        addresses=[address_of(one.thing, one.key) for one in found],
        page={"number": number, "pages": pages},
        total=total,
        thing=thing,
        things=THINGS,
        as_at=as_at,
    )
