"""Between the long form and the declaration: reading one out of the other, and finding the field of a problem."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FileField

from foundation.errors import Invalid
from foundation.ledger.values import digest
from registry.declarations.forms import DeclarationForm
from registry.declarations.rules import count_rows
from registry.declarations.values import SCHEMA
from registry.items.tables import DataItem
from registry.models.watch_plan import MEASURES

MAY_BE_EMPTY = frozenset({"protected", "baseline_column", "baseline_name"})
"""Fields that are left out of the declaration when nothing was typed."""

KEYS = {"start": "from", "end": "to"}
"""Fields of rows whose name in the file is a word that Python keeps for itself."""

UPLOADS = {
    "artefact_file": "version.artefact",
    "training_file": "version.training_data",
    "evaluation_file": "version.evaluation_data",
}
"""The place in the declaration of each uploaded file."""


LAST_STEP = re.compile(r"(^|\.)[^.\[\]]*$|\[\d*\]$")
"""The last step of a place: `.name` or `[3]`."""


@dataclass
class Draft:
    """A declaration as typed: plain values, files by name, and for every place the field that holds it.

    `context` says in which row a field stands ("Input 3"), for fields that appear more than once.
    """

    data: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    places: dict[str, Field] = field(default_factory=dict)
    context: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def put(self, place: str, value: Any, source: Field, context: str = "") -> None:
        """Set the value at a place such as model.outcome.name, and remember the field it came from."""
        self.places[place] = source
        self.context[place] = context
        *parents, last = place.split(".")
        here = self.data
        for parent in parents:
            here = here.setdefault(parent, {})
        here[last] = value

    def locate(self, place: str) -> tuple[Field | None, str]:
        """The field nearest to a place, and its row in words; none when no field fits."""
        while place and place not in self.places:
            place = LAST_STEP.sub("", place)
        return self.places.get(place), self.context.get(place, "")


def read_form(form: DeclarationForm, items: Mapping[str, DataItem]) -> Draft:
    """The declaration that a filled-in form stands for. `items` are the register's data items by number."""
    draft = Draft(data={"schema": SCHEMA})
    for name, typed in form._fields.items():
        if "__" in name and not name.startswith(("limit__", "use__")) and not isinstance(typed, FieldList):
            _put(draft, name.replace("__", "."), typed)
    draft.data["version"]["kind"] = "scikit-learn"
    _read_rows(draft, form, items)
    _read_use(draft, form)
    _read_limits(draft, form)
    for name, place in UPLOADS.items():
        _read_file(draft, form._fields[name], place)
    return draft


def _put(draft: Draft, place: str, typed: Field, context: str = "") -> None:
    value = typed.data.replace("\r\n", "\n").strip() if isinstance(typed.data, str) else typed.data
    if value or place.rpartition(".")[2] not in MAY_BE_EMPTY:
        draft.put(place, "" if value is None else value, typed, context)
    else:
        draft.places[place], draft.context[place] = typed, context


def _read_rows(draft: Draft, form: DeclarationForm, items: Mapping[str, DataItem]) -> None:
    version, data = draft.data["version"], draft.data["version"]["evaluation_data"]
    version["bands"] = [_row(draft, row, f"version.bands[{n}]", f"Band {n}") for n, row in _rows(form.version__bands)]
    groups = _rows(form.version__evaluation_data__groups)
    data["groups"] = [_row(draft, row, f"version.evaluation_data.groups[{n}]", f"Group {n}") for n, row in groups]
    version["features"] = [_feature(draft, row, n, items) for n, row in _rows(form.version__features)]
    draft.places["version.bands"] = form.version__bands[0].form.code
    draft.places["version.features"] = form.version__features[0].form._fields["name"]


def _rows(rows: FieldList) -> Iterator[tuple[int, Any]]:
    return ((number, entry.form) for number, entry in enumerate(rows, 1))


def _row(draft: Draft, row: Any, place: str, context: str) -> dict[str, Any]:
    part = Draft()
    for name, typed in row._fields.items():
        _put(part, KEYS.get(name, name), typed, context)
    draft.places |= {f"{place}.{name}": typed for name, typed in part.places.items()}
    draft.context |= {f"{place}.{name}": context for name in part.places}
    draft.places[place], draft.context[place] = next(iter(row)), context
    return part.data


def _feature(draft: Draft, row: Any, number: int, items: Mapping[str, DataItem]) -> dict[str, Any]:
    place, context = f"version.features[{number}]", f"Input {number}"
    typed = _row(draft, row, place, context)
    low, high = typed.pop("low"), typed.pop("high")
    if typed["type"] in ("integer", "number"):
        typed["range"] = [low, high]
    item = items.get(typed["data_item"])
    typed["data_item"] = {"group": item.group_name, "name": item.name} if item else ""
    if item is None:
        draft.problems[f"{place}.data_item"] = "choose the data item it comes from"
    typed["categories"] = _categories(row.categories.data or [], f"{place}.categories", draft)
    fields = {"range": row.low, "range[1]": row.low, "range[2]": row.high, "data_item": row.data_item}
    draft.places |= {f"{place}.{name}": one for name, one in fields.items()}
    draft.places |= {f"version.features.{typed['name']}.{name}": one for name, one in fields.items()}
    draft.places[f"version.features.{typed['name']}"] = row._fields["name"]
    draft.context |= {at: context for at in draft.places if at.startswith((place, f"version.features.{typed['name']}"))}
    return typed


def _categories(lines: list[str], place: str, draft: Draft) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, _, number = line.rpartition("=")
        if not name.strip() or name.strip() in found:
            draft.problems[place] = f"{line}: write each value once, with its number, as in: Owner = 1"
        found[name.strip() or line] = number.strip()
    return found


def _read_use(draft: Draft, form: DeclarationForm) -> None:
    part = Draft()
    for name, typed in form._fields.items():
        if name.startswith("use__"):
            _put(part, name.removeprefix("use__"), typed)
    draft.data["uses"] = [part.data]
    for prefix in ("uses[1]", f"uses.{part.data['code']}"):
        draft.places |= {f"{prefix}.{name}": typed for name, typed in part.places.items()}


def _read_limits(draft: Draft, form: DeclarationForm) -> None:
    limits: list[dict[str, str]] = []
    for measure in MEASURES:
        at, action = form._fields[f"limit__{measure}__at"], form._fields[f"limit__{measure}__action"]
        draft.places.setdefault("watch.thresholds", at)
        if (at.data or "").strip():
            limits.append({"measure": measure, "at": at.data.strip(), "action": action.data})
            draft.places |= {f"watch.thresholds[{len(limits)}]": at, f"watch.thresholds[{len(limits)}].action": action}
    draft.data["watch"]["thresholds"] = limits


def _read_file(draft: Draft, typed: Field, place: str) -> None:
    name, content = read_upload(typed)
    problem, rows = "", 1
    if not name:
        problem = "choose the file"
    elif name in draft.files:
        problem = f"the file {name} was chosen twice; choose another one here"
    elif place != "version.artefact":
        try:
            rows = count_rows(content)
        except Invalid as refusal:
            problem = f"{name} {refusal.sentence}"
    if problem:
        draft.problems[f"{place}.file"] = problem
    draft.files[name] = content
    draft.put(f"{place}.file", name or "not chosen", typed)
    if place != "version.artefact":
        draft.put(f"{place}.sha256", digest(content), typed)
        draft.put(f"{place}.rows", rows, typed)


def read_upload(typed: Any) -> tuple[str, bytes]:
    """The plain name and the bytes of an uploaded file; an empty name when none was chosen."""
    sent = typed.data if isinstance(typed, FileField) else typed
    if sent is None or not getattr(sent, "filename", ""):
        return "", b""
    return PurePosixPath(sent.filename.replace("\\", "/")).name, sent.read()


def form_data(declared: Mapping[str, Any], items: Mapping[str, DataItem]) -> dict[str, Any]:
    """What to put into the form so that it says what a declaration says; its files have to be chosen again."""
    numbers = {(item.group_name, item.name): number for number, item in items.items()}
    version, use = declared["version"], declared["uses"][0]
    filled = dict(_flat({"model": declared["model"], "version": version, "watch": declared["watch"], "use": use}))
    filled["use__significant"] = "yes" if use["significant"] else "no"
    bands = [{**band, "start": _typed(band["from"]), "end": _typed(band["to"])} for band in version["bands"]]
    filled["version__bands"] = bands
    filled["version__features"] = [_feature_data(feature, numbers) for feature in version["features"]]
    for limit in declared["watch"]["thresholds"]:
        filled[f"limit__{limit['measure']}__at"] = _typed(limit["at"])
        filled[f"limit__{limit['measure']}__action"] = limit["action"]
    return filled


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, one in value.items():
        if isinstance(one, Mapping):
            yield from _flat(one, f"{prefix}{name}__")
        else:
            yield f"{prefix}{name}", one


def _feature_data(feature: Mapping[str, Any], numbers: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    low, high = (_typed(number) for number in feature["range"] or ("", ""))
    item = numbers.get((feature["data_item"]["group"], feature["data_item"]["name"]), "")
    listed = [f"{name} = {_typed(number)}" for name, number in feature["categories"].items()]
    return {**feature, "low": low, "high": high, "data_item": item, "categories": listed}


def _typed(number: Any) -> str:
    """A number as somebody would type it: 18, not 18.0."""
    return str(number).removesuffix(".0")


ROWS = {
    "bands": "version__bands",
    "features": "version__features",
    "groups": "version__evaluation_data__groups",
}
"""The lists of the form that grow and shrink, by the word in their buttons."""


def change_rows(form: FlaskForm, step: str) -> None:
    """Do what an 'add' or 'remove' button asks: `add:bands`, `remove:features:3` (counted from 1)."""
    verb, _, rest = step.partition(":")
    name, _, number = rest.partition(":")
    if name not in ROWS:
        raise Invalid("This button is not known.")
    rows: FieldList = form._fields[ROWS[name]]
    if verb == "add":
        rows.append_entry()
    elif verb == "remove" and number.isascii() and number.isdigit() and 0 < int(number) <= len(rows):
        rows.pop_entry(int(number) - 1)  # type: ignore[call-arg]
        if len(rows) < rows.min_entries:
            rows.append_entry()
