import hashlib
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import skops.io
import yaml

from algocare.demo.return_to_custody.train import HERE, load_adults, main, write_all
from registry.evaluations.measures import measure, read_table
from registry.evaluations.values import Figures

PARTS = ("training", "evaluation", "people")
LETTERS = {"ADV": 3, "LAW": 5, "GRA": 6, "OWN": 4, "CHA": 2, "ACC": 7, "RES": 3, "EXP": 2}
YES_OR_NO = {"ADV-1", "ADV-2", "OWN-2", "ACC-6"}


def declaration() -> dict[str, Any]:
    return yaml.safe_load((HERE / "model.yaml").read_text("utf-8"))


def answers() -> list[dict[str, Any]]:
    return yaml.safe_load((HERE / "answers.yaml").read_text("utf-8"))


def load_model(folder: Path) -> Any:
    return skops.io.load(folder / "model.skops", trusted=["sklearn.tree._tree.Tree"])


def scored(folder: Path, part: str) -> pd.DataFrame:
    table = read_table(folder / f"{part}.csv", f"{part}.csv").frame
    model = load_model(folder)
    return table.assign(score=model.predict_proba(table[list(model.feature_names_in_)])[:, 1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("return-to-custody")
    write_all(where)
    return where


@pytest.fixture(scope="module")
def figures(folder: Path) -> Figures:
    version = declaration()["version"]
    evaluation = version["evaluation_data"]
    return measure(
        scored(folder, "evaluation"),
        outcome=evaluation["outcome_column"],
        score="score",
        threshold=version["operating_threshold"],
        bands=[SimpleNamespace(code=b["code"], name=b["name"], start=b["from"], end=b["to"]) for b in version["bands"]],
        groups={group["column"]: group["name"] for group in evaluation["groups"]},
        data_sha256=evaluation["sha256"],
        baseline=evaluation["baseline_column"],
    )


@pytest.mark.parametrize("part", ["training", "evaluation"])
def test_the_files_are_those_the_declaration_names(folder: Path, part: str) -> None:
    declared = declaration()["version"][f"{part}_data"]
    table = read_table(folder / declared["file"], declared["file"])
    assert table.sha256 == declared["sha256"]
    assert len(table.frame) == declared["rows"]


def test_the_people_of_the_demonstration_are_always_the_same(folder: Path) -> None:
    content = (folder / "people.csv").read_bytes()
    assert hashlib.sha256(content).hexdigest() == "7b78dabbaf29f9e3e8d350b91b031574beaa20f622b9b1cdca635f3b6ba72869"
    assert b"\r" not in content


def test_training_again_gives_the_same_scores(folder: Path, tmp_path: Path) -> None:
    write_all(tmp_path)
    assert scored(folder, "people")["score"].tolist() == scored(tmp_path, "people")["score"].tolist()


def test_every_adult_is_in_exactly_one_file(folder: Path) -> None:
    adults = load_adults().drop(columns="rule_any_earlier_conviction")
    rows: Counter = Counter()
    for part in PARTS:
        table = pd.read_csv(folder / f"{part}.csv")
        rows.update(table[list(adults.columns)].itertuples(index=False, name=None))
    assert rows == Counter(adults.itertuples(index=False, name=None))
    assert rows.total() == 1400


def test_the_files_hold_the_same_share_of_the_outcome(folder: Path) -> None:
    shares = [pd.read_csv(folder / f"{part}.csv")["returned"].mean() for part in PARTS]
    assert max(shares) - min(shares) < 0.01


def test_nobody_is_under_18(folder: Path) -> None:
    assert min(pd.read_csv(folder / f"{part}.csv")["age"].min() for part in PARTS) == 18


def test_the_model_takes_the_declared_features_in_their_order_and_no_group_or_outcome(folder: Path) -> None:
    used = list(load_model(folder).feature_names_in_)
    assert used == [feature["name"] for feature in declaration()["version"]["features"]]
    assert not {"ethnicity", "age_group", "marital_status", "returned", "follow", "durat", "cens"} & set(used)


def test_every_value_lies_in_its_declared_range(folder: Path) -> None:
    table = pd.concat([pd.read_csv(folder / f"{part}.csv") for part in PARTS])
    for feature in declaration()["version"]["features"]:
        low, high = feature.get("range", [0, 1])
        assert table[feature["name"]].between(low, high).all(), feature["name"]


def test_the_model_finds_more_than_the_simple_rule_with_as_many_flagged(figures: Figures) -> None:
    assert figures.baseline is not None
    assert figures.baseline["model_at_same_volume"]["tp"] > figures.baseline["rule"]["tp"]
    assert figures.auc_low > figures.baseline["rule_auc"]


def test_more_people_returned_in_each_higher_band(figures: Figures) -> None:
    rates = [band.outcome.rate for band in figures.bands]
    assert rates == sorted(rates)
    assert all(band.outcome.assessed for band in figures.bands)


def test_the_precision_floor_is_below_what_was_measured_and_above_chance(figures: Figures) -> None:
    limits = {limit["measure"]: limit["at"] for limit in declaration()["watch"]["thresholds"]}
    low, base = figures.overall.precision.low, figures.overall.base_rate.rate
    assert low is not None
    assert base is not None
    assert base < limits["precision_floor"] < low
    assert max(gap.largest for gap in figures.gaps if gap.measure == "miss_rate") < limits["miss_rate_gap"]


def test_every_group_of_the_evaluation_is_large_enough_to_assess(figures: Figures) -> None:
    assert figures.not_assessed == ()
    assert {each.group for each in figures.by_group} == {"Ethnicity", "Age", "Marital status"}


def test_the_declaration_says_where_the_data_is_from_and_that_it_is_a_stand_in() -> None:
    told = declaration()
    text = told["model"]["purpose"] + told["version"]["training_data"]["description"]
    for said in ("North Carolina", "1 July 1977", "30 June 1978", "no calendar dates", "not for real use"):
        assert said in " ".join(text.split())


def test_every_question_is_answered_with_evidence() -> None:
    given = answers()
    assert [each["code"] for each in given] == [f"{k}-{n}" for k, many in LETTERS.items() for n in range(1, many + 1)]
    for each in given:
        assert each["answer"].strip()
        assert each["text"].strip()
        assert all(piece["title"].strip() and piece["text"].strip() for piece in each["evidence"])
        assert each["evidence"]
        assert (each["answer"] in ("yes", "no")) == (each["code"] in YES_OR_NO), each["code"]


def test_no_accuracy_is_typed_into_an_answer() -> None:
    for each in answers():
        if each["code"].startswith("ACC"):
            assert not any(character.isdigit() for character in each["answer"] + each["text"]), each["code"]


def test_the_command_writes_everything_a_registration_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "new")]) == 0
    written = {path.name for path in (tmp_path / "new").iterdir()}
    assert written == {"model.skops", "training.csv", "evaluation.csv", "people.csv", "model.yaml", "answers.yaml"}
    assert declaration()["version"]["training_data"]["sha256"] in capsys.readouterr().out


def test_the_command_asks_where_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "OUTPUT_DIR" in capsys.readouterr().err
