"""A folder of what other systems hold, looked through: exactly the right sentences, kept once, cases once (R42)."""

import csv
import pickle
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from foundation.ledger.tables import LedgerEntry
from model_runtime.scores.tables import Score
from model_runtime.scores.values import HEADLINE, LABEL
from monitoring.cases.queries import list_open_cases
from monitoring.cases.service import close, explain
from monitoring.cases.tables import Case
from monitoring.reconciling.jobs import compare, reconcile
from monitoring.reconciling.queries import list_reconciliations
from monitoring.reconciling.values import FindingKind as Kind
from registry.models.queries import get_use
from registry.models.service import retire

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EXPORT = ("headline", "label", "reference", "person_reference", "model_slug", "version", "band_code", "given_at")


@pytest.fixture
def folder(story, scored, tmp_path: Path) -> Path:
    """What lies about: a file of ours, one without a label, a pickle nobody knows, and a system's own table."""
    story.clock.set(NOW)
    story.give_scores(scored[:12])
    place = tmp_path / "shared"
    place.mkdir()
    write(place / "export.csv", EXPORT, records(story))
    write(place / "old system.csv", ("upn", "risk_score"), [(f"U{i}", f"0.{i}") for i in range(5)])
    (place / "model.bin").write_bytes(pickle.dumps({"weights": [1, 2]}))
    write(place / "crm.csv", ("person", "Model", "date", "note"), [("P1", "Return to Custody", "2026-11-21", "x")])
    return place


def write(path: Path, names, rows) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([names, *rows])


def records(story) -> list[list[str]]:
    """Every score as a row of a file that was taken out."""
    with story.database.read() as session:
        rows = session.scalars(select(Score).order_by(Score.id)).all()
        slug, number = rows[0].use.version.model.slug, str(rows[0].use.version.number)
        return [
            [HEADLINE, LABEL, one.reference, one.person.reference, slug, number, one.band, one.at.isoformat()]
            for one in rows
        ]


def told(report) -> list[str]:
    return [finding.sentence for finding in report.findings]


UNLABELLED = "5 rows that look like scores, without the advisory label, in 1 place."
UNKNOWN = "1 model file that the register does not know."


def test_a_folder_gives_exactly_the_right_sentences(story, folder: Path) -> None:
    """R42: an approved model's labelled export and dated scores are fine; all else is said, and nothing is blamed."""
    report = compare(story.database, story.clock, [folder])
    assert told(report) == [UNLABELLED, UNKNOWN]
    assert (report.files, report.rows, report.unread, report.unseen) == (4, 18, (), ())
    assert report.sentence == "2 things run or lie outside the register."
    assert report.findings[1].places[0].detail == "a pickle"
    assert not any(person in str(report.to_dict()) for _, _, _, person, *_ in records(story))

    rows = records(story)
    rows[0][6] = "nonsense"
    write(folder / "changed.csv", EXPORT, [*rows, [HEADLINE, LABEL, "S-NONE", "P-1", *rows[1][4:]]])
    write(folder / "strange.csv", ("model", "version", "score"), [("Sure Thing", "1", "0.2"), (rows[0][4], "9", "0.2")])
    with story.database.write() as session:
        retire(session, story.cast.chair, get_use(session, story.use_id), "It did more harm than good.", NOW)
    later = (NOW + timedelta(days=1)).date().isoformat()
    write(folder / "crm.csv", ("person", "Model", "date", "score"), [("P1", "Return to Custody", later, "0.4")] * 3)
    story.clock.set(NOW + timedelta(days=2))
    found = {finding.kind: finding for finding in compare(story.database, story.clock, [folder]).findings}
    assert {kind: one.count for kind, one in found.items()} == {
        Kind.UNREGISTERED: 1,
        Kind.UNKNOWN_VERSION: 1,
        Kind.RETIRED: 3,
        Kind.SINCE_ENDED: 25,
        Kind.UNKNOWN_RECORD: 1,
        Kind.DIFFERENT: 1,
        Kind.UNLABELLED: 10,
        Kind.UNKNOWN_FILE: 1,
    }
    assert found[Kind.UNREGISTERED].subject == "Sure Thing"
    assert found[Kind.RETIRED].sentence.endswith("3 scores given after it was retired, in 1 place.")
    assert found[Kind.RETIRED].use_id == story.use_id


def test_what_is_found_is_kept_and_opens_one_case_never_two(story, folder: Path, visit) -> None:
    """R42: the worker keeps each comparison and records it; the same finding opens no second case, a new one does."""
    assert reconcile(story.database, story.clock, " ") is None
    kept = reconcile(story.database, story.clock, str(folder))
    reconcile(story.database, story.clock, str(folder))
    with story.database.read() as session:
        cases = list_open_cases(session)
        assert sorted(case.subject for case in cases) == [
            "Model files that are not in the register",
            "What looks like scores, without the advisory label",
        ]
        entries = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "reconciled")).all()
        assert len(entries) == len(list_reconciliations(session)) == 2
        assert kept.sha256 in str(entries[0].body)
        case_id = cases[0].id
    with story.database.write() as session:
        case = session.get_one(Case, case_id)
        explain(session, story.cast.owner, case, "An old table.", NOW)
        close(session, story.cast.chair, case, "It was deleted.", NOW)
    reconcile(story.database, story.clock, str(folder))
    count = select(func.count()).select_from(Case)
    with story.database.read() as session:
        assert session.scalar(count) == 2
    (folder / "other.pkl").write_bytes(pickle.dumps([1]))
    write(folder / "more.csv", ("upn", "risk band"), [("U1", "High")])
    reconcile(story.database, story.clock, str(folder))
    with story.database.read() as session:
        assert session.scalar(count) == 3

    page = visit(story.database, "auditor").get("/reconciling").get_data(as_text=True)
    assert "2 things run or lie outside the register." in page
    assert "What to do." in page
    assert "more.csv" in page
    assert "more.csv" not in visit(story.database, "auditor").get("/reconciling/1").get_data(as_text=True)


@pytest.mark.one_database
def test_a_query_on_another_system_is_read_and_never_written(
    story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R42: scores in a consuming system's table; a statement that writes changes nothing and is told as unread."""
    story.clock.set(NOW)
    other = sqlite3.connect(tmp_path / "crm.db")
    other.execute("CREATE TABLE scores (person TEXT, model TEXT, score REAL)")
    other.executemany("INSERT INTO scores VALUES (?, 'Old model', 0.5)", [(f"U{i}",) for i in range(5000)])
    other.commit()
    monkeypatch.setenv("CRM", f"sqlite:///{tmp_path / 'crm.db'}")
    report = compare(story.database, story.clock, [], ("CRM", "SELECT * FROM scores"))
    assert told(report)[0] == "Old model: 5,000 scores of a model that is not registered here, in 1 place."
    assert report.findings[1].kind == Kind.UNLABELLED
    assert report.unseen == ("Return to custody",)
    for statement in ("DELETE FROM scores", "SELECT * FROM nowhere"):
        report = compare(story.database, story.clock, [], ("CRM", statement))
        assert not report.sound
        assert "Nobody was scored" not in report.unread[0]
    assert other.execute("SELECT count(*) FROM scores").fetchone() == (5000,)


@pytest.mark.one_database
def test_a_name_that_is_a_persons_is_not_repeated(story, scored, tmp_path: Path) -> None:
    """R42: a column of models that holds people is neither printed nor kept."""
    story.clock.set(NOW)
    (person,) = story.give_scores(scored[:1])
    write(tmp_path / "a.csv", ("model", "score"), [(person, "0.5")])
    write(tmp_path / "b.csv", ("model", "score"), [(f"Somebody {i}", "0.5") for i in range(30)])
    report = compare(story.database, story.clock, [tmp_path])
    assert person not in str(report.to_dict())
    assert "Somebody" not in str(report.to_dict())
    assert [one.count for one in report.findings] == [1, 30, 31]
    assert date.fromisoformat("2026-11-22") == story.clock.now().date()
