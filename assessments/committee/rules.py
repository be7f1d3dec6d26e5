"""Rules of the committee: interests, votes, quorum and who presides; pure, each refusal a sentence (R10)."""

from collections.abc import Collection, Mapping

from assessments.committee.values import (
    APPROVALS,
    NEEDS_NO_REASON,
    VOTED,
    WAITING,
    Changed,
    Choice,
    Declared,
    Sitting,
)
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from registry.agencies.values import AgencyKind

BOTH = {AgencyKind.COUNCIL: "a council", AgencyKind.POLICE: "a police force"}
"""The agencies that both have to vote for what brings them together."""


def check_may_declare(sitting: Sitting, actor: Actor) -> None:
    """A seated member declares once, while the vote is open, and never on what they own or answered."""
    _check_takes_part(sitting, actor)
    if actor.account_id in sitting.declared:
        raise Conflict("You have declared your interest in this item already.", code="declared_already")


def check_may_vote(sitting: Sitting, actor: Actor) -> None:
    """A seated member votes once, after declaring an interest or none, unless they withdrew."""
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
    _check_votes(sitting, actor)
    if sitting.stage != "open":
        raise Refused("The vote on this item is closed.", code="vote_closed")


def _check_votes(sitting: Sitting, actor: Actor) -> None:
    """A role alone is no vote: it takes a seat whose term runs today."""
    voter = sitting.seats.get(actor.account_id or 0)
    if voter is None:
        sentence = "You hold no seat on the committee today, so you do not vote. The secretary or a chair enters seats."
        raise Refused(sentence, code="no_seat")
    if not voter.votes:
        raise Refused("You are a co-opted expert: you read and advise, and do not vote.", code="co_opted")


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


def check_quorum(sitting: Sitting, quorum: int, independents: int) -> None:
    """Below the quorum nothing is decided (R10). Every vote of a member who sits today counts, also an abstention.

    Refused as `below_quorum`; as `quorum_lost` when the term of somebody who voted has ended since; without enough
    independent members as `independents_missing`; and when everybody abstained.
    """
    count, lost = len(sitting.counting), len(sitting.votes) - len(sitting.counting)
    if count < quorum and count + lost >= quorum:
        gone = f"The terms of {lost} members who voted have" if lost > 1 else "The term of 1 member who voted has"
        sentence = f"{gone} ended since, so {count} of the {quorum} votes that are needed count. Others have to vote."
        raise Refused(sentence, code="quorum_lost")
    if count < quorum:
        sentence = f"{count} of the {quorum} votes that are needed have been cast. Nothing can be closed."
        raise Refused(sentence, code="below_quorum")
    if sitting.independents < independents:
        needed = f"{independents} are" if independents > 1 else "1 is"
        sentence = f"{sitting.independents} of the {count} votes come from independent members, and {needed} needed."
        raise Refused(sentence, code="independents_missing")
    if all(choice == Choice.ABSTAIN for choice in sitting.counting.values()):
        raise Refused("Every member abstained, so there is nothing to decide on yet.", code="only_abstentions")


def check_may_preside(sitting: Sitting, actor: Actor) -> None:
    """A seated chair or deputy chair closes and records, but not on what they own, answered or withdrew from."""
    check_permission(actor, Permission.CHAIR)
    _check_not_barred(sitting, actor)
    seat = sitting.seats.get(actor.account_id or 0)
    if seat is None or not seat.presides:
        sentence = "You hold no chair's seat on the committee today. The secretary or another chair enters seats."
        raise Refused(sentence, code="no_seat")
    if sitting.declared.get(actor.account_id or 0) == Declared.WITHDREW:
        sentence = "You withdrew from this item, so another chair closes and records it."
        raise Refused(sentence, code="withdrawn")


def check_may_close(sitting: Sitting, actor: Actor, quorum: int, independents: int) -> None:
    """The chair closes an open vote that has its quorum."""
    check_may_preside(sitting, actor)
    if sitting.stage != "open":
        raise Conflict("The vote on this item is closed already.", code="vote_closed")
    check_quorum(sitting, quorum, independents)


def leading_outcomes(tally: Mapping[str, int]) -> tuple[str, ...]:
    """The outcomes with the most votes, abstentions left out: one, or several that are tied."""
    counted = {choice: count for choice, count in tally.items() if choice != Choice.ABSTAIN}
    most = max(counted.values(), default=0)
    return tuple(choice for choice in VOTED if most and counted.get(choice) == most)


def needs_both(brought: Collection[str]) -> bool:
    """Whether a use brings council and police together, by the kinds of agency it brings together."""
    return all(kind in brought for kind in BOTH)


def find_lacking(brought: Collection[str], voted_for: Collection[str]) -> list[str]:
    """Which of council and police, in words, nobody voted for it from, where a use brings them together."""
    return [words for kind, words in BOTH.items() if kind not in voted_for] if needs_both(brought) else []


def is_one_sided(sitting: Sitting, brought: Collection[str], voted_for: Collection[str]) -> bool:
    """Whether a closed vote carries nothing but an approval that only one of council and police voted for."""
    leading = leading_outcomes(sitting.tally) if sitting.stage == "closed" else ()
    carried = bool(leading) and all(outcome in APPROVALS for outcome in leading)
    return carried and bool(find_lacking(brought, voted_for))


def check_may_put_again(sitting: Sitting, changed: Collection[Changed], one_sided: bool, actor: Actor) -> None:
    """The chair puts an undecided item before the committee again when its vote no longer holds (R03, R10, R24)."""
    check_may_preside(sitting, actor)
    if sitting.stage not in WAITING:
        raise Conflict("This item is not on the agenda any more.", code="not_waiting")
    if not changed and not one_sided:
        sentence = "Nothing has changed since this was put before the committee, so the votes stand."
        raise Refused(sentence, code="nothing_changed")
