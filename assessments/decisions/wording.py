"""Decisions in sentences, as minutes would have them."""

from assessments.committee.values import VOTED, Choice
from assessments.decisions.tables import Advice, Decision
from assessments.decisions.values import OUTCOMES, PERMISSION_PHRASES
from foundation.web.texts import count_text, date_text, list_text


def decision_sentence(decision: Decision) -> str:
    """A decision in a sentence or two: when, who, what and how far, by how many votes, until when."""
    outcome, asked = OUTCOMES[decision.outcome], decision.item.assessment
    phrase = outcome.phrase.removesuffix(" with conditions")
    if decision.outcome == Choice.ADOPT and decision.item.plan is not None:
        phrase = f"put watch plan {decision.item.plan.number} in force"
    if outcome.approves or decision.outcome == Choice.REJECT:
        phrase += PERMISSION_PHRASES[asked.permission if asked else ""]
    if outcome.conditional:
        phrase += f" with {count_text(len(decision.conditions), 'condition')}"
    who = "accountable officer" if decision.by_officer else "ethics committee"
    said = f"On {date_text(decision.recorded_at)} the {who} {phrase}{_followed(decision)}. {_votes(decision)}"
    if decision.review_on:
        said += f" The approval ends on {date_text(decision.review_on)} unless the committee renews it."
    return said


def _followed(decision: Decision) -> str:
    if not decision.by_officer:
        return ""
    return ", departing from the committee's advice" if decision.departs else ", as the committee advised"


def _votes(decision: Decision) -> str:
    said = tally_sentence(decision.tally)
    return f"The committee's votes: {said}" if decision.by_officer else said


def advice_sentence(advice: Advice) -> str:
    """What the committee advised, in a sentence or two."""
    when, what = date_text(advice.recorded_at), VOTED[advice.outcome]
    return f"On {when} the ethics committee advised to {what}. {tally_sentence(advice.tally)}"


def tally_sentence(tally: dict[str, int]) -> str:
    """The votes in words: 3 votes to approve, 1 to reject."""
    parts = [(count, VOTED[choice]) for choice, count in tally.items() if count]
    if not parts:
        return "Nobody has voted."
    first, others = parts[0], parts[1:]
    words = [f"{count_text(first[0], 'vote')} to {first[1]}", *(f"{count} to {choice}" for count, choice in others)]
    return f"{list_text(words)}."
