"""Taking reference data in: every repair listed, every typed text kept, everything or nothing."""

import csv
import json

import pytest

import registry.imports.service as imports
from algocare.demo.cast import found
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import Conflict, Invalid
from foundation.ledger.queries import list_recent
from foundation.ledger.values import digest
from registry.catalogue.queries import read_catalogue
from registry.imports.queries import list_repairs, list_repairs_of, list_runs
from registry.imports.rules import read_gateways
from registry.models.queries import find_model, list_models

CYRILLIC = "Typed in Cyrillic letters that look like Latin ones"


@pytest.mark.parametrize("typed", ["", " ", "1, x", "1.5", "-1", "1 5", "\u0661"])
def test_what_is_no_gateway_number_is_refused_with_file_row_and_column(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_gateways(typed, "items.csv", 7)
    assert "items.csv, row 7, column gateways" in refused.value.sentence


def test_seventeen_values_were_repaired_and_the_typed_text_is_kept(founded: Database) -> None:
    with founded.read() as session:
        repairs = [repair for repair, run in list_repairs(session) if run.file_name == "data_items.csv"]
        items = {item.origin.row: item.origin for item in read_catalogue(session).listed_items}
    why = [repair.why for repair in repairs]
    assert len(repairs) == 17
    assert (why.count(CYRILLIC), why.count("Typed in small letters"), why.count("Spelling")) == (11, 5, 1)
    for repair in repairs:
        assert repair.original in items[repair.row].original
        assert repair.original != repair.repaired


def test_the_original_is_the_line_as_it_was_typed(founded: Database) -> None:
    with (imports.REFERENCE / "data_items.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    with founded.read() as session:
        kept = {item.origin.row: item.origin.original for item in read_catalogue(session).listed_items}
    for row, line in enumerate(lines, start=2):
        assert kept[row] == " | ".join((line["group"], line["description"], line["source"], line["gateways"]))
    assert sum(not one.isascii() for one in kept.values()) == 11


def test_an_item_knows_its_own_repairs(founded: Database) -> None:
    with founded.read() as session:
        catalogue = read_catalogue(session)
        names = (("Health", "Teenage Parent"), ("Financial Exclusion", "Person in Rent Arrears"))
        parent, arrears = (catalogue.find_item(*name) for name in names)
        plain = catalogue.find_item("ASB", "Subject Managed by ASB Team")
        repairs = [list_repairs_of(session, one.origin.run_id, one.origin.row) for one in (parent, arrears, plain)]
    assert [[repair.why for repair in found] for found in repairs] == [
        [CYRILLIC],
        [CYRILLIC, "Typed in small letters"],
        [],
    ]
    assert arrears.sources == ("BCC",)


def test_each_file_is_listed_with_its_digest_and_stands_in_the_ledger(founded: Database) -> None:
    with founded.read() as session:
        runs = {run.file_name: run for run in list_runs(session)}
        entries = [json.loads(e.body) for e in list_recent(session, 200) if e.kind == "reference_imported"]
    assert list(runs) == list(imports.LOADERS)
    for name, run in runs.items():
        assert run.sha256 == digest((imports.REFERENCE / name).read_bytes())
    facts = {entry["facts"]["file"]: entry["facts"] for entry in entries}
    assert facts["data_items.csv"]["repairs"] == 17
    assert facts["named_models.csv"]["rows"] == 7


def test_seven_models_are_named_and_not_held(founded: Database) -> None:
    with founded.read() as session:
        models = list_models(session)
        neet = find_model(session, "risk-of-neet")
        assert len(models) == 7
        assert not any(model.held or model.versions or model.owner_id for model in models)
        assert {model.item.group_name for model in models} == {"Risk Models"}
        assert all(model.item.name == model.name for model in models)
        assert neet.stage.title == "Named in documents"
        assert "RONI" in neet.note
        assert "not held" in neet.summary


def test_the_register_is_filled_once(founded: Database, clock: StoppedClock) -> None:
    with founded.write() as session, pytest.raises(Conflict):
        imports.import_reference(session, clock.now())


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("Crime,New item,XYZ,1", "sources", "no agency or system XYZ"),
        ("Crime,New item,ASC,99", "gateways", "no legal gateway 99"),
        ("Crime,New item,ASC,one", "gateways", "expected numbers"),
    ],
)
def test_a_bad_line_is_named_and_nothing_of_the_file_is_taken(
    line: str, column: str, said: str, make_database, clock: StoppedClock, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in imports.REFERENCE.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    items = tmp_path / "data_items.csv"
    items.write_text(items.read_text(encoding="utf-8").rstrip("\n") + f"\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(imports, "REFERENCE", tmp_path)
    database = make_database("empty")

    def fill() -> None:
        with database.write() as session:
            found(session, clock.now())
            imports.import_reference(session, clock.now())

    with pytest.raises(Invalid) as refused:
        fill()
    assert f"data_items.csv, row 43, column {column}" in refused.value.sentence
    assert said in refused.value.sentence
    with database.read() as session:
        assert list_runs(session) == []
        assert read_catalogue(session).listed_items == ()
        assert list_recent(session) == []


def test_a_named_model_without_its_data_item_is_refused(
    make_database, clock: StoppedClock, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in imports.REFERENCE.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "named_models.csv").open("a", encoding="utf-8") as file:
        file.write("Risk of Rain,\n")
    monkeypatch.setattr(imports, "REFERENCE", tmp_path)
    with (
        make_database("empty").write() as session,
        pytest.raises(Invalid, match=r"row 9, column name: Risk Models: Risk"),
    ):
        imports.import_reference(session, clock.now())
