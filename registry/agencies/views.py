"""Agencies and their systems as pages: the list, one of them, and keeping them."""

from typing import Any

from flask import Blueprint, render_template, request

from foundation.accounts.values import Permission
from foundation.web.doors import door, session
from registry.agencies.forms import AgencyForm, SystemForm
from registry.agencies.listing import COLUMNS, AgencySearch, count_items, count_items_of, find_sources, plain_source
from registry.agencies.queries import get_system, list_models_of
from registry.agencies.values import AGENCY_KINDS, AgencyEntry, SystemEntry
from registry.catalogue.listing import page_of, read_search
from registry.catalogue.moments import asked_moment, carry_day, shown_day
from registry.catalogue.pages import (
    change_step,
    csv_file,
    end_step,
    enter_step,
    entry_page,
    form_of,
    json_file,
    reopen_step,
    take,
)
from registry.catalogue.queries import get_agency_entry, read_catalogue
from registry.catalogue.values import Thing

views = Blueprint("agencies", __name__)
views.url_defaults(carry_day)


@views.get("/register/agencies")
@door(Permission.SEE_REGISTER)
def list_all() -> Any:
    """Agencies and systems, and how many data items come from each (R16)."""
    as_at = asked_moment()
    catalogue = read_catalogue(session(), as_at)
    search, day = read_search(AgencySearch, request.args), shown_day(as_at)
    return render_template(
        "registry/agencies/list.html",
        page=page_of(find_sources(catalogue, search, day), request.args.get("page", "")),
        total=len(catalogue.agencies) + len(catalogue.systems),
        search=search,
        catalogue=catalogue,
        kinds=AGENCY_KINDS,
        counts=count_items(catalogue),
        as_at=as_at,
        day=day,
    )


@views.get("/register/agencies.csv")
@door(Permission.SEE_REGISTER)
def as_csv() -> Any:
    """The list for a spreadsheet."""
    return csv_file("agencies", COLUMNS, _rows())


@views.get("/register/agencies.json")
@door(Permission.SEE_REGISTER)
def as_json() -> Any:
    """The list for a program."""
    return json_file("agencies", _rows(), read_catalogue(session(), asked_moment()))


@views.get("/register/agencies/<code>")
@door(Permission.SEE_REGISTER)
def show(code: str) -> Any:
    """One agency: what it is, its systems, what it shares, the models it answers for."""
    catalogue = read_catalogue(session(), asked_moment())
    entry = get_agency_entry(catalogue, code)
    return entry_page(
        "registry/agencies/show.html",
        Thing.AGENCY,
        entry,
        catalogue,
        systems=[one for one in catalogue.systems.values() if one.agency == code],
        count=count_items_of(catalogue, code),
        agreements=[one for one in catalogue.agreements.values() if code in one.parties],
        models=list_models_of(session(), code),
    )


@views.get("/register/systems/<code>")
@door(Permission.SEE_REGISTER)
def show_system(code: str) -> Any:
    """One system: whose it is and what comes from it."""
    catalogue = read_catalogue(session(), asked_moment())
    entry = get_system(catalogue, code)
    return entry_page(
        "registry/agencies/system.html",
        Thing.SYSTEM,
        entry,
        catalogue,
        owner=catalogue.agencies[entry.agency],
        items=[item for item in catalogue.listed_items if code in item.sources],
    )


@views.route("/register/enter/agency", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def enter_agency() -> Any:
    """Enter an agency."""
    return take(enter_step(Thing.AGENCY, AgencyEntry, form_of(AgencyForm, None), "Enter an agency"))


@views.route("/register/enter/system", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def enter_system() -> Any:
    """Enter a system of an agency."""
    form = form_of(SystemForm, None).offer(read_catalogue(session()), None)
    return take(enter_step(Thing.SYSTEM, SystemEntry, form, "Enter a system"))


@views.route("/register/agencies/<code>/change", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def change(code: str) -> Any:
    """Change an agency."""
    entry = _agency(code)
    return take(change_step(Thing.AGENCY, entry, form_of(AgencyForm, entry, "code")))


@views.route("/register/systems/<code>/change", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def change_system(code: str) -> Any:
    """Change a system."""
    entry = _system(code)
    form = form_of(SystemForm, entry, "code").offer(read_catalogue(session()), entry)
    return take(change_step(Thing.SYSTEM, entry, form))


@views.route("/register/agencies/<code>/end", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def end(code: str) -> Any:
    """End an agency, after showing what stops."""
    return take(end_step(Thing.AGENCY, _agency(code)))


@views.route("/register/systems/<code>/end", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def end_system(code: str) -> Any:
    """End a system, after showing what stops."""
    return take(end_step(Thing.SYSTEM, _system(code)))


@views.route("/register/agencies/<code>/open-again", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def reopen(code: str) -> Any:
    """Open again an agency that was ended by mistake."""
    return take(reopen_step(Thing.AGENCY, _agency(code)))


@views.route("/register/systems/<code>/open-again", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def reopen_system(code: str) -> Any:
    """Open again a system that was ended by mistake."""
    return take(reopen_step(Thing.SYSTEM, _system(code)))


def _agency(code: str) -> AgencyEntry:
    return get_agency_entry(read_catalogue(session()), code)


def _system(code: str) -> SystemEntry:
    return get_system(read_catalogue(session()), code)


def _rows() -> list[dict[str, Any]]:
    as_at = asked_moment()
    catalogue, search = read_catalogue(session(), as_at), read_search(AgencySearch, request.args)
    return [plain_source(one) for one in find_sources(catalogue, search, shown_day(as_at))]
