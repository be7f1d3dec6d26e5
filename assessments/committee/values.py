"""What comes before the committee, what a member may declare and choose, and the life of an agenda item."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assessments.members.values import PRESIDING, VOTING, SeatKind
from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step


class ItemKind(StrEnum):
    """Why something is on the agenda."""

    SUBMISSION = "submission"
    BREACH = "breach"
    REVIEW = "review"
    WATCH_PLAN = "watch_plan"


KIND_TITLES = {
    ItemKind.SUBMISSION: "New assessment",
    ItemKind.BREACH: "Breach found by a watch",
    ItemKind.REVIEW: "Review",
    ItemKind.WATCH_PLAN: "Change of how it is watched",
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
    ADOPT = "adopt"
    KEEP = "keep"
    ABSTAIN = "abstain"


C = Choice

PLAN = "watch_plan"
"""The matter of an item about a watch plan, whatever the stage of its use."""

CHOICES: Mapping[str, tuple[Choice, ...]] = {
    "submitted": (C.APPROVE, C.APPROVE_WITH_CONDITIONS, C.MORE_INFORMATION, C.REJECT, C.ABSTAIN),
    "approved": (C.APPROVE, C.APPROVE_WITH_CONDITIONS, C.SUSPEND, C.RETIRE, C.ABSTAIN),
    "suspended": (C.APPROVE, C.APPROVE_WITH_CONDITIONS, C.SUSPEND, C.RETIRE, C.ABSTAIN),
    PLAN: (C.ADOPT, C.KEEP, C.ABSTAIN),
}
"""What is possible for an item, by the stage of its use; nothing is possible at any other stage.

About a watch plan the same is possible at every stage: the approval and the use stay as they are.
"""

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
    PLAN: {
        C.ADOPT: "Put the proposed plan in force",
        C.KEEP: "Leave the plan as it is",
    },
}
"""How a choice reads, by the stage of the use it is about."""

PERMITTING = {
    "shadow": "Permit a trial in the shadow",
    "pilot": "Permit a pilot",
    "operational": "Permit operational use",
}
"""How approving reads where a submission says how far the use is to be permitted (R08)."""

APPROVALS = (C.APPROVE, C.APPROVE_WITH_CONDITIONS)
"""Choices that let a use give scores."""

NEEDS_NO_REASON = frozenset({C.APPROVE, C.ADOPT, C.ABSTAIN})
"""Votes that may stand without a reason; every other one asks something of somebody."""


VOTED: Mapping[str, str] = {
    C.APPROVE: "approve",
    C.APPROVE_WITH_CONDITIONS: "approve with conditions",
    C.MORE_INFORMATION: "ask for more",
    C.REJECT: "reject",
    C.SUSPEND: "suspend",
    C.RETIRE: "retire",
    C.ADOPT: "put the proposed plan in force",
    C.KEEP: "leave the plan as it is",
    C.ABSTAIN: "abstain",
}
"""How a vote reads once it is counted, whatever the use has become since."""


def choice_title(choice: Choice, matter: str, permission: str = "") -> str:
    """How a choice reads on an item about such a matter; `permission` is how far a submission asks to go."""
    if matter == "submitted" and permission and choice in (C.APPROVE, C.APPROVE_WITH_CONDITIONS):
        return PERMITTING[permission] + ("" if choice is C.APPROVE else ", with conditions")
    return CHOICE_TITLES.get(matter, {}).get(choice, VOTED[choice].capitalize())


@dataclass(frozen=True)
class Voter:
    """Somebody who sits on the committee today: in which seat, and whether independent."""

    seat: str
    independent: bool = False

    @property
    def votes(self) -> bool:
        """Whether the seat votes."""
        return SeatKind(self.seat) in VOTING

    @property
    def presides(self) -> bool:
        """Whether the seat closes votes and records what the committee says."""
        return SeatKind(self.seat) in PRESIDING


class Changed(StrEnum):
    """What can be different from what was put before the committee."""

    MODEL = "model"
    ANSWERS = "answers"
    EITHER = "either"
    LAW = "law"
    PLAN = "plan"


CHANGED_WORDS = {
    Changed.MODEL: "the model, its declaration or its use",
    Changed.ANSWERS: "the answers or their evidence",
    Changed.EITHER: "the model, its use or the answers",
    Changed.LAW: "the law it rests on or who shares the data",
    Changed.PLAN: "the proposed watch plan",
}
"""What changed, as a sentence names it; items of the first releases cannot tell the model from the answers."""


@dataclass(frozen=True)
class Bound:
    """What an item is bound to, as SHA-256: everything the fingerprint covers, the answers in it, and the law."""

    fingerprint: str
    answers: str
    law: str


@dataclass(frozen=True)
class Sitting:
    """What rules need to know of an item: its stage and its use's, who may not vote, what was declared, who voted.

    `barred` are the accounts of the owner, the deputy and everybody who answered; `declared` maps members to their
    declarations, `votes` members to their choices. `seats` are those that run today; `counted` the accounts whose votes
    counted when the vote was closed, none while it is open. `submission` is whether it came with an assessment, `plan`
    whether it is about how the use is watched.
    """

    stage: str
    use_stage: str
    barred: frozenset[int]
    declared: Mapping[int, str]
    votes: Mapping[int, str]
    seats: Mapping[int, Voter] = field(default_factory=dict)
    counted: frozenset[int] | None = None
    submission: bool = False
    plan: bool = False

    @property
    def matter(self) -> str:
        """What is asked: a submission about a use that runs asks for its next stage, and leaves the use where it is."""
        if self.plan:
            return PLAN
        running = self.use_stage in ("approved", "suspended")
        return "submitted" if self.submission and running else self.use_stage

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be voted for."""
        return CHOICES.get(self.matter, ())

    @property
    def counting(self) -> dict[int, str]:
        """The votes that count: while it is open those of members who sit today, then those that counted at the close.

        Items that were closed before there were seats count every vote.
        """
        seated = frozenset(number for number, voter in self.seats.items() if voter.votes)
        counted = seated if self.stage == "open" else self.counted
        return {member: choice for member, choice in self.votes.items() if counted is None or member in counted}

    @property
    def independents(self) -> int:
        """How many of the votes that count on an open item come from independent members."""
        return sum(self.seats[member].independent for member in self.counting if member in self.seats)

    @property
    def tally(self) -> dict[str, int]:
        """Votes that count, by choice, in the order in which choices are listed everywhere."""
        cast = list(self.counting.values())
        return {choice.value: cast.count(choice) for choice in Choice if choice in cast}


WAITING = ("open", "closed", "advised")
"""Stages of an item that is not decided yet."""

AGENDA_LIFE = Lifecycle(
    thing="item",
    title="The agenda item",
    first="open",
    stages={
        "open": Stage("Vote open", "info", "Members read, declare their interests and vote. Votes are not shown."),
        "closed": Stage("Vote closed", "attention", "The votes are shown. The chair records the decision."),
        "advised": Stage("Advice given", "attention", "The committee has advised. An accountable officer decides."),
        "decided": Stage("Decided", "good", "The decision is recorded."),
        "dropped": Stage("No longer needed", "plain", "The use was retired, or what was voted on changed."),
    },
    steps=(
        Step("close", ("open",), "closed", Permission.CHAIR, "Close the vote"),
        Step("decide", ("closed",), "decided", Permission.CHAIR, "Record the decision"),
        Step("advise", ("closed",), "advised", Permission.CHAIR, "Record the advice"),
        Step("determine", ("advised",), "decided", Permission.DECIDE, "Decide on the advice"),
        Step("drop", WAITING, "dropped", Permission.CHAIR, "Take off the agenda", also=Permission.DECIDE),
    ),
)
"""From the agenda to the decision; an item is never reopened. Where the committee decides there is no 'advised'."""
