"""What is taken for a score, a version, a day and a model file; and what is wrong with a score given on a day (R42)."""

from datetime import date

import pytest

from model_runtime.cohorts.results import PERSONAL
from model_runtime.scores.files import BAND_COLUMNS, COLUMNS
from monitoring.reconciling.comparing import differs, judge
from monitoring.reconciling.queries import Record, UseState, VersionState
from monitoring.reconciling.recognising import find_closed, find_data_kind, find_model_kind, find_packed_kind
from monitoring.reconciling.rules import (
    check_heading,
    day_of,
    find_columns,
    looks_like_band,
    looks_like_score,
    number_of,
    spell,
)
from monitoring.reconciling.values import FindingKind as Kind

TODAY = date(2026, 11, 22)
COHORT = (*PERSONAL, "headline", "label", "model", "model_slug", "version", "run", "given_on")


@pytest.mark.parametrize("names", [COLUMNS, BAND_COLUMNS], ids=["whole", "band alone"])
def test_the_files_that_scores_are_taken_out_in_are_known_by_their_columns(names) -> None:
    """R42: a file of our own names the record of every row, so every row can be held against it."""
    found = find_columns(names)
    assert found.ours
    told = {what: names[getattr(found, what)] for what in ("model", "version", "record", "band", "day")}
    assert told == dict(zip(told, ("model_slug", "version", "reference", "band_code", "given_at"), strict=True))
    assert {names[place] for place in found.label} == {"headline", "label"}
    moved = found.moved()
    assert [names[found.places[getattr(moved, what)]] for what in told] == list(told.values())


def test_the_file_of_a_population_is_known_by_run_and_person() -> None:
    """R42: in a run's file the reference is the person's, and the record is the run with that person."""
    found = find_columns(COHORT)
    assert found.ours
    assert found.record is None
    assert (COHORT[found.run], COHORT[found.person]) == ("run", "reference")


@pytest.mark.parametrize(
    ("cell", "score", "band"),
    [("0.73", True, False), ("73%", True, False), ("0,7", True, False), ("100", True, False), ("101", False, False)]
    + [("-1", False, False), ("", False, False), ("nan", False, False), ("1e999", False, False)]
    + [("High", False, True), ("very_high", False, True), ("Medium risk", False, True), ("Leeds", False, False)],
)
def test_what_looks_like_a_score(cell: str, score: bool, band: bool) -> None:
    """R42: the heuristic as it is stated on the page."""
    assert (looks_like_score(cell), looks_like_band(cell)) == (score, band)


def test_names_days_and_versions_are_read_as_systems_write_them() -> None:
    """R42."""
    assert [spell(name) for name in ("RiskScore", "risk-score", "NEET risk 2")] == [
        "risk_score",
        "risk_score",
        "neet_risk_2",
    ]
    days = [day_of(text) for text in ("2026-11-22T09:00:00+00:00", "22/11/2026 09:00", "31/02/2026", "soon", "")]
    assert days == [TODAY, TODAY, None, None, None]
    assert [number_of(text) for text in ("2", "v2", "Version 2", "2.0", "two", "2.1")] == [2, 2, 2, 2, None, None]
    assert check_heading(["0.5", "17", "Ann"])
    assert check_heading(["upn", "score"]) is None


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("notes.dat", b"\x80\x04\x95rest", "a pickle"),
        ("model.joblib", b"\x78\x9crest", "a pickle"),
        ("forest.csv", b"\x80\x05", "a pickle"),
        ("model.rds", b"\x1f\x8b\x08", "an R object"),
        ("tree.xml", b'<?xml version="1.0"?><PMML version="4.4">', "a PMML model"),
        ("boost.json", b'{"learner":{"attributes"', "an XGBoost model"),
        ("net.bin", b"\x08\x07\x12\x07pytorch\x1a", "an ONNX model"),
        ("people.csv", b"upn,score\n", None),
        ("list.json", b'[{"learner": 3}]', None),
    ],
)
def test_model_files_are_told_by_their_first_bytes_and_their_names(name: str, head: bytes, kind: str | None) -> None:
    """R42: nothing is loaded to find out what it is, and a renamed pickle is still a pickle."""
    assert find_model_kind(name, head) == kind


def test_what_may_hold_scores_and_is_not_read_is_never_passed_over() -> None:
    """R42: a spreadsheet, a database or a packed file is named as unread."""
    assert find_data_kind("a.xlsx", b"PK\x03\x04") is None
    assert "CSV" in (find_closed("a.xlsx", b"PK\x03\x04") or "")
    assert find_closed("a", b"SQLite format 3\x00")
    assert find_closed("scores.csv.gz", b"\x1f\x8b")
    assert find_closed("readme.txt", b"hello") is None
    assert find_packed_kind(["schema.json", "2.npy"]) == "a skops model"
    assert find_packed_kind(["archive/data.pkl"]) == "a PyTorch model"
    assert find_packed_kind(["scores.csv", "schema.json"]) is None


def _versions(stage: str, *stages: tuple[date, str], until: date = date(2026, 12, 31)) -> list[VersionState]:
    use = UseState(7, stage, stages, ((date(2026, 11, 1), until),) if stages else ())
    return [VersionState("neet", "NEET, version 1", 1, (use,))]


APPROVED = (date(2026, 11, 1), "approved")
RETIRED = _versions("retired", APPROVED, (date(2026, 11, 10), "retired"), until=date(2026, 11, 10))
SUSPENDED = _versions("suspended", APPROVED, (date(2026, 11, 10), "suspended"))


@pytest.mark.parametrize(
    ("versions", "day", "kind"),
    [
        (_versions("approved", APPROVED), date(2026, 11, 5), None),
        (_versions("approved", APPROVED), None, None),
        (_versions("approved", APPROVED), date(2026, 10, 31), Kind.NOT_APPROVED),
        (_versions("approved", APPROVED, until=date(2026, 11, 3)), date(2026, 11, 5), Kind.NOT_APPROVED),
        (_versions("draft"), date(2026, 11, 5), Kind.NOT_APPROVED),
        (_versions("draft"), None, Kind.NOT_APPROVED),
        (RETIRED, date(2026, 11, 12), Kind.RETIRED),
        (RETIRED, date(2026, 11, 10), Kind.SINCE_ENDED),
        (RETIRED, date(2026, 11, 5), Kind.SINCE_ENDED),
        (RETIRED, None, Kind.SINCE_ENDED),
        (SUSPENDED, date(2026, 11, 12), Kind.SUSPENDED),
        (SUSPENDED, date(2026, 11, 5), None),
        (SUSPENDED, None, Kind.SINCE_ENDED),
    ],
)
def test_a_score_is_judged_by_what_the_model_was_on_its_day(versions, day, kind) -> None:
    """R42: registered, retired, suspended, not approved at the time the score carries."""
    judged = judge(versions, day, TODAY)
    assert (judged[0] if judged else None) == kind


@pytest.mark.parametrize(
    ("row", "other"),
    [(("neet", "1", "high", "0.71"), False), (("neet", "v1", "HIGH", "71%"), False), (("neet", "", "", ""), False)]
    + [(("neet", "2", "high", ""), True), (("neet", "1", "low", ""), True), (("neet", "1", "high", "0.3"), True)],
)
def test_a_row_is_held_against_its_record(row, other: bool) -> None:
    """R42: another band, version or value than the record has is found, rounding is not."""
    assert differs(Record("neet", 1, "high", 0.7123), row) is other
