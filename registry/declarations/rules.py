"""Rules a declaration must keep beyond its own shape: the files it names."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from foundation.errors import Invalid
from foundation.ledger.values import digest
from registry.declarations.problems import Problems
from registry.declarations.reading import Claim, find_claims
from registry.declarations.values import Declaration


def find_file_problems(data: Any, files: Mapping[str, bytes], upload_mib: int) -> Problems:
    """What is wrong with the files that plain values name: missing, too large, or not the ones that were declared."""
    problems: Problems = {}
    for claim in find_claims(data):
        if claim.file in files:
            problems |= _find_misfit(claim, files[claim.file], upload_mib)
        elif claim.needed:
            problems[f"{claim.place}.file"] = f"the file {claim.file} was not found beside the declaration"
    return problems


def _find_misfit(claim: Claim, content: bytes, upload_mib: int) -> Problems:
    if len(content) > upload_mib * 1024 * 1024:
        return {f"{claim.place}.file": f"{claim.file} is larger than {upload_mib} MiB, the largest file accepted"}
    if claim.sha256 and digest(content) != claim.sha256:
        said = f"{claim.file} is not the file that was declared: its SHA-256 is {digest(content)}"
        return {f"{claim.place}.sha256": said}
    return {}


def find_evaluation_problems(declaration: Declaration, files: Mapping[str, bytes]) -> Problems:
    """What is wrong with the evaluation file's heading and length; rows are checked when they are measured."""
    data = declaration.evaluation
    if data is None or data.file not in files:
        return {}
    content = files[data.file]
    try:
        heading, count = read_heading(content), count_rows(content)
    except Invalid as problem:
        return {"version.evaluation_data.file": f"{data.file} {problem.sentence}"}
    needed = {"version.evaluation_data.outcome_column": data.outcome_column}
    needed |= {f"version.evaluation_data.groups[{n}]": group.column for n, group in enumerate(data.groups, 1)}
    needed |= {"version.evaluation_data.baseline_column": data.baseline_column} if data.baseline_column else {}
    needed |= {f"version.features[{n}]": f.name for n, f in enumerate(declaration.version.features, 1)}
    problems = {place: f"{data.file} has no column {name}" for place, name in needed.items() if name not in heading}
    if count != data.rows:
        problems["version.evaluation_data.rows"] = f"{data.file} has {count} rows, not {data.rows}"
    return problems


def read_heading(content: bytes) -> list[str]:
    """The column names of a CSV file."""
    return next(_rows(content), [])


def count_rows(content: bytes) -> int:
    """How many rows a CSV file has under its heading; empty lines do not count."""
    rows = _rows(content)
    next(rows, None)
    return sum(1 for row in rows if row)


def _rows(content: bytes) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    except (UnicodeDecodeError, csv.Error):
        raise Invalid("is not a CSV file in UTF-8") from None
