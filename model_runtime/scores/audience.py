"""Who is shown a score (R08): one given in the shadow nobody, ever; one given in a pilot the pilot's teams."""

from typing import Protocol

from foundation.accounts.values import Actor
from foundation.errors import Refused
from foundation.web.texts import list_text
from model_runtime.gate.rules import is_in_team
from model_runtime.gate.values import MEANWHILE
from registry.models.values import PilotTerms

SENTENCE = "It was recorded and is shown to nobody: this use was being tried in the shadow."
DECIDES = "The ethics committee decides, from what is measured, whether the use goes on to a pilot."
WHAT_NEXT = (DECIDES, MEANWHILE)


class InShadow(Refused):
    """Somebody asked to see a score, or to do something with it, that is shown to nobody."""

    code = "in_shadow"
    title = "This score is shown to nobody"


class Given(Protocol):
    """A score, as far as it matters whether it may be shown."""

    shadow: bool


def check_shown(score: Given) -> None:
    """Refuse whatever would show a score given in the shadow, or rest on its having been seen."""
    if score.shadow:
        raise InShadow(SENTENCE, what_next=WHAT_NEXT)


def check_team(pilot: PilotTerms | None, actor: Actor, asked_by_id: int) -> None:
    """Refuse a score of a pilot to a practitioner of another team; whoever asked for it keeps seeing it."""
    if pilot is not None and actor.account_id != asked_by_id and not is_in_team(actor.team, pilot.teams):
        raise Refused(
            f"This score was given in a pilot, and is shown to {list_text(list(pilot.teams))} only.",
            code="not_in_pilot",
            what_next=["An administrator corrects the team of an account.", MEANWHILE],
        )
