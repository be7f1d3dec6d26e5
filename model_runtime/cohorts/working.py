"""One part of a run: who of it is scored, the engine's answer, bands, leaves, rows. Machinery: needs numpy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import Unavailable
from foundation.files.service import get_content
from foundation.web.texts import date_text
from model_runtime.cohorts.leaves import leaves_of, lines_of
from model_runtime.cohorts.packing import Part, Unpacked, pack_contributions, unpack
from model_runtime.cohorts.pools import Answered, Work
from model_runtime.cohorts.tables import CohortAnswer, CohortChunk, CohortRun
from model_runtime.cohorts.trees import root_of
from model_runtime.cohorts.values import SCORED
from model_runtime.objections.queries import list_standing
from model_runtime.people.tables import Person
from registry.evaluations.tables import Evaluation
from registry.evaluations.values import Figures


@dataclass(frozen=True)
class Job:
    """What all parts of a run have in common, as plain values, so that no session is open while the engine works."""

    run_id: int
    reference: str
    salt: bytes
    chunk_rows: int
    chunks: int
    use_id: int
    agency: str
    artefact: bytes
    artefact_sha256: str
    method: str
    features: tuple[str, ...]
    bands: tuple[tuple[float, str], ...]
    unmeasured: frozenset[str]


@dataclass
class Line:
    """A person's row, as it is stored and as the tree holds it."""

    place: int
    person_reference: str
    scored: int | None
    band: str | None
    value: float | None
    code: str
    sentence: str | None


def read_job(session: Session, run: CohortRun) -> Job:
    """The run as plain values, with the model's file. `unmeasured` are bands nobody can say anything of (R27)."""
    version = run.use.version
    figures = Figures.from_dict(session.get_one(Evaluation, run.evaluation_id).figures)
    known = {band.code for band in version.bands if figures.overall.base_rate.assessed}
    known = {code for code in known if figures.band(code).outcome.assessed}
    return Job(
        run.id,
        run.reference,
        run.salt,
        run.chunk_rows,
        run.chunks,
        run.use_id,
        run.use.agency_code,
        get_content(session, run.artefact_sha256),
        run.artefact_sha256,
        version.method,
        tuple(feature.name for feature in version.features),
        tuple((band.start, band.code) for band in version.bands),
        frozenset(band.code for band in version.bands) - known,
    )


def list_missing(session: Session, job: Job) -> list[int]:
    """The parts that nobody has worked through yet."""
    done = set(session.scalars(select(CohortAnswer.number).where(CohortAnswer.run_id == job.run_id)))
    return [number for number in range(job.chunks) if number not in done]


def read_part(session: Session, job: Job, number: int) -> tuple[Unpacked, dict[int, tuple[str, str]]]:
    """A part open, and who of it is not scored: those left out when it was read, and who has objected since (R53)."""
    chunk = session.get_one(CohortChunk, (job.run_id, number))
    if Part(chunk.rows, chunk.people, chunk.days, chunk.inputs, chunk.closed).sha256 != chunk.sha256:
        raise Unavailable("The people of a run were changed after they were handed in.", code="cohort_changed")
    part = unpack(chunk.people, chunk.days, chunk.inputs, chunk.closed)
    closed = {int(place): (code, sentence) for place, (code, sentence) in part.closed.items()}
    return part, _left_out(session, job, part.people) | closed


def _left_out(session: Session, job: Job, people: list[str]) -> dict[int, tuple[str, str]]:
    known = select(Person.reference).where(Person.reference.in_(people), Person.agency_code != job.agency)
    elsewhere = set(session.scalars(known))
    objected = list_standing(session, people, job.agency, job.use_id)
    found = {}
    for place, person in enumerate(people) if elsewhere or objected else ():
        if person in elsewhere:
            found[place] = ("other_agency", "Your agency does not work with this person.")
        elif person in objected:
            since = f"The person objected to being scored on {date_text(objected[person].since)}, and that stands."
            found[place] = ("objected", since)
    return found


def work_of(job: Job, part: Unpacked, closed: dict[int, Any]) -> Work | None:
    """What goes to the engine; nothing when nobody of the part is scored."""
    rows = np.frombuffer(part.inputs, "<f8").reshape(len(part.people), len(job.features))
    chosen = np.delete(rows, list(closed), axis=0) if closed else rows
    if not len(chosen):
        return None
    return Work(job.artefact, job.artefact_sha256, job.method, job.features, chosen.tobytes())


def rows_of(
    job: Job, number: int, part: Unpacked, closed: dict[int, tuple[str, str]], answered: Answered | None
) -> list[Line]:
    """A row for everybody, in the order of the file: a band and a value, or a code and a sentence."""
    values = np.frombuffer(answered.scores, "<f8") if answered is not None else np.empty(0)
    starts = np.array([start for start, _ in job.bands])
    # as ModelVersion.band_of: start inclusive, end exclusive, the last one closed
    bands = [job.bands[at][1] for at in np.searchsorted(starts, values, side="right") - 1]
    first, scores = number * job.chunk_rows, enumerate(zip(values.tolist(), bands, strict=True))
    lines = []
    for place, person in enumerate(part.people, start=first):
        code, sentence = closed.get(place - first, (SCORED, None))
        if code == SCORED:
            at, (value, band) = next(scores)
            if band not in job.unmeasured:
                lines.append(Line(place, person, at, band, value, SCORED, None))
                continue
            code, sentence = UNMEASURED
        lines.append(Line(place, person, None, None, None, code, sentence))
    return lines


UNMEASURED = (
    "no_figures",
    "Too few people in this person's band were measured to say how often the model is right about them.",
)
"""As for a single score: a band without a natural frequency is shown to nobody."""


def answer_row(
    job: Job, number: int, part: Unpacked, rows: list[Line], answered: Answered | None, at: datetime
) -> dict[str, Any]:
    """The row of what was answered about a part, with the root of its tree."""
    found = answered or Answered(b"", 0.0, b"", "", "", 0.0, "none", 0, 0.0, ())
    lines = lines_of(job.reference, rows, part, found.base, found.contributions, len(job.features))
    return {
        "number": number,
        "done_at": at,
        "base": found.base,
        "contributions": pack_contributions(found.contributions),
        "unit": found.unit,
        "kind": found.kind,
        "route": found.route,
        "checked": found.checked,
        "largest_difference": found.largest_difference,
        "largest_error": found.largest_error,
        "layers": list(found.layers),
        "root": root_of(leaves_of(job.salt, number, lines)).hex(),
    }
