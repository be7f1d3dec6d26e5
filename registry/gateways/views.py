"""Legal gateways as pages: the list, one of them, keeping them as read, and checking the law."""

from typing import Any

from flask import Blueprint, render_template, request

from foundation.accounts.values import Permission
from foundation.web.doors import door, session
from registry.catalogue.listing import LINES, page_of, read_search
from registry.catalogue.moments import asked_moment, carry_day, shown_day
from registry.catalogue.pages import (
    change_step,
    csv_file,
    end_step,
    enter_step,
    entry_page,
    form_of,
    json_file,
    take,
)
from registry.catalogue.queries import get_gateway, read_catalogue
from registry.catalogue.values import Thing
from registry.footing.routes import make_route
from registry.gateways.checking import doubt_step, supersede_step, verify_step
from registry.gateways.forms import GatewayForm
from registry.gateways.listing import COLUMNS, GatewaySearch, find_gateways, plain_gateway
from registry.gateways.values import CAUTION, KINDS, NEWER_LAW, VERIFICATIONS, GatewayEntry
from registry.items.queries import list_resting

views = Blueprint("gateways", __name__)
views.url_defaults(carry_day)


@views.get("/register/gateways")
@door(Permission.SEE_REGISTER)
def list_all() -> Any:
    """Every legal gateway as read, with what it does, who may rely on it and whether it was checked (R17)."""
    as_at = asked_moment()
    catalogue = read_catalogue(session(), as_at)
    search, day = read_search(GatewaySearch, request.args), shown_day(as_at)
    return render_template(
        "registry/gateways/list.html",
        page=page_of(find_gateways(catalogue, search, day), request.args.get("page", "")),
        every=list(catalogue.gateways.values()),
        search=search,
        catalogue=catalogue,
        agencies=sorted(catalogue.agencies.values(), key=lambda one: one.name),
        kinds=KINDS,
        verifications=VERIFICATIONS,
        caution=CAUTION,
        newer_law=NEWER_LAW,
        as_at=as_at,
        day=day,
    )


@views.get("/register/gateways.csv")
@door(Permission.SEE_REGISTER)
def as_csv() -> Any:
    """The list for a spreadsheet."""
    return csv_file("gateways", COLUMNS, _rows())


@views.get("/register/gateways.json")
@door(Permission.SEE_REGISTER)
def as_json() -> Any:
    """The list for a program."""
    return json_file("gateways", _rows(), read_catalogue(session(), asked_moment()))


@views.get("/register/gateways/<int:number>")
@door(Permission.SEE_REGISTER)
def show(number: int) -> Any:
    """One gateway: as given and as read, what it carries, its history and the models that rest on it."""
    as_at = asked_moment()
    catalogue = read_catalogue(session(), as_at)
    entry = get_gateway(catalogue, number)
    citing = catalogue.items_citing(number)
    page, day = page_of(citing, request.args.get("page", "")), shown_day(as_at)
    routes = {
        item.id: [make_route(item, who, entry, day, None) for who in catalogue.suppliers(item)] for item in page.rows
    }
    resting = list_resting(session(), [item.id for item in citing], as_at)
    return entry_page(
        "registry/gateways/show.html",
        Thing.GATEWAY,
        entry,
        catalogue,
        page=page,
        routes=routes,
        resting=resting[:LINES],
        unnamed=len(resting[LINES:]),
        agreements=[one for one in catalogue.agreements.values() if number in one.gateways],
        caution=CAUTION,
    )


@views.route("/register/enter/gateway", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def enter_gateway() -> Any:
    """Enter a gateway; nobody has verified it then."""
    return take(enter_step(Thing.GATEWAY, GatewayEntry, form_of(GatewayForm, None), "Enter a legal gateway"))


@views.route("/register/gateways/<int:number>/change", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def change(number: int) -> Any:
    """Change how a gateway is read; a verified one falls back to unverified."""
    entry = _gateway(number)
    intro = (
        "A lawyer has verified this reading. If you change anything but what to know, it counts as not verified until "
        "a lawyer checks it again."
        if entry.verified
        else ""
    )
    return take(change_step(Thing.GATEWAY, entry, form_of(GatewayForm, entry, "number"), intro=intro))


@views.route("/register/gateways/<int:number>/verify", methods=["GET", "POST"])
@door(Permission.VERIFY_LAW)
def verify(number: int) -> Any:
    """Say that the reading was checked."""
    return take(verify_step(_gateway(number)))


@views.route("/register/gateways/<int:number>/doubt", methods=["GET", "POST"])
@door(Permission.VERIFY_LAW)
def doubt(number: int) -> Any:
    """Mark the reading as in doubt, after showing what stops."""
    return take(doubt_step(_gateway(number)))


@views.route("/register/gateways/<int:number>/supersede", methods=["GET", "POST"])
@door(Permission.VERIFY_LAW)
def supersede(number: int) -> Any:
    """Say which gateway takes its place, after showing what stops."""
    return take(supersede_step(_gateway(number)))


@views.route("/register/gateways/<int:number>/end", methods=["GET", "POST"])
@door(Permission.VERIFY_LAW)
def end(number: int) -> Any:
    """End a gateway, after showing what stops."""
    return take(end_step(Thing.GATEWAY, _gateway(number)))


def _gateway(number: int) -> GatewayEntry:
    return get_gateway(read_catalogue(session()), number)


def _rows() -> list[dict[str, Any]]:
    as_at = asked_moment()
    catalogue, search = read_catalogue(session(), as_at), read_search(GatewaySearch, request.args)
    return [plain_gateway(one) for one in find_gateways(catalogue, search, shown_day(as_at))]
