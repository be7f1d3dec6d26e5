"""Failure cases and questions, from invented rows and figures: nobody can be told from a case (R39)."""

from itertools import pairwise
from types import SimpleNamespace

import pytest

from model_runtime.training.cases import Checked, find_cases
from model_runtime.training.questions import ask_questions
from registry.evaluations.values import BandRate, Figures, Gap, Measures, Proportion


def feature(name: str, kind: str = "yes_no", **more) -> SimpleNamespace:
    told = {"sentence": f"{name} {{value}}", "sentence_no": f"No {name}", "meaning": name, "protected": None}
    return SimpleNamespace(name=name, type=kind, **{**told, "categories": None, **more})


def row(flagged: bool, happened: bool, **values: float) -> Checked:
    return Checked(values, flagged, happened)


FEATURES = [feature("debt"), feature("visits", "integer"), feature("age", "integer", protected="age")]
QUIET = [row(False, False, debt=n % 2, visits=n % 3, age=20) for n in range(30)]


def test_a_case_describes_many_alike_in_rounded_words() -> None:
    wrong = [row(True, False, debt=1, visits=9, age=70) for _ in range(6)]
    right = [row(True, True, debt=1, visits=9, age=70) for _ in range(5)]
    (case,) = find_cases(FEATURES, [*QUIET, *wrong, *right])
    assert (case.kind, case.wrong, case.people) == ("false_alarm", 6, 11)
    assert "visits more than 2" in case.described
    assert not any("9" in line or "age" in line or "70" in line for line in case.described)


@pytest.mark.parametrize("alike", [0, 4])
def test_too_few_alike_make_no_case(alike: int) -> None:
    """Four people wrong in the same way are not described, nor are five among nine."""
    wrong = [row(True, False, debt=1, visits=9, age=70) for _ in range(alike)]
    assert find_cases(FEATURES, [*QUIET, *wrong]) == ()
    five = [row(False, True, debt=1, visits=9, age=70) for _ in range(5)]
    others = [row(False, False, debt=1, visits=9, age=70) for _ in range(4)]
    for case in find_cases(FEATURES[:1], [*five, *others]):
        assert case.people >= 10


def test_a_description_never_says_what_happened_to_everybody_it_fits() -> None:
    """Whoever knows that somebody fits it would know what happened to them."""
    wrong = [row(True, False, debt=1, visits=9, age=70) for _ in range(12)]
    assert all(case.wrong < case.people for case in find_cases(FEATURES, [*QUIET, *wrong]))


def test_categories_are_told_by_their_names() -> None:
    home = feature("home", "category", categories={"rented": 1, "none": 2})
    wrong = [row(False, True, home=2) for _ in range(7)]
    rest = [row(False, False, home=1 + (n % 6 == 0)) for n in range(30)]
    (case,) = find_cases([home], [*wrong, *rest])
    assert (case.kind, case.described) == ("miss", ("home none",))


def version(**more) -> SimpleNamespace:
    declared = {"limits": ["Old data."], "cannot_know": ["Hopes."], "challenge_route": "Write to us."}
    told = {"declaration": {"version": declared}, "outcome_name": "taken into care", "features": FEATURES}
    return SimpleNamespace(**{**told, "bands": [SimpleNamespace(code="high", name="High")], **more})


def figures(overall: Measures, gaps: tuple[Gap, ...] = (), band: Proportion | None = None) -> Figures:
    bands = (BandRate("high", "High", 0.5, 1.0, band or overall.precision),)
    rest = {"auc": 0.7, "auc_low": 0.6, "auc_high": 0.8, "brier": 0.2, "mcc": 0.1, "baseline": None}
    more = {"not_assessed": (), "data_sha256": "a", "rows": overall.people, "threshold": 0.5, "outcome": "taken"}
    return Figures(people=overall.people, overall=overall, by_group=(), bands=bands, gaps=gaps, **rest, **more)


GAP = Gap("Age", "miss_rate", 0.2, ("Under 5", "Over 5"), 0.1, 0.3)


@pytest.mark.parametrize(
    ("overall", "gaps", "codes"),
    [
        (Measures("", "", 200, 30, 40, 20, 110), (GAP,), ["flagged", "missed", "group"]),
        (Measures("", "", 200, 30, 40, 20, 110), (), ["flagged", "missed", "wrongly"]),
        (Measures("", "", 9, 2, 2, 2, 3), (), []),
        (Measures("", "", 200, 0, 0, 0, 200), (GAP,), ["wrongly", "group"]),
    ],
)
def test_five_to_eight_questions_each_with_one_right_answer(overall, gaps, codes) -> None:
    """What was measured on too few people is not asked; numbers stand well apart from each other."""
    asked = ask_questions(version(), figures(overall, gaps), "seed")
    assert [one.code for one in asked[:-5]] == codes
    assert 5 <= len(asked) <= 8
    for one in asked:
        assert len(set(one.options)) == len(one.options) == 4
        assert 0 <= one.right < 4
        numbers = sorted(int(words.split()[-1]) for words in one.options if words.startswith("About "))
        assert all(other - number >= 9 for number, other in pairwise(numbers))
    assert asked == ask_questions(version(), figures(overall, gaps), "seed")
    right = {one.code: one.options[one.right] for one in asked}
    assert right["cannot_know"] == "Hopes."
    assert right["challenge"] == "Write to us."
    if "flagged" in codes:
        assert right["flagged"] == "About 43"
    if "group" in codes:
        assert right["group"] == "Under 5"


def test_the_order_of_answers_differs_between_versions() -> None:
    overall = figures(Measures("", "", 200, 30, 40, 20, 110))
    orders = {tuple(one.right for one in ask_questions(version(), overall, f"seed {n}")) for n in range(8)}
    assert len(orders) > 1
