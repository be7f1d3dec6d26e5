"""A model's page: what is it, may it run, is it behaving? It gathers from every floor, so it lives on the roof."""

from typing import Any

from flask import Blueprint, render_template, url_for
from sqlalchemy.orm import Session

from algocare.lineage.queries import lineage_elsewhere, lineage_of
from algocare.model_pages.queries import list_life
from assessments.decisions.queries import list_open_conditions
from assessments.questionnaire.queries import find_current, strip
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.web.doors import actor, door, house, session
from foundation.web.texts import date_text
from monitoring.cases.queries import list_open_cases
from monitoring.cases.tables import Case
from monitoring.cases.values import CaseKind
from registry.catalogue.moments import shown_day
from registry.evaluations.queries import find_figures
from registry.footing.queries import find_fallen
from registry.models.queries import find_approval, get_model
from registry.models.rules import owns
from registry.models.tables import RiskModel, Use
from registry.models.values import STAGE_ORDER
from registry.models.widening import day_in_words

views = Blueprint("model", __name__)


@views.get("/models/<slug>")
@door(Permission.SEE_REGISTER)
def show(slug: str) -> Any:
    """One model, in the order in which people need to know."""
    model = get_model(session(), slug)
    if not model.held:
        lineage = lineage_elsewhere(session(), model, shown_day(None))
        return render_template("algocare/model_pages/named.html", model=model, lineage=lineage, stored_day=day_in_words)
    use = leading_use(model)
    figures = find_figures(session(), use.version_id)
    return render_template(
        "algocare/model_pages/show.html",
        model=model,
        use=use,
        approval=find_approval(session(), use),
        figures=figures,
        tiles=make_tiles(session(), use),
        events=_events(model),
        conditions=list_open_conditions(session(), [use.id]),
        cases=list_open_cases(session(), [use.id]),
        assessment=find_current(session(), use.id),
        own=owns(model, actor()),
        fallen=find_fallen(session(), use, shown_day(None)) if use.stage == "approved" else [],
        lineage=lineage_of(session(), use.version, shown_day(None)),
    )


def leading_use(model: RiskModel) -> Use:
    """The use that stands for the model: the one at the most pressing stage, the newest of those."""
    return min(model.uses, key=lambda use: (STAGE_ORDER.index(use.stage), -use.id))


def make_tiles(at: Session, use: Use) -> list[dict[str, Any]]:
    """The ALGO-CARE strip with links; an open case turns Accuracy or Lawful red by itself."""
    today = london_date(house().clock.now())
    tiles = strip(at, use, today)
    assessment = find_current(at, use.id)
    cases = {tile: case for case in reversed(list_open_cases(at, [use.id])) for tile in TILES[CaseKind(case.kind)]}
    for tile in tiles:
        if assessment is not None and actor().may(Permission.SEE_ASSESSMENTS):
            tile["href"] = url_for("assessments.read", assessment_id=assessment.id, _anchor=tile["code"])
        case = cases.get(tile["code"])
        if case is not None:
            tile |= {"state": "not_met", "state_text": TILE_TEXTS[CaseKind(case.kind)]}
            if actor().may(Permission.SEE_WATCHES):
                tile["href"] = _case_href(case)
    return tiles


TILES = {CaseKind.WATCH: ("accuracy",), CaseKind.LAW: ("lawful",), CaseKind.UPSTREAM: ("accuracy",)}
"""Which letter an open case turns red, by its kind."""

TILE_TEXTS = {
    CaseKind.WATCH: "A watch found a breach",
    CaseKind.LAW: "Law it rests on fell away",
    CaseKind.UPSTREAM: "A model it feeds on was stopped",
}


def _case_href(case: Case) -> str:
    if case.run_id is not None:
        return url_for("watches.show_run", run_id=case.run_id)
    return url_for("cases.show", case_id=case.id)


def _events(model: RiskModel) -> list[dict[str, Any]]:
    return [
        {
            "when_text": date_text(event.at),
            "what": event.what,
            "detail": event.detail,
            "tone": event.tone,
            "href": _href(event.endpoint, dict(event.arguments)),
        }
        for event in list_life(session(), model)
    ]


OPEN_TO = {
    "committee.show_item": Permission.SEE_COMMITTEE,
    "watches.show_run": Permission.SEE_WATCHES,
    "cases.show": Permission.SEE_WATCHES,
}
"""Which permission a reader needs for a link of the timeline to lead anywhere."""


def _href(endpoint: str | None, arguments: dict[str, Any]) -> str | None:
    if endpoint is None or not actor().may(OPEN_TO.get(endpoint, Permission.SEE_REGISTER)):
        return None
    return url_for(endpoint, **arguments)
