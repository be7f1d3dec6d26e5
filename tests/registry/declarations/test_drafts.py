"""Forms and files are the same thing: what a file says, a form says when it is sent unchanged, for every kind."""

import io
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from wtforms import BooleanField, FieldList, FileField, RadioField, SelectField, SelectMultipleField

from foundation.errors import Invalid
from foundation.ledger.values import digest
from registry.declarations.drafts import read_elsewhere_form, read_form
from registry.declarations.filling import form_data
from registry.declarations.forms import FORMS, ElsewhereForm
from registry.declarations.values import read_any
from registry.items.values import ItemEntry

from .test_writing import NUMBERS, TEXTS, put, texts_in

CSV = b"returned\n1\n0\n"
UPLOADED = {"artefact_file": b"PK", "training_file": CSV + b"1\n", "evaluation_file": CSV}


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask(__name__)
    app.config |= {"SECRET_KEY": "for tests only", "WTF_CSRF_ENABLED": False, "MAX_FORM_PARTS": 5000}
    return app


def sent(form: Any) -> dict[str, Any]:
    """What a browser would send of a form, files apart."""
    found: dict[str, Any] = {}
    for name, field in form._fields.items():
        if isinstance(field, FieldList):
            for entry in field:
                found |= sent(entry.form)
        elif isinstance(field, FileField) or name == "submit":
            continue
        elif isinstance(field, SelectMultipleField):
            found[field.name] = list(field.data or [])
        elif isinstance(field, SelectField | RadioField):
            found[field.name] = field.data or ""
        elif isinstance(field, BooleanField):
            found |= {field.name: "y"} if field.data else {}
        else:
            found[field.name] = field._value().replace("\n", "\r\n")
    return found


def items_of(declared: dict[str, Any]) -> dict[str, ItemEntry]:
    named = {(f["data_item"]["group"], f["data_item"]["name"]) for f in declared.get("version", {}).get("features", [])}
    entries = (ItemEntry(id=n, group=g, name=i, sources=("ASC",)) for n, (g, i) in enumerate(sorted(named), 1))
    return {str(entry.id): entry for entry in entries}


def through_the_form(app: Flask, declared: dict[str, Any], uploads: dict[str, bytes]):
    """A declaration put into its form, sent unchanged with files, and read back."""
    items = items_of(declared)
    kind = declared["version"]["kind"] if "version" in declared else ""
    make = FORMS.get(kind, ElsewhereForm)
    with app.test_request_context(method="GET"):
        typed = sent(make(data=form_data(declared, items)))
    files = {name: (io.BytesIO(content), f"{name}.csv") for name, content in uploads.items()}
    with app.test_request_context(method="POST", data=typed | files, content_type="multipart/form-data"):
        form = make()
        return read_form(form, items) if kind else read_elsewhere_form(form)


def with_uploads(declared: dict[str, Any], uploads: dict[str, bytes]) -> dict[str, Any]:
    """The declaration with what a form takes from its files."""
    version = declared.get("version", {})
    for name, content in uploads.items():
        part = version[{"artefact_file": "artefact", "training_file": "training_data"}.get(name, "evaluation_data")]
        part["file"] = f"{name}.csv"
        if name != "artefact_file":
            part |= {"sha256": digest(content), "rows": content.count(b"\n") - 1}
    return declared


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=12)
@given(st.sampled_from(["scikit-learn", "point-score", "supplied", "elsewhere"]), st.data())
def test_whatever_a_file_says_the_form_says_too(app: Flask, written, kind: str, drawn) -> None:
    data = read_any(written[kind], "x").to_dict()
    uploads = UPLOADED if kind == "scikit-learn" else {}
    for path in drawn.draw(st.lists(st.sampled_from(texts_in(data)), max_size=6)):
        put(data, path, drawn.draw(TEXTS | NUMBERS))
    try:
        declared = with_uploads(read_any(data, "x").to_dict(), uploads)
    except Invalid:
        assume(False)
    draft = through_the_form(app, declared, uploads)
    assert not draft.problems
    assert read_any(draft.data, "form").to_dict() == read_any(declared, "x").to_dict()


def test_several_uses_exemptions_and_weights_go_through_the_form(app: Flask, kinds) -> None:
    data = kinds["point-score"]
    version, (use,) = data["version"], data["uses"]
    told = use.pop("told")
    exempt = {"ground": "It could put a child at risk.", "approved_by": "The officer", "review_on": "2027-01-01"}
    data["uses"] = [use | {"told": told}, use | {"code": "second", "exemption": exempt}]
    version["features"].append(
        version["features"][0]
        | {"name": "tenure", "type": "category", "range": None, "categories": {"Owner": 1, "a = b": 2}}
    )
    version["points"]["rules"].append({"feature": "tenure", "equals": "a = b", "points": -0.5, "reason": "Rents"})
    version["points"] |= {"weights": {"attendance": 0.01}, "constant": 2}
    version["bands"][2]["to"] = 30
    data["watch"] = kinds["scikit-learn"]["watch"]
    version["evaluation_data"] = kinds["scikit-learn"]["version"]["evaluation_data"]
    declared = with_uploads(read_any(data, "x").to_dict(), {"evaluation_file": CSV})
    draft = through_the_form(app, declared, {"evaluation_file": CSV})
    assert read_any(draft.data, "form").to_dict() == declared


def test_an_empty_rule_is_passed_over_and_problems_stay_at_their_rows(app: Flask, kinds) -> None:
    declared = read_any(kinds["point-score"], "x").to_dict()
    items = items_of(declared)
    with app.test_request_context(method="GET"):
        typed = sent(FORMS["point-score"](data=form_data(declared, items)))
    for name in ("feature", "value", "points", "reason"):
        typed[f"version__points__rules-2-{name}"] = ""
    typed["version__points__rules-4-value"] = "perhaps"
    with app.test_request_context(method="POST", data=typed):
        draft = read_form(FORMS["point-score"](), items)
    assert len(draft.data["version"]["points"]["rules"]) == 10
    with pytest.raises(Invalid) as refused:
        read_any(draft.data, "form")
    field, context = draft.locate("version.points.rules[4].is")
    assert refused.value.problems["version.points.rules[4].is"] == "expected yes or no"
    assert (field.name, context) == ("version__points__rules-4-value", "Rule 5")


def test_a_declaration_of_the_first_schema_fills_in_what_it_has(kinds) -> None:
    use = kinds["scikit-learn"]["uses"][0]
    old = {name: use[name] for name in ("code", "purpose", "audience", "agency", "decision", "regime", "significant")}
    data = read_any(kinds["scikit-learn"], "x").to_dict()
    data["uses"] = [old | {"human_involvement": "A practitioner meets the person.", "notice": "A leaflet."}]
    filled = form_data(data, {})["uses"][0]
    assert (filled["human__authority"], filled["told__text"]) == ("A practitioner meets the person.", "A leaflet.")
