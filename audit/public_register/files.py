"""The public register as files: JSON with everything a page says, CSV with one model a line."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from audit.public_register.values import FIELDS, Field, PublicModel, Section
from registry.catalogue.sheets import harmless

SCHEMA = "algocare/public-register/1"


def as_plain(pages: Sequence[PublicModel], partnership: str) -> dict[str, Any]:
    """Every page as plain values; `sections` in the order of the page, a withheld one with its sentence."""
    return {"schema": SCHEMA, "published_by": partnership, "models": [_model(page) for page in pages]}


def _model(page: PublicModel) -> dict[str, Any]:
    return {
        "address": f"/public/models/{page.slug}",
        "name": page.name,
        "summary": page.summary,
        "stage": page.standing.title,
        "stage_in_words": page.standing.sentence,
        "sections": [_section(section) for section in page.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    table = section.table
    return {
        "code": section.field.value,
        "question": section.title,
        "withheld": section.withheld or None,
        "text": [{"paragraph": block.text, "list": list(block.points)} for block in section.blocks],
        "table": {"columns": list(table.columns), "rows": [list(row) for row in table.rows]} if table else None,
    }


def as_csv(pages: Sequence[PublicModel]) -> str:
    """One model a line, one part a column; no cell can run as a formula in a spreadsheet."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(["name", "address", "stage", *(FIELDS[name] for name in Field)])
    for page in pages:
        parts = {section.field: flat(section) for section in page.sections}
        cells = [page.name, f"/public/models/{page.slug}", page.standing.title]
        cells += [parts.get(name, "") for name in Field]
        writer.writerow([harmless(cell) for cell in cells])
    return sheet.getvalue()


def flat(section: Section) -> str:
    """A part as one text: paragraphs, then lists, then the rows of its table."""
    lines = [section.withheld] if section.withheld else []
    for block in section.blocks:
        lines += [text for text in (block.text, *block.points) if text]
    if section.table:
        lines += ["; ".join(row) for row in section.table.rows]
    return "\n".join(lines)
