"""Between a form and the declaration: reading one out of the other, and finding the field of a problem."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, FieldList, FileField, FormField

from foundation.errors import Invalid
from foundation.ledger.values import digest
from registry.declarations.forms import DeclarationForm, ElsewhereForm
from registry.declarations.problems import parent_of
from registry.declarations.rules import count_rows
from registry.declarations.values import SCHEMA
from registry.items.values import ItemEntry
from registry.watch_plans.measures import MEASURES

Items = Mapping[str, ItemEntry]
"""The data items that a form offers, by the value of their choice."""

MAY_BE_EMPTY = frozenset(
    {
        "protected",
        "concept",
        "not_known",
        "baseline_column",
        "baseline_name",
        "special_condition",
        "maximum",
        "childrens_rights",
        "constant",
        "contract_ends_on",
        "inputs_not_disclosed",
        "minimum_outcomes",
        "days",
        "people",
        "cadence",
        "capacity_per_week",
        "ended_on",
        "reason",
        "source_link",
    }
)
"""Fields that are left out of the declaration when nothing was typed; a rule that needs one of them says so."""

OPTIONAL = ("told", "exemption", "evaluation_data", "watch")
"""Parts that are left out as a whole when nothing was typed in any of their fields."""

KEYS = {"start": "from", "end": "to"}
"""Fields whose name in the file is a word that Python keeps for itself."""

UPLOADS = {
    "artefact_file": "version.artefact",
    "training_file": "version.training_data",
    "evaluation_file": "version.evaluation_data",
}
"""The place in the declaration of each uploaded file."""

ROW_TITLES = {
    "version.bands": "Band",
    "version.features": "Input",
    "version.evaluation_data.groups": "Group",
    "version.points.rules": "Rule",
    "version.points.weights": "Weight",
    "uses": "Use",
}
"""What a row of a list is called in a problem."""

PAIRS = (
    ("range", "low"),
    ("range[1]", "low"),
    ("range[2]", "high"),
    ("usual", "usual_low"),
    ("usual[1]", "usual_low"),
    ("usual[2]", "usual_high"),
)
"""Where two numbers of an input stand in the file, and the fields that hold them."""

NOTHING: tuple[Any, ...] = (None, "", [], False)


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

    def mark(self, place: str, source: Field, context: str = "") -> None:
        """Remember the field of a place, and of every part around it that has none yet."""
        self.places[place], self.context[place] = source, context
        while place := parent_of(place):
            self.places.setdefault(place, source)
            self.context.setdefault(place, context)

    def locate(self, place: str) -> tuple[Field | None, str]:
        """The field nearest to a place, and its row in words; none when no field fits."""
        while place and place not in self.places:
            place = parent_of(place)
        return self.places.get(place), self.context.get(place, "")


def read_form(form: DeclarationForm, items: Items) -> Draft:
    """The declaration that a filled-in form stands for. `items` are the data items its lists offered."""
    draft = Draft()
    typed = _read_part(draft, form, "")
    version = typed["version"] | {"kind": form.kind}
    version["features"] = [_feature(draft, row, n, items) for n, row in enumerate(version["features"], 1)]
    if "points" in version:
        version["points"] = _points(draft, version["points"])
    typed["uses"] = [_without_empty_parts(use) for use in typed["uses"]]
    typed["watch"]["thresholds"] = _read_limits(draft, form)
    for name, place in UPLOADS.items():
        if name in form._fields:
            _read_file(draft, version, form._fields[name], place)
    if form.kind != "scikit-learn":
        version, typed = _without_empty_parts(version), _without_empty_parts(typed)
    draft.data = {"schema": SCHEMA, **typed, "version": version}
    return draft


def read_elsewhere_form(form: ElsewhereForm) -> Draft:
    """The entry that a filled-in short form stands for."""
    draft = Draft()
    draft.data = {"schema": SCHEMA, **_read_part(draft, form, "")}
    return draft


def _read_part(draft: Draft, fields: Any, prefix: str, context: str = "") -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, typed in fields._fields.items():
        if isinstance(typed, FileField) or name.startswith("limit__") or name in ("submit", "csrf_token"):
            continue
        place = prefix + ".".join(KEYS.get(step, step) for step in name.split("__"))
        value = _rows(draft, typed, place) if isinstance(typed, FieldList) else _clean(typed)
        if not isinstance(typed, FieldList):
            draft.mark(place, typed, context)
        if value in NOTHING and (place.rpartition(".")[2] in MAY_BE_EMPTY or isinstance(typed, BooleanField)):
            continue
        _put(data, place.removeprefix(prefix), value)
    return data


def _rows(draft: Draft, rows: FieldList, place: str) -> list[dict[str, Any]]:
    title = ROW_TITLES[place]
    found = []
    for number, entry in enumerate(rows, 1):
        found.append(_read_part(draft, entry.form, f"{place}[{number}].", f"{title} {number}"))
    return found


def _clean(typed: Field) -> Any:
    value = typed.data.replace("\r\n", "\n").strip() if isinstance(typed.data, str) else typed.data
    return "" if value is None else value


def _put(data: dict[str, Any], place: str, value: Any) -> None:
    *parents, last = place.split(".")
    for parent in parents:
        data = data.setdefault(parent, {})
    data[last] = value


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_empty(one) for one in value.values())
    return all(_is_empty(one) for one in value) if isinstance(value, list) else value in NOTHING


def _without_empty_parts(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in OPTIONAL or not _is_empty(value)}


def _feature(draft: Draft, typed: dict[str, Any], number: int, items: Items) -> dict[str, Any]:
    place = f"version.features[{number}]"
    low, high = typed.pop("low"), typed.pop("high")
    if typed["type"] in ("integer", "number"):
        typed["range"] = [low, high]
    usual = [typed.pop("usual_low"), typed.pop("usual_high")]
    if not _is_empty(usual):
        typed["usual"] = usual
    item = items.get(typed["data_item"])
    typed["data_item"] = {"group": item.group, "name": item.name} if item else ""
    if item is None:
        draft.problems[f"{place}.data_item"] = "choose the data item it comes from"
    typed["categories"] = _categories(typed["categories"] or [], f"{place}.categories", draft)
    for part, source in PAIRS:
        draft.mark(f"{place}.{part}", draft.places[f"{place}.{source}"], f"Input {number}")
    return typed


def _categories(lines: list[str], place: str, draft: Draft) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, _, number = line.rpartition("=")
        if not name.strip() or name.strip() in found:
            draft.problems[place] = f"{line}: write each value once, with its number, as in: Owner = 1"
        found[name.strip() or line] = number.strip()
    return found


def _points(draft: Draft, typed: dict[str, Any]) -> dict[str, Any]:
    rules: list[dict[str, Any]] = []
    for number, row in enumerate(typed["rules"], 1):
        asked, value = row.pop("condition"), row.pop("value")
        if _is_empty(row) and not value:
            continue
        place = f"version.points.rules[{len(rules) + 1}]"
        _move(draft, f"version.points.rules[{number}]", place)
        draft.mark(f"{place}.{asked}", draft.places[f"{place}.value"], draft.context[f"{place}.value"])
        rules.append({**row, asked: value})
    weights: dict[str, str] = {}
    for number, row in enumerate(typed["weights"], 1):
        if _is_empty(row):
            continue
        place = f"version.points.weights[{number}]"
        if row["feature"] in weights or not row["feature"]:
            draft.problems[f"{place}.feature"] = "name each input once"
        weights[row["feature"]] = row["weight"]
        draft.mark(f"version.points.weights.{row['feature']}", draft.places[f"{place}.weight"], f"Weight {number}")
    return {**typed, "rules": rules, "weights": weights}


def _move(draft: Draft, old: str, new: str) -> None:
    """A rule that follows an empty one takes that one's place in the file; its fields stay where they are."""
    for place in [place for place in draft.places if place == old or place.startswith(f"{old}.")]:
        draft.places[new + place.removeprefix(old)] = draft.places[place]
        draft.context[new + place.removeprefix(old)] = draft.context[place]


def _read_limits(draft: Draft, form: DeclarationForm) -> list[dict[str, str]]:
    limits: list[dict[str, str]] = []
    for measure in MEASURES:
        at, action = form._fields[f"limit__{measure}__at"], form._fields[f"limit__{measure}__action"]
        draft.places.setdefault("watch.thresholds", at)
        if (at.data or "").strip():
            limits.append({"measure": measure, "at": at.data.strip(), "action": action.data})
            draft.places |= {f"watch.thresholds[{len(limits)}]": at, f"watch.thresholds[{len(limits)}].action": action}
    return limits


def _read_file(draft: Draft, version: dict[str, Any], typed: Field, place: str) -> None:
    name, content = read_upload(typed)
    part = version.setdefault(place.rpartition(".")[2], {})
    for step in ("file", "sha256", "rows"):
        draft.mark(f"{place}.{step}", typed)
    if not name and place == "version.evaluation_data" and "points" in version and _is_empty(part):
        return  # a point score may have no evaluation data
    problem = "choose the file" if not name else ""
    if name in draft.files:
        problem = f"the file {name} was chosen twice; choose another one here"
    part["file"] = name or "not chosen"
    if place != "version.artefact":
        part |= {"sha256": digest(content), "rows": 1}
        try:
            part["rows"] = count_rows(content) if name else 1
        except Invalid as refusal:
            problem = problem or f"{name} {refusal.sentence}"
    if problem:
        draft.problems[f"{place}.file"] = problem
    if name:
        draft.files[name] = content


def read_upload(typed: Any) -> tuple[str, bytes]:
    """The plain name and the bytes of an uploaded file; an empty name when none was chosen."""
    sent = typed.data if isinstance(typed, FileField) else typed
    if sent is None or not getattr(sent, "filename", ""):
        return "", b""
    return PurePosixPath(sent.filename.replace("\\", "/")).name, sent.read()


def change_rows(form: FlaskForm, step: str) -> None:
    """Do what an 'add' or 'remove' button asks: `add:version__bands`, `remove:uses:3` (counted from 1)."""
    verb, _, rest = step.partition(":")
    name, _, number = rest.partition(":")
    rows = form._fields.get(name)
    if not isinstance(rows, FieldList):
        raise Invalid("This button is not known.")
    if verb == "add":
        rows.append_entry()
    elif verb == "remove" and number.isascii() and number.isdigit() and 0 < int(number) <= len(rows):
        rows.pop_entry(int(number) - 1)  # type: ignore[call-arg]
        if len(rows) < rows.min_entries:
            rows.append_entry()


def list_rows(form: FlaskForm) -> Iterator[Any]:
    """Every row of every list in a form."""
    for typed in form._fields.values():
        if isinstance(typed, FieldList):
            yield from (entry.form for entry in typed if isinstance(entry, FormField))
