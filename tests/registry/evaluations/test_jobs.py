"""Figures are computed from the file that was handed in, and a bad row is named."""

import json

import pytest

from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import Invalid
from foundation.files.service import get_content
from foundation.jobs.queries import list_recent as list_jobs
from foundation.ledger.queries import list_recent
from foundation.ledger.values import content_digest
from registry.evaluations.jobs import compute, evaluate
from registry.evaluations.queries import find_evaluation, find_figures
from registry.evaluations.service import ask_for_evaluation
from registry.evaluations.tables import Evaluation
from registry.models.queries import get_version


@pytest.fixture
def version(registered: Database):
    with registered.read() as session:
        return get_version(session, "return-to-custody", 1)


@pytest.fixture
def stored(registered: Database, version):
    """Artefact and evaluation file as they are kept."""
    with registered.read() as session:
        return get_content(session, version.artefact_sha256), get_content(session, version.evaluation_sha256)


def test_the_figures_are_of_every_row_and_of_the_very_files(registered: Database, version) -> None:
    with registered.read() as session:
        evaluation = find_evaluation(session, version.id)
        figures = find_figures(session, version.id)
        entry = next(entry for entry in list_recent(session, 1000) if entry.kind == "evaluation_computed")
    assert figures.people == 351
    assert (evaluation.artefact_sha256, evaluation.file_sha256) == (version.artefact_sha256, version.evaluation_sha256)
    assert {group.group for group in figures.by_group} == {"Ethnicity", "Age", "Marital status"}
    assert json.loads(entry.body)["facts"]["figures_sha256"] == content_digest(evaluation.figures)


def test_the_same_files_give_the_same_figures(registered: Database, version, stored, engine) -> None:
    progress: list[int] = []
    figures = compute(version, *stored, engine, progress.append)
    assert sum(progress) == 351
    with registered.read() as session:
        assert figures.to_dict() == find_figures(session, version.id).to_dict()


def test_a_second_evaluation_stands_beside_the_first(
    registered: Database, version, engine, clock: StoppedClock
) -> None:
    clock.advance(days=1)
    evaluate(registered, clock, engine, version.id)
    with registered.read() as session:
        assert session.query(Evaluation).count() == 2
        assert find_evaluation(session, version.id).computed_at == clock.now()


def spoil(content: bytes, row: int, column: str, value: str) -> bytes:
    lines = content.decode().splitlines()
    heading = lines[0].split(",")
    cells = lines[row - 1].split(",")
    cells[heading.index(column)] = value
    lines[row - 1] = ",".join(cells)
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("value", ["", "unknown", "nan"])
def test_a_value_that_is_no_number_is_named_by_row_and_column(value: str, version, stored, engine) -> None:
    artefact, content = stored
    with pytest.raises(Invalid) as refused:
        compute(version, artefact, spoil(content, 9, "months_served", value), engine)
    assert "evaluation.csv" in refused.value.sentence
    assert "row 9" in refused.value.sentence
    assert "months_served" in refused.value.sentence


def test_an_outcome_that_is_neither_0_nor_1_is_named(version, stored, engine) -> None:
    artefact, content = stored
    with pytest.raises(Invalid) as refused:
        compute(version, artefact, spoil(content, 5, "returned", "2"), engine)
    assert "evaluation.csv" in refused.value.sentence
    assert "returned" in refused.value.sentence


def test_a_missing_column_is_named(version, stored, engine) -> None:
    artefact, content = stored
    with pytest.raises(Invalid, match="months_served"):
        compute(version, artefact, content.replace(b"months_served", b"months", 1), engine)


def test_nothing_is_kept_when_a_row_is_bad(registered: Database, version, engine, clock: StoppedClock) -> None:
    from sqlalchemy import update

    from foundation.errors import Unavailable
    from foundation.files.tables import StoredFile

    with registered.write() as session:
        changed = update(StoredFile).where(StoredFile.sha256 == version.evaluation_sha256)
        session.execute(changed.values(content=b"returned\n1\n"))
    with pytest.raises(Unavailable):
        evaluate(registered, clock, engine, version.id)
    with registered.read() as session:
        assert session.query(Evaluation).count() == 1


def test_asked_for_twice_it_is_queued_once(registered: Database, version, clock: StoppedClock) -> None:
    for _ in range(2):
        with registered.write() as session:
            ask_for_evaluation(session, version, "account:1", clock.now())
    with registered.read() as session:
        assert [job.payload for job in list_jobs(session)] == [{"version": version.id}]
