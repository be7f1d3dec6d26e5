"""The list of models, for people, spreadsheets and programs, and the full declaration of a version."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.web.doors import door, session
from registry.agencies.queries import list_agencies
from registry.evaluations.queries import find_evaluation
from registry.items.rules import find_misfits
from registry.models.lineage import Lineage
from registry.models.listing import STAGES, Line, Search, as_csv, as_plain, list_lines
from registry.models.queries import get_version
from registry.models.queries import list_models as all_models
from registry.models.watch_plan import rules_in_words

views = Blueprint("models", __name__)


@views.get("/models")
@door(Permission.SEE_REGISTER)
def list_models() -> Any:
    """Every model, those held here first."""
    search = _search()
    return render_template(
        "registry/models/list.html",
        lines=_lines(search),
        total=len(_lines(Search())),
        search=search,
        stages=STAGES,
        agencies=list_agencies(session()),
    )


@views.get("/models.csv")
@door(Permission.SEE_REGISTER)
def list_as_csv() -> Any:
    """The list for a spreadsheet."""
    answer = Response(as_csv(_lines(_search())), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=models.csv"
    return answer


@views.get("/models.json")
@door(Permission.SEE_REGISTER)
def list_as_json() -> Any:
    """The list for a program."""
    return jsonify({"models": [as_plain(line) for line in _lines(_search())]})


@views.get("/models/<slug>/versions/<int:number>")
@door(Permission.SEE_REGISTER)
def show_version(slug: str, number: int) -> Any:
    """Everything declared about one version, readable."""
    version = get_version(session(), slug, number)
    declared = version.declaration
    return render_template(
        "registry/models/version.html",
        version=version,
        model=version.model,
        declared=declared,
        lineage=Lineage(tuple(version.features)),
        misfits={feature.item_id: find_misfits(feature.item) for feature in version.features},
        watch_rules=rules_in_words(declared["watch"]),
        evaluation=find_evaluation(session(), version.id),
        agencies={agency.code: agency.name for agency in list_agencies(session())},
        names=names_of(session(), [version.registered_by_id]),
    )


def _search() -> Search:
    asked = request.args
    return Search(
        text=asked.get("text", "").strip()[:200],
        stage=asked.get("stage", ""),
        agency=asked.get("agency", ""),
        held=asked.get("held", ""),
    )


def _lines(search: Search) -> list[Line]:
    agencies = {agency.code: agency.name for agency in list_agencies(session())}
    return list_lines(all_models(session()), agencies, search)
