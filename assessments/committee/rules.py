"""Rules of the committee: interests, votes, quorum and who presides; pure, each refusal a sentence (R10)."""

from assessments.committee.values import NEEDS_NO_REASON, Choice, Declared, Sitting
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Forbidden, Invalid, Refused


def check_may_declare(sitting: Sitting, actor: Actor) -> None:
    """A member declares once, while the vote is open, and never on what they own or answered."""
    _check_takes_part(sitting, actor)
    if actor.account_id in sitting.declared:
        raise Conflict("You have declared your interest in this item already.", code="declared_already")


def check_may_vote(sitting: Sitting, actor: Actor) -> None:
    """A member votes once, after declaring an interest or none, unless they withdrew."""
    _check_takes_part(sitting, actor)
    declared = sitting.declared.get(actor.account_id or 0)
    if declared is None:
        raise Refused("Declare first whether you have an interest in this item.", code="interest_missing")
    if declared == Declared.WITHDREW:
        raise Refused("You withdrew from this item, so you do not vote on it.", code="withdrawn")
    if actor.account_id in sitting.votes:
        raise Conflict("You have voted on this item already.", code="voted_already")


def _check_takes_part(sitting: Sitting, actor: Actor) -> None:
    check_permission(actor, Permission.VOTE)
    _check_not_barred(sitting, actor)
    if sitting.stage != "open":
        raise Refused("The vote on this item is closed.", code="vote_closed")


def _check_not_barred(sitting: Sitting, actor: Actor) -> None:
    if actor.account_id is None or actor.account_id in sitting.barred:
        sentence = "You own this model or answered its assessment, so you do not decide on it."
        raise Forbidden(sentence, code="own_item")


def check_interest(declared: str, text: str) -> None:
    """An interest that exists is described."""
    if declared not in list(Declared):
        sentence = "Choose what you declare."
        raise Invalid(sentence, problems={"declared": sentence})
    if declared != Declared.NONE and not text.strip():
        sentence = "Say what your interest is."
        raise Invalid(sentence, problems={"text": sentence})


def check_choice(sitting: Sitting, choice: str, reason: str) -> None:
    """A vote is for something that is possible for this item, with a reason where it asks something of somebody."""
    if choice not in sitting.choices:
        sentence = "Choose one of the votes that are possible for this item."
        raise Invalid(sentence, problems={"choice": sentence})
    if Choice(choice) not in NEEDS_NO_REASON and not reason.strip():
        sentence = "Give your reason: it goes into the record, and to the owner."
        raise Invalid(sentence, problems={"reason": sentence})


def check_quorum(sitting: Sitting, quorum: int) -> None:
    """Below the quorum nothing is decided. Everybody who voted counts, also who abstained; one vote at least is a real
    one."""
    if len(sitting.votes) < quorum:
        sentence = f"{len(sitting.votes)} of the {quorum} votes that are needed have been cast. Nothing can be closed."
        raise Refused(sentence, code="below_quorum")
    if all(choice == Choice.ABSTAIN for choice in sitting.votes.values()):
        raise Refused("Every member abstained, so there is nothing to decide on yet.", code="only_abstentions")


def check_may_preside(sitting: Sitting, actor: Actor) -> None:
    """The chair closes and decides, but not on what they own, answered or withdrew from."""
    check_permission(actor, Permission.CHAIR)
    _check_not_barred(sitting, actor)
    if sitting.declared.get(actor.account_id or 0) == Declared.WITHDREW:
        sentence = "You withdrew from this item, so another chair closes and records it."
        raise Refused(sentence, code="withdrawn")


def check_may_close(sitting: Sitting, actor: Actor, quorum: int) -> None:
    """The chair closes an open vote that has its quorum."""
    check_may_preside(sitting, actor)
    if sitting.stage != "open":
        raise Conflict("The vote on this item is closed already.", code="vote_closed")
    check_quorum(sitting, quorum)
