"""A model's page: what is it, may it run, is it behaving? It gathers from every floor, so it lives on the roof."""

from typing import Any

from flask import Blueprint, render_template

from algocare.letter_pages.views import href_of
from algocare.lineage.queries import lineage_elsewhere, lineage_of
from algocare.model_pages.queries import list_life
from assessments.decisions.queries import list_open_conditions
from assessments.questionnaire.queries import find_current, strip
from foundation.accounts.values import Permission
from foundation.web.doors import actor, door, house, session
from foundation.web.texts import date_text
from monitoring.cases.queries import list_open_cases
from monitoring.footings.queries import list_fed, list_feeding
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
        tiles=strip(session(), use, house().clock.now(), house().letters),
        events=_events(model),
        conditions=list_open_conditions(session(), [use.id]),
        cases=list_open_cases(session(), [use.id]),
        assessment=find_current(session(), use.id),
        own=owns(model, actor()),
        fallen=find_fallen(session(), use, shown_day(None)) if use.stage == "approved" else [],
        lineage=lineage_of(session(), use.version, shown_day(None)),
        feeding=list_feeding(session(), use),
        fed=list_fed(session(), model),
    )


def leading_use(model: RiskModel) -> Use:
    """The use that stands for the model: the one at the most pressing stage, the newest of those."""
    return min(model.uses, key=lambda use: (STAGE_ORDER.index(use.stage), -use.id))


def _events(model: RiskModel) -> list[dict[str, Any]]:
    return [
        {
            "when_text": date_text(event.at),
            "what": event.what,
            "detail": event.detail,
            "tone": event.tone,
            "href": href_of(event.endpoint, dict(event.arguments)),
        }
        for event in list_life(session(), model)
    ]
