"""What comes before the committee, what a member may declare and choose, and the life of an agenda item."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step


class ItemKind(StrEnum):
    """Why something is on the agenda."""

    SUBMISSION = "submission"
    BREACH = "breach"
    REVIEW = "review"


KIND_TITLES = {
    ItemKind.SUBMISSION: "New assessment",
    ItemKind.BREACH: "Breach found by a watch",
    ItemKind.REVIEW: "Review",
}


class Declared(StrEnum):
    """What a member declares before voting (R10)."""

    NONE = "none"
    STAYED = "stayed"
    WITHDREW = "withdrew"


INTERESTS = {
    Declared.NONE: "I have no interest in this",
    Declared.STAYED: "I have an interest, which I declare here, and I take part",
    Declared.WITHDREW: "I have an interest and withdraw from this item",
}

INTERESTS_RECORDED = {
    Declared.NONE: "no interest",
    Declared.STAYED: "an interest, and stayed",
    Declared.WITHDREW: "an interest, and withdrew",
}


class Choice(StrEnum):
    """What a member can vote for, and what the committee can decide. Codes are never renamed."""

    APPROVE = "approve"
    APPROVE_WITH_CONDITIONS = "approve_with_conditions"
    MORE_INFORMATION = "more_information"
    REJECT = "reject"
    SUSPEND = "suspend"
    RETIRE = "retire"
    ABSTAIN = "abstain"


C = Choice

CHOICES: Mapping[str, tuple[Choice, ...]] = {
    "submitted": (C.APPROVE, C.APPROVE_WITH_CONDITIONS, C.MORE_INFORMATION, C.REJECT, C.ABSTAIN),
    "approved": (C.APPROVE, C.APPROVE_WITH_CONDITIONS, C.SUSPEND, C.RETIRE, C.ABSTAIN),
    "suspended": (C.APPROVE, C.APPROVE_WITH_CONDITIONS, C.SUSPEND, C.RETIRE, C.ABSTAIN),
}
"""What is possible for an item, by the stage of its use; nothing is possible at any other stage."""

CHOICE_TITLES: Mapping[str, Mapping[Choice, str]] = {
    "submitted": {
        C.APPROVE: "Approve",
        C.APPROVE_WITH_CONDITIONS: "Approve with conditions",
        C.MORE_INFORMATION: "Ask for more information",
        C.REJECT: "Reject",
    },
    "approved": {
        C.APPROVE: "Let it go on",
        C.APPROVE_WITH_CONDITIONS: "Let it go on, with conditions",
        C.SUSPEND: "Suspend it",
        C.RETIRE: "Retire it for good",
    },
    "suspended": {
        C.APPROVE: "Reinstate it",
        C.APPROVE_WITH_CONDITIONS: "Reinstate it, with conditions",
        C.SUSPEND: "Keep it suspended",
        C.RETIRE: "Retire it for good",
    },
}
"""How a choice reads, by the stage of the use it is about."""

NEEDS_NO_REASON = frozenset({C.APPROVE, C.ABSTAIN})
"""Votes that may stand without a reason; every other one asks something of somebody."""


VOTED: Mapping[str, str] = {
    C.APPROVE: "approve",
    C.APPROVE_WITH_CONDITIONS: "approve with conditions",
    C.MORE_INFORMATION: "ask for more",
    C.REJECT: "reject",
    C.SUSPEND: "suspend",
    C.RETIRE: "retire",
    C.ABSTAIN: "abstain",
}
"""How a vote reads once it is counted, whatever the use has become since."""


def choice_title(choice: Choice, use_stage: str) -> str:
    """How a choice reads on an open item whose use is at a stage."""
    return CHOICE_TITLES.get(use_stage, {}).get(choice, VOTED[choice].capitalize())


@dataclass(frozen=True)
class Sitting:
    """What rules need to know of an item: its stage and its use's, who may not vote, what was declared, who voted.

    `barred` are the accounts of the owner, the deputy and everybody who answered; `declared` maps members to their
    declarations, `votes` members to their choices.
    """

    stage: str
    use_stage: str
    barred: frozenset[int]
    declared: Mapping[int, str]
    votes: Mapping[int, str]

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be voted for."""
        return CHOICES.get(self.use_stage, ())

    @property
    def tally(self) -> dict[str, int]:
        """Votes by choice, in the order in which choices are listed everywhere."""
        cast = list(self.votes.values())
        return {choice.value: cast.count(choice) for choice in Choice if choice in cast}


AGENDA_LIFE = Lifecycle(
    thing="item",
    title="The agenda item",
    first="open",
    stages={
        "open": Stage("Vote open", "info", "Members read, declare their interests and vote. Votes are not shown."),
        "closed": Stage("Vote closed", "attention", "The votes are shown. The chair records the decision."),
        "decided": Stage("Decided", "good", "The decision is recorded."),
        "dropped": Stage("No longer needed", "plain", "The use was retired before this was decided."),
    },
    steps=(
        Step("close", ("open",), "closed", Permission.CHAIR, "Close the vote"),
        Step("decide", ("closed",), "decided", Permission.CHAIR, "Record the decision"),
        Step("drop", ("open", "closed"), "dropped", Permission.CHAIR, "Take off the agenda"),
    ),
)
"""From the agenda to the decision; an item is never reopened."""
