"""Two years of the invented partnership, told once: every fault is caught, with a sentence that says what it is."""

from pathlib import Path

import pytest

from algocare.demo.cast import found
from algocare.demo.law import enter_law
from algocare.demo.partnership.history import House, begins_before, tell
from algocare.demo.partnership.months import ASLEEP, FROZEN, MISLABELLED, MISSING, UNJOINED, Calendar
from foundation.clock import london_date
from foundation.database.connection import Database
from monitoring.cases.tables import Case
from monitoring.engine.values import BatchCode, Measure, Verdict, WatchResult
from monitoring.watches.queries import list_holes, list_runs, result_of
from registry.evaluations.queries import find_figures
from registry.imports.service import import_reference
from registry.models.queries import find_approval, get_model, get_use
from registry.models.values import PermissionStage

pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("lived"), pytest.mark.timeout(600)]

GAP, DRIFT = 20, 21
"""The months before the watches that find the gap between groups, and the rise in absence."""

WATCHED = (FROZEN - 1, FROZEN, MISLABELLED, UNJOINED[0], MISSING, GAP, DRIFT)
"""The months of which the test runs the watch; all others are holes here."""


def readings(result: WatchResult) -> dict[Measure, float]:
    return {breach.measure: breach.value for breach in result.breaches}


def check_registered(database: Database, use_id: int) -> None:
    """It is in operation, beats the indicator on later people, and the indicator is measured on the same people."""
    with database.read() as session:
        use = get_use(session, use_id)
        approval = find_approval(session, use)
        assert approval is not None
        assert approval.stage is PermissionStage.OPERATIONAL
        figures = find_figures(session, use.version_id)
        indicator = find_figures(session, get_model(session, "roni").versions[0].id)
    assert figures is not None
    assert indicator is not None
    assert figures.people == indicator.people
    assert figures.auc > indicator.auc
    assert figures.baseline["model_at_same_volume"]["tp"] > figures.baseline["rule"]["tp"]


def test_every_fault_of_the_two_years_is_caught(make_database, clock, engine, settings, tmp_path: Path):
    """A frozen and a missing file, false outcomes, a hole, a gap and a drift are each found (R12, R13, R15, R36)."""
    database, now = make_database("empty"), clock.now()
    begun = begins_before(now)
    with database.write() as session:
        found(session, begun)
        import_reference(session, begun)
        enter_law(session, begun, now)
    use_id = tell(House(database, clock, engine, settings, tmp_path), now, lambda said: None, watched=WATCHED)
    check_registered(database, use_id)
    calendar = Calendar.before(now)
    with database.read() as session:
        results = {london_date(run.due_at): result_of(run) for run in list_runs(session, use_id)}
        holes = list_holes(session, get_use(session, use_id), now, 2)
        cases = {case.title: case for case in session.query(Case)}
    of = {month: results[london_date(calendar.nights[month])] for month in WATCHED}
    assert of[FROZEN - 1].verdict is Verdict.PASSED
    assert of[FROZEN].batch.code is BatchCode.IDENTICAL
    assert "identical to one already compared" in of[FROZEN].sentence
    assert of[MISLABELLED].verdict is Verdict.FAILED
    assert "until that is explained it is a fault in the recorded outcomes" in of[MISLABELLED].sentence
    assert of[MISSING].batch.code is BatchCode.STALE
    assert london_date(calendar.nights[ASLEEP]) in holes
    assert not set(holes) & set(results)
    assert Measure.INPUT_DRIFT_SHARE in readings(of[UNJOINED[0]])
    gap = next(breach for breach in of[GAP].breaches if breach.measure is Measure.MISS_RATE_GAP)
    assert gap.value >= 0.4
    assert "Any other ethnic group" in gap.sentence
    attendance = next(column for column in of[DRIFT].columns if column.column == "attendance")
    assert attendance.drifted
    assert "has moved: the average went from 95" in attendance.sentence
    assert Measure.FLAGS_OVER_CAPACITY in readings(of[DRIFT])
    check_answered(cases)


def check_answered(cases: dict[str, Case]) -> None:
    """What was found was explained by the owner, and closed or followed by somebody else (R12)."""
    assert cases["The batch was not refreshed"].stage == "closed"
    assert cases["The recorded outcomes cannot be believed"].stage == "closed"
    assert cases["Nobody was scored recently"].stage == "closed"
    assert cases["One group is missed more often than another"].stage == "following"
    assert cases["The inputs have moved"].stage == "following"
    assert all(case.explanation and case.explained_by_id for case in cases.values())
