"""Data items as pages: the list, one of them with its legal footing, and keeping them."""

from typing import Any

from flask import Blueprint, render_template, request

from foundation.accounts.values import Permission
from foundation.web.doors import actor, door, house, session
from registry.catalogue.forms import ChangeForm
from registry.catalogue.listing import page_of, read_search
from registry.catalogue.moments import asked_moment, carry_day, shown_day
from registry.catalogue.pages import (
    Step,
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
from registry.catalogue.queries import get_gateway, get_item, read_catalogue
from registry.catalogue.values import Thing
from registry.footing.queries import answer_item
from registry.gateways.values import CAUTION
from registry.imports.queries import list_repairs_of
from registry.items.forms import ItemForm
from registry.items.listing import COLUMNS, ItemSearch, find_items, list_groups, plain_item
from registry.items.queries import list_resting
from registry.items.rules import without_gateway
from registry.items.service import drop_gateway
from registry.items.values import MATTERS, SENSITIVITIES, ItemEntry
from registry.models.queries import find_named_model

views = Blueprint("items", __name__)
views.url_defaults(carry_day)


@views.get("/register/items")
@door(Permission.SEE_REGISTER)
def list_all() -> Any:
    """Data items by group and name, with where they come from and what they cite (R16)."""
    as_at = asked_moment()
    catalogue = read_catalogue(session(), as_at)
    search, day = read_search(ItemSearch, request.args), shown_day(as_at)
    return render_template(
        "registry/items/list.html",
        page=page_of(find_items(catalogue, search, day), request.args.get("page", "")),
        total=len(catalogue.items),
        search=search,
        catalogue=catalogue,
        groups=list_groups(catalogue),
        agencies=sorted(catalogue.agencies.values(), key=lambda one: one.name),
        gateways=sorted(catalogue.gateways.values(), key=lambda one: one.number),
        matters=MATTERS,
        sensitivities=SENSITIVITIES,
        as_at=as_at,
        day=day,
    )


@views.get("/register/items.csv")
@door(Permission.SEE_REGISTER)
def as_csv() -> Any:
    """The list for a spreadsheet."""
    return csv_file("data-items", COLUMNS, _rows())


@views.get("/register/items.json")
@door(Permission.SEE_REGISTER)
def as_json() -> Any:
    """The list for a program."""
    return json_file("items", _rows(), read_catalogue(session(), asked_moment()))


@views.get("/register/items/<int:item_id>")
@door(Permission.SEE_REGISTER)
def show(item_id: int) -> Any:
    """One data item: everything it holds, its legal footing, its history and the models that rest on it."""
    as_at = asked_moment()
    catalogue = read_catalogue(session(), as_at)
    entry = get_item(catalogue, item_id)
    return entry_page(
        "registry/items/show.html",
        Thing.ITEM,
        entry,
        catalogue,
        answer=answer_item(catalogue, entry, shown_day(as_at)),
        repairs=list_repairs_of(session(), entry.origin.run_id, entry.origin.row) if entry.origin else [],
        resting=list_resting(session(), [item_id], as_at),
        named=find_named_model(session(), item_id),
        caution=CAUTION,
    )


@views.route("/register/enter/item", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def enter_item() -> Any:
    """Enter a data item."""
    form = form_of(ItemForm, None).offer(read_catalogue(session()), None)
    return take(enter_step(Thing.ITEM, ItemEntry, form, "Enter a data item"))


@views.route("/register/items/<int:item_id>/change", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def change(item_id: int) -> Any:
    """Change a data item."""
    entry = _item(item_id)
    form = form_of(ItemForm, entry).offer(read_catalogue(session()), entry)
    return take(change_step(Thing.ITEM, entry, form))


@views.route("/register/items/<int:item_id>/gateways/<int:number>/drop", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def drop(item_id: int, number: int) -> Any:
    """Take one gateway off a data item, after showing what stops."""
    entry, form = _item(item_id), ChangeForm()
    gateway = get_gateway(read_catalogue(session()), number)
    step = Step(
        thing=Thing.ITEM,
        entry=entry,
        title=f"Stop sharing {entry.title} under gateway {number}",
        form=form,
        make=lambda: without_gateway(entry, number),
        write=lambda _: drop_gateway(
            session(),
            actor(),
            item_id,
            number,
            reason=form.reason.data or "",
            seen=form.seen_number,
            at=house().clock.now(),
        ),
        done=f"{entry.title} is no longer shared under gateway {number}.",
        asks=True,
        intro=f"The item then no longer cites {gateway.law}. The gateway itself stays.",
        button="Take it off",
    )
    return take(step)


@views.route("/register/items/<int:item_id>/end", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def end(item_id: int) -> Any:
    """End a data item, after showing what stops."""
    return take(end_step(Thing.ITEM, _item(item_id)))


@views.route("/register/items/<int:item_id>/open-again", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def reopen(item_id: int) -> Any:
    """Open again a data item that was ended by mistake."""
    return take(reopen_step(Thing.ITEM, _item(item_id)))


def _item(item_id: int) -> ItemEntry:
    return get_item(read_catalogue(session()), item_id)


def _rows() -> list[dict[str, Any]]:
    as_at = asked_moment()
    catalogue, search = read_catalogue(session(), as_at), read_search(ItemSearch, request.args)
    return [plain_item(one, catalogue) for one in find_items(catalogue, search, shown_day(as_at))]
