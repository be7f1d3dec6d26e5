"""Files of every kind and state: rows found in each, and a sentence for what cannot be read, never a crash (R42)."""

import io
import json
import os
import zipfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from monitoring.reconciling.comparing import Comparison
from monitoring.reconciling.queries import Register
from monitoring.reconciling.values import FindingKind, Report

HEAD, ROWS = ("upn", "riskScore"), [(f"U{i}", i / 10) for i in range(1, 10)]


def look(path: Path) -> Report:
    """What is found with an empty register; without a model's name no query is needed."""
    comparison = Comparison(None, Register(), date(2026, 11, 22))
    comparison.look_through(path)
    return comparison.report()


def as_csv(delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    return "\n".join(delimiter.join(map(str, row)) for row in (HEAD, *ROWS)).encode(encoding)


def as_parquet() -> bytes:
    held = io.BytesIO()
    pq.write_table(pa.table(dict(zip(HEAD, map(list, zip(*ROWS, strict=True)), strict=True))), held)
    return held.getvalue()


def as_zip(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return held.getvalue()


OBJECTS = [dict(zip(HEAD, row, strict=True)) for row in ROWS]
READABLE = {
    "comma.csv": as_csv(),
    "semicolon.csv": as_csv(";"),
    "tab.tsv": as_csv("\t"),
    "windows.csv": as_csv() + "\nJos\u00e9,0.5".encode("cp1252"),
    "utf16.csv": as_csv(encoding="utf-16"),
    "rows.parquet": as_parquet(),
    "no-ending": as_parquet(),
    "rows.jsonl": "\n".join(map(json.dumps, OBJECTS)).encode(),
    "rows.json": json.dumps(OBJECTS).encode(),
    "deep.json": json.dumps({"page": 1, "data": {"items": [{"person": one} for one in OBJECTS]}}).encode(),
    "by-person.json": json.dumps({one["upn"]: one for one in OBJECTS}).encode(),
    "columns.json": json.dumps({name: [one[name] for one in OBJECTS] for name in HEAD}).encode(),
    "packed.zip": as_zip({"inner/rows.csv": as_csv()}),
}
ZIP = as_zip({"rows.csv": as_csv()})
UNREADABLE = {
    "ragged.csv": (as_csv() + b"\nU11,0.5,7\n", "3 cells under 2 headings"),
    "headless.csv": (b"0.5,17\n0.6,18\n", "no heading"),
    "nul.csv": (b"upn,score\nU1,\x000.5\n", "bytes that are no text"),
    "damaged.parquet": (as_parquet()[:-30], "damaged"),
    "damaged.json": (b'[{"score": 0.5}', "damaged"),
    "bottomless.json": (b"[" * 100_000, "damaged"),
    "deep.json": (b'{"a":' * 20 + b"1" + b"}" * 20, "nested too deeply"),
    "text.jsonl": (b'{"score": 0.5}\nno object\n', "line 2 is no JSON object"),
    "nested.zip": (as_zip({"inner.zip": ZIP}), "an archive in an archive"),
    "bomb.zip": (as_zip({"rows.csv": b"0" * (66 << 20)}), "500 times its size"),
    "damaged.zip": (ZIP[:60], "damaged"),
    "book.xlsx": (b"PK\x03\x04rest", "save it as CSV"),
}


@pytest.mark.one_database
@pytest.mark.parametrize("name", READABLE)
def test_rows_are_found_in_every_kind_of_file(name: str, tmp_path: Path) -> None:
    """R42: the same unlabelled scores in every format, encoding and nesting."""
    (tmp_path / name).write_bytes(READABLE[name])
    report = look(tmp_path / name)
    assert not report.unread
    (finding,) = report.findings
    assert finding.kind == FindingKind.UNLABELLED
    assert finding.count >= len(ROWS)
    assert "column riskScore" in finding.places[0].detail


@pytest.mark.one_database
@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told_and_stops_nothing(name: str, tmp_path: Path) -> None:
    """R42: never a crash and never a pass; the other files of the folder are still looked at."""
    content, said = UNREADABLE[name]
    (tmp_path / name).write_bytes(content)
    (tmp_path / "fine.csv").write_bytes(as_csv())
    report = look(tmp_path)
    assert [said in one for one in report.unread] == [True], report.unread
    assert "could not be read" in report.sentence
    assert not report.sound
    assert any(place.name.endswith("fine.csv") for one in report.findings for place in one.places)
    assert not any(f"U{number}" in str(report.to_dict()["findings"]) for number in range(1, 12))


@pytest.mark.one_database
def test_links_pipes_and_missing_folders_are_refused(tmp_path: Path) -> None:
    """R42: no link is followed out of the folder, and what is no file is not opened."""
    (tmp_path / "secret.csv").write_bytes(as_csv())
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.csv")
    report = look(folder)
    assert not report.findings
    assert len(report.unread) == 3
    assert sum("links are not followed" in one for one in report.unread) == 2
    assert "it is not there" in look(tmp_path / "nowhere").unread[0]


@pytest.mark.one_database
def test_columns_that_only_sound_like_scores_are_left_alone(tmp_path: Path) -> None:
    """R42: the values decide; files of other kinds are counted by their ending."""
    (tmp_path / "a.csv").write_text("risk_assessment_on,score_sheet\n2026-01-01,page 3\n")
    (tmp_path / "notes.txt").write_text("score 0.5")
    (tmp_path / "empty.csv").write_bytes(b"")
    report = look(tmp_path)
    assert report.sound
    assert report.rows == 1
    assert report.passed_over == {".txt": 1}
    assert report.told_others == "Files of other kinds, not looked into: .txt 1."
