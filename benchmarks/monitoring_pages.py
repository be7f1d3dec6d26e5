"""How long the pages of monitoring take when 5,000 watches of a use are stored, against 50 (R12, R13).

With fifty, a page of the list and the lines of a report are full already, so both pages show as many lines, and the
ratio says what the stored watches cost. `python -m benchmarks.monitoring_pages` runs it alone.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from algocare.app import create_app
from algocare.demo.cast import found
from benchmarks.filling import START, write_models
from benchmarks.measuring import Measurement, compare, table
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.database.schema import upgrade
from foundation.settings import Settings
from monitoring.engine.values import (
    BatchCheck,
    BatchCode,
    ColumnVerdict,
    Direction,
    Measure,
    Reading,
    Verdict,
    WatchResult,
    Window,
)
from monitoring.watches.tables import WatchRun
from registry.catalogue.queries import read_catalogue
from registry.evaluations.values import BandRate, Figures, Gap, Measures, Proportion
from registry.imports.service import import_reference
from registry.models.queries import list_uses
from registry.models.tables import Use

FEW, MANY, COLUMNS, GOAL = 50, 5_000, 16, 1.2
NOW = START + timedelta(days=200)


def monitoring_pages(folder: Path) -> Iterator[Measurement]:
    """One measurement for each page: the median with 5,000 stored watches, divided by that with 50."""
    (small, one), (large, other) = _open(folder / "few-watches", FEW), _open(folder / "many-watches", MANY)
    for name, page in (
        ("/watches", "/watches"),
        ("the watches of a use", "/watches/uses/{use}"),
        ("the report of a watch", "/watches/{run}"),
        ("the files of a watch", "/watches/{run}/papers"),
        ("/reports", "/reports"),
    ):
        ours, theirs = _getting(large, page.format(**other)), _getting(small, page.format(**one))
        title = f"{name}: {MANY:,} stored watches / {FEW}"
        yield compare(title, ours, theirs, goal=GOAL, count=40, warm=3)


def _open(folder: Path, nights: int) -> tuple[FlaskClient, dict[str, int]]:
    """A signed-in client over a partnership with so many nights of watches, and the newest watch of one use."""
    folder.mkdir()
    settings = Settings(data_folder=folder, secret_key="bench", plain_http=True)
    upgrade(settings.address)
    database = Database(settings.address)
    with database.write() as session:
        found(session, START)
        import_reference(session, START)
        write_models(session, sorted(read_catalogue(session).items), 2)
        (use,) = list_uses(session, stage="approved")
        about = {"use": use.id, "run": _fill(session, use, nights)}
    client = create_app(settings, clock=StoppedClock(NOW), database=database).test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").get_data(as_text=True))
    assert token is not None
    client.post("/sign-in/auditor", data={"csrf_token": token[1]})
    return client, about


def _fill(session: Session, use: Use, nights: int) -> int:
    """A watch for every night up to now; the number of the newest."""
    first = datetime(NOW.year, NOW.month, NOW.day, 2, tzinfo=UTC)
    rows = [_row(use, first - timedelta(days=back), back) for back in reversed(range(nights))]
    session.execute(insert(WatchRun), rows)
    runs = session.query(WatchRun.id).filter(WatchRun.use_id == use.id).order_by(WatchRun.due_at.desc())
    return runs.limit(1).scalar() or 0


def _row(use: Use, due_at: datetime, back: int) -> dict[str, Any]:
    result = a_result(due_at)
    sha256 = f"{use.id:032x}{back:032x}"
    said = {"verdict": result.verdict.value, "sentence": result.sentence, "current_sha256": sha256, "plan_number": 1}
    return {"use_id": use.id, "due_at": due_at, "ran_at": due_at, "result": result.to_dict(), **said}


def a_result(due_at: datetime) -> WatchResult:
    """A watch as large as they come: sixteen inputs, nineteen readings, eight groups with gaps."""
    column: dict[str, Any] = {
        "method": "psi",
        "value": 0.04,
        "threshold": 0.2,
        "direction": Direction.ABOVE,
        "drifted": False,
    }
    column |= {"missing_reference": 0.01, "missing_current": 0.02, "unseen": ()}
    verdicts = [
        ColumnVerdict(column=f"c{n}", meaning=f"Input {n}", sentence=f"Input {n} looks as it did.", **column)
        for n in range(COLUMNS + 1)
    ]
    window = Window("Everyone scored in the 30 days before", (due_at - timedelta(days=29)).date(), due_at.date(), 900)
    return WatchResult(
        verdict=Verdict.PASSED,
        sentence="Nothing has moved beyond its limits.",
        batch=BatchCheck(BatchCode.OK, "The batch of 900 people is complete, recent and new."),
        reference=Window("The evaluation file", people=3000, sha256="a" * 64),
        current=window,
        columns=tuple(verdicts[:-1]),
        score=verdicts[-1],
        drifted_share=0.0,
        figures=_figures().to_dict(),
        outcome_coverage=(600, 900),
        breaches=(),
        not_assessed=("Fairness by Marital status: the batch does not record it.",),
        next_step="Nothing to do until the next watch.",
        readings=tuple(Reading(measure, 0.01, "Within its limit.", 0.0, 0.03, 600) for measure in Measure),
        deployment="Version 1, approval 1, plan 1.",
    )


def _figures() -> Figures:
    groups = tuple(Measures("Group", f"Part {n}", 75, 10, 5, 10, 50) for n in range(8))
    bands = (
        BandRate("low", "Low", 0.0, 0.5, Proportion(80, 480)),
        BandRate("high", "High", 0.5, 1.0, Proportion(80, 120)),
    )
    gap = Gap("Group", "miss_rate", 0.1, ("Part 0", "Part 1"), -0.05, 0.25)
    overall = Measures("", "", 600, 80, 40, 80, 400)
    rest = (0.7, 0.65, 0.75, 0.2, 0.4, None, (gap,), (), "b" * 64, 600)
    return Figures("outcome", 0.5, 600, overall, groups, bands, *rest)


def _getting(client: FlaskClient, page: str) -> Callable[[], object]:
    def get() -> object:
        answer = client.get(page)
        assert answer.status_code == 200, (page, answer.status_code)
        return answer.get_data()

    return get


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(table(list(monitoring_pages(Path(place)))))
