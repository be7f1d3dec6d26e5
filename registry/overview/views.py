"""The register as pages: what it holds, who it comes from, on what footing, and what was repaired on the way in."""

from typing import Any

from flask import Blueprint, render_template

from foundation.accounts.values import Permission
from foundation.web.doors import door, session
from registry.agencies.queries import list_agencies, list_sources
from registry.gateways.queries import get_gateway, list_gateways
from registry.gateways.values import CAUTION, KINDS, NEWER_LAW
from registry.imports.queries import list_repairs, list_repairs_of, list_runs
from registry.items.queries import count_citations, get_item, list_items, list_items_of_gateway
from registry.items.rules import find_misfits, has_power
from registry.models.queries import find_named_model, list_models, list_models_of_item

views = Blueprint("register", __name__)


@views.get("/register")
@door(Permission.SEE_REGISTER)
def overview() -> Any:
    """What the register holds, in words, and what nobody has verified."""
    items, gateways, models = list_items(session()), list_gateways(session()), list_models(session())
    return render_template(
        "registry/overview/overview.html",
        agencies=list_agencies(session()),
        systems=[source for source in list_sources(session()) if source.is_system],
        items=items,
        groups={item.group_name for item in items},
        gateways=gateways,
        unverified=[gateway for gateway in gateways if not gateway.verified],
        powerless=[item for item in items if not has_power(item)],
        held=[model for model in models if model.held],
        named=[model for model in models if not model.held],
        runs=list_runs(session()),
        repairs=list_repairs(session()),
    )


@views.get("/register/agencies")
@door(Permission.SEE_REGISTER)
def agencies() -> Any:
    """Agencies, their systems, and how many data items come from each."""
    items = list_items(session())
    counts = {source.code: sum(source in item.sources for item in items) for source in list_sources(session())}
    return render_template(
        "registry/overview/agencies.html",
        agencies=list_agencies(session()),
        sources=list_sources(session()),
        counts=counts,
        models=[model for model in list_models(session()) if model.held],
    )


@views.get("/register/gateways")
@door(Permission.SEE_REGISTER)
def gateways() -> Any:
    """Every legal gateway, as read, with what it does and who may rely on it."""
    return render_template(
        "registry/overview/gateways.html",
        gateways=list_gateways(session()),
        citations=count_citations(session()),
        kinds=KINDS,
        caution=CAUTION,
        newer_law=NEWER_LAW,
    )


@views.get("/register/gateways/<int:number>")
@door(Permission.SEE_REGISTER)
def gateway(number: int) -> Any:
    """One gateway: as given, as read, and the items that cite it."""
    found = get_gateway(session(), number)
    items = list_items_of_gateway(session(), number)
    misfits = {item.id: find_misfits(item).get(number, "") for item in items}
    return render_template(
        "registry/overview/gateway.html", gateway=found, items=items, misfits=misfits, caution=CAUTION
    )


@views.get("/register/items")
@door(Permission.SEE_REGISTER)
def items() -> Any:
    """Data items by group, with their sources and gateways."""
    return render_template("registry/overview/items.html", items=list_items(session()))


@views.get("/register/items/<int:item_id>")
@door(Permission.SEE_REGISTER)
def item(item_id: int) -> Any:
    """One data item: as it was typed, what was repaired, its footing, and the models that rest on it."""
    found = get_item(session(), item_id)
    return render_template(
        "registry/overview/item.html",
        item=found,
        repairs=list_repairs_of(session(), found.run_id, found.row),
        misfits=find_misfits(found),
        powerless=not has_power(found),
        versions=list_models_of_item(session(), item_id),
        named=find_named_model(session(), item_id),
        caution=CAUTION,
    )


@views.get("/register/imports")
@door(Permission.SEE_REGISTER)
def imports() -> Any:
    """The files the register was filled from, and every value that was not taken as typed."""
    return render_template("registry/overview/imports.html", runs=list_runs(session()), repairs=list_repairs(session()))
