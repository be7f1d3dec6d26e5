"""What follows from a case: the chair's next steps, their days, and what the worker then finds (R12)."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from algocare.worker import Worker
from assessments.committee.tables import AgendaItem
from assessments.decisions.suspensions import find_unsettled
from foundation.errors import Forbidden, Invalid, Refused
from foundation.jobs.service import enqueue
from foundation.ledger.tables import LedgerEntry
from monitoring.cases.history import list_events
from monitoring.cases.jobs import check_cases
from monitoring.cases.queries import get_case, list_evidence, list_open_cases, list_steps, read_progress
from monitoring.cases.rules import check_due, check_heard, check_possible
from monitoring.cases.service import close, explain
from monitoring.cases.steps import choose
from monitoring.cases.telling import clock_text, list_tasks, next_text
from monitoring.cases.values import Chosen, StepKind
from monitoring.engine.values import (
    Action,
    BatchCheck,
    BatchCode,
    Breach,
    Measure,
    Reading,
    Verdict,
    WatchResult,
    Window,
)
from monitoring.watches.service import keep_run
from registry.models.queries import get_use
from registry.models.service import submit
from registry.models.tables import ModelVersion, Use
from tests.monitoring.cases.conftest import AT

TODAY, DUE = date(2026, 11, 22), date(2026, 12, 22)
WHY = "The committee wants to be sure."


def go_on(story, case_id: int, step: StepKind, due_on: date | None = None, at=AT) -> None:
    """The chair says what follows."""
    with story.database.write() as session:
        choose(session, story.cast.chair, get_case(session, case_id), Chosen(step, WHY, due_on), at)


def now_text(story, case_id: int, today: date = TODAY) -> str:
    with story.database.read() as session:
        case = get_case(session, case_id)
        return next_text(case, read_progress(session, case), today)


def steps_of(story, case_id: int) -> list[str]:
    with story.database.read() as session:
        return [one.step for one in list_steps(session, get_case(session, case_id))]


def items(story) -> int:
    with story.database.read() as session:
        return len(session.scalars(select(AgendaItem)).all())


# --- rules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due_on", "fault"),
    [
        (TODAY, None),
        (TODAY + timedelta(days=366), None),
        (None, "Enter the day"),
        (TODAY - timedelta(days=1), "today or later"),
        (TODAY + timedelta(days=367), "within a year"),
    ],
)
def test_a_step_has_a_day_within_a_year(due_on, fault) -> None:
    if fault is None:
        assert check_due(due_on, TODAY) == due_on
    else:
        with pytest.raises(Invalid, match=fault) as caught:
            check_due(due_on, TODAY)
        assert set(caught.value.problems) == {"due_on"}


def test_the_owner_is_heard_first_and_the_clock_says_how_long() -> None:
    check_heard("explained", DUE, TODAY)
    check_heard("open", TODAY - timedelta(days=1), TODAY)
    with pytest.raises(Refused, match="until 22 December 2026"):
        check_heard("open", DUE, TODAY)
    check_possible("Retrain", (), "retired", "Retired")
    with pytest.raises(Refused, match="'Suspend it' is not possible: the use is suspended now"):
        check_possible("Suspend it", ("approved",), "suspended", "Suspended")
    words = [clock_text(DUE, DUE + timedelta(days=days)) for days in (-2, -1, 0, 1)]
    assert words == ["2 days left", "1 day left", "due today", "1 day overdue"]


# --- what the chair can choose --------------------------------------------------------------------------------------


def test_nobody_chooses_for_their_own_model_nor_before_the_owner_was_heard(story, case_id) -> None:
    cast, asked = story.cast, Chosen(StepKind.RETRAIN, WHY, DUE)
    with story.database.write() as session:
        case = get_case(session, case_id)
        with pytest.raises(Refused, match="The owner has until 5 December 2026"):
            choose(session, cast.chair, case, asked, AT)
        explain(session, cast.owner, case, "The feed was switched off.", AT)
        both = type(cast.owner)(
            account_id=cast.owner.account_id, name="Both", roles=cast.owner.roles | cast.chair.roles
        )
        for actor in (cast.owner, cast.deputy, cast.mina, cast.officer, cast.worker, both):
            with pytest.raises(Forbidden):
                choose(session, actor, case, asked, AT)
        for chosen in (Chosen(StepKind.RETRAIN, " ", DUE), Chosen(StepKind.REREFER, WHY)):
            with pytest.raises(Invalid):
                choose(session, cast.chair, case, chosen, AT)
        assert (case.stage, list_steps(session, case)) == ("explained", [])


def test_a_watch_that_is_run_again_shows_its_verdict_in_the_case(story, explained_id) -> None:
    go_on(story, explained_id, StepKind.RETEST)
    said = "The watch runs again by 23 November 2026: 1 day left. Its verdict will stand here."
    assert now_text(story, explained_id) == said
    Worker(story.database, story.clock, story.engine).run_waiting()
    assert now_text(story, explained_id).startswith("The watch ran again: failed, nothing could be judged. The chair")
    with story.database.write() as session:
        (case,) = list_open_cases(session)
        assert [task.tag for task in list_tasks(session, story.cast.chair, AT)] == ["To close"]
        events = list_events(session, case, read_progress(session, case), list_evidence(session, case))
        assert [(event.what, name) for event, name in events] == [
            ("A watch opened the case", "ALGOCARE worker"),
            ("The owner explained it", "Olivia Owen"),
            ("The watch was asked to run again", "Cara Whitfield"),
            ("The watch ran again: failed, nothing could be judged", "ALGOCARE worker"),
        ]
        close(session, story.cast.chair, case, "The feed is back.", AT)


def test_a_new_version_closes_the_case_and_a_late_one_goes_to_the_committee(story, explained_id) -> None:
    go_on(story, explained_id, StepKind.RETRAIN, DUE)
    after = AT + timedelta(days=31)
    with story.database.read() as session:
        (mine,) = list_tasks(session, story.cast.deputy, AT)
        assert mine.tag == "New version"
        assert mine.hint.endswith("puts a new version to the committee by 22 December 2026: 30 days left.")
        assert [task.tag for task in list_tasks(session, story.cast.owner, after)] == ["Overdue"]
    assert check_cases(story.database, story.clock) == 0
    story.clock.set(after)
    before = items(story)
    with story.database.write() as session:
        enqueue(session, "check_cases", "once", {}, asked_by="worker", at=after)
    Worker(story.database, story.clock, story.engine).run_waiting()
    assert check_cases(story.database, story.clock) == 0, "what was noted is noted once"
    assert (steps_of(story, explained_id), items(story)) == (["retrain", "late"], before), "the standing item is taken"
    new_version(story, after)
    assert check_cases(story.database, story.clock) == 0, "registered is not yet put to the committee"
    with story.database.write() as session:
        use = session.scalars(select(Use).where(Use.id != story.use_id)).one()
        submit(session, story.cast.owner, use, after)
    assert check_cases(story.database, story.clock) == 1
    with story.database.read() as session:
        assert get_case(session, explained_id).stage == "closed"
        told = session.scalars(select(LedgerEntry).where(LedgerEntry.kind.like("case_%")))
        bodies = [json.loads(entry.body) for entry in told]
    assert sorted(one["kind"] for one in bodies) == [
        "case_closed",
        "case_explained",
        "case_opened",
        "case_step",
        "case_step",
    ]
    steps = {one["facts"]["step"]: one["facts"] for one in bodies if one["kind"] == "case_step"}
    assert (steps["retrain"]["due_on"], set(steps)) == (DUE.isoformat(), {"retrain", "late"})
    assert WHY not in json.dumps(bodies), "what people write does not go into the ledger"


def new_version(story, at) -> None:
    """Another version of the model, for the same use, registered and not yet submitted."""
    with story.database.write() as session:
        old = get_use(session, story.use_id)
        version = ModelVersion(
            model=old.version.model, number=2, registered_at=at, registered_by_id=old.version.registered_by_id
        )
        for name in ("kind", "declaration", "declaration_sha256", "artefact_sha256", "method", "unit", "threshold"):
            setattr(version, name, getattr(old.version, name))
        use = Use(version=version)
        for column in inspect(Use).column_attrs.keys():  # noqa: SIM118
            if column not in ("id", "version_id", "stage"):
                setattr(use, column, getattr(old, column))
        session.add(use)


def test_what_is_put_to_the_committee_stands_on_its_agenda_once(story, explained_id) -> None:
    before = items(story)
    go_on(story, explained_id, StepKind.REREFER, DUE)
    assert items(story) == before, "the item that the watch opened is not voted on yet: it is the one"
    assert now_text(story, explained_id) == "The ethics committee decides on it by 22 December 2026: 30 days left."
    with story.database.write() as session:
        session.execute(text("UPDATE agenda_item SET stage = 'decided'"))
    assert now_text(story, explained_id).startswith("The committee has decided.")
    go_on(story, explained_id, StepKind.REREFER, DUE)
    with story.database.read() as session:
        newest = session.scalars(select(AgendaItem).order_by(AgendaItem.id.desc())).first()
        assert newest is not None
        assert newest.question.startswith(f"Case {explained_id} about Return to custody, version 1, for")
        assert (newest.kind, WHY in newest.question) == ("review", True)


def test_suspending_stops_the_use_at_once_and_only_once(story, explained_id) -> None:
    go_on(story, explained_id, StepKind.SUSPEND)
    with story.database.write() as session:
        assert get_use(session, story.use_id).stage == "suspended"
        kept, case = find_unsettled(session, story.use_id), get_case(session, explained_id)
        assert kept is not None
        assert [(one.step, one.item_id) for one in list_steps(session, case)] == [("suspend", kept.item_id)]
        for step in (StepKind.SUSPEND, StepKind.RETEST):
            with pytest.raises(Refused, match="the use is suspended now"):
                choose(session, story.cast.chair, case, Chosen(step, WHY), AT)
    assert now_text(story, explained_id) == "The ethics committee decides on it at its next vote."


# --- the clock ------------------------------------------------------------------------------------------------------


def test_what_nobody_explains_in_time_goes_to_the_committee_once_and_is_still_heard(story, case_id) -> None:
    with story.database.write() as session:
        session.execute(text("UPDATE agenda_item SET stage = 'decided'"))
    before, late = items(story), AT + timedelta(days=15)
    assert check_cases(story.database, story.clock) == 0
    story.clock.set(late)
    assert [check_cases(story.database, story.clock) for _ in range(2)] == [1, 0]
    assert (steps_of(story, case_id), items(story)) == (["overdue"], before + 1)
    words = now_text(story, case_id, date(2026, 12, 7))
    assert words.startswith("Olivia Owen or Dev Patel explains it by 5 December 2026: 2 days overdue.")
    go_on(story, case_id, StepKind.RETRAIN, DUE, at=late)
    with story.database.write() as session:
        case = get_case(session, case_id)
        explain(session, story.cast.owner, case, "I was away.", late)
        assert (case.stage, case.explanation) == ("following", "I was away.")
        with pytest.raises(Refused, match="explained already"):
            explain(session, story.cast.deputy, case, "Again.", late)


def test_steps_only_grow(story, explained_id) -> None:
    go_on(story, explained_id, StepKind.RETRAIN, DUE)
    for statement in ("UPDATE case_step SET reason = 'Nothing'", "DELETE FROM case_step"):
        with pytest.raises(DBAPIError, match="only ever grows"), story.database.write() as session:
            session.execute(text(statement))


# --- figures that swing ---------------------------------------------------------------------------------------------


def test_figures_that_swing_open_a_case_like_any_breach(story) -> None:
    """R12: erratic metrics over time are a breach of their own."""
    said = "Over the last 6 watches, the share of flagged people who returned swung by 31 in 100."
    breach = Breach(Measure.ERRATIC, 0.31, 0.2, Action.REFER, said)
    window = Window("Everybody", people=100, sha256="a" * 64)
    batch = BatchCheck(BatchCode.OK, "Fine.")
    readings = (Reading(Measure.ERRATIC, 0.31, said, of=6),)
    result = WatchResult(
        Verdict.BREACHED,
        said,
        batch,
        window,
        window,
        (),
        None,
        0.0,
        None,
        (90, 100),
        (breach,),
        (),
        "Decide.",
        readings,
    )
    with story.database.write() as session:
        for night in (AT, AT + timedelta(days=1)):
            keep_run(session, get_use(session, story.use_id), night, result, night)
    with story.database.read() as session:
        (case,) = list_open_cases(session)
        assert (case.title, case.action) == ("The figures swing from watch to watch", "refer")
        assert [item.question.startswith(said) for item in session.scalars(select(AgendaItem))] == [True]
        assert now_text(story, case.id).startswith("Olivia Owen or Dev Patel explains it by 6 December 2026")
