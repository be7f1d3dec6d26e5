"""Advisory scores as files: JSON, CSV and Parquet. Label, limits and challenge route stand in every row (R02)."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from foundation.errors import Invalid
from foundation.web.texts import date_text
from model_runtime.scores.audience import BAND_ALONE
from model_runtime.scores.values import AdvisoryScore
from registry.safeguards.values import Shows

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection)."""

SEPARATOR = " | "


def panel_of(advisory: AdvisoryScore) -> dict[str, Any]:
    """The advisory panel as templates/parts/advisory.html takes it: the same words wherever a score is shown."""
    return {
        "headline": advisory.headline,
        "label": advisory.label,
        "facts": [
            {"term": "Model", "description": f"{advisory.model}, version {advisory.version}"},
            {"term": "Asked for", "description": advisory.purpose},
            {"term": "Data as of", "description": date_text(advisory.data_as_of)},
            {"term": "Approval ends", "description": date_text(advisory.approval_expires_on)},
        ],
        "limits": [],
        "challenge": advisory.challenge_route,
    }


def seen_dict(advisory: AdvisoryScore, shows: Shows) -> dict[str, Any]:
    """An advisory score as a reader may have it: whole, or for a reader of the band alone without what explains it.

    What is left out is named, so that nobody takes the rest for the whole score (R02, R41).
    """
    return seen_part(advisory.to_dict(), shows)


def seen_part(whole: Mapping[str, Any], shows: Shows) -> dict[str, Any]:
    """The same of an advisory score that was made plain values already."""
    if shows == "reasons":
        return dict(whole)
    kept = {name: value for name, value in whole.items() if name not in EXPLAINING}
    return {**kept, "shows": "band", "left_out": BAND_ALONE}


def json_bytes(advisories: Sequence[AdvisoryScore], shows: Shows = "reasons") -> bytes:
    """A JSON list of advisory scores as a reader may have them, in UTF-8."""
    rows = [seen_dict(advisory, shows) for advisory in advisories]
    return (json.dumps(rows, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def csv_bytes(advisories: Sequence[AdvisoryScore], shows: Shows = "reasons") -> bytes:
    """One row for each score, lists joined with a bar; cells that a spreadsheet would run are made harmless."""
    columns = COLUMNS if shows == "reasons" else (*BAND_COLUMNS, "left_out")
    rows = ({**flat_row(advisory), "left_out": BAND_ALONE} for advisory in advisories)
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_harmless(row[name]) for name in columns] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def parquet_bytes(advisories: Sequence[AdvisoryScore]) -> bytes:
    """The same rows as a Parquet table; needs pyarrow, which the web process never loads."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [flat_row(advisory) for advisory in advisories]
    schema = pa.schema([(name, pa.int64() if name in NUMBERS else pa.string()) for name in COLUMNS])
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), written)
    return written.getvalue()


def write_advisories(advisories: Sequence[AdvisoryScore], path: Path) -> None:
    """Write a .json, .csv or .parquet file; another ending is refused."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise Invalid(f"{path.name}: advisory scores are written to a file ending in {', '.join(WRITERS)}.")
    path.write_bytes(writer(advisories))


def flat_row(advisory: AdvisoryScore) -> dict[str, str | int]:
    """A whole advisory score in one row of texts and whole numbers."""
    row: dict[str, str | int] = {name: _plain(getattr(advisory, name)) for name in PLAIN}
    row |= {name: SEPARATOR.join(getattr(advisory, name)) for name in LISTS}
    row |= {f"frequency_{name}": getattr(advisory.frequency, name) for name in FREQUENCY}
    row |= {f"weight_{name}_percent": getattr(advisory.weights, name) for name in WEIGHTS}
    row["warnings"] = SEPARATOR.join(one.sentence for one in advisory.warnings)
    row["reasons_raising"] = SEPARATOR.join(f"{r.sentence} ({r.source_text})" for r in advisory.raising)
    row["reasons_lowering"] = SEPARATOR.join(f"{r.sentence} ({r.source_text})" for r in advisory.lowering)
    row["reasons"] = json.dumps([reason.to_dict() for reason in advisory.reasons], ensure_ascii=False)
    return row


def _plain(value: str | int | date) -> str | int:
    return value.isoformat() if isinstance(value, date) else value


def _harmless(value: str | int) -> str | int:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


WRITERS: dict[str, Callable[[Sequence[AdvisoryScore]], bytes]] = {
    ".json": json_bytes,
    ".csv": csv_bytes,
    ".parquet": parquet_bytes,
}
LABELS = ("headline", "label")
PLAIN = (
    *LABELS,
    "reference",
    "person_reference",
    "model",
    "model_slug",
    "version",
    "outcome",
    "band_code",
    "band",
    "uncertainty",
    "warnings_sentence",
    "weight_warning",
    "data_as_of",
    "approval_id",
    "approval_expires_on",
    "purpose_code",
    "purpose",
    "audience",
    "decision",
    "challenge_route",
    "method",
    "explained",
    "largest_error",
    "record",
    "given_at",
    "format",
)
LISTS = ("operating", "excluded_decisions", "limits", "wrong_before", "cannot_know")
FREQUENCY = ("sentence", "base_sentence", "other_sentence", "count", "low", "high")
WEIGHTS = ("person", "relative", "linked")
COLUMNS = (
    *PLAIN,
    *LISTS,
    *(f"frequency_{name}" for name in FREQUENCY),
    *(f"weight_{name}_percent" for name in WEIGHTS),
    "warnings",
    "reasons_raising",
    "reasons_lowering",
    "reasons",
)
EXPLAINING = ("reasons", "weights", "weight_warning", "warnings", "warnings_sentence", "method", "explained")
"""The parts that explain a score, or tell what is known of the person: a reader of the band alone has none of them."""

BAND_COLUMNS = tuple(
    name for name in COLUMNS if name not in EXPLAINING and not name.startswith(("reasons_", "weight_"))
)
NUMBERS = (
    "version",
    "approval_id",
    "frequency_count",
    "frequency_low",
    "frequency_high",
    *(f"weight_{name}_percent" for name in WEIGHTS),
)
