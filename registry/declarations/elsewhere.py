"""Entering what is known of a model that runs elsewhere or ran once; entered again, the entry is renewed (R14, R42)."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Invalid
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from registry.declarations.service import add_alone, find_for_update
from registry.declarations.values import SCHEMA, Elsewhere
from registry.models.tables import RiskModel

OWN_COLUMNS = ("slug", "name", "summary", "purpose")
"""What a model's row holds itself; the rest of an entry is in `known`."""


def enter_elsewhere(session: Session, actor: Actor, declared: Elsewhere, *, at: datetime) -> RiskModel:
    """Enter or renew an entry. Refused over a model that is registered here, and when it was checked in the future."""
    check_permission(actor, Permission.REGISTER_MODEL)
    part = declared.elsewhere
    model = find_for_update(session, part.slug)
    problems = {}
    if model is not None and model.held:
        problems["elsewhere.slug"] = f"{model.name} is registered here; choose another address"
    if part.checked_on > london_date(at):
        problems["elsewhere.checked_on"] = "this day has not come yet"
    if problems:
        raise Invalid(f"Nothing was entered. {'; '.join(problems.values())}.", problems=problems)
    if model is None:
        model = RiskModel(slug=part.slug, held=False, outcome={}, expert={}, code_reference={}, registered_at=at)
    stored = declared.to_dict()["elsewhere"]
    model.name, model.summary, model.purpose = part.name, part.summary, part.purpose
    model.known = {name: value for name, value in stored.items() if name not in OWN_COLUMNS}
    add_alone(session, model)
    facts = {"declaration": content_digest(declared.to_dict()), "status": part.status}
    record(session, "model_known_elsewhere", actor=actor.reference, at=at, model=part.slug, facts=facts)
    return model


def declared_of(model: RiskModel) -> dict[str, Any]:
    """The file that an entry elsewhere stands for, as plain values; only for models with `known` facts."""
    own = {name: getattr(model, name) for name in OWN_COLUMNS}
    return {"schema": SCHEMA, "elsewhere": own | model.known}
