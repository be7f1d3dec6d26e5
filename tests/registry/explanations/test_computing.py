"""What drives a model, found out on models whose answer is known beforehand (R02, R29)."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from registry.explanations import wording
from registry.explanations.computing import Input, explain_rows
from registry.explanations.pictures import SHOWN, curve_chart, weight_chart, whose_chart
from registry.explanations.values import DIFFERS, FALLS, FLAT, MIXED, MOST_PEOPLE, RISES, Findings, Weight

NUMBER = Input("months", "Months served", "number", 0.0, 10.0, "months", {}, "person", "", "")
INPUTS = (
    NUMBER,
    replace(NUMBER, name="siblings", title="Siblings", type="integer", unit="", about="relative"),
    replace(NUMBER, name="sex", title="Sex", type="yes_no", low=None, high=None, protected="sex"),
    replace(NUMBER, name="town", title="Lives in town", type="yes_no", low=None, high=None, concept="Where they live"),
    replace(
        NUMBER, name="hamlet", title="Lives far out", type="yes_no", low=None, high=None, concept="Where they live"
    ),
    replace(NUMBER, name="kind", title="Kind", type="category", categories={"a": 0.0, "b": 1.0, "c": 2.0}),
)
COEFFICIENTS = np.array([0.04, -0.02, 0.1, 0.05, -0.05, 0.0])
BASE = 0.4


def linear(rows, coefficients=COEFFICIENTS):
    """A model that adds up: its explanation is known exactly."""
    parts = rows * coefficients
    scores = np.clip(BASE + parts.sum(axis=1), 0, 1)
    return SimpleNamespace(scores=scores, contributions=parts, unit="probability", route="linear", largest_error=0.0)


@pytest.fixture(scope="module")
def rows():
    draw = np.random.default_rng(3)
    columns = [draw.uniform(0, 10, 400), draw.integers(0, 10, 400), *draw.integers(0, 2, (3, 400))]
    return np.stack([*columns, draw.integers(0, 3, 400)], axis=1).astype(np.float64)


def found(rows, truth=None, explain=linear, starts=(0.3, 0.5), seed=7) -> Findings:
    truth = (rows[:, 0] > 5).astype(int) if truth is None else truth
    return explain_rows(INPUTS, rows, truth, starts, explain, seed)


def test_the_weight_is_the_mean_size_of_contributions(rows):
    """R29: shares add up, are folded by concept, and are told by whom they are about and what is protected."""
    done = found(rows)
    sizes = np.abs(rows * COEFFICIENTS).mean(axis=0)
    assert sum(one.share for one in done.weights) == pytest.approx(1)
    assert done.weights[0].name == "months"
    places = next(one for one in done.weights if one.name == "Where they live")
    assert places.inputs == ("town", "hamlet")
    folded = np.abs((rows * COEFFICIENTS)[:, 3:5].sum(axis=1)).mean()
    assert places.share == pytest.approx(folded / (sizes.sum() - sizes[3:5].sum() + folded))
    assert done.about["relative"] == pytest.approx(sizes[1] / sizes.sum())
    assert done.protected == pytest.approx(sizes[2] / sizes.sum())
    assert sum(done.about.values()) == pytest.approx(1)
    assert Findings.from_dict(done.to_dict()) == done


def test_curves_show_how_the_score_goes_and_whether_the_outcome_goes_with_it(rows):
    """R02: the average score at each point is exact for a model that adds up, and counts add up to the people."""
    done = found(rows)
    ways = {curve.name: curve.way for curve in done.curves}
    assert ways == dict(zip(ways, (RISES, FALLS, RISES, RISES, FALLS, FLAT), strict=True))
    curve = done.curves[0]
    slope = (curve.points[-1].score - curve.points[0].score) / (curve.points[-1].value - curve.points[0].value)
    assert slope == pytest.approx(0.04, abs=0.004)  # scores are cut at 0 and 1
    assert all(sum(point.people for point in one.points) == 400 for one in done.curves)
    assert (curve.observed, curve.against) == (RISES, False)
    turned = found(rows, truth=(rows[:, 0] < 5).astype(int))
    assert [one.name for one in turned.curves if one.against] == ["months"]
    assert "months served" in wording.direction(turned.curves)
    assert wording.way_of(turned.curves[0]).endswith("Ask why.")


def test_a_bend_and_a_category_are_not_called_rising(rows):
    """R02: a score that goes up and down again is called so; a category has no order."""

    def bent(table):
        parts = np.zeros_like(table)
        parts[:, 0], parts[:, 5] = -((table[:, 0] - 5) ** 2) / 50, np.where(table[:, 5] == 1, 0.1, 0)
        told = linear(table)
        told.scores, told.contributions = BASE + parts.sum(axis=1), parts
        return told

    ways = {curve.name: curve.way for curve in found(rows, explain=bent).curves}
    assert (ways["months"], ways["kind"], ways["siblings"]) == (MIXED, DIFFERS, FLAT)


def test_steps_change_bands_where_scores_lie_near_an_edge(rows):
    """R02: a model of one far edge is steady, one with an edge at every step is not; nothing to step is said so."""
    assert found(rows, starts=(0.999,)).steadiness.bands == 0
    edges = found(rows, starts=tuple(np.linspace(0, 1, 500)))
    assert edges.steadiness.bands > 0.5 * edges.steadiness.changes
    assert edges.steadiness.people == 200
    still = explain_rows(
        INPUTS[2:5], rows[:, 2:5], rows[:, 2].astype(int), (0.5,), lambda t: linear(t, COEFFICIENTS[2:5]), 1
    )
    assert still.steadiness.changes == 0
    assert "not assessed" in wording.steady(still.steadiness)


def test_the_same_file_gives_the_same_findings_and_a_large_one_is_sampled(rows):
    """R02: what is drawn is drawn by a seed that is kept."""
    many = np.tile(rows, (8, 1))
    first, again, other = (found(many, seed=seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert (first.rows, first.people) == (3200, MOST_PEOPLE)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "none of the weight"),
        (0.01, "hardly any of the weight"),
        (0.09, "about a tenth of the weight"),
        (0.34, "about a third of the weight"),
        (0.52, "about half of the weight"),
        (0.99, "nearly all of the weight"),
    ],
)
def test_shares_are_said_in_words(share: float, words: str) -> None:
    """R02: words before numbers."""
    assert wording.share_text(share) == words


def test_what_is_said_warns_where_most_is_not_about_the_person(rows):
    """R29: relatives and others named, with a warning above half; protected inputs named."""
    done = found(rows)
    assert "Most of it" not in wording.whose(done)
    others = replace(done, about={"person": 0.3, "relative": 0.5, "linked": 0.2})
    assert wording.whose(others).endswith("Most of it does not come from the person.")
    assert "relatives" in wording.whose(others)
    assert wording.whose(replace(done, about={"person": 1.0})) == "All inputs describe the person."
    assert wording.protected(done).endswith("sex.")
    assert "No input" in wording.protected(replace(done, weights=done.weights[:1]))
    assert wording.headline(replace(done, weights=())).startswith("Nothing moves")


def test_pictures_hold_the_same_numbers_and_no_input_is_lost(rows):
    """R02: beyond the first inputs the picture has one bar for all others."""
    done = found(rows)
    weights = [Weight(f"i{at}", f"Input {at}", (f"i{at}",), 0.05, "person", "") for at in range(20)]
    chart = weight_chart(replace(done, weights=tuple(weights)))
    assert len(chart["points"]) == SHOWN + 1
    assert sum(point["value"] for point in chart["points"]) == pytest.approx(100)
    assert [point["label"] for point in whose_chart(done)["points"]][:2] == ["The person", "Relatives"]
    curve = curve_chart(done.curves[2], 2)
    assert curve["message"] == "The score is higher where this is so."
    assert [point["label"] for point in curve["points"]] == ["No", "Yes"]
