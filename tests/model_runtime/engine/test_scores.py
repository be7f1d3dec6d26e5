"""What a practitioner relies on: the score is the model's own, and the explanation adds up to it."""

import math

import numpy as np
import pytest

from model_runtime.engine.values import EngineRefused

pytestmark = pytest.mark.xdist_group("engine")  # one process starts the children that all of them ask


@pytest.mark.parametrize("name", ["forest", "histogram", "logistic"])
def test_scores_equal_the_model_and_their_explanation_adds_up_to_its_own_output(name, models, client, people, rows):
    """Through the child; every kind that is supported is held against its model in test_artefacts.py."""
    model = models[name]
    answer = client.score(model.data, model.sha256, model.method, model.features, rows)
    head = people.head(len(rows))
    expected = model.estimator.predict_proba(head)[:, 1]
    assert answer.scores == tuple(expected)
    assert answer.kind == type(model.estimator).__name__
    own = expected if name == "forest" else model.estimator.decision_function(head)
    for contributions, margin in zip(answer.contributions, own, strict=True):
        assert len(contributions) == len(model.features)
        assert math.isclose(answer.base + sum(contributions), margin, abs_tol=1e-6)
    assert answer.unit == ("probability" if name == "forest" else "log-odds")
    assert 0 <= answer.largest_error < 1e-6


def test_more_exclusions_speak_for_the_positive_class(models, client, rows):
    """The sign is that of class 1: a library that explains class 0 would turn every reason round."""
    model = models["forest"]
    low, high = ({**rows[0], "absences": value} for value in (1.0, 99.0))
    answer = client.score(model.data, model.sha256, model.method, model.features, [low, high])
    place = model.features.index("absences")
    assert answer.scores[0] < answer.scores[1]
    assert answer.contributions[0][place] < 0 < answer.contributions[1][place]


def test_linear_contribution_is_coefficient_times_value(models, client, rows):
    model = models["logistic"]
    answer = client.score(model.data, model.sha256, model.method, model.features, rows[:1])
    values = [rows[0][name] for name in model.features]
    assert answer.base == model.estimator.intercept_[0]
    assert answer.contributions[0] == tuple(model.estimator.coef_[0] * np.array(values))


def test_key_order_and_company_do_not_matter(models, client, rows):
    model = models["histogram"]
    together = client.score(model.data, model.sha256, model.method, model.features, rows)
    alone, turned = (
        client.score(model.data, model.sha256, model.method, model.features, [row])
        for row in (rows[3], dict(sorted(rows[3].items())))
    )
    assert alone == turned
    assert alone.scores == together.scores[3:4]
    assert alone.contributions[0] == pytest.approx(together.contributions[3], abs=1e-12)


def test_a_cohort_larger_than_one_message_is_answered_whole(models, client, people, rows):
    model = models["logistic"]
    many = people.sample(4_500, replace=True, random_state=3)
    answer = client.score(model.data, model.sha256, model.method, model.features, many.to_dict("records"))
    assert answer.scores == pytest.approx(model.estimator.predict_proba(many)[:, 1], abs=1e-12)
    assert len(answer.contributions) == 4_500


def test_the_child_stays_warm(models, client, rows):
    model = models["forest"]
    client.score(model.data, model.sha256, model.method, model.features, rows)
    before = client.pids()[-1]
    client.score(model.data, model.sha256, model.method, model.features, rows)
    assert client.pids()[-1] == before


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"age": True}, "age"),
        ({"age": float("nan")}, "age"),
        ({"absences": float("inf")}, "absences"),
        ({"moves": "3"}, "moves"),
        ({"moves": None}, "moves"),
        ({"age": 10**400}, "age"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_value_that_is_not_a_number_is_refused_by_row_and_feature(change, named, models, client, rows):
    model = models["logistic"]
    with pytest.raises(EngineRefused, match=named) as refused:
        client.score(model.data, model.sha256, model.method, model.features, [rows[0], {**rows[1], **change}])
    assert refused.value.code == "rows_refused"
    assert "Row 2" in refused.value.sentence


def test_a_number_beyond_the_models_precision_is_refused_and_the_child_lives(models, client, rows):
    model = models["forest"]
    client.score(model.data, model.sha256, model.method, model.features, rows)
    before = client.pids()[-1]
    with pytest.raises(EngineRefused) as refused:
        client.score(model.data, model.sha256, model.method, model.features, [{**rows[0], "absences": 1e308}])
    assert refused.value.code == "rows_refused"
    assert client.pids()[-1] == before


def test_no_rows_no_answer(models, client):
    model = models["forest"]
    with pytest.raises(EngineRefused):
        client.score(model.data, model.sha256, model.method, model.features, [])
