"""Rules of concerns; pure, each refusal a sentence."""

from datetime import date, datetime, timedelta
from typing import Any

from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Conflict, Forbidden, Invalid
from model_runtime.concerns.values import ANSWER_WITHIN_DAYS, FOUNDED, KINDS
from registry.models.tables import RiskModel

LONGEST = 4000


def last_day(at: datetime) -> date:
    """The last day to answer a concern, in London."""
    return london_date(at) + timedelta(days=ANSWER_WITHIN_DAYS)


def is_overdue(concern: Any, today: date) -> bool:
    """Whether a concern was not answered and its last day has passed."""
    return concern.answer is None and today > concern.due_on


def check_concern(kind: str, text: str) -> None:
    """One of the kinds, with words."""
    _check(text, {} if kind in KINDS else {"kind": "Say what it is about"}, "Say what concerns you")


def check_answer(founded: str, text: str) -> None:
    """Whether something has to change, with words."""
    _check(text, {} if founded in FOUNDED else {"founded": "Say whether something has to change"}, "Say what was found")


def _check(text: str, problems: dict[str, str], empty: str) -> None:
    if not text.strip():
        problems["text"] = empty
    elif len(text) > LONGEST:
        problems["text"] = f"Write at most {LONGEST:,} characters"
    elif "\x00" in text:
        problems["text"] = "This holds a character that cannot be stored"
    if problems:
        raise Invalid(next(iter(problems.values())), problems=problems)


def may_see(actor: Actor, model: RiskModel) -> bool:
    """Oversight sees every concern, an owner or deputy those about their own models."""
    if not actor.may(Permission.SEE_CONCERNS):
        return False
    return not actor.may(Permission.SUBMIT_ASSESSMENT) or _owns(actor, model)


def check_may_answer(actor: Actor, model: RiskModel) -> None:
    """The model's owner or deputy answers, or the data protection officer; nobody else."""
    if not (_owns(actor, model) or actor.may(Permission.HANDLE_CHALLENGES)):
        raise Forbidden("A concern is answered by the model's owner or deputy, or by the data protection officer.")


def check_unanswered(concern: Any) -> None:
    """A concern is answered once."""
    if concern.answer is not None:
        raise Conflict("This concern was answered already. The answer stays as it was recorded.")


def _owns(actor: Actor, model: RiskModel) -> bool:
    return actor.account_id is not None and actor.account_id in (model.owner_id, model.deputy_id)
