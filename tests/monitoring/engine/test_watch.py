"""What a committee relies on when it reads a watch: it never passes what it could not see, and it says why."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from monitoring.engine.batches import digest
from monitoring.engine.charts import charts
from monitoring.engine.values import Action, BatchCode, Measure, Threshold, Verdict, WatchResult, Window
from monitoring.engine.watch import watch

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
REFERENCE = Window("Everyone scored in 2025", date(2025, 1, 1), date(2025, 12, 31))
OCTOBER = Window("October 2026", date(2026, 10, 1), date(2026, 10, 31))
SCORE_REFER = Threshold(Measure.SCORE_DRIFT, 0.2, Action.REFER)


@dataclass(frozen=True)
class Input:
    name: str
    meaning: str
    type: str


@dataclass(frozen=True)
class Band:
    code: str
    name: str
    start: float
    end: float


INPUTS = (
    Input("priors", "Earlier times in prison", "integer"),
    Input("age", "Age", "number"),
    Input("working", "Had work", "yes_no"),
    Input("area", "Area", "category"),
)
AREAS = ["North", "South", "East"]
BANDS = (Band("lower", "Lower", 0.0, 0.4), Band("higher", "Higher", 0.4, 1.0))


def made(rows: int, seed: int, *, older: float = 0.0, priors: float = 1.5) -> pd.DataFrame:
    """People whose outcome follows their score exactly as often as the score says."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "priors": draw.poisson(priors, rows),
            "age": draw.normal(30 + older, 8, rows),
            "working": draw.random(rows) < 0.4,
            "area": draw.choice(AREAS, rows),
            "ethnicity": draw.choice(["Asian", "Black", "White"], rows, p=[0.3, 0.3, 0.4]),
        }
    )
    frame["score"] = 1 / (1 + np.exp(-(frame["priors"] * 0.7 - (frame["age"] - 30) * 0.05 - 1.2)))
    frame["returned"] = (draw.random(rows) < frame["score"]).astype(float)
    return frame


def watched(reference: pd.DataFrame, current: pd.DataFrame | None, **changed: Any) -> WatchResult:
    settings: dict[str, Any] = {
        "columns": INPUTS,
        "outcome": "returned",
        "outcome_name": "returned to custody",
        "threshold": 0.4,
        "bands": BANDS,
        "groups": {"ethnicity": "Ethnicity"},
        "thresholds": (SCORE_REFER,),
        "minimum_rows": 30,
        "stale_after_days": 45,
        "newest": NOW - timedelta(days=2),
        "now": NOW,
        "earlier_digests": (),
        "reference_window": REFERENCE,
        "current_window": OCTOBER,
    }
    return watch(reference, current, **{**settings, **changed})


@pytest.fixture(scope="module")
def reference() -> pd.DataFrame:
    return made(900, seed=1)


@pytest.fixture(scope="module")
def steady(reference: pd.DataFrame) -> WatchResult:
    """The watch of a month like the reference."""
    return watched(reference, made(400, seed=2))


def test_a_month_like_the_reference_passes_and_says_what_it_compared(steady: WatchResult) -> None:
    result = steady
    assert result.verdict == Verdict.PASSED, result.sentence
    assert "400 people compared with 900" in result.sentence
    assert (result.reference.people, result.current.people) == (900, 400)
    assert result.outcome_coverage == (400, 400)
    assert [each.drifted for each in result.columns] == [False] * 4
    assert result.drifted_share == 0
    assert "Nothing needs to be done" in result.next_step


@pytest.mark.parametrize(
    ("action", "verdict", "next_step"),
    [
        (Action.WARN, Verdict.WARNED, "owner looks into this"),
        (Action.REFER, Verdict.BREACHED, "ethics committee, which decides at its next meeting"),
        (Action.SUSPEND, Verdict.BREACHED, "suspended now"),
    ],
)
def test_moved_scores_lead_to_the_action_the_committee_approved(
    reference: pd.DataFrame, action: Action, verdict: Verdict, next_step: str
) -> None:
    limit = Threshold(Measure.SCORE_DRIFT, 0.25, action)
    result = watched(reference, made(400, seed=3, priors=3.5), thresholds=(limit,))
    assert result.verdict == verdict
    found = next(each for each in result.breaches if each.measure == Measure.SCORE_DRIFT)
    assert (found.limit, found.action) == (0.25, action)
    assert found.value > 0.25
    assert result.score is not None
    assert found.value == result.score.value
    assert next_step in result.next_step


def test_the_sentence_says_from_what_to_what(reference: pd.DataFrame) -> None:
    result = watched(reference, made(400, seed=3, priors=3.5))
    assert result.sentence.startswith("The scores have moved: the average went from 0.46 to 0.71.")
    assert "Earlier times in prison has moved: the average went from 1.47 to 3.42." in result.columns[0].sentence


def test_the_most_serious_limit_speaks_first(reference: pd.DataFrame) -> None:
    limits = (SCORE_REFER, Threshold(Measure.INPUT_DRIFT_SHARE, 0.2, Action.SUSPEND))
    result = watched(reference, made(400, seed=3, priors=3.5), thresholds=limits)
    assert [each.action for each in result.breaches] == [Action.SUSPEND, Action.REFER]
    assert result.sentence.startswith("1 of 4 inputs has moved: Earlier times in prison.")
    assert "1 more limit was breached" in result.sentence


def test_the_size_of_the_reference_changes_neither_method_nor_direction() -> None:
    """Evidently answers with a p-value up to 1,000 rows and with a distance above, if it may choose."""
    steady, moved = made(400, seed=4), made(400, seed=5, priors=3.5, older=10)
    for rows in (900, 5_000):
        reference = made(rows, seed=6)
        for current, drifted in ((steady, False), (moved, True)):
            result = watched(reference, current)
            judged = [*result.columns[:2], result.score]
            assert {each.drifted for each in judged if each} == {drifted}, (rows, drifted)
            assert {(each.method, each.direction.value) for each in judged if each} == {("psi", "above is drift")}
            assert all(each and each.value is not None and (each.value >= 0.2) == drifted for each in judged)


def test_reference_and_batch_are_not_swapped(reference: pd.DataFrame) -> None:
    current = made(400, seed=2).assign(area="North")
    there, back = watched(reference, current), watched(current, reference)
    assert there.columns[3].unseen == ()
    assert back.columns[3].unseen == ("East", "South")
    assert "now the same for everybody, 'North'; it varied" in there.columns[3].sentence
    assert "'North' went from 100%" in back.columns[3].sentence


def test_sixty_per_cent_blank_is_caught_though_evidently_drops_blanks(reference: pd.DataFrame) -> None:
    current = made(400, seed=2)
    current.loc[: 400 * 6 // 10 - 1, "age"] = np.nan
    result = watched(reference, current)
    age = result.columns[1]
    assert not age.drifted
    assert (age.missing_reference, age.missing_current) == (0.0, 0.6)
    assert result.verdict == Verdict.WARNED
    assert result.sentence == "Age is now blank for 60% of people, 0% in the reference."
    declared = (Threshold(Measure.MISSING_SHARE, 0.5, Action.SUSPEND),)
    assert watched(reference, current, thresholds=declared).verdict == Verdict.BREACHED


def test_a_category_never_seen_is_caught_even_once(reference: pd.DataFrame) -> None:
    current = made(400, seed=2)
    current.loc[7, "area"] = "Harbour"
    result = watched(reference, current)
    assert result.columns[3].unseen == ("Harbour",)
    assert not result.columns[3].drifted
    assert result.verdict == Verdict.WARNED
    assert "'Harbour' (Area)" in result.sentence


def test_one_wild_value_does_not_hide_a_movement(reference: pd.DataFrame) -> None:
    current = made(400, seed=5, older=10)
    current.loc[0, "age"] = 1e9
    assert watched(reference, current).columns[1].drifted


def test_a_value_outside_everything_in_the_reference_is_a_movement(reference: pd.DataFrame) -> None:
    current = made(400, seed=2)
    current.loc[:59, "age"] = 999.0
    assert watched(reference, current).columns[1].drifted


def test_a_column_that_froze_has_moved(reference: pd.DataFrame) -> None:
    result = watched(reference, made(400, seed=2).assign(age=30.0))
    assert result.columns[1].drifted


def test_a_column_that_never_varies_is_named_and_any_other_value_is_drift(reference: pd.DataFrame) -> None:
    constant, current = reference.assign(priors=1), made(400, seed=2)
    same = watched(constant, current.assign(priors=1)).columns[0]
    assert (same.value, same.drifted) == (0.0, False)
    assert "same for everybody" in same.sentence
    assert watched(constant, current).columns[0].drifted


def test_an_empty_column_never_passes_silently(reference: pd.DataFrame) -> None:
    current = made(400, seed=2)
    gone = watched(reference, current.assign(age=np.nan))
    assert (gone.columns[1].drifted, gone.columns[1].value) == (True, None)
    assert gone.columns[1].sentence == "Age is now blank for everybody."
    assert gone.verdict == Verdict.WARNED
    appeared = watched(reference.assign(age=np.nan), current).columns[1]
    assert appeared.drifted
    never = watched(reference.assign(age=np.nan), current.assign(age=np.nan))
    assert not never.columns[1].drifted
    assert never.verdict == Verdict.PASSED
    assert "Not assessed: age is blank for everybody" in never.sentence
    assert never.drifted_share == 0


def test_forty_people_do_not_suspend_a_model_by_chance(reference: pd.DataFrame) -> None:
    limits = (Threshold(Measure.SCORE_DRIFT, 0.1, Action.SUSPEND),)
    seen = [watched(reference, made(40, seed=seed), thresholds=limits) for seed in range(10, 16)]
    past = [each for each in seen if each.score and (each.score.value or 0) >= 0.1]
    assert past, "the test needs a batch that passes the limit by chance"
    assert not any(breach.measure == Measure.SCORE_DRIFT for each in seen for breach in each.breaches)
    assert all(any("can be chance" in said for said in each.not_assessed) for each in past)
    assert any(each.measure == Measure.SCORE_DRIFT for each in watched(reference, made(40, seed=3, priors=5)).breaches)


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"newest": NOW - timedelta(days=60)}, BatchCode.STALE, "from 2 September 2026, 60 days ago"),
        ({"newest": None}, BatchCode.STALE, "no date"),
        ({"newest": NOW + timedelta(days=3)}, BatchCode.STALE, "still to come"),
        ({"minimum_rows": 500}, BatchCode.TOO_SMALL, "400 people; at least 500"),
    ],
)
def test_a_batch_that_cannot_be_judged_fails(
    reference: pd.DataFrame, changed: dict[str, Any], code: BatchCode, words: str
) -> None:
    result = watched(reference, made(400, seed=2), **changed)
    assert (result.verdict, result.batch.code) == (Verdict.FAILED, code)
    assert words in result.sentence
    assert result.columns == ()
    assert result.not_assessed
    assert "run the watch again" in result.next_step


@pytest.mark.parametrize("nothing", [None, made(1, seed=1).iloc[:0]])
def test_a_batch_that_never_arrived_fails(reference: pd.DataFrame, nothing: pd.DataFrame | None) -> None:
    result = watched(reference, nothing)
    assert (result.verdict, result.batch.code) == (Verdict.FAILED, BatchCode.MISSING)


def test_last_months_batch_sent_again_in_another_order_fails(reference: pd.DataFrame, steady: WatchResult) -> None:
    again = made(400, seed=2).sample(frac=1, random_state=3)
    result = watched(reference, again, earlier_digests=[steady.current.sha256])
    assert (result.verdict, result.batch.code) == (Verdict.FAILED, BatchCode.IDENTICAL)
    again.iloc[0, again.columns.get_loc("age")] += 1
    assert watched(reference, again, earlier_digests=[steady.current.sha256]).batch.ok


def test_the_reference_sent_as_a_batch_fails(reference: pd.DataFrame) -> None:
    assert watched(reference, reference.copy()).batch.code == BatchCode.IDENTICAL


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda frame: frame.drop(columns="age"), "The batch has no column 'age'"),
        (lambda frame: frame.drop(columns="score"), "The batch has no column 'score'"),
        (lambda frame: frame.assign(age=["old", *frame["age"][1:]]), "column 'age', row 1: 'old' is not a number"),
        (lambda frame: frame.assign(age=[np.inf, *frame["age"][1:]]), "column 'age', row 1: 'inf' is not a number"),
        (lambda frame: frame.assign(working="perhaps"), "'perhaps' is not a yes or no"),
    ],
)
def test_a_batch_of_other_columns_fails_and_names_the_place(reference: pd.DataFrame, spoil: Any, words: str) -> None:
    result = watched(reference, spoil(made(400, seed=2)))
    assert (result.verdict, result.batch.code) == (Verdict.FAILED, BatchCode.WRONG_COLUMNS)
    assert words in result.batch.sentence


def test_a_reference_that_cannot_be_compared_with_fails_too(reference: pd.DataFrame) -> None:
    current = made(400, seed=2)
    assert "the reference has no column 'age'" in watched(reference.drop(columns="age"), current).sentence
    assert "reference holds 10 people" in watched(reference[:10], current).sentence


def test_the_same_values_written_differently_are_the_same_batch() -> None:
    frame = pd.DataFrame({"a": [1, 2, None], "b": ["x", None, "z"]})
    written = pd.DataFrame({"b": ["z", "x", ""], "a": [None, "1", "2.0"]})
    assert digest(frame) == digest(written)
    assert digest(frame) != digest(written.assign(a=[None, "1", "2.5"]))


PRECISION = Threshold(Measure.PRECISION_FLOOR, 0.35, Action.SUSPEND)
GAP = Threshold(Measure.MISS_RATE_GAP, 0.15, Action.REFER)


def test_with_few_outcomes_drift_is_judged_and_performance_is_said_to_be_too_early(reference: pd.DataFrame) -> None:
    current = made(400, seed=2)
    current.loc[12:, "returned"] = np.nan
    result = watched(reference, current, thresholds=(SCORE_REFER, PRECISION, GAP))
    assert (result.verdict, result.figures) == (Verdict.PASSED, None)
    assert result.outcome_coverage == (12, 400)
    assert "Not assessed: performance: too early" in result.sentence
    assert "known for 12 people, and 30 are needed" in result.sentence
    assert any("gap between groups in who is missed" in said for said in result.not_assessed)


def test_when_no_limit_of_the_committee_could_be_checked_it_is_too_early(reference: pd.DataFrame) -> None:
    result = watched(reference, made(400, seed=2).drop(columns="returned"), thresholds=(PRECISION,))
    assert result.verdict == Verdict.TOO_EARLY
    assert "not known yet who was later recorded as returned to custody" in result.sentence


def test_precision_below_its_floor_suspends(reference: pd.DataFrame) -> None:
    current = made(400, seed=2)
    flagged = current["score"] >= 0.4
    current.loc[flagged, "returned"] = np.where(np.arange(flagged.sum()) % 5 == 0, 1.0, 0.0)
    current.loc[~flagged, "returned"] = np.where(np.arange((~flagged).sum()) % 2 == 0, 1.0, 0.0)
    result = watched(reference, current, thresholds=(SCORE_REFER, PRECISION))
    breach = result.breaches[0]
    assert (breach.measure, breach.action) == (Measure.PRECISION_FLOOR, Action.SUSPEND)
    assert breach.value == pytest.approx(0.2, abs=0.01)
    assert f"Of {flagged.sum()} people flagged, " in result.sentence
    assert "can be chance" not in breach.sentence
    assert watched(reference, made(400, seed=2), thresholds=(PRECISION,)).breaches == ()


def test_a_precision_just_below_its_floor_says_that_it_can_be_chance(reference: pd.DataFrame) -> None:
    high = Threshold(Measure.PRECISION_FLOOR, 0.62, Action.REFER)
    breach = watched(reference, made(400, seed=2), thresholds=(high,)).breaches[0]
    assert 0.55 < breach.value < 0.62
    assert "With so few people the shortfall can be chance." in breach.sentence


def test_a_group_that_is_missed_more_often_is_named_with_its_counts(reference: pd.DataFrame) -> None:
    current = made(400, seed=2)
    spared = (current["ethnicity"] == "Black") & (current["score"] >= 0.4)
    current.loc[spared, "score"] = 0.39
    current.loc[:3, "ethnicity"] = "Chinese"
    current.loc[:3, "returned"] = 1.0
    result = watched(reference, current, thresholds=(Threshold(Measure.SCORE_DRIFT, 9, Action.WARN), GAP))
    missed = int(((current["ethnicity"] == "Black") & (current["returned"] == 1)).sum())
    assert result.verdict == Verdict.BREACHED
    assert f"{missed} of {missed} (100%) in the group Black" in result.sentence
    assert "in the group Asian" in result.sentence or "in the group White" in result.sentence
    assert "Chinese" not in result.sentence
    had = current[(current["returned"] == 1) & (current["ethnicity"] != "Chinese")]
    rates = (had["score"] < 0.4).groupby(had["ethnicity"]).mean()
    assert result.breaches[0].value == pytest.approx(rates.max() - rates.min())
    assert any("Chinese: not assessed" in said for said in result.not_assessed)


def test_a_gap_between_few_people_says_that_it_can_be_chance(reference: pd.DataFrame) -> None:
    result = watched(reference, made(120, seed=31), thresholds=(Threshold(Measure.MISS_RATE_GAP, 0.01, Action.REFER),))
    breach = next(each for each in result.breaches if each.measure == Measure.MISS_RATE_GAP)
    assert "So small a difference can be chance." in breach.sentence


@pytest.mark.parametrize(("outcome", "words"), [(1.0, "100% of 400 people"), (0.0, "none of 400 people")])
def test_outcomes_that_are_all_the_same_fail_the_watch(reference: pd.DataFrame, outcome: float, words: str) -> None:
    result = watched(reference, made(400, seed=2).assign(returned=outcome), thresholds=(SCORE_REFER, PRECISION))
    assert result.verdict == Verdict.FAILED
    assert words in result.sentence
    assert "fault in the recorded outcomes" in result.sentence
    assert result.figures is None
    assert "outcomes explained or corrected" in result.next_step


def test_nearly_all_is_a_fault_and_a_smaller_jump_is_a_warning_beside_the_figures(reference: pd.DataFrame) -> None:
    current = made(400, seed=2)
    current["returned"] = (np.arange(400) >= 12).astype(float)
    assert watched(reference, current).verdict == Verdict.FAILED
    current["returned"] = (np.arange(400) >= 80).astype(float)
    jumped = watched(reference, current)
    assert jumped.verdict == Verdict.WARNED
    assert jumped.figures is not None
    assert "80% of people are recorded as returned to custody, 42% in the reference" in jumped.sentence


def test_outcomes_that_are_not_yes_or_no_are_refused_in_words(reference: pd.DataFrame) -> None:
    current = made(400, seed=2)
    current.loc[4, "returned"] = 2
    result = watched(reference, current, thresholds=(SCORE_REFER, PRECISION))
    assert result.figures is None
    assert any("must be 0 or 1" in said for said in result.not_assessed)


def test_a_group_the_batch_does_not_record_is_reported(reference: pd.DataFrame) -> None:
    result = watched(reference, made(400, seed=2), groups={"ethnicity": "Ethnicity", "sex": "Sex"})
    assert "Fairness by Sex: the batch does not record it." in result.not_assessed


def test_a_result_survives_json(reference: pd.DataFrame) -> None:
    for result in (watched(reference, made(400, seed=3, priors=3.5), thresholds=(GAP,)), watched(reference, None)):
        stored = json.loads(json.dumps(result.to_dict(), allow_nan=False))
        assert WatchResult.from_dict(stored) == result


def test_pictures_say_what_was_found(reference: pd.DataFrame) -> None:
    september = watched(
        reference, made(380, seed=8), current_window=replace(OCTOBER, start=date(2026, 9, 1), end=date(2026, 9, 30))
    )
    april = watched(reference, None, current_window=replace(OCTOBER, start=date(2026, 4, 1), end=date(2026, 4, 30)))
    current = made(400, seed=3, priors=3.5)
    current.loc[:199, "age"] = np.nan
    shown = {each["id"]: each for each in charts(watched(reference, current), [april, september])}
    assert list(shown) == ["volume", "score", "errors", "missing", "inputs"]
    assert [(each["label"], each["value"], each["bad"]) for each in shown["volume"]["points"]] == [
        ("April 2026", 0, True),
        ("September 2026", 380, False),
        ("October 2026", 400, False),
    ]
    assert shown["volume"]["message"] == "400 people were scored; 380 in earlier watches"
    assert [each["label"] for each in shown["score"]["points"]] == ["Reference", "September 2026", "October 2026"]
    assert shown["score"]["message"].startswith("The average score has risen from 0.46 to 0.7")
    assert shown["missing"]["message"] == "Age: now blank for 50% of people"
    assert shown["missing"]["points"][0]["bad"]
    assert (shown["inputs"]["limit"], shown["inputs"]["limit_text"]) == (0.2, "Limit 0.2")
    assert shown["inputs"]["message"] == "One input has moved: Earlier times in prison"
    assert shown["inputs"]["points"][0]["label"] == "Earlier times in prison"
    assert {each["label"] for each in shown["errors"]["points"]} == {"Asian", "Black", "White"}
    assert all(each["low"] < each["value"] < each["high"] for each in shown["errors"]["points"])


def test_pictures_of_a_failed_watch_say_that_nothing_was_seen(reference: pd.DataFrame) -> None:
    messages = {each["id"]: each["message"] for each in charts(watched(reference, None))}
    assert messages["volume"] == "No batch arrived"
    assert "could not be" in messages["errors"]
    assert "could not be" in messages["inputs"]


def test_picture_of_errors_points_at_the_group_that_is_missed(reference: pd.DataFrame) -> None:
    current = made(400, seed=2)
    current.loc[(current["ethnicity"] == "Black") & (current["score"] >= 0.4), "score"] = 0.39
    errors = next(each for each in charts(watched(reference, current)) if each["id"] == "errors")
    assert errors["message"].startswith("Ethnicity: Black is missed more often than ")
    assert [each["label"] for each in errors["points"] if each["bad"]] == ["Black"]
