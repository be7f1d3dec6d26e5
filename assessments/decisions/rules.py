"""Rules of decisions: what the votes allow, and what an approval needs; pure, each refusal at its field."""

from collections.abc import Mapping
from datetime import date

from assessments.committee.rules import check_may_preside
from assessments.committee.values import VOTED, Choice, Sitting
from assessments.decisions.tables import Condition
from assessments.decisions.values import OUTCOMES, Proposal
from assessments.questionnaire.values import LETTERS
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Invalid, Refused
from foundation.web.texts import list_text
from registry.models.rules import check_expiry, check_owns
from registry.models.tables import Use

DUTIES = tuple(code for code, _, _ in LETTERS)


def leading_outcomes(tally: Mapping[str, int]) -> tuple[str, ...]:
    """The outcomes with the most votes, abstentions left out: one, or several that are tied."""
    counted = {choice: count for choice, count in tally.items() if choice != Choice.ABSTAIN}
    most = max(counted.values(), default=0)
    return tuple(choice for choice in VOTED if most and counted.get(choice) == most)


def check_may_record(sitting: Sitting, actor: Actor) -> None:
    """The chair records once, after the vote is closed."""
    check_may_preside(sitting, actor)
    if sitting.stage == "decided":
        raise Conflict("Somebody else has recorded the decision on this item already.", code="decided_already")
    if sitting.stage != "closed":
        raise Refused("A decision is recorded when the vote is closed.", code="vote_not_closed")


def check_unchanged(fingerprint_then: str, fingerprint_now: str) -> None:
    """What is decided on is what was put before the committee, to the last byte."""
    if fingerprint_then != fingerprint_now:
        sentence = (
            "What the committee voted on is not what is here now: the model, its declaration or the answers changed. "
            "Nothing is decided until it is known why. Tell the administrator."
        )
        raise Refused(sentence, code="changed_since_vote")


def check_decision(sitting: Sitting, proposal: Proposal, today: date, longest_months: int) -> None:
    """A decision follows the votes, has reasons, and as an approval a review date and its conditions (R11, R31)."""
    _check_outcome(sitting, proposal.outcome)
    if not proposal.reasons.strip():
        sentence = "Give the committee's reasons: they are part of the record."
        raise Invalid(sentence, problems={"reasons": sentence})
    if OUTCOMES[proposal.outcome].approves:
        _check_review(proposal.review_on, today, longest_months)
    _check_conditions(proposal, today)


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
