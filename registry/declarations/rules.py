"""Rules a declaration must keep beyond its own shape: its files, and what it names in the register."""

import csv
import io
from collections.abc import Iterator, Mapping

from foundation.errors import Invalid
from foundation.ledger.values import digest
from registry.declarations.values import Declaration

Problems = dict[str, str]


def find_file_problems(declaration: Declaration, files: Mapping[str, bytes], upload_mib: int) -> Problems:
    """What is wrong with the files: missing, too large, or not the ones whose digests were declared."""
    version = declaration.version
    wanted = {
        "version.artefact": (version.artefact.file, version.artefact.sha256),
        "version.evaluation_data": (version.evaluation_data.file, version.evaluation_data.sha256),
    }
    if version.training_data.file and version.training_data.file in files:
        wanted["version.training_data"] = (version.training_data.file, version.training_data.sha256)
    problems: Problems = {}
    for place, (name, sha256) in wanted.items():
        content = files.get(name)
        if content is None:
            problems[f"{place}.file"] = f"the file {name} was not found beside the declaration"
        elif len(content) > upload_mib * 1024 * 1024:
            problems[f"{place}.file"] = f"{name} is larger than {upload_mib} MiB, the largest file accepted"
        elif sha256 and digest(content) != sha256:
            problems[f"{place}.sha256"] = f"{name} is not the file that was declared: its SHA-256 is {digest(content)}"
    return problems


def find_evaluation_problems(declaration: Declaration, content: bytes) -> Problems:
    """What is wrong with the evaluation file's heading and length; rows are checked when they are measured."""
    data = declaration.version.evaluation_data
    try:
        heading, count = read_heading(content), count_rows(content)
    except Invalid as problem:
        return {"version.evaluation_data.file": f"{data.file} {problem.sentence}"}
    problems: Problems = {}
    needed = [("outcome_column", data.outcome_column)]
    needed += [(f"groups[{n}]", group.column) for n, group in enumerate(data.groups, 1)]
    needed += [("baseline_column", data.baseline_column)] if data.baseline_column else []
    for place, column in needed:
        if column not in heading:
            problems[f"version.evaluation_data.{place}"] = f"{data.file} has no column {column}"
    for feature in declaration.version.features:
        if feature.name not in heading:
            problems[f"version.features.{feature.name}"] = f"{data.file} has no column {feature.name}"
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
