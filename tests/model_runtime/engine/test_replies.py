"""Every way in which an answer can contradict itself or the question is no score."""

import copy
import math

import pytest

from model_runtime.engine.replies import check_loaded, raise_refusal, read_answer
from model_runtime.engine.values import EngineMismatch, EngineRefused

LOG_ODDS = math.log(0.8 / 0.2)
TRUE = {
    "kind": "LogisticRegression",
    "unit": "log-odds",
    "base": LOG_ODDS - 0.5,
    "scores": [0.8, 0.5],
    "margins": [LOG_ODDS, 0.0],
    "contributions": [[0.25, 0.25], [0.5 - LOG_ODDS, 0]],
}


def read(reply):
    return read_answer(reply, "LogisticRegression", 2, 2)


def test_a_true_answer_is_read():
    answer = read(TRUE)
    assert answer.scores == (0.8, 0.5)
    assert answer.contributions == ((0.25, 0.25), (0.5 - LOG_ODDS, 0.0))
    assert answer.largest_error < 1e-12


@pytest.mark.parametrize("odds", [-800.0, -40.0, 40.0, 800.0])
def test_extreme_log_odds_are_read(odds):
    score = 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
    answer = read_answer(
        {**TRUE, "base": odds, "scores": [score], "margins": [odds], "contributions": [[0, 0]]},
        "LogisticRegression",
        1,
        2,
    )
    assert answer.scores == (score,)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("contributions", 0, 1), 0.250002, "not_additive"),
        (("contributions", 1, 0), LOG_ODDS - 0.5, "not_additive"),
        (("base",), LOG_ODDS, "not_additive"),
        (("scores", 0), 0.2, "score_differs"),
        (("scores", 0), 1.5, "malformed_reply"),
        (("scores", 0), -0.1, "malformed_reply"),
        (("scores", 0), True, "malformed_reply"),
        (("scores", 0), math.nan, "malformed_reply"),
        (("scores", 0), None, "malformed_reply"),
        (("scores",), [0.8], "malformed_reply"),
        (("scores",), "0.8", "malformed_reply"),
        (("margins", 0), math.inf, "malformed_reply"),
        (("contributions", 0), [0.5], "malformed_reply"),
        (("contributions",), [[0.25, 0.25]], "malformed_reply"),
        (("base",), "0", "malformed_reply"),
        (("unit",), "probability", "malformed_reply"),
        (("kind",), "DecisionTreeClassifier", "malformed_reply"),
    ],
)
def test_an_answer_that_is_not_true_is_no_score(path, value, code):
    reply = copy.deepcopy(TRUE)
    place = reply
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(EngineMismatch) as caught:
        read(reply)
    assert caught.value.code == code


@pytest.mark.parametrize("name", list(TRUE))
def test_an_answer_without_a_part_is_no_score(name):
    with pytest.raises(EngineMismatch):
        read({key: value for key, value in TRUE.items() if key != name})


def test_a_loaded_model_has_to_be_the_one_asked_for():
    loaded = {"kind": "LogisticRegression", "features": ["a", "b"], "classes": [0, 1]}
    assert check_loaded(loaded, ("a", "b"), "linear") == "LogisticRegression"
    for wrong in ({"features": ["b", "a"]}, {"classes": [0, 2]}, {"kind": "SVC"}, {"kind": "DecisionTreeClassifier"}):
        with pytest.raises(EngineMismatch):
            check_loaded({**loaded, **wrong}, ("a", "b"), "linear")


def test_a_refusal_keeps_its_code_and_sentence():
    with pytest.raises(EngineRefused) as refused:
        raise_refusal({"refused": {"code": "not_skops", "sentence": "No."}})
    assert (refused.value.code, refused.value.sentence) == ("not_skops", "No.")
    with pytest.raises(EngineMismatch):
        raise_refusal({"refused": True})
