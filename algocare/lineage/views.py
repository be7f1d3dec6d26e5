"""Lineage as pages: from a data item, a law or an agreement up to every score, and from a model down to the law."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request

from algocare.lineage.pictures import draw, fits
from algocare.lineage.queries import lineage_elsewhere, lineage_of, read_resting
from algocare.lineage.sheets import resting_csv
from algocare.lineage.values import Resting
from foundation.accounts.values import Permission
from foundation.web.doors import door, session
from registry.agreements.values import AgreementEntry
from registry.catalogue.moments import asked_moment, carry_day, shown_day
from registry.catalogue.queries import get_agreement, get_gateway, get_item, read_catalogue
from registry.catalogue.values import AnyEntry, Catalogue
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry
from registry.models.lineage import loss_of
from registry.models.queries import get_model

views = Blueprint("lineage", __name__)
views.url_defaults(carry_day)

PAGE = 50
"""Lines of a table on one page."""

HEADINGS = {GatewayEntry: "Legal gateway", ItemEntry: "Data item", AgreementEntry: "Sharing agreement"}


@views.get("/lineage/gateways/<int:number>")
@door(Permission.SEE_REGISTER)
def show_gateway(number: int) -> Any:
    """Everything that rests on a legal gateway."""
    return _page(get_gateway(_catalogue(), number))


@views.get("/lineage/gateways/<int:number>.csv")
@door(Permission.SEE_REGISTER)
def gateway_as_csv(number: int) -> Any:
    """The same for a spreadsheet."""
    return _sheet(get_gateway(_catalogue(), number), f"gateway-{number}")


@views.get("/lineage/items/<int:item_id>")
@door(Permission.SEE_REGISTER)
def show_item(item_id: int) -> Any:
    """Everything that rests on a data item."""
    return _page(get_item(_catalogue(), item_id))


@views.get("/lineage/items/<int:item_id>.csv")
@door(Permission.SEE_REGISTER)
def item_as_csv(item_id: int) -> Any:
    """The same for a spreadsheet."""
    return _sheet(get_item(_catalogue(), item_id), f"item-{item_id}")


@views.get("/lineage/agreements/<code>")
@door(Permission.SEE_REGISTER)
def show_agreement(code: str) -> Any:
    """Everything that rests on a sharing agreement."""
    return _page(get_agreement(_catalogue(), code))


@views.get("/lineage/agreements/<code>.csv")
@door(Permission.SEE_REGISTER)
def agreement_as_csv(code: str) -> Any:
    """The same for a spreadsheet."""
    return _sheet(get_agreement(_catalogue(), code), f"agreement-{code}")


@views.get("/lineage/models/<slug>")
@door(Permission.SEE_REGISTER)
def show_model(slug: str) -> Any:
    """From a model down to the statutes, version by version."""
    model, as_at = get_model(session(), slug), asked_moment()
    day = shown_day(as_at)
    versions = [one for one in model.versions if as_at is None or one.registered_at <= as_at]
    return render_template(
        "algocare/lineage/model.html",
        model=model,
        parts=[(version, lineage_of(session(), version, day, as_at)) for version in versions],
        elsewhere=None if versions else lineage_elsewhere(session(), model, day, as_at),
        result=_catalogue().items.get(model.item_id or 0),
        as_at=as_at,
    )


def _catalogue() -> Catalogue:
    return read_catalogue(session(), asked_moment())


def _resting(entry: AnyEntry) -> Resting:
    catalogue, agreement = _catalogue(), entry if isinstance(entry, AgreementEntry) else None
    if isinstance(entry, GatewayEntry):
        start: Sequence[int] = [item.id for item in catalogue.items_citing(entry.number)]
    else:
        start = entry.items if isinstance(entry, AgreementEntry) else [entry.id] if isinstance(entry, ItemEntry) else []
    return read_resting(session(), catalogue, entry.title, start, shown_day(catalogue.as_at), agreement=agreement)


def _page(entry: AnyEntry) -> str:
    resting, heading = _resting(entry), HEADINGS[type(entry)]
    page = max(request.args.get("page", 1, int) or 1, 1)
    first = (page - 1) * PAGE
    return render_template(
        "algocare/lineage/show.html",
        entry=entry,
        heading=heading,
        resting=resting,
        lost=loss_of(entry, resting.day),
        drawing=draw(resting, heading, entry) if fits(resting) else None,
        items=list(resting.items.values())[:PAGE],
        uses=resting.uses[first : first + PAGE],
        page=page,
        pages=-(-len(resting.uses) // PAGE),
        as_at=asked_moment(),
    )


def _sheet(entry: AnyEntry, name: str) -> Response:
    answer = Response(resting_csv(_resting(entry)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=rests-on-{name}.csv"
    return answer
