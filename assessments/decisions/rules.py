"""Rules of decisions: what the votes allow, and what an approval needs; pure, each refusal at its field."""

from collections.abc import Collection, Sequence
from datetime import date

from assessments.committee.rules import check_may_preside, find_lacking, leading_outcomes
from assessments.committee.values import CHANGED_WORDS, VOTED, Changed, Choice, Sitting
from assessments.decisions.tables import Condition
from assessments.decisions.values import OUTCOMES, Proposal
from assessments.questionnaire.values import LETTERS
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from foundation.web.texts import list_text
from registry.models.rules import check_expiry, check_owns
from registry.models.tables import Use

DUTIES = tuple(code for code, _, _ in LETTERS)


def check_may_record(sitting: Sitting, actor: Actor) -> None:
    """The chair records once, after the vote is closed."""
    check_may_preside(sitting, actor)
    if sitting.stage == "decided":
        raise Conflict("Somebody else has recorded the decision on this item already.", code="decided_already")
    if sitting.stage == "advised":
        raise Conflict("The committee's advice on this item is recorded already.", code="advised_already")
    if sitting.stage != "closed":
        raise Refused("A decision is recorded when the vote is closed.", code="vote_not_closed")


def check_may_determine(sitting: Sitting, actor: Actor) -> None:
    """Where the committee advises, an accountable officer decides once, who neither owns, answered nor voted (R09)."""
    check_permission(actor, Permission.DECIDE)
    if sitting.stage == "decided":
        raise Conflict("Somebody else has decided on this item already.", code="decided_already")
    if sitting.stage != "advised":
        raise Refused("An officer decides when the committee's advice is recorded.", code="not_advised")
    if actor.account_id in sitting.barred:
        raise Forbidden("You own this model or answered its assessment, so you do not decide on it.", code="own_item")
    if actor.account_id in sitting.votes:
        raise Refused("You voted on this item, so another officer decides on the advice.", code="voted_on_it")


def check_unchanged(changed: Sequence[Changed], outcome: str) -> None:
    """What is decided on is what was put before the committee, to the last byte (R03, R24).

    The law may have changed when a use is stopped or sent back: that never waits, and neither does leaving a watch
    plan as it is.
    """
    waits = {Changed.LAW: OUTCOMES[outcome].approves, Changed.PLAN: outcome != Choice.KEEP}
    found = [one for one in changed if waits.get(one, True)]
    if found:
        sentence = (
            f"What the committee voted on is not what is here now: {list_text([CHANGED_WORDS[one] for one in found])} "
            "changed. Nothing is decided. The chair can put what is here now before the committee again."
        )
        raise Refused(sentence, code="changed_since_vote")


def check_both_agencies(brought: Collection[str], voted_for: Collection[str], outcome: str) -> None:
    """A use that brings council and police together is approved only with the vote of a member of each (R10)."""
    lacking = find_lacking(brought, voted_for) if OUTCOMES[outcome].approves else []
    if lacking:
        sentence = (
            "This use brings a council and a police force together, so it is approved only when a member of each "
            f"voted for it. No member from {list_text(lacking)} did. "
            "The chair can put it to the vote again."
        )
        raise Refused(sentence, code="one_agency")


def check_decision(sitting: Sitting, proposal: Proposal, today: date, longest_months: int) -> None:
    """What the committee says follows the votes, and says all it has to (R11, R31)."""
    _check_outcome(sitting, proposal.outcome)
    check_proposal(proposal, today, longest_months)


def check_proposal(proposal: Proposal, today: date, longest_months: int) -> None:
    """A decision has reasons, and as an approval a review date and its conditions (R11, R31)."""
    if not proposal.reasons.strip():
        sentence = "Give the reasons: they are part of the record."
        raise Invalid(sentence, problems={"reasons": sentence})
    if OUTCOMES[proposal.outcome].approves:
        _check_review(proposal.review_on, today, longest_months)
    _check_conditions(proposal, today)


def check_departure(sitting: Sitting, outcome: str, *, departs: bool, published: str) -> None:
    """An officer decides for something possible, and departs from the advice only with reasons that are published."""
    if outcome not in OUTCOMES or outcome not in sitting.choices:
        sentence = "Choose one of the outcomes that are possible for this item."
        raise Invalid(sentence, problems={"outcome": sentence})
    if departs and not published.strip():
        sentence = "You depart from the committee's advice: give the reasons that everybody can read."
        raise Invalid(sentence, problems={"published_reasons": sentence})


def check_condition_owners(proposal: Proposal, answerable: Collection[int | None]) -> None:
    """Who answers for a condition is the model's owner or deputy (R11)."""
    problems = {
        f"condition_{number}_owner": "Choose the model's owner or deputy."
        for number, condition in enumerate(proposal.conditions, start=1)
        if condition.owner_id is not None and condition.owner_id not in answerable
    }
    if problems:
        raise Invalid("A condition is met by the model's owner or deputy.", problems=problems)


def check_submission_runs(sitting: Sitting, outcome: str) -> None:
    """The next stage is not granted to a use that was suspended meanwhile: that is decided first."""
    if sitting.submission and sitting.use_stage == "suspended" and OUTCOMES[outcome].approves:
        sentence = "This use was suspended meanwhile. The committee decides on the suspension before the next stage."
        raise Refused(sentence, code="use_suspended")


def _check_outcome(sitting: Sitting, outcome: str) -> None:
    leading = leading_outcomes(sitting.tally)
    if outcome not in OUTCOMES or outcome not in sitting.choices:
        sentence = "Choose one of the outcomes that are possible for this item."
    elif outcome in leading:
        return
    elif len(leading) > 1:
        sentence = f"The votes are tied. Choose between {list_text([VOTED[code] for code in leading])}."
    else:
        sentence = f"Most votes were to {VOTED[leading[0]]}, so that is what can be recorded."
    raise Invalid(sentence, problems={"outcome": sentence}, code="outcome_not_carried")


def _check_review(review_on: date | None, today: date, longest_months: int) -> None:
    if review_on is None:
        sentence = "Enter the day by which the committee reviews it; the approval ends then."
        raise Invalid(sentence, problems={"review_on": sentence})
    check_expiry(review_on, today, longest_months)


def _check_conditions(proposal: Proposal, today: date) -> None:
    conditional = OUTCOMES[proposal.outcome].conditional
    if conditional and not proposal.conditions:
        sentence = "Enter at least one condition with its due date."
        raise Invalid(sentence, problems={"condition_1_text": sentence})
    if proposal.conditions and not conditional:
        sentence = "Conditions belong to an approval with conditions; leave them empty or choose that outcome."
        raise Invalid(sentence, problems={"condition_1_text": sentence})
    problems = {}
    for number, condition in enumerate(proposal.conditions, start=1):
        if not condition.text.strip():
            problems[f"condition_{number}_text"] = f"Say what condition {number} asks for."
        if condition.duty not in DUTIES:
            problems[f"condition_{number}_duty"] = "Choose one of the eight duties."
        if condition.due_on <= today or (proposal.review_on and condition.due_on > proposal.review_on):
            problems[f"condition_{number}_due"] = "A condition is due after today and by the review date."
    if problems:
        raise Invalid(" ".join(problems.values()), problems=problems)


def check_may_answer_condition(condition: Condition, use: Use, actor: Actor) -> None:
    """The owner or the deputy shows how a condition was met, until the chair has said that it is."""
    check_permission(actor, Permission.SUBMIT_ASSESSMENT)
    check_owns(use, actor)
    _check_open(condition)


def check_may_meet_condition(condition: Condition, sitting: Sitting, actor: Actor) -> None:
    """The chair says that a condition is met, once its owner has shown how; nobody marks their own work."""
    check_may_preside(sitting, actor)
    _check_open(condition)
    if not condition.evidence:
        raise Refused("The model's owner has not yet shown how this condition was met.", code="evidence_missing")


def _check_open(condition: Condition) -> None:
    if condition.met_at is not None:
        raise Conflict("This condition is met already.", code="condition_met")
