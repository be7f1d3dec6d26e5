"""Claimed figures: no true table is ever called impossible, and false ones are, by as much as can be shown."""

from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import Invalid
from registry.evaluations.claims import COUNTS, RATES, Verdict, check_claims, read_claim
from registry.evaluations.claims_file import read_claims
from registry.evaluations.shares import EVERYTHING, Box, Span, find_extent, mcc_of, span_of
from registry.evaluations.values import EvaluationRefused

CELL = st.sampled_from([0, 1, 2, 9, 40, 700]).flatmap(lambda most: st.integers(0, most))


def table_figures(tp: int, fp: int, fn: int, tn: int) -> dict[str, float]:
    """Every figure that a table has, by the textbook."""
    n = tp + fp + fn + tn
    shares = {
        "accuracy": (tp + tn, n),
        "prevalence": (tp + fn, n),
        "precision": (tp, tp + fp),
        "recall": (tp, tp + fn),
        "fnr": (fn, tp + fn),
        "specificity": (tn, tn + fp),
        "fpr": (fp, tn + fp),
        "npv": (tn, tn + fn),
        "f1": (2 * tp, 2 * tp + fp + fn),
    }
    found = {name: part / whole for name, (part, whole) in shares.items() if whole}
    sides = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    if sides:
        found["mcc"] = (tp * tn - fp * fn) / sqrt(sides)
    return {**found, "tp": tp, "fp": fp, "fn": fn, "tn": tn, "n": n}


def check(implying: bool = False, **printed: str) -> Verdict:
    return check_claims([read_claim(name, text) for name, text in printed.items()], implying=implying)


@settings(max_examples=60, deadline=None)
@given(CELL, CELL, CELL, CELL, st.data())
def test_no_true_table_is_called_impossible(tp: int, fp: int, fn: int, tn: int, data: st.DataObject) -> None:
    figures = table_figures(tp, fp, fn, tn)
    names = data.draw(st.lists(st.sampled_from(sorted(figures)), unique=True, min_size=1))
    decimals = data.draw(st.integers(1, 4))
    printed = {name: str(figures[name]) if name in COUNTS else f"{figures[name]:.{decimals}f}" for name in names}
    verdict = check(data.draw(st.sampled_from([False] * 9 + [True])), **printed)
    assert verdict.possible, (figures, verdict.conflicts)
    for name, span in verdict.implied.items():
        value = figures[name] / figures["n"] if name in COUNTS else figures.get(name, span.low)
        assert span.low - 1e-6 <= value <= span.high + 1e-6


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=6, max_size=6), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_every_table_in_a_box_lies_in_the_spans_of_the_box(sides: list[float], at: list[float]) -> None:
    box = Box(*(Span(*sorted(sides[place : place + 2])) for place in (0, 2, 4)))
    base, found, alarmed = (side.low + share * side.width for side, share in zip(box, at, strict=True))
    cells = {
        "tp": base * found,
        "fp": (1 - base) * alarmed,
        "fn": base * (1 - found),
        "tn": (1 - base) * (1 - alarmed),
    }
    for name, value in cells.items():
        assert span_of(name, box).low - 1e-9 <= value <= span_of(name, box).high + 1e-9
    if 0 < base < 1:
        span = span_of("mcc", box)
        assert span.low - 1e-9 <= mcc_of(base, found, alarmed) <= span.high + 1e-9


@pytest.mark.parametrize(
    ("printed", "figures"),
    [
        ({"precision": "0.20", "recall": "0.80", "mcc": "0.60"}, {"precision", "mcc"}),
        ({"precision": "0.20", "recall": "0.80", "mcc": "0.42"}, {"precision", "recall", "mcc"}),
        ({"accuracy": "0.40", "precision": "0.90", "recall": "0.90"}, {"accuracy", "precision", "recall"}),
        ({"recall": "0.80", "fnr": "0.30", "accuracy": "0.7"}, {"recall", "fnr"}),
        ({"f1": "0.80", "precision": "0.70", "recall": "0.99"}, {"f1", "precision", "recall"}),
        ({"accuracy": "0.50", "mcc": "0.90"}, {"accuracy", "mcc"}),
        ({"npv": "0.90", "precision": "0.90", "mcc": "0.85"}, {"npv", "precision", "mcc"}),
        ({"accuracy": "0.99", "prevalence": "0.5%", "recall": "0.90", "precision": "0.20"}, set()),
    ],
)
def test_false_claims_are_named_with_no_more_figures_than_needed(printed: dict[str, str], figures: set[str]) -> None:
    verdict = check(**printed)
    assert not verdict.possible
    (conflict,) = verdict.conflicts
    assert set(conflict.names) == figures or not figures
    assert set(conflict.names) <= set(printed)
    assert "by 0." in conflict.sentence


@pytest.mark.parametrize("mcc", ["0.40", "0.41"])
def test_rounding_is_allowed_for(mcc: str) -> None:
    """Precision below 0.205 and recall below 0.805 allow an MCC up to 0.4062."""
    verdict = check(precision="0.20", recall="0.80", mcc=mcc)
    assert verdict.possible
    assert verdict.highest_mcc == pytest.approx(sqrt(0.205 * 0.805))


def test_the_highest_mcc_is_the_square_root_of_precision_times_recall() -> None:
    extent = find_extent({"precision": Span(0.2, 0.2), "recall": Span(0.8, 0.8)}, "mcc")
    assert extent.high == pytest.approx(0.4, abs=0.002)
    assert span_of("mcc", EVERYTHING) == (-1, 1)


def test_what_possible_claims_imply() -> None:
    """1,000 people, 27 with the outcome: 16 found, 38 flagged wrongly."""
    implied = check(True, accuracy="0.951", precision="0.296", recall="0.593").implied
    truth = table_figures(16, 38, 11, 935)
    for name in ("tp", "fp", "fn", "tn"):
        assert implied[name].low <= truth[name] / 1000 <= implied[name].high
        assert implied[name].width < 0.006
    assert implied["prevalence"].low < 0.027 < implied["prevalence"].high


@pytest.mark.parametrize(
    ("n", "people", "printed", "possible"),
    [
        (7740, 590, "7.6%", True),  # NEET or not known, 16 and 17, Bristol, June 2019
        (35, 13, "37.1%", True),  # looked after or care leaver, 2019
        (663, 285, "43.0%", True),  # EHCP, 16 to 25, 2019
        (663, 285, "43.1%", False),  # the same, as it was printed
    ],
)
def test_published_counts_against_the_share_printed_beside_them(
    n: int, people: int, printed: str, possible: bool
) -> None:
    verdict = check(prevalence=printed, n=f"{n:,}", tp=str(people), fn="0")
    assert verdict.possible is possible
    if not possible:
        assert verdict.conflicts[0].sentence == (
            "The counts give 285 of 663, which is prevalence 0.4299; 43.1% was printed."
        )


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ({"prevalence": "0.36", "n": "35"}, "No number of people out of 35"),
        ({"tp": "10", "fp": "20", "fn": "30", "tn": "40", "n": "200"}, "is 100 people, and n says 200"),
        ({"tp": "10", "fp": "20", "n": "25"}, "is 30 people, and n says 25"),
        ({"tp": "10", "fp": "20", "precision": "0.35"}, "10 of 30, which is precision 0.3333"),
        ({"tp": "5", "fp": "5", "fn": "5", "tn": "85", "mcc": "0.50"}, "MCC 0.4444"),
        ({"tp": "5", "fp": "5", "fn": "5", "f1": "0.60"}, "F1 0.5000"),
    ],
)
def test_counts_are_compared_exactly(printed: dict[str, str], told: str) -> None:
    verdict = check(**printed)
    assert not verdict.possible
    assert told in verdict.conflicts[0].sentence


@pytest.mark.parametrize(
    ("printed", "review"),
    [
        ({"precision": "0.99", "recall": "0.985"}, True),
        ({"precision": "99%", "fnr": "0.01"}, True),
        ({"tp": "99", "fp": "1", "fn": "1"}, True),
        ({"precision": "0.98", "recall": "0.99"}, False),
        ({"precision": "0.99"}, False),
    ],
)
def test_figures_too_good_need_a_review_for_leakage(printed: dict[str, str], review: bool) -> None:
    assert check(**printed).leakage is review


def test_accuracy_alone_and_a_prevalence_beyond_everybody_are_remarked_on() -> None:
    assert "Accuracy alone" in check(accuracy="0.97").notes[0]
    assert "no more than 100" in check(accuracy="0.40", precision="0.90", recall="0.90").notes[0]
    assert "Flagging nobody" in check(accuracy="0.90", prevalence="0.03").notes[-1]


@pytest.mark.parametrize(
    ("name", "text", "span"),
    [
        ("recall", "0.85", (0.845, 0.855)),
        ("recall", ".850", (0.8495, 0.8505)),
        ("recall", "85%", (0.845, 0.855)),
        ("recall", "1", (0.5, 1.5)),
        ("mcc", "-0.1", (-0.15, -0.05)),
        ("tp", "1,234", (1234, 1234)),
    ],
)
def test_a_printed_figure_stands_for_what_rounds_to_it(name: str, text: str, span: tuple[float, float]) -> None:
    assert read_claim(name, text).span == pytest.approx(span)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("recall", "high", "claim_not_number"),
        ("recall", "NaN", "claim_not_number"),
        ("recall", "inf", "claim_not_number"),
        ("recall", "85", "claim_out_of_range"),
        ("recall", "-0.1", "claim_out_of_range"),
        ("tp", "3.5", "claim_not_count"),
        ("tp", "-3", "claim_not_count"),
    ],
)
def test_what_is_no_figure_is_refused(name: str, text: str, code: str) -> None:
    with pytest.raises(EvaluationRefused) as refused:
        read_claim(name, text)
    assert refused.value.code == code


def test_a_file_keeps_its_other_columns_and_knows_other_names() -> None:
    content = b"model,Sensitivity,PPV,people,note\nA,0.8,20%,,seen\nB,n/a,,100,\n"
    first, second = read_claims(content, "claims.csv")
    assert [(claim.name, claim.printed) for claim in first.claims] == [("recall", "0.8"), ("precision", "20%")]
    assert (first.number, first.name, first.others) == (2, "A", {"model": "A", "note": "seen"})
    assert [claim.name for claim in second.claims] == ["n"]


def test_every_bad_cell_is_refused_with_file_row_and_column() -> None:
    with pytest.raises(Invalid) as refused:
        read_claims(b"model,recall,tp\nA,85,1\nB,0.8,x\n", "claims.csv")
    assert list(refused.value.problems) == ["claims.csv, row 2, column recall", "claims.csv, row 3, column tp"]
    assert "write 85%" in refused.value.problems["claims.csv, row 2, column recall"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"model,note\nA,x\n", "claims_heading"),
        (b"recall,sensitivity\n0.1,0.1\n", "claims_heading"),
        (b"recall\n" + b"0.1\n" * 1001, "file_too_long"),
        (b"model,recall\nA\n", "file_ragged"),
    ],
)
def test_a_file_without_claims_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(EvaluationRefused) as refused:
        read_claims(content, "claims.csv")
    assert refused.value.code == code


def test_every_figure_can_be_claimed_and_searched() -> None:
    for name in RATES:
        assert find_extent({"prevalence": Span(0.1, 0.2), "recall": Span(0.5, 0.6)}, name) is not None
