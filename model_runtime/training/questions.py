"""Questions about a version, with plausible wrong answers taken from its own figures, in a fixed order (R39)."""

import hashlib
from collections.abc import Iterator, Sequence

from model_runtime.training.values import MOST_QUESTIONS, Question
from registry.evaluations.values import Figures, Gap, Proportion
from registry.models.tables import ModelVersion

APART = 9
"""How far numbers of 100 stand apart that are offered beside each other: no question hangs on a rounding."""
OFFERED = 4


def ask_questions(version: ModelVersion, figures: Figures, seed: str) -> tuple[Question, ...]:
    """Five to eight questions: as many about figures as were measured, the others about what is declared."""
    words, gaps = list(_words(version, seed)), list(_gaps(figures, seed))
    room = MOST_QUESTIONS - len(words) - len(gaps)
    return (*list(_numbers(version, figures))[:room], *gaps, *words)


def _numbers(version: ModelVersion, figures: Figures) -> Iterator[Question]:
    outcome, overall = version.outcome_name, figures.overall
    top = version.bands[-1]
    rates = {
        "flagged": (overall.precision, f"Of 100 people it flags, about how many are later recorded as {outcome}?"),
        "missed": (overall.miss_rate, f"Of 100 people later recorded as {outcome}, about how many does it not flag?"),
        "wrongly": (
            overall.false_positive_rate,
            f"Of 100 people who were not {outcome}, about how many does it flag all the same?",
        ),
        "band": (
            figures.band(top.code).outcome,
            f"Of 100 people in the {top.name} band, about how many are later recorded as {outcome}?",
        ),
    }
    told = _of_100(*(rate for rate, _ in rates.values()), overall.recall, overall.base_rate)
    if figures.band(top.code).outcome == overall.precision:  # the top band is the flag itself
        del rates["band"]
    for code, (rate, text) in rates.items():
        if rate.assessed and rate.out_of_100 is not None:
            why = f"About {rate.frequency} of 100. Measured on {rate.of:,} people."
            yield _number(code, text, rate.out_of_100, told, why)


def _of_100(*rates: Proportion) -> list[int]:
    return [rate.out_of_100 for rate in rates if rate.assessed and rate.out_of_100 is not None]


def _number(code: str, text: str, right: int, told: Sequence[int], why: str) -> Question:
    """The right number among others: its opposite, the model's other rates, and what people hope for."""
    options = [right]
    for one in [100 - right, *told, 95, 5, 75, 25, 50, 0, 100]:
        if len(options) < OFFERED and all(abs(one - other) >= APART for other in options):
            options.append(one)
    options.sort()
    return Question(code, text, tuple(f"About {one}" for one in options), options.index(right), why)


GAP_QUESTIONS = {
    "precision": ("Of those it flags, in which group is it right more often?", "is right more often about"),
    "false_positive_rate": ("Which group does it wrongly flag more often?", "wrongly flags more often"),
    "miss_rate": ("In which group does it miss more people?", "misses more people among"),
    "flagged": ("Which group does it flag more often?", "flags more often"),
}


def _gaps(figures: Figures, seed: str) -> Iterator[Question]:
    """The clearest difference between groups, if chance alone is an unlikely explanation of one."""
    clear = [gap for gap in figures.gaps if gap.clear and gap.measure in GAP_QUESTIONS]
    if clear:
        yield _gap(max(clear, key=lambda gap: (gap.largest, gap.group, gap.measure)), seed)


def _gap(gap: Gap, seed: str) -> Question:
    text, says = GAP_QUESTIONS[gap.measure]
    high, low = gap.between
    wrong = [low, "None: it was found to be the same for both", "Nobody knows: it was not measured"]
    group = gap.group.lower()
    why = f"In its check it {says} {high} than {low} ({group}): about {round(gap.largest * 100)} of 100 people more."
    return _chosen("group", f"Think of {group}, {high} and {low}. {text}", high, wrong, why, seed)


def _words(version: ModelVersion, seed: str) -> Iterator[Question]:
    declared, outcome = version.declaration["version"], version.outcome_name
    known = [f"{feature.meaning}." for feature in version.features][: OFFERED - 1]
    cannot = declared["cannot_know"][0]
    yield _chosen(
        "cannot_know", "Which of these can the model not know?", cannot, known, f"It cannot know: {cannot}", seed
    )
    limit = declared["limits"][0]
    wrong = [
        "It was shown to be right equally often for every group of people.",
        "It knows what has happened since its data was recorded.",
        "In the highest band it is certain.",
    ]
    yield _chosen("limit", "Which of these does its owner say of it?", limit, wrong, f"Its owner says: {limit}", seed)
    wrong = [
        "Follow the score: it has seen more people than I have.",
        "Ask again until the score fits what I know.",
        "Record nothing, so that it does not count against me.",
    ]
    right = "Decide myself, and record that I disagree and why."
    why = "It is advice. You decide, and a judgement with a reason is what shows whether it helps."
    yield _chosen(
        "disagree", "You know something that speaks against its score. What do you do?", right, wrong, why, seed
    )
    wrong = [
        "Nothing can be done: the score stands.",
        "They have to find a solicitor first.",
        "They can ask for the model to be retrained on the same day.",
    ]
    right = declared["challenge_route"]
    yield _chosen(
        "challenge", "A person thinks that their score is wrong. What do you tell them?", right, wrong, right, seed
    )
    wrong = [
        f"They will be {outcome}.",
        "It has been established that they are a risk to others.",
        "Somebody has already decided about them.",
    ]
    right = "They are like people to whom it came more often. Most of what matters about them is not in the data."
    why = "A band is about many people and never says what one of them will do."
    text = f"Somebody is in the {version.bands[-1].name} band. What does that say about them?"
    yield _chosen("band_means", text, right, wrong, why, seed)


def _chosen(code: str, text: str, right: str, wrong: Sequence[str], why: str, seed: str) -> Question:
    """Answers in an order that looks like chance and is the same for everybody and every time."""
    options = sorted({right, *wrong}, key=lambda one: hashlib.sha256(f"{seed}:{code}:{one}".encode()).digest())
    return Question(code, text, tuple(options), options.index(right), why)
