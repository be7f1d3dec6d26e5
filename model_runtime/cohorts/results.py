"""All results of a run as labelled rows, part by part, in the order of the file. Machinery: needs numpy, and pyarrow.

Every row carries the advisory label, model, version, purpose, approval, limits and challenge route (R02): a row that
is cut out of the file still says what it is. There is no other order than the file's, and no number to sort by.
"""

import csv
import io
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import london_date
from foundation.web.texts import date_text
from model_runtime.cohorts.packing import unpack
from model_runtime.cohorts.single import value_of
from model_runtime.cohorts.tables import CohortAnswer, CohortChunk, CohortRun, CohortScore
from model_runtime.cohorts.values import SCORED
from model_runtime.engine.values import EngineAnswer
from model_runtime.objections.queries import list_standing
from model_runtime.scores.advisories import METHODS, PARTS, Ground, Occasion, concepts_of
from model_runtime.scores.files import RISKY, SEPARATOR
from model_runtime.scores.reasons import MOSTLY_OTHERS, Concept, FactUsed, reasons_of
from model_runtime.scores.values import HEADLINE, LABEL
from registry.evaluations.tables import Evaluation
from registry.evaluations.values import Figures
from registry.models.tables import Approval, ModelVersion
from registry.models.values import About
from registry.safeguards.values import Shows

TOP = 3
"""Reasons named in each direction."""

KEPT_WORDS = 100_000
PERSONAL = (
    "reference",
    "status",
    "code",
    "sentence",
    "band_code",
    "band",
    "frequency",
    "base_rate",
    "reasons_raising",
    "reasons_lowering",
    "weight_warning",
    "data_as_of",
)
"""Columns that differ from person to person; all others are the same in every row."""

Columns = dict[str, list[str] | str]


class Words:
    """Reasons in words, each made once: the same concept with the same values always reads the same."""

    def __init__(self, version: ModelVersion) -> None:
        self.features = version.features
        named = concepts_of(version.declaration["version"])
        groups: dict[tuple[str, str], list[int]] = {}
        for place, feature in enumerate(self.features):
            concept = named.get(feature.name)
            groups.setdefault(("concept", concept) if concept else ("input", feature.name), []).append(place)
        self.groups = [(name, places) for (_, name), places in groups.items()]
        self.others = np.array([self.features[places[0]].about != About.PERSON for _, places in self.groups])
        self._said: dict[tuple[float, ...], str] = {}

    def folded(self, contributions: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each concept contributed, from what each input did."""
        if len(self.groups) == len(self.features):
            return contributions
        return np.column_stack([contributions[:, places].sum(axis=1) for _, places in self.groups])

    def say(self, group: int, values: NDArray[np.float64]) -> str:
        """A concept with a person's values, and which protected characteristic it is or stands for."""
        name, places = self.groups[group]
        key = (group, *(float(values[place]) for place in places))
        if key not in self._said:
            if len(self._said) >= KEPT_WORDS:
                self._said.clear()
            self._said[key] = self._sentence(name, places, key[1:])
        return self._said[key]

    def _sentence(self, name: str, places: list[int], numbers: Sequence[float]) -> str:
        chosen = [self.features[place] for place in places]
        concept = Concept(name, parts=[0.0] * len(chosen))
        for feature, number in zip(chosen, numbers, strict=True):
            concept.features.append(feature)
            concept.facts.append(FactUsed(feature.name, value_of(feature, number), "-", EVER))
        reason = reasons_of([concept])[0]
        return f"{reason.sentence} (protected: {reason.protected})" if reason.protected else reason.sentence


def result_parts(session: Session, run: CohortRun, shows: Shows) -> Iterator[Columns]:
    """Every part's rows as columns: lists of what differs, texts of what is the same in every row.

    Of people who have objected since, nothing but that is said (R53). `band` leaves out the reasons (R41).
    """
    same, words, bands = constants(session, run), Words(run.use.version), band_texts(session, run)
    for number in range(run.chunks):
        yield {**_personal(session, run, number, words, bands, shows), **same}
        session.expire_all()


def constants(session: Session, run: CohortRun) -> dict[str, str]:
    """What is the same in every row."""
    use, approval = run.use, session.get_one(Approval, run.approval_id)
    declared, model = use.version.declaration["version"], use.version.model
    return {
        "headline": HEADLINE,
        "label": LABEL,
        "model": model.name,
        "model_slug": model.slug,
        "version": str(use.version.number),
        "outcome": use.version.outcome_name,
        "purpose_code": use.code,
        "purpose": use.purpose,
        "audience": use.audience,
        "decision": use.decision,
        "excluded_decisions": SEPARATOR.join(use.excluded_decisions),
        "limits": SEPARATOR.join(declared["limits"]),
        "cannot_know": SEPARATOR.join(declared["cannot_know"]),
        "challenge_route": declared["challenge_route"],
        "method": METHODS[use.version.method],
        "approval_id": str(approval.id),
        "approval_expires_on": approval.expires_on.isoformat(),
        "run": run.reference,
        "given_on": london_date(run.finished_at).isoformat() if run.finished_at else "",
    }


def band_texts(session: Session, run: CohortRun) -> dict[str | None, tuple[str, str, str]]:
    """Name, natural frequency and base rate of each band that was measured; of nobody's band, nothing."""
    figures = Figures.from_dict(session.get_one(Evaluation, run.evaluation_id).figures)
    approval = session.get_one(Approval, run.approval_id)
    found: dict[str | None, tuple[str, str, str]] = {None: ("", "", "")}
    for band in run.use.version.bands:
        if figures.band(band.code).outcome.assessed and figures.overall.base_rate.assessed:
            answer = EngineAnswer((band.start,), 0.0, (), "", 0.0, "")
            ground = Ground(Occasion("-", "-", run.asked_at), run.use, approval, figures, (), answer)
            frequency = PARTS["frequency"](ground)
            found[band.code] = band.name, f"{frequency.sentence}.", frequency.base_sentence
    return found


def write_parquet(session: Session, run: CohortRun, shows: Shows, target: Any) -> None:
    """All results as Parquet, to a path or an open file; every column is text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for columns in result_parts(session, run, shows):
        rows = len(columns["reference"])
        arrays = {
            name: pa.repeat(pa.scalar(held), rows) if isinstance(held, str) else pa.array(held, pa.string())
            for name, held in columns.items()
        }
        table = pa.table(arrays)
        writer = writer or pq.ParquetWriter(target, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def write_csv(session: Session, run: CohortRun, shows: Shows, target: Any) -> None:
    """All results as CSV in UTF-8, to an open binary file; cells that a spreadsheet would run are made harmless."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    for number, columns in enumerate(result_parts(session, run, shows)):
        if not number:
            writer.writerow(columns)
        rows = len(columns["reference"])
        held = [
            [_harmless(one)] * rows if isinstance(one, str) else [_harmless(cell) for cell in one]
            for one in columns.values()
        ]
        writer.writerows(zip(*held, strict=True))
    text.detach()


WRITERS = {".csv": write_csv, ".parquet": write_parquet}


def write_results(session: Session, run: CohortRun, shows: Shows, path: Path) -> None:
    """Write a .csv or .parquet file; which one, its ending says."""
    with path.open("wb") as target:
        WRITERS[path.suffix.lower()](session, run, shows, target)


def _personal(
    session: Session, run: CohortRun, number: int, words: Words, bands: dict[str | None, Any], shows: Shows
) -> Columns:
    chunk = session.get_one(CohortChunk, (run.id, number))
    part = unpack(chunk.people, chunk.days, chunk.inputs, chunk.closed)
    chosen = select(CohortScore.code, CohortScore.sentence, CohortScore.band, CohortScore.scored)
    chosen = chosen.where(CohortScore.run_id == run.id, CohortScore.place >= number * run.chunk_rows)
    rows = session.execute(chosen.order_by(CohortScore.place).limit(chunk.rows)).tuples().all()
    objected = list_standing(session, part.people, run.use.agency_code, run.use_id)
    rows = [OBJECTED if who in objected else row for who, row in zip(part.people, rows, strict=True)]
    days = np.frombuffer(part.days, "<i4")
    spelt = {int(day): date_text(date.fromordinal(int(day))) for day in np.unique(days)}
    texts = [bands[band] for _, _, band, _ in rows]
    return {
        "reference": part.people,
        "status": ["scored" if code == SCORED else "not scored" for code, _, _, _ in rows],
        "code": [code for code, _, _, _ in rows],
        "sentence": [sentence or "" for _, sentence, _, _ in rows],
        "band_code": [band or "" for _, _, band, _ in rows],
        "band": [name for name, _, _ in texts],
        "frequency": [frequency for _, frequency, _ in texts],
        "base_rate": [base for _, _, base in texts],
        **_reasons(session, run, number, part.inputs, [row[3] for row in rows], words, shows),
        "data_as_of": [spelt[day] for day in days.tolist()],
    }


def _reasons(
    session: Session, run: CohortRun, number: int, inputs: bytes, scored: list[int | None], words: Words, shows: Shows
) -> Columns:
    """The strongest reasons in each direction, in words, and the warning when most weight is about other people."""
    width = len(words.features)
    raising, lowering, warning = ([""] * len(scored) for _ in range(3))
    if shows == "reasons":
        answer = session.get_one(CohortAnswer, (run.id, number))
        held = np.frombuffer(zlib.decompress(answer.contributions), "<f4").reshape(-1, width)
        values = np.frombuffer(inputs, "<f8").reshape(-1, width)
        folded = words.folded(held.astype(np.float64))
        order = np.argsort(folded, axis=1, kind="stable")
        sizes = np.abs(folded)
        others = sizes[:, words.others].sum(axis=1) * 2 > sizes.sum(axis=1)
        for place, at in enumerate(scored):
            if at is not None:
                mine, row = folded[at], values[place]
                up = [words.say(int(one), row) for one in order[at, : -TOP - 1 : -1] if mine[one] > 0]
                down = [words.say(int(one), row) for one in order[at, :TOP] if mine[one] < 0]
                raising[place], lowering[place] = SEPARATOR.join(up), SEPARATOR.join(down)
                warning[place] = MOSTLY_OTHERS if others[at] else ""
    return {"reasons_raising": raising, "reasons_lowering": lowering, "weight_warning": warning}


OBJECTED = ("objected", "The person has objected to being scored since. Nothing is shown.", None, None)
EVER = date(2000, 1, 1)


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(RISKY) else value
