"""What a partnership relies on at night: every live use is watched once, and silence is never health (R12, R13)."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assessments.committee.tables import AgendaItem
from foundation.errors import Conflict, Forbidden
from foundation.jobs.tables import Job
from foundation.ledger.tables import LedgerEntry
from foundation.ledger.values import content_digest
from foundation.lifecycle.queries import find_last_change
from monitoring.cases.queries import list_open_cases
from monitoring.watches.jobs import run_nightly, run_watch
from monitoring.watches.queries import get_run, list_holes, list_runs, result_of
from monitoring.watches.rules import NotLive
from monitoring.watches.service import ask_for_watch
from registry.models.queries import get_use
from registry.models.service import suspend
from tests.conftest import grant

FIRST_NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SECOND_NIGHT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SCORED_AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def facts_of(session, kind: str) -> list[dict]:
    entries = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == kind).order_by(LedgerEntry.at))
    return [json.loads(entry.body)["facts"] for entry in entries]


def reopened(story, at: datetime) -> None:
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        expires_on = datetime(2027, 5, 20).date()
        grant(session, story.cast.chair, use, expires_on=expires_on, at=at)


def test_a_night_like_the_evaluation_passes_is_kept_and_is_in_the_ledger(story, scored) -> None:
    """Scores in the shadow are shown to nobody and watched like all others (R08)."""
    story.give_scores(scored[::2])
    story.give_scores(scored[1::2], shadow=True)
    (run,) = story.night(FIRST_NIGHT)
    assert run.verdict == "passed", run.sentence
    with story.database.read() as session:
        kept = get_run(session, run.id)
        result = result_of(kept)
        assert (kept.use_id, kept.due_at) == (story.use_id, FIRST_NIGHT)
        assert result.current.people == len(scored)
        assert (result.current.start, result.current.end) == (datetime(2026, 10, 23).date(), FIRST_NIGHT.date())
        assert kept.current_sha256 == result.current.sha256 != ""
        (facts,) = facts_of(session, "watch_run")
        assert facts == {
            "run": run.id,
            "use": story.use_id,
            "verdict": "passed",
            "plan": 1,
            "result_sha256": content_digest(kept.result),
        }
        assert list_open_cases(session) == []
        assert "too early" not in result.sentence
        assert any("not known yet" in sentence for sentence in result.not_assessed)


def test_moved_scores_open_cases_and_come_before_the_committee_and_the_model_goes_on(story, scored) -> None:
    story.give_scores(scored[-80:])
    (run,) = story.night(FIRST_NIGHT)
    assert run.verdict == "breached"
    with story.database.read() as session:
        cases = list_open_cases(session, [story.use_id])
        assert ("The scores have moved", "refer", "open") in {(c.title, c.action, c.stage) for c in cases}
        assert {case.run_id for case in cases} == {run.id}
        (item,) = session.scalars(select(AgendaItem)).all()
        assert (item.kind, item.use_id) == ("breach", story.use_id)
        assert "The scores have moved: the average went from" in item.question
        assert get_use(session, story.use_id).stage == "approved"
        opened = facts_of(session, "case_opened")
        assert {(each["run"], each["use"]) for each in opened} == {(run.id, story.use_id)}
        assert {each["case"] for each in opened} == {case.id for case in cases}


def test_what_is_found_again_waits_in_the_case_that_is_open_already(story, scored) -> None:
    story.give_scores(scored[-80:])
    story.night(FIRST_NIGHT)
    story.give_scores(scored[-70:], FIRST_NIGHT + timedelta(hours=8))
    (second,) = story.night(SECOND_NIGHT)
    assert second.verdict == "breached"
    with story.database.read() as session:
        titles = [case.title for case in list_open_cases(session)]
        assert len(titles) == len(set(titles))
        assert len(session.scalars(select(AgendaItem)).all()) == 1


def test_too_few_right_flags_suspend_the_model_in_the_same_night(story, scored) -> None:
    people = story.give_scores(scored)
    story.record(people, scored, lambda row: 0.3 <= row.score < 0.45)
    (run,) = story.night(FIRST_NIGHT)
    assert run.verdict == "breached", run.sentence
    with story.database.read() as session:
        assert get_use(session, story.use_id).stage == "suspended"
        change = find_last_change(session, "use", story.use_id)
        assert change.by_id is None
        assert "The watch of 21 November 2026 found: Of" in change.reason
        (item,) = session.scalars(select(AgendaItem)).all()
        assert "May it give scores again" in item.question
        assert "suspend" in {case.action for case in list_open_cases(session)}
    assert story.night(SECOND_NIGHT) == []
    reopened(story, SECOND_NIGHT)
    story.give_scores(scored[:100], SECOND_NIGHT + timedelta(hours=3))
    (again,) = story.night(SECOND_NIGHT + timedelta(days=1))
    with story.database.read() as session:
        assert get_use(session, story.use_id).stage == "suspended", again.sentence
        assert len(session.scalars(select(AgendaItem)).all()) == 2, "a second suspension is a new decision"


def test_performance_and_errors_by_group_come_from_the_recorded_outcomes(story, scored) -> None:
    people = story.give_scores(scored)
    story.record(people, scored, lambda row: row.returned)
    (run,) = story.night(FIRST_NIGHT)
    result = result_of(run)
    assert result.outcome_coverage == (len(scored), len(scored))
    flagged = [row for row in scored if row.score >= result.figures["threshold"]]
    overall = result.figures["overall"]
    assert (overall["tp"], overall["fp"]) == (
        sum(row.returned for row in flagged),
        sum(not row.returned for row in flagged),
    )
    by_group = {(each["group"], each["value"]): each["people"] for each in result.figures["by_group"]}
    assert by_group["Age", "Under 25"] == sum(row.age_group == "Under 25" for row in scored)


def test_outcomes_of_too_few_people_are_too_early_and_no_figure_is_made_of_them(story, scored) -> None:
    people = story.give_scores(scored)
    story.record(people[:20], scored[:20], lambda row: row.returned)
    (run,) = story.night(FIRST_NIGHT)
    result = result_of(run)
    assert result.figures is None
    assert result.outcome_coverage == (20, len(scored))
    assert any("known for 20 people, and 30 are needed" in sentence for sentence in result.not_assessed)


def test_an_outcome_known_before_the_score_says_nothing_about_it(story, scored) -> None:
    people = story.give_scores(scored)
    story.record(people, scored, lambda row: row.returned)
    for reference, row in zip(people, scored, strict=True):
        story.score_again(reference, row, SCORED_AT + timedelta(days=1))
    (run,) = story.night(SECOND_NIGHT)
    assert result_of(run).outcome_coverage == (0, len(scored))
    assert result_of(run).current.people == len(scored), "each person once, by the newest score"


def test_nobody_scored_is_a_failed_watch_with_a_case_and_not_a_pass(story) -> None:
    (run,) = story.night(FIRST_NIGHT)
    assert run.verdict == "failed"
    assert result_of(run).batch.code == "missing"
    with story.database.read() as session:
        (case,) = list_open_cases(session)
        assert (case.title, case.action) == ("No batch arrived", "refer")
        assert len(session.scalars(select(AgendaItem)).all()) == 1


def test_a_handful_of_people_and_scores_of_long_ago_are_no_batch(story, scored) -> None:
    story.give_scores(scored, FIRST_NIGHT - timedelta(days=31))
    story.give_scores(scored[:29])
    (run,) = story.night(FIRST_NIGHT)
    assert (run.verdict, result_of(run).batch.code) == ("failed", "too_small")
    assert result_of(run).current.people == 29


def test_a_batch_nobody_refreshed_fails_the_second_night_and_not_a_second_look_at_the_same_day(story, scored) -> None:
    story.give_scores(scored)
    assert [run.verdict for run in story.night(FIRST_NIGHT)] == ["passed"]
    assert [run.verdict for run in story.night(FIRST_NIGHT + timedelta(hours=9))] == ["passed"]
    (second,) = story.night(SECOND_NIGHT)
    assert (second.verdict, result_of(second).batch.code) == ("failed", "identical")


def test_one_night_is_watched_once_whoever_asks(story, scored) -> None:
    story.give_scores(scored[-80:])
    first = run_watch(story.database, story.clock, story.engine, story.use_id, FIRST_NIGHT)
    second = run_watch(story.database, story.clock, story.engine, story.use_id, FIRST_NIGHT)
    assert first.id == second.id
    with story.database.read() as session:
        assert len(list_runs(session, story.use_id)) == 1
        assert len(facts_of(session, "watch_run")) == 1
        assert len(session.scalars(select(AgendaItem)).all()) == 1


class Together:
    """The engine, asked by two workers at the very same time."""

    def __init__(self, engine, barrier: threading.Barrier) -> None:
        self.engine, self.barrier = engine, barrier

    def score(self, *arguments: object) -> object:
        self.barrier.wait(60)
        return self.engine.score(*arguments)


def test_of_two_workers_at_the_same_time_one_watch_counts(story, scored) -> None:
    story.give_scores(scored[-80:])
    both = Together(story.engine, threading.Barrier(2))
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(run_watch, story.database, story.clock, both, story.use_id, FIRST_NIGHT) for _ in range(2)]
        runs = {one.result(120).id for one in asked}
    assert len(runs) == 1
    with story.database.read() as session:
        assert len(list_runs(session, story.use_id)) == 1
        assert len(session.scalars(select(AgendaItem)).all()) == 1


class Broken:
    """An engine that is not there."""

    def score(self, *arguments: object) -> None:
        raise RuntimeError("a detail about somebody that must not be shown")


def test_a_watch_that_crashes_is_a_failed_watch_with_a_sentence(story, scored) -> None:
    story.give_scores(scored)
    (run,) = run_nightly(story.database, story.clock, Broken(), FIRST_NIGHT)
    assert run.verdict == "failed"
    assert "could not be completed" in run.sentence
    assert "somebody" not in run.sentence
    with story.database.read() as session:
        assert [case.title for case in list_open_cases(session)] == ["The batch could not be judged"]
    story.give_scores(scored[:40], FIRST_NIGHT)
    assert [run.verdict for run in story.night(SECOND_NIGHT)] != ["failed"], "the next night is judged again"


def test_only_live_uses_are_watched(story, scored) -> None:
    story.give_scores(scored)
    with story.database.write() as session:
        suspend(session, story.cast.chair, get_use(session, story.use_id), "Stopped by the chair.", FIRST_NIGHT)
    with pytest.raises(NotLive, match=r"is not live \(suspended\)"):
        run_watch(story.database, story.clock, story.engine, story.use_id, FIRST_NIGHT)
    reopened(story, FIRST_NIGHT)
    story.clock.set(datetime(2027, 5, 21, 12, tzinfo=UTC))
    with pytest.raises(NotLive, match="its approval has ended"):
        run_watch(story.database, story.clock, story.engine, story.use_id, story.clock.now())
    assert story.night(story.clock.now()) == []
    with story.database.read() as session:
        assert list_runs(session, story.use_id) == []


def test_nights_without_a_watch_are_named_from_the_approval_to_the_suspension(story, scored) -> None:
    story.give_scores(scored)
    story.night(SECOND_NIGHT)
    later = datetime(2026, 11, 24, 12, tzinfo=UTC)
    days = [datetime(2026, 11, day).date() for day in (21, 23, 24)]
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        assert list_holes(session, use, later, 2) == days
        suspend(session, story.cast.chair, use, "Stopped by the chair.", datetime(2026, 11, 23, 12, tzinfo=UTC))
        assert list_holes(session, use, later + timedelta(days=5), 2) == days[:2]


def test_its_owner_asks_for_a_watch_and_nobody_else_does(story) -> None:
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        first = ask_for_watch(session, story.cast.owner, use, FIRST_NIGHT)
        assert ask_for_watch(session, story.cast.deputy, use, FIRST_NIGHT + timedelta(seconds=30)).id == first.id
        for other in (story.cast.chair, story.cast.practitioner, story.cast.auditor):
            with pytest.raises(Forbidden):
                ask_for_watch(session, other, use, FIRST_NIGHT)
        (job,) = session.scalars(select(Job).where(Job.kind == "run_watch")).all()
        assert job.payload == {"use": story.use_id, "due_at": FIRST_NIGHT.isoformat()}
        suspend(session, story.cast.chair, use, "Stopped.", FIRST_NIGHT)
        with pytest.raises((NotLive, Conflict)):
            ask_for_watch(session, story.cast.owner, use, FIRST_NIGHT)
