"""The administrator's page about the service itself."""

from typing import Any

from flask import Blueprint, render_template

from algocare.health.queries import engine_sign, list_layers, list_signs
from algocare.health.values import BAD, Sign
from foundation.accounts.values import Permission
from foundation.web.doors import door, house, session
from model_runtime.engine.values import EngineFault

views = Blueprint("health", __name__)


@views.get("/health/service")
@door(Permission.SEE_JOBS)
def service() -> Any:
    """What is active and what is not, in words, with a state for each thing (R39)."""
    parts = house()
    layers: tuple[str, ...] = ()
    try:
        layers = parts.engine.layers()
        engine = engine_sign(layers)
    except EngineFault as fault:
        engine = Sign("Engines", f"No engine can be started. {fault.sentence}", BAD)
    signs = [engine, *list_signs(session(), parts.settings, parts.clock.now())]
    return render_template(
        "algocare/health/service.html",
        signs=signs,
        layers=list_layers(layers),
        accepted=parts.settings.weaker_sandbox_accepted.strip(),
    )
