"""Rules of cases; pure, each refusal a sentence."""

from typing import Any

from foundation.accounts.values import Actor
from foundation.errors import Forbidden, Invalid
from registry.models.rules import check_owns, owns

LONGEST = 4000


def check_explains(case: Any, actor: Actor) -> None:
    """Only the owner or the deputy of the model explains what was found about its use."""
    check_owns(case.use, actor)


def check_closes(case: Any, actor: Actor) -> None:
    """Nobody closes a case about their own model, or one that they explained."""
    if actor.account_id in (None, case.explained_by_id) or owns(case.use.version.model, actor):
        raise Forbidden("A case is closed by somebody other than those who answer for the model.")


def check_text(text: str, field: str, what: str) -> str:
    """The text without blanks around it; an empty one and one of more than 4,000 characters are refused."""
    cleaned = text.strip()
    if not cleaned:
        sentence = f"Enter {what}"
    elif len(cleaned) > LONGEST:
        sentence = f"{what.capitalize()} must have {LONGEST:,} characters or fewer"
    else:
        return cleaned
    raise Invalid(sentence, problems={field: sentence})
