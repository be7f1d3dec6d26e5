"""Live facts under Accuracy: what was promised, and what came out on people from a later time (R27, R28, R36)."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.validation.queries import find_counted, find_plan, list_too_good, list_validations
from assessments.validation.tables import SuccessPlan, Validation
from foundation.web.texts import date_text
from registry.evaluations.queries import find_figures
from registry.letters.values import LiveFact
from registry.models.tables import Use

BRIEFS = {
    ("Plan", "amber"): "No plan is registered",
    ("Against a simple rule", "amber"): "No better than a simple rule",
    ("People from a later time", "amber"): "Not tested on a later time",
    ("People from a later time", "red"): "Plan not met on a later time",
    ("Too good", "red"): "Figures wait for a leakage review",
}
"""What a tile says of a fact, by its name and state."""


def list_facts(session: Session, use: Use, now: datetime) -> list[LiveFact]:
    """The first estimate with the simple rule, the plan, the result that counts, and figures that wait for a review."""
    version = use.version
    figures, plan = find_figures(session, version.id), find_plan(session, version.id)
    validations = list_validations(session, version.id)
    name = version.outcome_name
    facts = [_fact(use, "Plan", _say_plan(plan), "good" if plan else "amber")]
    if figures:
        facts.append(_fact(use, "Right when it flags", figures.flagged_sentence(name), "good"))
        facts.append(_fact(use, "Finds", figures.found_sentence(name), "good"))
        rule = figures.baseline_sentence(name)
        facts += [_fact(use, "Against a simple rule", rule, _beats(figures.baseline))] if rule else []
    facts.append(_later(use, find_counted(validations), validations[0] if validations else None))
    waiting = [one for one in list_too_good(session, version.id, validations) if one.review is None]
    facts += [_fact(use, "Too good", f"{one.words} wait for a leakage review.", "red") for one in waiting]
    return facts


def _fact(use: Use, name: str, text: str, state: str) -> LiveFact:
    brief = BRIEFS.get((name, state), "")
    return LiveFact("accuracy", name, text, state, "validation.show", {"use_id": use.id}, brief)


def _say_plan(plan: SuccessPlan | None) -> str:
    if plan is None:
        return "Nobody has registered what success would be."
    said = "; ".join(one.text for one in plan.said.thresholds)
    return f"Registered on {date_text(plan.made_at)}: {said}."


def _beats(baseline: dict | None) -> str:
    """Amber when the model finds no more people than the rule with equally many flagged."""
    found = [baseline[which]["tp"] for which in ("model_at_same_volume", "rule")] if baseline else [0, 0]
    return "good" if found[0] > found[1] else "amber"


def _later(use: Use, counted: Validation | None, newest: Validation | None) -> LiveFact:
    name = "People from a later time"
    if newest is not None and newest.result is not None and newest.result.failed:
        return _fact(use, name, f"The newest file failed: {newest.result.problem}", "red")
    if counted is None or counted.result is None:
        return _fact(use, name, "No result that was planned before it was computed.", "amber")
    result = counted.result
    judged = [one["sentence"] for one in result.summary["judged"] if not one["met"]]
    told = " ".join(judged) if judged else "Every threshold of the plan was met."
    state = "good" if result.met else "amber" if counted.reason else "red"
    return _fact(use, name, f"{told} {result.summary['gap'][0]}", state)
