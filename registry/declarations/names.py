"""What a declaration names in the register, and whether it is there: agencies, data items, owner and deputy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from foundation.accounts.queries import find_account
from foundation.accounts.values import Permission
from registry.catalogue.queries import read_catalogue
from registry.catalogue.values import Catalogue
from registry.declarations.problems import Problems


@dataclass(frozen=True)
class Named:
    """A name at its place in the file."""

    place: str
    name: str


def find_name_problems(session: Session, data: Any, on: date) -> Problems:
    """Names of plain values that the register does not know, or that ended by a day, each at its place (R16).

    The rest of the file need not be right: what is missing or of another shape is passed over.
    """
    catalogue = read_catalogue(session)
    return {
        **_find_agency_problems(catalogue, data, on),
        **_find_item_problems(catalogue, data, on),
        **_find_people_problems(session, _part(data, "model")),
    }


def _find_agency_problems(catalogue: Catalogue, data: Any, on: date) -> Problems:
    problems: Problems = {}
    for named in _agencies(data):
        agency = catalogue.agencies.get(named.name)
        if agency is None:
            problems[named.place] = f"the register has no agency {named.name}"
        elif not agency.stands(on):
            problems[named.place] = f"the agency {named.name} has ended in the register"
    return problems


def _find_item_problems(catalogue: Catalogue, data: Any, on: date) -> Problems:
    problems: Problems = {}
    for place, group, name in _items(data):
        item = catalogue.find_item(group, name)
        if item is None:
            problems[place] = f"the register has no data item '{group}: {name}'"
        elif not item.stands(on):
            problems[place] = f"the data item '{group}: {name}' has ended in the register"
    return problems


def _find_people_problems(session: Session, model: Mapping[str, Any]) -> Problems:
    problems: Problems = {}
    for role in ("owner", "deputy"):
        name = model.get(role)
        if not isinstance(name, str) or not name.strip():
            continue
        account = find_account(session, name.strip())
        if account is None or account.disabled_at is not None:
            problems[f"model.{role}"] = f"there is no account {name.strip()}"
        elif role == "owner" and not account.actor().may(Permission.SUBMIT_ASSESSMENT):
            problems["model.owner"] = f"{name.strip()} does not have the role of a model owner"
    if model.get("owner") and model.get("owner") == model.get("deputy"):
        problems["model.deputy"] = "owner and deputy are two people"
    return problems


def _agencies(data: Any) -> Iterator[Named]:
    named = {"model.agency": _part(data, "model").get("agency")}
    named |= {f"uses[{number}].agency": use.get("agency") for number, use in _listed(data, "uses")}
    yield from (Named(place, name.strip()) for place, name in named.items() if isinstance(name, str) and name.strip())


def _items(data: Any) -> Iterator[tuple[str, str, str]]:
    for number, feature in _listed(_part(data, "version"), "features"):
        item = _part(feature, "data_item")
        group, name = item.get("group"), item.get("name")
        if isinstance(group, str) and isinstance(name, str):
            yield f"version.features[{number}].data_item", group.strip(), name.strip()


def _part(data: Any, name: str) -> Mapping[str, Any]:
    part = data.get(name) if isinstance(data, dict) else None
    return part if isinstance(part, dict) else {}


def _listed(data: Any, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = data.get(name) if isinstance(data, dict) else None
    yield from ((n, row) for n, row in enumerate(rows if isinstance(rows, list) else [], 1) if isinstance(row, dict))
