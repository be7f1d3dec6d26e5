"""What the tree of a run says of each person: one line of canonical text, hashed with a salt of its own."""

import hashlib
import json
from collections.abc import Sequence
from typing import Protocol

from model_runtime.cohorts.packing import CONTRIBUTION, DAY, INPUT, Unpacked
from model_runtime.cohorts.trees import SALT_BYTES, leaf_of, salts_of


class Row(Protocol):
    """A person's row as far as the tree holds it."""

    place: int
    person_reference: str
    scored: int | None
    band: str | None
    value: float | None
    code: str


def lines_of(
    run_reference: str, rows: Sequence[Row], part: Unpacked, base: float, contributions: bytes, width: int
) -> list[bytes]:
    """The lines of a part, in order: who, where, band or code, and the digest of what it was made from.

    `explained` is SHA-256 over the day and the inputs as the model was given them, the value, the base and the
    contributions as they are kept; of somebody who was not scored over day and inputs alone. The value itself stands in
    no line: whoever is given a proof sees the band and no decimals (R41).
    """
    bands: dict[str | None, str] = {}
    run, start = json.dumps(run_reference), f"|{base!r}|".encode()
    wide, step = width * INPUT, width * CONTRIBUTION
    lines = []
    for offset, row in enumerate(rows):
        if row.band not in bands:
            bands[row.band] = json.dumps(row.band)
        made = part.days[offset * DAY : (offset + 1) * DAY] + part.inputs[offset * wide : (offset + 1) * wide]
        if row.scored is not None:
            made += repr(row.value).encode() + start + contributions[row.scored * step : (row.scored + 1) * step]
        lines.append(
            f'{{"band":{bands[row.band]},"code":"{row.code}","explained":"{hashlib.sha256(made).hexdigest()}",'
            f'"person":"{row.person_reference}","place":{row.place},"run":{run}}}'.encode()
        )
    return lines


def leaves_of(run_salt: bytes, number: int, lines: Sequence[bytes]) -> list[bytes]:
    """The leaves of a part from its lines."""
    salts = salts_of(run_salt, number, len(lines))
    return [leaf_of(salts[place * SALT_BYTES : (place + 1) * SALT_BYTES], line) for place, line in enumerate(lines)]
