"""Which of some facts is the one people need to know first."""

from collections.abc import Iterable

from registry.letters.values import STATES, LiveFact

PRESSING = ("red", "amber")
"""The states that somebody has to act on, the worst first."""


def find_worst(facts: Iterable[LiveFact]) -> LiveFact | None:
    """The first red fact, else the first amber one; none while nothing presses."""
    pressing = [fact for fact in facts if fact.state in PRESSING]
    return min(pressing, key=lambda fact: PRESSING.index(fact.state), default=None)


def check_facts(facts: Iterable[LiveFact]) -> None:
    """A source that names another state than the four is a fault of the house, not a fact."""
    odd = sorted({fact.state for fact in facts} - set(STATES))
    if odd:
        raise ValueError(f"A live fact has one of the states {', '.join(STATES)}, not {', '.join(odd)}.")
