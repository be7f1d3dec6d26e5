"""Who is shown what of a score: in the shadow nobody anything, in a pilot its teams, and as the committee asks.

The committee says for a use, and for single teams, whether readers get the band with its reasons, the band alone, or
nothing, and whether they say first what they think themselves (R08, R39, R41). Pages, files and the API ask here.
"""

from typing import Protocol

from foundation.accounts.values import Actor
from foundation.errors import Refused
from foundation.web.texts import list_text
from model_runtime.gate.rules import is_in_team
from model_runtime.gate.values import MEANWHILE
from registry.models.values import PilotTerms
from registry.safeguards.values import Safeguards, Shows

SENTENCE = "It was recorded and is shown to nobody: this use was being tried in the shadow."
DECIDES = "The ethics committee decides, from what is measured, whether the use goes on to a pilot."
WHAT_NEXT = (DECIDES, MEANWHILE)


class InShadow(Refused):
    """Somebody asked to see a score, or to do something with it, that is shown to nobody."""

    code = "in_shadow"
    title = "This score is shown to nobody"


class InFirstView(Refused):
    """The reader says first what they think of the person themselves; until then they are shown nothing (R39)."""

    code = "judge_first"
    title = "Your own view comes first"


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


BAND_ALONE = "The ethics committee decided that your team sees the band of this score, and not the reasons for it."
"""What a reader of the band alone is told."""


def check_audience(asked: Safeguards, actor: Actor) -> Shows:
    """What a reader gets of a score: reasons or the band. Refused (not_audience) when their team gets nothing."""
    shows = asked.for_team(actor.team)
    if shows not in ("reasons", "band"):
        team = f"the team {actor.team}" if actor.team else "people without a team"
        raise Refused(
            f"The ethics committee decided that {team} is not shown scores of this use.",
            code="not_audience",
            what_next=["The chair of the committee can say otherwise, with a reason.", MEANWHILE],
        )
    return shows


def check_judged(asked: Safeguards, has_said: bool) -> None:
    """Refuse (judge_first) anything of a score to somebody who has not said first what they think themselves."""
    if asked.judge_first and not has_said:
        raise InFirstView(
            "Say first what you think yourself. The score is shown when your own view is recorded.",
            what_next=["Open the score's page and record your own view of the person there."],
        )
