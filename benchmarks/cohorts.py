"""Runs over whole populations: beside the plain loop, beside the bare fast route, in memory, and killed at random.

Every run is a process of its own that starts cold, as the command line does: reading the file, the gate, the engine,
the explanations, records, labels and the tree are all in its time. So are the start of Python and of the libraries in
the others'.
"""

import json
import os
import random
import resource
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.forest import FEATURES, NAMES, make_world, train
from benchmarks.measuring import Measurement, compare
from foundation.clock import SystemClock, london_date
from foundation.database.connection import Database
from foundation.settings import Settings

PEOPLE = int(os.environ.get("ALGOCARE_BENCH_PEOPLE", "50000"))
LARGE = int(os.environ.get("ALGOCARE_BENCH_LARGE", "1000000"))
CHUNK = 4096
MODELS = ("forest", "histogram")


def cohorts(folder: Path) -> Iterator[Measurement]:
    """Everything that is claimed of runs, for the forest and for HistGradientBoosting."""
    for model in MODELS:
        place = folder / f"cohorts-{model}"
        _prepare(place, model, PEOPLE)
        yield from _speed(place, model)
    yield _memory(folder / "cohorts-forest")
    yield _killed(folder / "cohorts-forest")


def _speed(place: Path, model: str) -> Iterator[Measurement]:
    """Rows a second against the plain loop, and the time against the fast route without any governance."""

    def ours() -> None:
        _call("ours", place, "people.parquet")
        _call("results", place, "people.parquet")

    def bare() -> None:
        _call("bare", place, "people.parquet")

    yield compare(
        f"{model}: run of {PEOPLE:,}, results as Parquet / bare fast route", ours, bare, goal=1.25, count=3, warm=0
    )
    part = min(PEOPLE, 8192)
    slow = _timed("loop", place, "people.parquet", part) * PEOPLE / part
    mine = min(_timed("ours", place, "people.parquet") + _timed("results", place, "people.parquet") for _ in range(2))
    name = f"{model}: run of {PEOPLE:,} / plain loop predict_proba + TreeExplainer ({part:,} rows scaled up)"
    yield Measurement(name, round(mine / slow, 3), 0.125, round(mine * 1000, 1), round(slow * 1000, 1), 1)


def _memory(place: Path) -> Measurement:
    """The peak of the parent process for ten times as many people."""
    small, large = LARGE // 10, LARGE
    for count in (small, large):
        write_people(place / f"people-{count}.parquet", count)
    peaks = [_peak("ours", place, f"people-{count}.parquet") for count in (large, small)]
    name = f"peak memory of a run of {large:,} / of {small:,} (MiB in place of ms)"
    return Measurement(name, round(peaks[0] / peaks[1], 3), 1.5, round(peaks[0], 1), round(peaks[1], 1), 1)


def _killed(place: Path) -> Measurement:
    """Killed with -9 at random moments until it is through: nothing lost, nothing doubled; how much longer it took."""
    whole = _timed("ours", place, "people.parquet")
    draw, spent, kills = random.Random(20261122), 0.0, 0
    reference, begun = "", False
    while True:
        words = ["resume", reference] if begun else ["ours", "people.parquet"]
        started = time.perf_counter()
        process = subprocess.Popen(_command(words[0], place, *words[1:]), start_new_session=True)
        try:
            process.wait(timeout=draw.uniform(0.4, 1.0) * whole)
            spent += time.perf_counter() - started
            break
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            spent += time.perf_counter() - started
            kills += 1
        reference = _newest(place) if not begun else reference
        begun = bool(reference)
    _check_whole(place)
    name = f"run of {PEOPLE:,} killed -9 {kills} times and resumed / left alone"
    return Measurement(name, round(spent / whole, 3), 10.0, round(spent * 1000, 1), round(whole * 1000, 1), 1)


def _newest(place: Path) -> str:
    from model_runtime.cohorts.tables import CohortRun

    database = Database(_settings(place).address)
    with database.read() as session:
        run = session.query(CohortRun).filter(CohortRun.stage == "running").order_by(CohortRun.id.desc()).first()
        return run.reference if run is not None else ""


def _check_whole(place: Path) -> None:
    """Everybody of the file stands in the run once, and the root is that of all rows, taken afresh."""
    from model_runtime.cohorts.single import open_part
    from model_runtime.cohorts.tables import CohortRun
    from model_runtime.cohorts.trees import root_of

    database = Database(_settings(place).address)
    with database.read() as session:
        run = session.query(CohortRun).order_by(CohortRun.id.desc()).first()
        assert run is not None
        assert run.stage == "finished", run.problem
        parts = [open_part(session, run, number) for number in range(run.chunks)]
        people = [row.person_reference for part in parts for row in part.rows]
        assert people == [f"B-{number:07}" for number in range(PEOPLE)]
        assert root_of([root_of(part.leaves) for part in parts]).hex() == run.root


def write_people(path: Path, count: int) -> None:
    """People as Parquet, written part by part."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    draw, writer = np.random.default_rng(7), None
    for start in range(0, count, 100_000):
        rows = min(100_000, count - start)
        values = draw.integers(0, 101, size=(rows, FEATURES))
        columns: dict[str, Any] = {"reference": [f"B-{number:07}" for number in range(start, start + rows)]}
        columns["born_on"] = [date(1990, 1, 1)] * rows
        columns |= {name: values[:, place] for place, name in enumerate(NAMES)}
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _prepare(place: Path, model: str, people: int) -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    from algocare.app import make_table_engine

    settings = _settings(place)
    place.mkdir(parents=True, exist_ok=True)
    estimator = HistGradientBoostingClassifier(max_iter=100, random_state=7) if model == "histogram" else None
    engine = make_table_engine(settings)
    world = make_world(settings.address, engine, SystemClock().now(), 1, train(estimator))
    engine.close()
    world.database.close()
    (place / "model.skops").write_bytes(world.artefact)
    (place / "world.json").write_text(json.dumps({"use": world.use_id, "purpose": world.purpose}))
    write_people(place / "people.parquet", people)


def _settings(place: Path) -> Settings:
    return Settings(data_folder=place, secret_key="bench", plain_http=True)


def _command(what: str, place: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.cohorts", what, str(place), *words]


def _call(what: str, place: Path, *words: Any) -> str:
    told = subprocess.run(_command(what, place, *map(str, words)), check=True, stdout=subprocess.PIPE, text=True)
    return told.stdout


def _timed(what: str, place: Path, *words: Any) -> float:
    started = time.perf_counter()
    _call(what, place, *words)
    return time.perf_counter() - started


def _peak(what: str, place: Path, *words: Any) -> float:
    """The peak memory of a process in mebibytes, as it says itself at its end."""
    return float(_call(what, place, *words).split()[-1])


def _ours(place: Path, name: str) -> None:
    """A whole governed run, as the command line does it."""
    from foundation.accounts.queries import find_account
    from model_runtime.cohorts.jobs import begin_with
    from model_runtime.cohorts.reading import digest_of, read_parts
    from model_runtime.cohorts.service import CohortRequest, request_cohort
    from model_runtime.cohorts.tables import CohortRun
    from model_runtime.cohorts.values import Handed

    database, clock = Database(_settings(place).address), SystemClock()
    told = json.loads((place / "world.json").read_text())
    with database.read() as session:
        account = find_account(session, "nisha.analyst")
        assert account is not None
        actor = account.actor()
    handed = Handed(name, "parquet", digest_of(place / name))
    today, pressed = london_date(clock.now()), secrets.token_hex(8)
    run = request_cohort(database, clock, CohortRequest(actor, told["purpose"], told["use"], today, handed, pressed))
    assert isinstance(run, CohortRun), run.sentence
    begin_with(database, clock, run.id, *read_parts(place / name, "parquet", name))
    _go_on(place, run.id)


def _resume(place: Path, reference: str) -> None:
    from model_runtime.cohorts.tables import CohortRun

    with Database(_settings(place).address).read() as session:
        run = session.query(CohortRun).filter(CohortRun.reference == reference).one()
    _go_on(place, run.id)


def _go_on(place: Path, run_id: int) -> None:
    from algocare.app import make_table_engine
    from model_runtime.cohorts.jobs import run_cohort
    from model_runtime.cohorts.pools import LocalPool

    settings = _settings(place)
    pool = LocalPool(lambda: make_table_engine(settings))
    try:
        assert run_cohort(Database(settings.address), SystemClock(), pool, run_id) == "finished"
    finally:
        pool.close()


def _results(place: Path, name: str) -> None:
    """All results of the newest run, labelled, as Parquet."""
    from model_runtime.cohorts.results import write_results
    from model_runtime.cohorts.tables import CohortRun

    with Database(_settings(place).address).read() as session:
        run = session.query(CohortRun).order_by(CohortRun.id.desc()).first()
        assert run is not None
        write_results(session, run, "reasons", place / f"results-{name}")


def _bare(place: Path, name: str) -> None:
    """The same people through predict_proba and woodelf in one process, all at once, which is its best: numbers alone.

    No SHAP beside it, no gate, no record, no label, no reason in words.
    """
    import woodelf

    model, parts = _model_and_parts(place, name)
    rows = np.concatenate(list(parts))
    np.save(place / "bare.npy", np.column_stack([model.predict_proba(rows)[:, 1], _woodelf(woodelf, model, rows)]))


def _loop(place: Path, name: str, count: str) -> None:
    """What people run today: predict_proba and SHAP's TreeExplainer in one process, part by part."""
    import shap

    model, parts = _model_and_parts(place, name)
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    kept, seen = [], 0
    for rows in parts:
        rows = rows[: int(count) - seen]
        seen += len(rows)
        if not len(rows):
            break
        found = np.asarray(explainer.shap_values(rows, check_additivity=False))
        found = found[:, :, 1] if found.ndim == 3 else found
        kept.append(np.column_stack([model.predict_proba(rows)[:, 1], found]))
    np.save(place / "loop.npy", np.concatenate(kept))


def _model_and_parts(place: Path, name: str) -> tuple[Any, Iterator[Any]]:
    import pyarrow.parquet as pq
    import skops.io

    path = place / "model.skops"
    model = skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
    batches = pq.ParquetFile(place / name).iter_batches(CHUNK, columns=NAMES)
    return model, (batch.to_pandas().to_numpy(np.float64) for batch in batches)


def _woodelf(library: Any, model: Any, rows: Any) -> Any:
    import contextlib
    import io

    import pandas as pd

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):  # it draws as it works
        return np.asarray(library.WoodelfExplainer(model).shap_values(pd.DataFrame(rows, columns=NAMES)))


WORDS: dict[str, Callable[..., None]] = {
    "ours": _ours,
    "resume": _resume,
    "results": _results,
    "bare": _bare,
    "loop": _loop,
}

if __name__ == "__main__":
    WORDS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
