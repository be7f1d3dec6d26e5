"""Taking reference data into the register: everything or nothing, with every repair listed (R51)."""

import csv
import io
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from foundation.errors import Conflict, Invalid
from foundation.ledger.service import record
from foundation.ledger.values import digest
from registry.agencies.values import AgencyEntry, AgencyKind, SystemEntry
from registry.catalogue.anchors import number_anew
from registry.catalogue.entries import Entry, read_entry
from registry.catalogue.queries import read_catalogue
from registry.catalogue.rules import find_link_problems
from registry.catalogue.service import revise, revise_all
from registry.catalogue.values import AnyEntry, Change
from registry.gateways.values import GatewayEntry
from registry.imports.problems import RowProblem, refuse
from registry.imports.queries import list_runs
from registry.imports.rules import Repaired, read_gateways, read_sources, repair_name
from registry.imports.tables import ImportRun, Repair
from registry.items.queries import find_item
from registry.items.values import ItemEntry
from registry.models.service import enter_named_model

NAMED_MODELS = "Risk Models"
"""The group of data items that are risk models themselves."""

PARTICULARS = "item_particulars.csv"
"""How this project reads the data items: whose data, about what, how sensitive, made from what. Nobody verified it."""

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
Row = dict[str, str]
T = TypeVar("T")


def import_reference(session: Session, at: datetime) -> None:
    """Fill an empty register from the reference files: sources, gateways, data items, then the models named there."""
    if list_runs(session):
        raise Conflict("The register has its reference data already.")
    for name, load in LOADERS.items():
        _import_file(session, REFERENCE / name, load, at)


def _import_file(
    session: Session, path: Path, load: Callable[[Session, Row, "Sheet"], None], at: datetime
) -> ImportRun:
    content = path.read_bytes()
    rows = read_rows(content)
    run = ImportRun(file_name=path.name, sha256=digest(content), rows=len(rows), at=at)
    session.add(run)
    session.flush()
    sheet = Sheet(session, run)
    for sheet.row, row in enumerate(rows, start=2):
        load(session, row, sheet)
    sheet.write()
    record(
        session,
        "reference_imported",
        actor="command-line",
        at=at,
        facts={"file": path.name, "sha256": run.sha256, "rows": len(rows), "repairs": sheet.repairs},
    )
    return run


def read_rows(content: bytes) -> list[Row]:
    """The rows of a CSV file under its heading."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


class Sheet:
    """The file being read: knows its row, and writes down each repair."""

    def __init__(self, session: Session, run: ImportRun) -> None:
        self.session, self.run, self.row, self.repairs = session, run, 0, 0
        self.entries: list[AnyEntry] = []
        self.rows: list[int] = []

    def enter(self, kind: type[Entry], values: Mapping[str, Any]) -> None:
        """Check a row as an entry; it is written with all the others at the end."""
        try:
            self.entries.append(read_entry(kind, values))  # type: ignore[arg-type]
        except Invalid as problem:
            field, sentence = next(iter(problem.problems.items()))
            raise self.refuse(field, sentence) from None
        self.rows.append(self.row)

    def write(self) -> None:
        """Write every entry of the file into the register, or nothing."""
        found = find_link_problems(read_catalogue(self.session), list(number_anew(self.entries)))
        refuse(self.run.file_name, [RowProblem(self.rows[one.index], one.field, one.sentence) for one in found])
        told = f"From the reference file {self.run.file_name}."
        kept = {"change": Change.ENTERED, "reason": told, "at": self.run.at, "run_id": self.run.id}
        revise_all(self.session, None, self.entries, **kept)  # type: ignore[arg-type]

    def particulars(self, group: str, name: str) -> dict[str, Any]:
        """Whose data an item is, about what and how sensitive, as this project reads it."""
        row = self._particulars.get((group, name), {})
        plain = {field: row[field] for field in ("matter", "sensitivity") if row}
        return {**plain, "subjects": _split(row["subjects"])} if row else {}

    @cached_property
    def _particulars(self) -> dict[tuple[str, str], Row]:
        return {(row["group"], row["name"]): row for row in read_rows((REFERENCE / PARTICULARS).read_bytes())}

    def keep(self, field: str, original: str, repaired: Repaired) -> str:
        """Note what was changed and return the value to keep."""
        for why in repaired.reasons:
            self.repairs += 1
            self.session.add(
                Repair(
                    run_id=self.run.id,
                    row=self.row,
                    field=field,
                    original=original,
                    repaired=repaired.value,
                    why=why,
                )
            )
        return repaired.value

    def refuse(self, field: str, problem: str) -> Invalid:
        """A refusal that names file, row and column."""
        sentence = f"{self.run.file_name}, row {self.row}, column {field}: {problem}"
        return Invalid(sentence, problems={field: sentence})


def _load_source(session: Session, row: Row, sheet: Sheet) -> None:
    code, owner = row["code"], row["part_of"] or row["code"]
    if not row["part_of"]:
        competent = row["kind"] == AgencyKind.POLICE.value
        kind = row["kind"].replace(" ", "_")
        sheet.enter(AgencyEntry, {"code": code, "name": row["name"], "kind": kind, "competent_authority": competent})
        return
    sheet.enter(SystemEntry, {"code": code, "name": row["name"], "agency": owner})


def _load_gateway(session: Session, row: Row, sheet: Sheet) -> None:
    lists = {name: _split(row[name]) for name in ("who_may_rely", "covers", "purposes", "excludes")}
    sheet.enter(GatewayEntry, {**row, **lists})


def _load_item(session: Session, row: Row, sheet: Sheet) -> None:
    name = sheet.keep("description", row["description"], repair_name(row["description"]))
    parts = read_sources(row["source"])
    original = " | ".join((row["group"], row["description"], row["source"], row["gateways"]))
    sheet.enter(
        ItemEntry,
        {
            "group": row["group"],
            "name": name,
            "sources": [sheet.keep("source", row["source"].strip(), part) for part in parts],
            "gateways": read_gateways(row["gateways"], sheet.run.file_name, sheet.row),
            "origin": {"run_id": sheet.run.id, "row": sheet.row, "original": original},
            **sheet.particulars(row["group"], name),
        },
    )


def _load_particulars(session: Session, row: Row, sheet: Sheet) -> None:
    """What an item's result is made from, once every item has its number."""
    catalogue = read_catalogue(session)
    item = _known(catalogue.find_item(row["group"], row["name"]), sheet, "name", f"{row['group']}: {row['name']}")
    titles = {one.title: one.id for one in catalogue.items.values()}
    made_from = [_known(titles.get(title), sheet, "made_from", title) for title in _split(row["made_from"])]
    if made_from:
        entry = read_entry(ItemEntry, {**item.plain(), "made_from": made_from})
        told = "What the source document says the score is made from."
        revise(session, None, entry, change=Change.AMENDED, reason=told, at=sheet.run.at, run_id=sheet.run.id)


def _load_named_model(session: Session, row: Row, sheet: Sheet) -> None:
    item = _known(find_item(session, NAMED_MODELS, row["name"]), sheet, "name", f"{NAMED_MODELS}: {row['name']}")
    enter_named_model(session, row["name"], row["operational_note"], item, sheet.run.at)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _known(found: T | None, sheet: Sheet, field: str, value: object) -> T:
    if found is None:
        raise sheet.refuse(field, f"{value} is not in the register.")
    return found


LOADERS: dict[str, Callable[[Session, Row, Sheet], None]] = {
    "sources.csv": _load_source,
    "gateways.csv": _load_gateway,
    "data_items.csv": _load_item,
    PARTICULARS: _load_particulars,
    "named_models.csv": _load_named_model,
}
"""Which file is read how, in the order in which the files build on each other."""
