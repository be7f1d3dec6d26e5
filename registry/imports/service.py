"""Taking reference data into the register: everything or nothing, with every repair listed (R51)."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from foundation.errors import Conflict, Invalid
from foundation.ledger.service import record
from foundation.ledger.values import digest
from registry.agencies.tables import Agency, Source
from registry.gateways.tables import Gateway
from registry.imports.queries import list_runs
from registry.imports.rules import Repaired, read_gateways, read_sources, repair_name
from registry.imports.tables import ImportRun, Repair
from registry.items.queries import find_item
from registry.items.tables import DataItem
from registry.models.service import enter_named_model

NAMED_MODELS = "Risk Models"
"""The group of data items that are risk models themselves."""

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
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    run = ImportRun(file_name=path.name, sha256=digest(content), rows=len(rows), at=at)
    session.add(run)
    session.flush()
    sheet = Sheet(session, run)
    for sheet.row, row in enumerate(rows, start=2):
        load(session, row, sheet)
        session.flush()
    record(
        session,
        "reference_imported",
        actor="command-line",
        at=at,
        facts={"file": path.name, "sha256": run.sha256, "rows": len(rows), "repairs": sheet.repairs},
    )
    return run


class Sheet:
    """The file being read: knows its row, and writes down each repair."""

    def __init__(self, session: Session, run: ImportRun) -> None:
        self.session, self.run, self.row, self.repairs = session, run, 0, 0

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
        session.add(Agency(code=code, name=row["name"], kind=row["kind"]))
        session.flush()
    session.add(Source(code=code, name=row["name"], kind=row["kind"], agency_code=owner))


def _load_gateway(session: Session, row: Row, sheet: Sheet) -> None:
    session.add(
        Gateway(
            number=int(row["number"]),
            original=row["original"],
            statute=row["statute"],
            provision=row["provision"],
            summary=row["summary"],
            kind=row["kind"],
            who_may_rely=row["who_may_rely"],
            covers=row["subjects"],
            verification=row["verification"],
            note=row["note"],
        )
    )


def _load_item(session: Session, row: Row, sheet: Sheet) -> None:
    name = sheet.keep("description", row["description"], repair_name(row["description"]))
    parts = read_sources(row["source"])
    codes = [sheet.keep("source", row["source"].strip(), part) for part in parts]
    numbers = read_gateways(row["gateways"], sheet.run.file_name, sheet.row)
    sources = [_known(session.get(Source, code), sheet, "source", code) for code in codes]
    gateways = [_known(session.get(Gateway, number), sheet, "gateways", number) for number in numbers]
    original = " | ".join((row["group"], row["description"], row["source"], row["gateways"]))
    session.add(
        DataItem(
            group_name=row["group"],
            name=name,
            original=original,
            run_id=sheet.run.id,
            row=sheet.row,
            sources=sources,
            gateways=gateways,
        )
    )


def _load_named_model(session: Session, row: Row, sheet: Sheet) -> None:
    item = _known(find_item(session, NAMED_MODELS, row["name"]), sheet, "name", f"{NAMED_MODELS}: {row['name']}")
    enter_named_model(session, row["name"], row["operational_note"], item, sheet.run.at)


def _known(found: T | None, sheet: Sheet, field: str, value: object) -> T:
    if found is None:
        raise sheet.refuse(field, f"{value} is not in the register.")
    return found


LOADERS: dict[str, Callable[[Session, Row, Sheet], None]] = {
    "sources.csv": _load_source,
    "gateways.csv": _load_gateway,
    "data_items.csv": _load_item,
    "named_models.csv": _load_named_model,
}
"""Which file is read how, in the order in which the files build on each other."""
