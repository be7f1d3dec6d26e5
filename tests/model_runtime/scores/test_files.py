"""Advisory scores as files: the label and the limits are in every row, and no cell is a formula."""

import csv
import io
import json
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from foundation.errors import Invalid
from model_runtime.scores.files import csv_bytes, flat_row, json_bytes, panel_of, parquet_bytes, write_advisories
from model_runtime.scores.values import HEADLINE, LABEL, AdvisoryScore
from tests.model_runtime.scores.test_values import a_score

SCORES = [a_score(), a_score(reference="S-AAAA-BBBB", person_reference="RC-0002")]


def rows_of(kind: str) -> list[dict]:
    if kind == "json":
        return json.loads(json_bytes(SCORES))
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(csv_bytes(SCORES).decode("utf-8-sig"))))
    return pq.read_table(io.BytesIO(parquet_bytes(SCORES))).to_pylist()


@pytest.mark.parametrize("kind", ["json", "csv", "parquet"])
def test_label_limits_and_challenge_stand_in_every_row(kind: str):
    rows = rows_of(kind)
    assert [row["reference"] for row in rows] == ["S-4F7K-2M9P", "S-AAAA-BBBB"]
    for row in rows:
        assert (row["headline"], row["label"]) == (HEADLINE, LABEL)
        assert "Often wrong." in row["limits"]
        assert "What the person wants." in row["cannot_know"]
        assert row["challenge_route"] == "Tell your worker."
        assert "Recall" in row["excluded_decisions"]
        assert str(row["version"]) == "1"
        assert row["data_as_of"] == "2026-11-14"


def test_a_row_holds_every_part_of_the_score():
    whole, row = a_score().to_dict(), flat_row(a_score())
    nested = {"frequency", "weights"}
    assert [key for key in whole if key not in row and key not in nested] == []
    assert json.loads(row["reasons"]) == whole["reasons"]
    assert row["frequency_count"] == 41
    assert row["reasons_raising"].startswith("3 earlier convictions (Avon and Somerset Constabulary")


def test_json_gives_the_very_scores_back():
    assert [AdvisoryScore.from_dict(row) for row in json.loads(json_bytes(SCORES))] == SCORES


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_spreadsheet_runs_no_cell(start: str):
    trap = f"{start}HYPERLINK(1)"
    score = replace(a_score(), purpose=trap, limits=(trap,), challenge_route=trap)
    (row,) = csv.DictReader(io.StringIO(csv_bytes([score]).decode("utf-8-sig"), newline=""))
    for name in ("purpose", "limits", "challenge_route"):
        assert row[name] == f"'{trap}"


@pytest.mark.parametrize("ending", [".json", ".csv", ".parquet"])
def test_the_ending_says_which_file_is_written(tmp_path, ending: str):
    path = tmp_path / f"scores{ending}"
    write_advisories(SCORES, path)
    assert len(path.read_bytes()) > 500


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(Invalid, match=r"scores\.xlsx"):
        write_advisories(SCORES, tmp_path / "scores.xlsx")
    assert not (tmp_path / "scores.xlsx").exists()


def test_an_empty_list_is_a_file_with_a_heading():
    assert csv_bytes([]).decode("utf-8-sig").startswith("headline,label,")
    assert pq.read_table(io.BytesIO(parquet_bytes([]))).num_rows == 0


def test_the_panel_says_the_same_words():
    panel = panel_of(a_score())
    assert (panel["headline"], panel["label"], panel["challenge"]) == (HEADLINE, LABEL, "Tell your worker.")
    assert [fact["description"] for fact in panel["facts"]] == [
        "Return to custody, version 1",
        "Offer of support",
        "14 November 2026",
        "3 March 2027",
    ]
