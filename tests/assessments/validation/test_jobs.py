"""Files of people from a later time: what the worker makes of good ones, and of each kind of bad one."""

import io
from datetime import date, timedelta

import pandas as pd
import pytest

from algocare.demo.preparing import make_plan, prepare
from assessments.validation.jobs import validate
from assessments.validation.queries import find_counted, find_plan, get_validation, list_validations
from assessments.validation.service import ask_for_validation, explain_unmet, register_plan
from assessments.validation.values import LaterData
from foundation.errors import Forbidden, Invalid
from foundation.files.service import get_content
from foundation.jobs.queries import list_recent
from registry.models.queries import get_use

TRAINED = (date(1977, 7, 1), date(1978, 6, 30))


@pytest.fixture
def later(story, clock, engine):
    """A function that hands in the evaluation people as if from a later time, changed, and has the worker measure."""
    with story.database.read() as session:
        version = get_use(session, story.use_id).version
        frame = pd.read_csv(io.BytesIO(get_content(session, version.evaluation_sha256)), keep_default_na=False)
    frame["released_on"] = [(date(1979, 1, 1) + timedelta(days=place)).isoformat() for place in range(len(frame))]

    def hand_in(change=lambda frame: frame, kind: str = "csv", **told):
        written = io.BytesIO()
        changed = change(frame.copy())
        changed.to_csv(written, index=False) if kind == "csv" else changed.to_parquet(written)
        wanted = {"name": f"later.{kind}", "content": written.getvalue(), "outcome": "returned"}
        wanted |= {"training_from": TRAINED[0], "training_to": TRAINED[1], "date_column": "released_on", **told}
        clock.advance(minutes=1)
        with story.database.write() as session:
            use = get_use(session, story.use_id)
            asked = ask_for_validation(
                session, story.cast.owner, use, LaterData(**wanted), upload_mib=20, at=clock.now()
            ).id
        clock.advance(minutes=1)
        validate(story.database, clock, engine, asked)
        with story.database.read() as session:
            found = get_validation(session, asked)
            found.result.report  # noqa: B018 (read while the session is open)
            return found

    return hand_in


def plan(story, clock) -> None:
    with story.database.write() as session:
        prepare(session, story.cast.owner, get_use(session, story.use_id), clock.now())


def test_a_later_file_is_measured_against_the_plan_that_stood_before(story, later, clock, engine) -> None:
    unplanned = later()
    assert (unplanned.result.code, unplanned.result.registered, unplanned.result.met) == ("computed", False, False)
    clock.advance(minutes=1)
    plan(story, clock)
    with story.database.read() as session:
        assert find_plan(session, unplanned.version_id).after_figures
    again = later()
    assert not again.result.registered, "whoever made the plan could have known these figures"

    def ten_years_on(frame):
        return frame.assign(released_on="1989" + frame["released_on"].str.slice(4))

    found = later(ten_years_on, kind="parquet")
    result = found.result
    assert (result.code, result.registered, result.people) == ("computed", True, 351)
    assert result.starts_on == date(1989, 1, 1)
    assert [one["measure"] for one in result.summary["judged"]] == ["precision", "recall", "gap_miss_rate"]
    assert "at least 45 of 100 was promised, and it was 5" in result.summary["judged"][0]["sentence"]
    assert all("within what chance can explain" in sentence for sentence in result.summary["gap"])
    assert "finds" in result.summary["baseline"]
    assert "most likely the same people with other dates" in result.summary["findings"][0]
    assert result.summary["tested"] == ["ethnicity", "age_group", "marital_status"]
    assert {"ethnicity", "ethnicity and age_group"} <= {one["group"] for one in result.report["groups"]}
    assert any(one["rates"]["recall"].get("low") for one in result.report["groups"] if one["assessed"])
    with story.database.read() as session:
        listed = list_validations(session, found.version_id)
        assert find_counted(listed).id == found.id
        assert [job.kind for job in list_recent(session)].count("validate") == 3
    validate(story.database, clock, engine, found.id)  # asked again: nothing changes
    with story.database.write() as session:
        use, fresh = get_use(session, story.use_id), get_validation(session, found.id)
        if not fresh.result.met:
            explain_unmet(session, story.cast.owner, use, fresh, "It is tried on offers only.", clock.now())
            assert fresh.reason.text == "It is tried on offers only."


def alter(column: str, row: int, value: object):
    """A change of one cell; the heading is row 1."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame[column] = frame[column].astype(object)
        frame.loc[row - 2, column] = value
        return frame

    return change


BAD = {
    "not_later": (alter("released_on", 5, "1978-06-30"), "row 5: must lie after the training data's period"),
    "in_future": (alter("released_on", 6, "2031-01-01"), "row 6: must not lie in the future"),
    "date_missing": (alter("released_on", 7, "1 March"), "row 7: must be a day"),
    "outcome_missing": (alter("returned", 8, ""), "row 8: a 0 or 1 is missing"),
    "outcome_not_binary": (alter("returned", 9, 2), "row 9: must be 0 or 1, not '2'"),
    "outcome_one_class": (lambda frame: frame.assign(returned=1), "both 0 and 1 are needed"),
    "score_constant": (lambda frame: pd.concat([frame.head(1)] * 40).assign(returned=[0, 1] * 20), "the same score"),
    "scores_inverted": (lambda frame: frame.assign(returned=1 - frame["returned"]), "point the wrong way"),
    "column_missing": (lambda frame: frame.drop(columns="returned"), "no column 'returned'"),
    "invalid": (lambda frame: frame.drop(columns="age"), "the columns age are missing"),
}


@pytest.mark.one_database
def test_a_file_that_cannot_be_believed_is_a_recorded_failure(story, later, clock) -> None:
    plan(story, clock)
    for code, (change, words) in BAD.items():
        result = later(change).result
        assert (result.code, result.failed, result.met) == (code, True, False), result.problem
        assert words in result.problem
    with story.database.read() as session:
        assert find_counted(list_validations(session, 1)) is None


@pytest.mark.one_database
def test_what_is_no_later_file_is_refused_at_its_field(story, later, clock) -> None:
    with story.database.read() as session:
        known = get_content(session, get_use(session, story.use_id).version.evaluation_sha256)
    for told, field in (
        ({"content": known}, "file"),
        ({"name": "later.xlsx"}, "file"),
        ({"name": "later.parquet"}, "file"),
        ({"date_column": ""}, "date_column"),
        ({"date_column": "", "starts_on": date(1978, 6, 30), "ends_on": date(1979, 1, 1)}, "starts_on"),
        ({"date_column": "", "starts_on": date(1979, 1, 1), "ends_on": date(2031, 1, 1)}, "ends_on"),
        ({"training_from": date(1990, 1, 1)}, "training_to"),
        ({"outcome": " "}, "outcome"),
    ):
        with pytest.raises(Invalid) as refused:
            later(**told)
        assert field in refused.value.problems, told
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        with pytest.raises(Forbidden):
            register_plan(session, story.cast.stranger, use, make_plan(clock.now()), clock.now())
