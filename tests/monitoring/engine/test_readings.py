"""Every measure of a plan: read once, with its interval and its cases, or said to be not assessed (R12, R15, R40)."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from monitoring.engine.found import BandScore, BandShare, Counted, Outside
from monitoring.engine.limits import READINGS, Findings, breaches_of, unchecked
from monitoring.engine.shares import beyond_chi_square, is_one_share
from monitoring.engine.values import (
    Action,
    ColumnVerdict,
    Direction,
    Measure,
    Observed,
    Reading,
    Threshold,
    WatchResult,
)
from registry.evaluations.values import Figures, Gap, Measures, Proportion
from registry.watch_plans.measures import MEASURES
from tests.monitoring.engine.test_watch import made, watched

SCORE = ColumnVerdict(
    "score", "The score", "psi", 0.01, 0.2, Direction.ABOVE, False, 0.0, 0.0, (), "It looks the same."
)
LIMIT = {"score_drift": 0.1, "unseen_categories": 1.0, "flags_over_capacity": 1.0}


def found(counted: Counted = Counted(), observed: Observed = Observed()) -> Findings:  # noqa: B008 - frozen
    return Findings((replace(SCORE, column="priors", meaning="Earlier times"),), SCORE, None, "ill", counted, observed)


@pytest.fixture(scope="module")
def month() -> WatchResult:
    """A month with everything known: priors have moved, one group is spared, staff disagree."""
    current = made(600, seed=3, priors=3.5)
    current["sex"] = np.where(np.arange(600) % 2, "F", "M")
    current.loc[(current["ethnicity"] == "Black") & (current["sex"] == "F"), "score"] = 0.1
    observed = Observed(
        flags=(40, 90),
        capacity=60,
        agree=20,
        disagree=50,
        not_used=10,
        asked=200,
        refused=30,
        reasons_reference={"priors": 6.0, "age": 4.0},
        reasons_current={"priors": 9.0, "age": 1.0},
        earlier=((50, 100), (90, 100), (20, 100)),
    )
    groups = {"ethnicity": "Ethnicity", "sex": "Sex"}
    limits = tuple(
        Threshold(measure, 0.99 if measure.is_floor else LIMIT.get(measure, 0.02), Action.REFER) for measure in Measure
    )
    return watched(
        made(900, seed=1), current, observed=observed, groups=groups, thresholds=limits, deployment="Plan 2."
    )


def test_there_is_one_reading_for_every_measure_in_the_order_of_the_plan(month: WatchResult) -> None:
    """R12: nothing that a plan can set a limit for is left out of a report."""
    assert [each.measure.value for each in month.readings] == list(MEASURES) == [each.value for each in READINGS]
    unknown = {each.measure for each in month.readings if each.value is None}
    assert unknown == {Measure.OUT_OF_RANGE_SHARE}, "these inputs declare no range"
    assert all(each.sentence.endswith(".") for each in month.readings)
    assert all(each.low <= each.value <= each.high for each in month.readings if each.low is not None)  # type: ignore
    assert month.deployment == "Plan 2."
    assert WatchResult.from_dict(json.loads(json.dumps(month.to_dict(), allow_nan=False))) == month


def test_a_limit_on_every_measure_leads_to_a_breach_of_its_own(month: WatchResult) -> None:
    """R12: each with the figure of its reading; values never seen before did not appear, ranges were not declared."""
    kept = {Measure.UNSEEN_CATEGORIES, Measure.MISSING_SHARE, Measure.OUT_OF_RANGE_SHARE}
    breached = {each.measure: each for each in month.breaches}
    assert kept.isdisjoint(breached)
    judged = {each.measure: each for each in month.readings}
    by_chance = {each.measure for each in month.readings if each.chance}
    assert set(Measure) - kept - set(breached) <= by_chance
    assert {Measure.ERRATIC, Measure.OVERRIDE_RATE, Measure.EXPLANATION_SHIFT, Measure.BAND_SHIFT} <= set(breached)
    assert all(each.value == judged[measure].value for measure, each in breached.items())
    words = " ".join(month.not_assessed)
    assert all(each.measure.words in words for each in month.readings if each.value is None)


def test_two_characteristics_together_show_what_each_alone_hides(month: WatchResult) -> None:
    """R15: intersections, with the counts of both groups."""
    gap = next(each for each in month.readings if each.measure == Measure.SELECTION_GAP)
    assert gap.sentence.startswith("Ethnicity and Sex: it flags ")
    assert "0 of " in gap.sentence
    assert "in the group Black, F" in gap.sentence
    alone = watched(made(900, seed=1), made(400, seed=2), groups={"ethnicity": "Ethnicity"}, outcome=None)
    still = {each.measure: each for each in alone.readings}
    assert still[Measure.SELECTION_GAP].value is not None, "who is flagged can be compared without outcomes"
    assert still[Measure.MISS_RATE_GAP].value is None


def reading(measure: Measure, **given: Any) -> Reading:
    return found(given.get("counted", Counted()), given.get("observed", Observed())).reading(measure)


SHIFTED = (BandShare("High", Proportion(100, 1000), Proportion(200, 1000)),)
FEW = (BandShare("High", Proportion(100, 1000), Proportion(6, 30)),)
DARK = Measures("Sex", "F", 40, 0, 20, 0, 20)
PALE = Measures("Sex", "M", 40, 0, 10, 0, 30)


@pytest.mark.parametrize(
    ("measure", "given", "value", "chance", "words"),
    [
        (
            Measure.BAND_SHIFT,
            {"counted": Counted(bands=SHIFTED)},
            0.1,
            False,
            "200 of 1,000 people (20%) are in the band High",
        ),
        (Measure.BAND_SHIFT, {"counted": Counted(bands=FEW)}, 0.1, True, "can be chance"),
        (Measure.BAND_SHIFT, {}, None, False, "could not be compared"),
        (
            Measure.OUT_OF_RANGE_SHARE,
            {"counted": Counted(outside=(Outside("Age", 18.0, None, Proportion(5, 50)),))},
            0.1,
            False,
            "Age lies outside 18 or more for 5 of 50 people (10%)",
        ),
        (Measure.OUT_OF_RANGE_SHARE, {}, None, False, "declared range"),
        (
            Measure.LABEL_RATE_CHANGE,
            {"counted": Counted(outcomes=(Proportion(300, 1000), Proportion(970, 1000)))},
            0.67,
            False,
            "970 of 1,000 people (97%) are recorded as ill, 30% in the reference",
        ),
        (
            Measure.LABEL_RATE_CHANGE,
            {"counted": Counted(outcomes=(Proportion(300, 1000), Proportion(9, 29)))},
            None,
            False,
            "Too early",
        ),
        (
            Measure.SELECTION_GAP,
            {
                "counted": Counted(
                    selected=(DARK, PALE), selected_gaps=(Gap("Sex", "flagged", 0.25, ("F", "M"), 0.03, 0.44),)
                )
            },
            0.25,
            False,
            "20 of 40 (50%) in the group F",
        ),
        (
            Measure.EXPLANATION_SHIFT,
            {"observed": Observed(reasons_reference={"priors": 3, "x": 1}, reasons_current={"x": 2, "priors": 2})},
            0.25,
            False,
            "50% of it rests on Earlier times, 75% in the reference",
        ),
        (
            Measure.EXPLANATION_SHIFT,
            {"observed": Observed(reasons_reference={"x": 1}, reasons_current={"x": float("nan")})},
            None,
            False,
            "not known",
        ),
        (
            Measure.FLAGS_OVER_CAPACITY,
            {"observed": Observed(flags=(3, 9, 4), capacity=6)},
            1.5,
            False,
            "In the fullest week 9 people were flagged; staff can act on 6.",
        ),
        (Measure.FLAGS_OVER_CAPACITY, {"observed": Observed(flags=(3,))}, None, False, "Nobody has declared"),
        (
            Measure.OVERRIDE_RATE,
            {"observed": Observed(agree=20, disagree=15, not_used=15)},
            0.3,
            False,
            "disagreed with 15 of 50",
        ),
        (Measure.AGREEMENT_CEILING, {"observed": Observed(agree=49, disagree=1)}, 0.98, False, "agreed with 49 of 50"),
        (
            Measure.OVERRIDE_RATE,
            {"observed": Observed(agree=14, disagree=15)},
            None,
            False,
            "29 scores were judged; 30",
        ),
        (Measure.REFUSAL_SHARE, {"observed": Observed(asked=50, refused=5)}, 0.1, False, "5 of 50 requests"),
        (Measure.REFUSAL_SHARE, {"observed": Observed(asked=29, refused=29)}, None, False, "30 are needed"),
    ],
)
def test_a_reading_says_its_figure_and_its_cases_or_why_there_is_none(
    measure: Measure, given: dict[str, Any], value: float | None, chance: bool, words: str
) -> None:
    """R12, R40: too few cases are said to be too few and are never read as fine."""
    taken = reading(measure, **given)
    assert taken.value == (pytest.approx(value) if value is not None else None)
    assert taken.chance is chance
    assert words in taken.sentence


CALIBRATED = (BandScore("High", 0.5, Proportion(480, 1000)), BandScore("Few", 0.1, Proportion(4, 12)))


@pytest.fixture(scope="module")
def known() -> Any:
    """Findings with the figures of a steady month, and what else is given."""
    stored = watched(made(900, seed=1), made(600, seed=2)).figures
    assert stored is not None
    figures = Figures.from_dict(stored)
    return lambda counted=Counted(), observed=Observed(): replace(found(counted, observed), figures=figures)  # noqa: B008


@pytest.mark.parametrize(
    ("bands", "chances", "chance", "words"),
    [
        (CALIBRATED, True, True, "can be chance"),
        (
            (BandScore("High", 0.5, Proportion(300, 1000)), *CALIBRATED),
            True,
            False,
            "In the band High scores say 50% on average; 300 of 1,000 people (30%)",
        ),
        ((BandScore("Few", 0.9, Proportion(0, 9)),), True, False, "No band holds 10"),
        (CALIBRATED, False, False, "say no chance"),
    ],
)
def test_scores_are_held_against_what_happened_in_bands_of_enough_people(
    known: Any, bands: tuple[BandScore, ...], chances: bool, chance: bool, words: str
) -> None:
    taken = known(Counted(calibration=bands, chances=chances)).reading(Measure.CALIBRATION_GAP)
    assert words in taken.sentence
    assert taken.chance is chance


def test_figures_that_swing_are_a_breach_and_noise_is_not(known: Any) -> None:
    """R12: erratic over time is a breach of its own; watches of one unchanged share are not, whatever their swing."""
    limit = (Threshold(Measure.ERRATIC, 0.2, Action.REFER),)
    swinging = known(observed=Observed(earlier=((90, 100), (30, 100), (80, 100))))
    assert [each.measure for each in breaches_of(swinging, limit)] == [Measure.ERRATIC]
    noisy = known(observed=Observed(earlier=((5, 10), (8, 10), (6, 10))))
    assert breaches_of(noisy, limit) == ()
    assert [each.measure for each in unchecked(noisy, limit)] == [Measure.ERRATIC]
    assert "by chance" in noisy.reading(Measure.ERRATIC).sentence
    short = known(observed=Observed(earlier=((90, 100), (30, 100), (4, 9))))
    assert "Figures of 3 watches are known; 4 are needed" in short.reading(Measure.ERRATIC).sentence


def test_of_a_thousand_steady_models_hardly_one_is_called_erratic() -> None:
    draw = np.random.default_rng(7)
    called = sum(not is_one_share([(int(each), 80) for each in draw.binomial(80, 0.4, 6)]) for _ in range(1000))
    assert called <= 20
    assert all(beyond_chi_square(x, k) == pytest.approx(chi2.sf(x, k)) for x in (0.1, 3.0, 30.0) for k in range(1, 9))


@pytest.mark.parametrize("measure", list(Measure))
def test_a_floor_is_breached_below_it_and_every_other_limit_at_it(measure: Measure) -> None:
    """R12: one place decides, for every measure."""
    findings = found()
    object.__setattr__(findings, "readings", tuple(Reading(each, 0.5, "Read.") for each in Measure))
    breached: Callable[[float], bool] = lambda at: bool(  # noqa: E731
        breaches_of(findings, (Threshold(measure, at, Action.WARN),))
    )
    assert (breached(0.49), breached(0.5), breached(0.51)) == (
        (False, False, True) if measure.is_floor else (True, True, False)
    )


def test_unchanged_data_move_in_hardly_any_watch_though_many_columns_are_compared() -> None:
    """R12: 200 small batches of an unchanged population against 12 columns each; 1 in 100 may move by chance."""
    from monitoring.engine.chance import chance_level, psi

    draw, shares = np.random.default_rng(11), np.array([0.2, 0.2, 0.2, 0.2, 0.2])
    reference = draw.multinomial(900, shares)
    strict, loose = (chance_level(reference, draw.multinomial(40, shares), compared) for compared in (12, 1))
    worst = [max(float(psi(reference, draw.multinomial(40, shares))) for _ in range(12)) for _ in range(200)]
    assert sum(each > strict for each in worst) <= 6
    assert sum(each > loose for each in worst) > 6, "without the correction many more would move"


def test_a_watch_says_how_often_chance_alone_would_move_it(month: WatchResult) -> None:
    assert month.chance.startswith(
        "5 columns were compared. Each counts as moved only beyond what chance gives once in 500"
    )


def test_a_watch_of_the_first_release_is_still_read(month: WatchResult) -> None:
    stored = {
        name: value for name, value in month.to_dict().items() if name not in ("readings", "deployment", "chance")
    }
    old = WatchResult.from_dict(stored)
    assert (old.readings, old.deployment, old.chance) == ((), "", "")


def test_small_intersections_are_counted_in_one_line_and_never_rated() -> None:
    current = made(120, seed=5).assign(sex=lambda frame: np.where(frame.index < 8, "X", "F"))
    result = watched(made(900, seed=1), current, groups={"ethnicity": "Ethnicity", "sex": "Sex"})
    said = [each for each in result.not_assessed if each.startswith("Ethnicity and Sex")]
    assert said == ["Ethnicity and Sex: 3 groups not assessed, each with fewer than 10 people, 8 people together"]
    assert pd.DataFrame((result.figures or {})["by_group"])["group"].nunique() == 3


def test_commas_in_the_names_of_groups_are_told_apart_where_they_can_be_and_said_where_not() -> None:
    """R15: 'White, British' is a usual name; a mixed-up pair is left out and never silently."""
    groups = {"ethnicity": "Ethnicity", "sex": "Sex"}
    current = made(120, seed=5).assign(sex=lambda frame: np.where(frame.index % 2, "M", "F"))
    plain = watched(made(900, seed=1), current.assign(ethnicity="White, British"), groups=groups)
    assert {each["group"] for each in (plain.figures or {})["by_group"]} == {"Ethnicity", "Sex", "Ethnicity and Sex"}
    current["ethnicity"] = np.where(current.index % 3, "A, B", "A")
    current["sex"] = np.where(current.index % 3, "C", "B, C")
    mixed = watched(made(900, seed=1), current, groups=groups)
    assert "Ethnicity and Sex together: not assessed, commas in the names of groups mix them up" in mixed.not_assessed
    assert {each["group"] for each in (mixed.figures or {})["by_group"]} == {"Ethnicity", "Sex"}
