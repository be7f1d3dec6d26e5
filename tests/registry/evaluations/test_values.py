import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from registry.evaluations.values import (
    BandRate,
    EvaluationRefused,
    Figures,
    Gap,
    Measures,
    Proportion,
)


def figures(**changes: object) -> Figures:
    kept: dict = {
        "outcome": "returned",
        "threshold": 0.4,
        "people": 400,
        "overall": Measures("", "", 400, 82, 118, 48, 152),
        "by_group": (Measures("Age", "Under 25", 12, 3, 3, 3, 3),),
        "bands": (
            BandRate("lower", "Lower", 0.0, 0.4, Proportion(3, 9)),
            BandRate("higher", "Higher", 0.4, 1.0, Proportion(82, 200)),
        ),
        "auc": 0.7,
        "auc_low": 0.6,
        "auc_high": 0.8,
        "brier": 0.2,
        "mcc": 0.2,
        "baseline": {
            "column": "rule",
            "rule": Measures("", "", 400, 70, 130, 60, 140).to_dict(),
            "model_at_same_volume": Measures("", "", 400, 82, 118, 48, 152).to_dict(),
        },
        "gaps": (Gap("Age", "miss_rate", 0.1, ("Under 25", "25 and over"), -0.05, 0.25),),
        "not_assessed": ("Ethnicity, Mixed: not assessed, fewer than 10 people",),
        "data_sha256": "0" * 64,
        "rows": 400,
    }
    return Figures(**{**kept, **changes})


@pytest.mark.parametrize(("count", "of"), [(0, 20), (1, 20), (41, 100), (20, 20), (138, 351)])
def test_interval_is_wilsons(count: int, of: int) -> None:
    expected = binomtest(count, of).proportion_ci(0.95, method="wilson")
    shown = Proportion(count, of)
    assert (shown.low, shown.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(st.integers(0, 500), st.integers(0, 500))
def test_interval_holds_the_rate_and_stays_between_0_and_1(count: int, more: int) -> None:
    shown = Proportion(count, count + more)
    if shown.of:
        assert 0 <= shown.low <= shown.rate + 1e-12
        assert shown.rate - 1e-12 <= shown.high <= 1


def test_a_rate_reads_as_a_natural_frequency_with_its_interval() -> None:
    assert Proportion(164, 400).text == "41 (36 to 46) of 100"


def test_half_a_person_is_rounded_up_and_never_to_the_even_number() -> None:
    assert Proportion(1, 200).out_of_100 == 1
    assert Proportion(5, 200).out_of_100 == 3


def test_nobody_has_no_rate() -> None:
    nobody = Proportion(0, 0)
    assert (nobody.rate, nobody.low, nobody.high, nobody.out_of_100) == (None, None, None, None)


def test_fewer_than_ten_people_are_not_assessed_and_their_count_is_not_told() -> None:
    assert Proportion(9, 9).text == "not assessed, fewer than 10 people"
    assert not Proportion(9, 9).assessed
    assert Proportion(1, 10).assessed


@pytest.mark.parametrize(("count", "of"), [(-1, 5), (6, 5), (0, -1)])
def test_impossible_counts_are_refused(count: int, of: int) -> None:
    with pytest.raises(EvaluationRefused, match="not possible") as refused:
        Proportion(count, of)
    assert refused.value.code == "counts_impossible"


def test_counts_that_do_not_add_up_to_the_people_are_refused() -> None:
    with pytest.raises(EvaluationRefused, match="do not add up to 11 people"):
        Measures("", "", 11, 1, 2, 3, 4)


def test_every_rate_of_a_group_has_its_own_people_under_the_line() -> None:
    group = Measures("", "", 100, 10, 20, 30, 40)
    assert group.flagged == Proportion(30, 100)
    assert group.precision == Proportion(10, 30)
    assert group.recall == Proportion(10, 40)
    assert group.miss_rate == Proportion(30, 40)
    assert group.false_positive_rate == Proportion(20, 60)
    assert group.specificity == Proportion(40, 60)
    assert group.base_rate == Proportion(40, 100)


def test_figures_survive_being_stored_as_json() -> None:
    kept = figures()
    assert Figures.from_dict(json.loads(json.dumps(kept.to_dict()))) == kept
    without = figures(baseline=None)
    assert Figures.from_dict(json.loads(json.dumps(without.to_dict()))) == without


def test_sentences_give_frequency_interval_and_what_is_counted() -> None:
    kept = figures()
    assert kept.flagged_sentence("returned to custody") == (
        "Of 100 people it flags, about 41 (34 to 48) are later recorded as returned to custody."
    )
    assert kept.found_sentence("returned to custody") == (
        "Of 100 people later recorded as returned to custody, it flags about 63 (55 to 71)."
    )
    assert kept.base_sentence("returned to custody") == (
        "Of 100 people it was checked on, flagged or not, about 33 (28 to 37) were returned to custody."
    )
    assert kept.band_sentence("higher", "returned to custody") == (
        "Of 100 people in the Higher band, about 41 (34 to 48) are later recorded as returned to custody."
    )


def test_a_sentence_about_too_few_people_has_no_number() -> None:
    few = figures(overall=Measures("", "", 400, 3, 3, 3, 391))
    sentences = [
        few.flagged_sentence("missing"),
        few.found_sentence("missing"),
        few.band_sentence("lower", "missing"),
    ]
    assert all(sentence.startswith("Too few people") for sentence in sentences)
    assert not any(character.isdigit() for sentence in sentences for character in sentence)


def test_an_unknown_band_is_refused_by_its_code() -> None:
    with pytest.raises(EvaluationRefused, match="'purple'"):
        figures().band_sentence("purple", "missing")


def test_the_rule_and_the_model_are_compared_with_equally_many_flagged() -> None:
    assert figures().baseline_sentence("returned to custody", 'the rule "any earlier conviction"') == (
        'Flagging 200 of 400 people, the rule "any earlier conviction" finds 70 of the 130 recorded as returned to '
        "custody; the model, flagging as many, finds 82."
    )
    assert figures(baseline=None).baseline_sentence("returned to custody") is None


def test_a_gap_is_clear_only_when_its_interval_leaves_out_zero() -> None:
    assert not Gap("Age", "miss_rate", 0.1, ("a", "b"), -0.05, 0.25).clear
    assert Gap("Age", "miss_rate", 0.1, ("a", "b"), 0.01, 0.19).clear
