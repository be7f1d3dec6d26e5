"""Decisions in sentences, as minutes would have them."""

from assessments.committee.values import VOTED
from assessments.decisions.tables import Decision
from assessments.decisions.values import OUTCOMES
from foundation.web.texts import count_text, date_text, list_text


def decision_sentence(decision: Decision) -> str:
    """A decision in a sentence or two: when, what, by how many votes, until when."""
    outcome = OUTCOMES[decision.outcome]
    phrase = outcome.phrase
    if outcome.conditional:
        phrase = f"approved this use with {count_text(len(decision.conditions), 'condition')}"
    said = f"On {date_text(decision.recorded_at)} the ethics committee {phrase}. {tally_sentence(decision.tally)}"
    if decision.review_on:
        said += f" The approval ends on {date_text(decision.review_on)} unless the committee renews it."
    return said


def tally_sentence(tally: dict[str, int]) -> str:
    """The votes in words: 3 votes to approve, 1 to reject."""
    parts = [(count, VOTED[choice]) for choice, count in tally.items() if count]
    if not parts:
        return "Nobody has voted."
    first, others = parts[0], parts[1:]
    words = [f"{count_text(first[0], 'vote')} to {first[1]}", *(f"{count} to {choice}" for count, choice in others)]
    return f"{list_text(words)}."
