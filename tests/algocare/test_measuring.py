"""Measuring at a terminal: words first, JSON for machines, exit codes. No database is needed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from algocare.cli.main import main
from algocare.cli.output import REFUSED, USAGE


@pytest.fixture
def run(tmp_path: Path):
    def call(text: str, *arguments: str) -> Result:
        file = tmp_path / "file.csv"
        file.write_text(text)
        filled = [str(file) if one == "FILE" else one for one in arguments]
        return CliRunner().invoke(main, filled, catch_exceptions=False)

    return call


def scored(sign: int = 1) -> str:
    rows = [f"{int((row * 7 % 100) < row)},{0.5 + sign * (row - 50) / 200:.3f},{'FM'[row % 2]}" for row in range(100)]
    return "\n".join(["had,score,sex", *rows, ""])


EVALUATE = ("evaluate", "FILE", "--outcome", "had", "--score", "score", "--threshold", "0.5", "--by", "sex")


def test_evaluate_tells_frequencies_before_figures_and_accuracy_never_alone(run) -> None:
    shown = run(scored(), *EVALUATE)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.index("Of 100 people it flags, about") < shown.stdout.index("Accuracy")
    assert all(word in shown.stdout for word in ("Precision", "Recall", "By sex", "Not assessed"))
    told = json.loads(run(scored(), *EVALUATE, "--json").stdout)
    counts = told["overall"]["counts"]
    assert sum(counts.values()) == told["overall"]["people"] == 100
    assert {one["value"] for one in told["groups"]} == {"F", "M"}
    assert "everyone" in {one["against"] for one in told["comparisons"]}


def test_evaluate_warns_of_scores_the_wrong_way_round_and_refuses_a_bad_file(run) -> None:
    shown = run(scored(-1), *EVALUATE)
    assert (shown.exit_code, "point the wrong way" in shown.stderr) == (REFUSED, True)
    bad = run(scored().replace("0,0.250,F", "maybe,0.250,F"), *EVALUATE)
    assert bad.exit_code == USAGE
    assert "file.csv: Column 'had', row 2: must be 0 or 1, not 'maybe'." in bad.stderr


def test_claims_are_checked_row_by_row(run) -> None:
    text = "model,precision,recall,mcc\nFine,0.30,0.60,0.35\nFalse,0.20,0.80,0.60\nGlossy,0.99,0.99,\n"
    shown = run(text, "claims", "check", "FILE")
    assert shown.exit_code == REFUSED
    assert "file.csv, row 2, Fine: not shown to be impossible." in shown.stdout
    assert "file.csv, row 3, False: cannot be true." in shown.stdout
    assert "3 rows, 1 impossible, 1 to be reviewed for leakage." in shown.stdout
    rows = json.loads(run(text, "claims", "check", "FILE", "--json").stdout)["rows"]
    assert [(row["possible"], row["leakage_review"]) for row in rows] == [(True, False), (False, False), (True, True)]
    assert rows[1]["highest_mcc"] == pytest.approx(0.406, abs=0.001)
    assert run("model,recall\nFine,0.60\n", "claims", "check", "FILE").exit_code == 0
    bad = run("model,recall\nA,85\n", "claims", "check", "FILE")
    assert (bad.exit_code, "row 2, column recall" in bad.stderr) == (USAGE, True)
