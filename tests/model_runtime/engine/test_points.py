"""Point scores through the engine's client: the points are the reasons, and no child is needed (R02, R03)."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.paths import ROOT
from model_runtime.engine.client import EngineClient
from model_runtime.engine.points import answer_points
from model_runtime.engine.values import EngineRefused
from registry.declarations.parts import FeaturePart
from registry.declarations.points import PointsPart, add_up, part_bytes
from registry.declarations.reading import parse
from registry.declarations.values import read_any

NAMES = ("age", "home", "absent")
CATEGORIES = {"Owner": 1.0, "Rented": 2.0, "7": 3.0}
POINTS = PointsPart.model_validate(
    {
        "rules": [
            {"feature": "home", "equals": "Rented", "points": 3, "reason": "r"},
            {"feature": "home", "equals": 7, "points": -2, "reason": "r"},
            {"feature": "age", "at_least": 12, "points": 1, "reason": "r", "only_highest": True},
            {"feature": "age", "at_least": 15, "points": 2.5, "reason": "r", "only_highest": True},
            {"feature": "absent", "is": True, "points": 4, "reason": "r"},
        ],
        "weights": {"age": 0.1},
        "constant": -1,
    }
)


def feature(name, kind, **more):
    words = {"meaning": "m", "sentence": "s", "sentence_no": "n", "data_item": {"group": "g", "name": "n"}}
    return FeaturePart.model_validate({"name": name, "type": kind, **words, **more})


FEATURES = [
    feature("age", "integer", range=[5, 19]),
    feature("home", "category", categories=CATEGORIES),
    feature("absent", "yes_no"),
]
STORED = part_bytes(POINTS.encoded(FEATURES).model_dump(mode="json", by_alias=True))


@given(st.integers(5, 19), st.sampled_from(list(CATEGORIES.values())), st.sampled_from([0, 1]))
@settings(max_examples=60)
def test_the_stored_points_give_what_the_declared_ones_give(age, home, absent):
    """Named categories too, though the stored points know only their numbers."""
    row = {"age": age, "home": home, "absent": absent}
    answer = answer_points(STORED, NAMES, [row])
    assert answer.scores[0] == pytest.approx(add_up(POINTS, FEATURES, row), abs=1e-12)
    assert answer.base + sum(answer.contributions[0]) == pytest.approx(answer.scores[0], abs=1e-9)
    assert (answer.unit, answer.kind, answer.base) == ("points", "PointScore", -1.0)
    assert answer.contributions[0][2] == 4 * absent


def test_through_the_client_without_a_child():
    client = EngineClient()
    rows = [{"age": 16, "home": 2.0, "absent": 1}, {"absent": 0, "home": 3.0, "age": 5}]
    digest = hashlib.sha256(STORED).hexdigest()
    try:
        answer = client.score(STORED, digest, "points", NAMES, rows)
        assert answer.scores == pytest.approx((10.1, -2.5))
        table = client.score_table(STORED, digest, "points", NAMES, np.array([[16.0, 2, 1], [5, 3, 0]]))
        assert table.route == "points"
        assert table.scores == pytest.approx(answer.scores)
        assert client.pids() == ()
        with pytest.raises(EngineRefused) as refused:
            client.score(STORED + b" ", digest, "points", NAMES, rows)
        assert refused.value.code == "artefact_changed"
    finally:
        client.close()


@pytest.mark.parametrize(
    ("artefact", "code"),
    [
        (b"", "damaged"),
        (b"[]", "damaged"),
        (b"\x80\x04}q\x00.", "damaged"),
        (b'{"rules": []}', "damaged"),
        (b"[" * 100_000, "damaged"),
        (b" " * (1 << 20) + b"{}", "too_large"),
        (b'{"weights": {"colour": 1}}', "features_differ"),
        (b'{"rules": [{"feature": "home", "equals": "Owner", "points": 1, "reason": "r"}]}', "damaged"),
        (b'{"weights": {"age": 1e308, "absent": 1e308}}', "out_of_range"),
    ],
)
def test_points_that_cannot_be_added_up_are_refused(artefact, code):
    with pytest.raises(EngineRefused) as refused:
        answer_points(artefact, NAMES, [{"age": 16, "home": 2.0, "absent": 1e308 if code == "out_of_range" else 1}])
    assert refused.value.code == code


@pytest.mark.parametrize("value", [True, None, "16", float("nan"), [16]])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(EngineRefused) as refused:
        answer_points(STORED, NAMES, [{"age": value, "home": 2.0, "absent": 1}])
    assert refused.value.code == "rows_refused"


@pytest.mark.parametrize("name", ["roni", "conduct_disorder"])
def test_the_published_point_scores_can_be_scored(name):
    path = ROOT / "algocare" / "demo" / "point_scores" / f"{name}.yaml"
    declared = read_any(parse(path.read_bytes(), "x"), "x")
    names = [one.name for one in declared.version.features]
    row = {one.name: 1.0 if one.type == "yes_no" else float(one.range[0]) for one in declared.version.features}
    answer = answer_points(part_bytes(declared.own_part), names, [row])
    assert answer.scores[0] == add_up(declared.version.points, declared.version.features, row)


def test_a_supplied_score_is_refused_in_a_sentence():
    """Nobody hands over contributions that add up to it, and without them there is no score (R02)."""
    client = EngineClient()
    with pytest.raises(EngineRefused, match="supplier") as refused:
        client.score(b"{}", hashlib.sha256(b"{}").hexdigest(), "supplied", NAMES, [{}])
    assert refused.value.code == "supplied_score"
    client.close()
