"""What the register's own entry says: the people who answer for a model, and whether they are still there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from registry.letters.values import LiveFact
from registry.models.tables import RiskModel, Use


def list_facts(session: Session, use: Use, now: datetime) -> Sequence[LiveFact]:
    """Whether owner and deputy are named and can sign in (Ownership), and an expert is named (Explainable)."""
    model = use.version.model
    return [_owner(model), _deputy(model), _expert(model)]


def _owner(model: RiskModel) -> LiveFact:
    if model.owner and model.owner.disabled_at is None:
        return _fact("ownership", "Owner", f"{model.owner.name} owns it and can sign in.", "good")
    text = f"{model.owner.name} owns it and can no longer sign in." if model.owner else "Nobody owns it."
    return _fact("ownership", "Owner", text, "red", "No owner can sign in")


def _deputy(model: RiskModel) -> LiveFact:
    if model.deputy and model.deputy.disabled_at is None:
        return _fact("ownership", "Deputy", f"{model.deputy.name} deputises and can sign in.", "good")
    who = f"{model.deputy.name} deputises and can no longer sign in" if model.deputy else "Nobody deputises"
    text = f"{who}, so nobody can stand in for the owner."
    return _fact("ownership", "Deputy", text, "amber", "No deputy can sign in")


def _expert(model: RiskModel) -> LiveFact:
    name, role = model.expert.get("name"), model.expert.get("role")
    if name:
        return _fact("explainable", "Named expert", f"{name}{f', {role},' if role else ''} can explain it.", "good")
    text = "Nobody is named who can explain how it works. A new version can name one."
    return _fact("explainable", "Named expert", text, "red", "No expert is named")


def _fact(letter: str, name: str, text: str, state: str, brief: str = "") -> LiveFact:
    return LiveFact(letter, name, text, state, brief=brief)
