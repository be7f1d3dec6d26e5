"""Whom a watch looks at, and what it observes beside them: exactly what the rows say (R12, R13, R36, R40)."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from foundation.clock import london_date
from foundation.errors import Unavailable
from foundation.files.service import get_content
from model_runtime.cohorts.jobs import run_cohort
from model_runtime.cohorts.pools import LocalPool
from model_runtime.cohorts.service import CohortRequest, request_cohort, request_file
from model_runtime.cohorts.tables import CohortChunk, CohortRun, CohortScore
from model_runtime.judgements.tables import Judgement
from model_runtime.scores.tables import Refusal, Score
from monitoring.outcomes.service import record_outcomes
from monitoring.watches.frames import current_frame, reasons_now
from monitoring.watches.observing import count_flags, list_earlier, observe, outcomes_by_reference
from monitoring.watches.queries import list_runs, result_of
from monitoring.watches.windows import read_window
from registry.evaluations.jobs import SCORE
from registry.explanations.queries import find_findings
from registry.models.queries import get_model, get_use
from registry.watch_plans.queries import plan_of

FIRST_NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SCORED_AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def run_over(story, rows, references, at: datetime) -> CohortRun:
    """A finished run of the use over some people, as an analyst asks for it."""
    told = [
        {"reference": who, "born_on": "1990-03-04", **row.features} for who, row in zip(references, rows, strict=True)
    ]
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, list(told[0]))
    writer.writeheader()
    writer.writerows(told)
    content, as_of = written.getvalue().encode(), london_date(at) - timedelta(days=1)
    story.clock.set(at)
    asked = CohortRequest(
        story.cast.analyst, "resettlement-support", story.use_id, as_of, request_file("people.csv", content),
        f"press {at}", content,
    )  # fmt: skip
    run = request_cohort(story.database, story.clock, asked)
    stage = run_cohort(story.database, story.clock, LocalPool(lambda: story.engine, 1), run.id)
    with story.database.read() as session:
        run = session.get_one(CohortRun, run.id)
        assert stage == "finished", run.problem
        return run


def looked_at(story, at: datetime = FIRST_NIGHT, **changes: object):
    with story.database.read() as session:
        use = get_use(session, story.use_id)
        return read_window(session, use, replace(plan_of(session, use), **changes), at)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 16 people, so that a few dozen people make a run of several parts."""
    for room in ("service", "reading", "intake"):
        monkeypatch.setattr(f"model_runtime.cohorts.{room}.CHUNK_ROWS", 16)


def test_people_of_runs_are_watched_each_once_by_the_newest_score(story, scored, small_parts) -> None:
    """R12: a population scored in one run is a batch like one scored person by person; the newest score counts."""
    before = story.give_scores(scored[:30], SCORED_AT)
    run = run_over(story, scored[20:60], [*before[20:30], *(f"C-{n:04}" for n in range(30))], SCORED_AT + HOUR)
    story.score_again(before[25], scored[0], SCORED_AT + 2 * HOUR)
    looked = looked_at(story)
    assert (looked.people, looked.in_runs) == (60, 39)
    newest = {row.reference: row for row in looked.rows}
    assert before[24] not in newest, "the run scored them later"
    assert newest[before[25]].score == scored[0].score, "and this one was scored after the run"
    with story.database.read() as session:
        values = dict(session.execute(select(CohortScore.person_reference, CohortScore.value)).tuples().all())
        names = [feature.name for feature in get_use(session, story.use_id).version.features]
    told = {who: value for part in looked.parts for who, value in zip(part.people, part.scores, strict=True)}
    assert told == {who: value for who, value in values.items() if who != before[25]}
    frame = current_frame(looked, {}, "returned", names)
    assert len(frame) == 60
    assert set(frame.columns) == {*names, SCORE}
    chosen = frame[frame[SCORE] == values["C-0007"]].iloc[0]
    assert [chosen[name] for name in names] == [scored[37].features[name] for name in names]
    assert looked.window.description == (
        "Everyone scored in the 30 days to 21 November 2026, each by their newest score; "
        "39 were scored in runs over populations"
    )
    assert (looked.newest, looked.artefacts) == (SCORED_AT + 2 * HOUR, frozenset({run.artefact_sha256}))


def test_a_window_by_people_holds_the_newest_and_no_more(story, scored, small_parts) -> None:
    """R12: by count instead of by time, across single scores and runs; its first day is that of the oldest in it."""
    story.give_scores(scored[:20], SCORED_AT - timedelta(days=90), shadow=True)
    run_over(story, scored[:40], [f"C-{n:04}" for n in range(40)], SCORED_AT)
    story.give_scores(scored[:5], SCORED_AT + HOUR)
    for count, singles, in_runs in ((5, 5, 0), (30, 5, 25), (45, 5, 40), (50, 10, 40), (1000, 25, 40)):
        looked = looked_at(story, window_days=None, window_people=count)
        assert (len(looked.rows), looked.in_runs) == (singles, in_runs), count
    assert looked.window.start == london_date(SCORED_AT - timedelta(days=90))
    assert "The 1,000 people scored last up to 21 November 2026, each by their newest score" in (
        looked.window.description
    )
    assert looked.window.description.endswith("20 were scored in the shadow")
    assert looked_at(story, at=SCORED_AT - timedelta(days=91), window_days=None, window_people=50).people == 0


def test_a_run_whose_people_were_changed_is_not_watched_as_if_they_were_not(story, scored) -> None:
    run_over(story, scored, [f"C-{n:04}" for n in range(len(scored))], SCORED_AT)
    (run,) = story.night(FIRST_NIGHT)
    assert (run.verdict, result_of(run).current.people) == ("passed", len(scored)), "a run alone is a batch"
    with story.database.write() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.connection().exec_driver_sql("DROP TRIGGER cohort_chunk_keep_UPDATE")
        else:
            session.connection().exec_driver_sql("ALTER TABLE cohort_chunk DISABLE TRIGGER ALL")
        session.execute(update(CohortChunk).values(closed={"0": ["objected", "Not so."]}))
    with pytest.raises(Unavailable, match="were changed after it"):
        looked_at(story)
    (run,) = story.night(FIRST_NIGHT + timedelta(days=1))
    assert run.verdict == "failed"


def test_a_file_that_nobody_refreshed_is_found_whatever_else_is_in_the_window(story, scored, small_parts) -> None:
    """R13: the same file again is no batch, even where other people make the window another one."""
    people = [f"C-{n:04}" for n in range(len(scored))]
    run_over(story, scored, people, SCORED_AT)
    story.give_scores(scored[:10], SCORED_AT + HOUR)
    (first,) = story.night(FIRST_NIGHT)
    assert first.verdict == "passed"
    run_over(story, scored, people, SCORED_AT + timedelta(days=3))
    story.give_scores(scored[10:25], SCORED_AT + timedelta(days=3, hours=1))
    (again,) = story.night(FIRST_NIGHT + timedelta(days=3))
    assert (again.verdict, result_of(again).batch.code) == ("failed", "identical")
    assert "the very file of the run of 20 November 2026: nobody has refreshed it" in again.sentence


def judged(session, score: Score, view: str, by: int, at: datetime) -> None:
    session.add(Judgement(score_id=score.id, by_id=by, at=at, view=view, reason="It fits.", action=""))


def test_what_is_observed_is_what_the_rows_say(story, scored) -> None:
    """R12, R36: flags by week, judgements, requests and refusals of the window; nothing from before it."""
    at, weeks = FIRST_NIGHT, [timedelta(days=day) for day in (1, 3, 9, 16, 40)]
    story.give_scores(scored[:0])
    with story.database.read() as session:
        threshold = get_use(session, story.use_id).version.threshold
    flagged = [row for row in scored if row.score >= threshold][:6]
    below = [row for row in scored if row.score < threshold][:4]
    people = story.give_scores(flagged + below, at - weeks[0])
    story.score_again(people[0], flagged[0], at - weeks[1])  # twice in a week is one flag
    story.give_scores(flagged[:2], at - weeks[2], shadow=True)
    story.give_scores(flagged[:3], at - weeks[3])
    story.give_scores(flagged[:3], at - weeks[4])
    run_over(story, flagged[:2], ["C-1", people[1]], at - timedelta(days=2))
    with story.database.write() as session:
        scores = session.scalars(select(Score).where(Score.at == at - weeks[0]).order_by(Score.id)).all()
        who = (story.cast.practitioner.account_id, story.cast.stranger.account_id)
        for score, view in zip(scores, ["agree"] * 3 + ["disagree"] * 2 + ["not_used"], strict=False):
            judged(session, score, view, who[0], at - HOUR)
        judged(session, scores[0], "disagree", who[1], at + HOUR)
        for number, when in enumerate((at - HOUR, at - timedelta(days=2), at - weeks[4], at + HOUR)):
            told = {"reference": f"R-{number}", "request_key": f"no {number}", "asked_by_id": who[0], "what_next": []}
            refusal = {"use_id": story.use_id, "at": when, "purpose": "x", "code": "stale", "sentence": "No."}
            session.add(Refusal(**told, **refusal))
    with story.database.read() as session:
        use = get_use(session, story.use_id)
        plan = replace(plan_of(session, use), capacity_per_week=4)
        start = read_window(session, use, plan, at).start
        seen = observe(session, use, plan, start, at)
        assert seen.flags == (0, 3, 2, 7), "four whole weeks of 30 days; in the last one six people and C-1"
        assert seen.capacity == 4
        assert (seen.agree, seen.disagree, seen.not_used) == (3, 2, 1)
        assert (seen.asked, seen.refused) == (10 + 1 + 2 + 3 + 2, 2)
        assert seen.earlier == ()
        assert count_flags(session, use, at - timedelta(days=6), at) == ()


def test_reasons_weigh_what_the_evaluation_was_found_to_rest_on(story, scored, engine) -> None:
    """R40: the same measure on both sides: shares that add up to 1, of the same inputs; other people, other shares."""
    with story.database.read() as session:
        version = get_use(session, story.use_id).version
        found = find_findings(session, version)
        artefact = get_content(session, version.artefact_sha256)
    names = [feature.name for feature in version.features]
    concepts = {one.name: one.inputs for one in found.weights}
    story.give_scores(scored)
    everybody = current_frame(looked_at(story), {}, "returned", names)
    now = reasons_now(version, artefact, everybody, engine, concepts)
    assert now.keys() == concepts.keys()
    assert sum(now.values()) == pytest.approx(1)
    shift = sum(abs(now[one.name] - one.share) for one in found.weights) / 2
    alike = everybody.assign(**{names[0]: everybody[names[0]].min()})
    moved = reasons_now(version, artefact, alike, engine, concepts)
    assert shift < 0.1, "people of the same kind"
    (run,) = story.night(FIRST_NIGHT)
    (told,) = [one for one in result_of(run).readings if one.measure == "explanation_shift"]
    assert told.value == pytest.approx(shift)
    assert sum(abs(moved[name] - now[name]) for name in now) / 2 > 0.005


def test_earlier_figures_are_of_windows_that_share_no_day(story, scored) -> None:
    """R40: nightly watches of the same 30 days say the same; only watches of other people show how figures swing."""
    nights = [FIRST_NIGHT + timedelta(days=day) for day in (0, 1, 35, 36, 70)]
    for night, part in zip(nights, (scored[::3], scored[1::3], scored[2::3], scored[::2], scored[1::2]), strict=True):
        people = story.give_scores(part, night - 10 * HOUR)
        story.clock.set(night)
        lines = [
            f"{who},{'yes' if row.returned else 'no'},{london_date(night)}"
            for who, row in zip(people, part, strict=True)
        ]
        with story.database.write() as session:
            model, content = get_model(session, "return-to-custody"), "\n".join(["person,happened,observed_on", *lines])
            record_outcomes(session, story.cast.owner, model, content.encode(), "outcomes.csv", night)
        story.night(night)
    with story.database.read() as session:
        runs = list(reversed(list_runs(session, story.use_id)))
        assert all(run.result["figures"] for run in runs), [run.sentence for run in runs]
        figures = [result_of(run).figures["overall"] for run in runs]
        expected = tuple((one["tp"], one["tp"] + one["fp"]) for one in (figures[1], figures[3]))
        assert list_earlier(session, story.use_id, nights[4] - timedelta(days=30)) == expected


def test_outcomes_are_found_by_the_persons_reference(story, scored) -> None:
    people = story.give_scores(scored[:12])
    story.record(people[:5], scored[:5], lambda row: True)
    with story.database.read() as session:
        use = get_use(session, story.use_id)
        known = outcomes_by_reference(session, use.version.model_id)
        assert set(known) == set(people[:5])
        names = [feature.name for feature in use.version.features]
        frame = current_frame(read_window(session, use, plan_of(session, use), FIRST_NIGHT), known, "returned", names)
    assert frame["returned"].sum() == 5
