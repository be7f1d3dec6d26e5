"""One person's result of a run: the whole advisory score, and the proof that the ledger's entry covers it.

Needs no library, so that the web process can read it. The part the person is in is hashed again each time: what was
changed after it was recorded is not shown.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from foundation.errors import NotFound, Refused, Unavailable
from foundation.web.texts import date_text
from model_runtime.cohorts.leaves import leaves_of, lines_of
from model_runtime.cohorts.packing import Unpacked, contributions_at, unpack
from model_runtime.cohorts.rules import check_reads, check_results
from model_runtime.cohorts.tables import CohortAnswer, CohortChunk, CohortRun, CohortScore
from model_runtime.cohorts.trees import SALT_BYTES, includes, leaf_of, path_of, root_of, salts_of
from model_runtime.cohorts.values import SCORED
from model_runtime.engine.values import EngineAnswer
from model_runtime.objections.queries import find_standing
from model_runtime.scores.advisories import Occasion, build_advisory
from model_runtime.scores.audience import check_team
from model_runtime.scores.reasons import FactUsed
from model_runtime.scores.values import AdvisoryScore
from model_runtime.training.queries import find_training
from registry.agencies.tables import Source
from registry.evaluations.tables import Evaluation
from registry.evaluations.values import Figures
from registry.models.tables import Approval, Feature
from registry.safeguards.queries import get_safeguards
from registry.safeguards.values import Shows

FORMAT = "algocare/cohort-proof/1"


@dataclass(frozen=True)
class Opened:
    """A part with its rows and leaves, checked against the root that was kept with it."""

    run: CohortRun
    answer: CohortAnswer
    part: Unpacked
    rows: list[CohortScore]
    lines: list[bytes]
    leaves: list[bytes]


@dataclass(frozen=True)
class Single:
    """What a run says of a person: the advisory score, or the sentence of why there is none. `shows` as for a score."""

    run: CohortRun
    row: CohortScore
    advisory: AdvisoryScore | None
    shows: Shows


def open_single(session: Session, actor: Actor, run: CohortRun, person: str, today: date) -> Single:
    """One person's result for a practitioner to look at; the caller records the looking before anything is shown.

    Refused: a run that is not finished or was in the shadow, what the committee does not show this team, a reader
    without training, an objection that stands now, and what was changed after it was recorded.
    """
    check_results(run)
    row = find_row(session, run, person)
    safeguards, version = get_safeguards(session, run.use_id), run.use.version
    check_team(session.get_one(Approval, run.approval_id).pilot, actor, run.asked_by_id)
    training = find_training(session, actor.account_id, version.id, safeguards.training_days)
    shows = check_reads(safeguards, actor, training.lapses_on, today)
    _check_not_objected(session, run, person)
    opened = open_part(session, run, row.place // run.chunk_rows)
    return Single(run, row, _advisory(session, opened, row) if row.code == SCORED else None, shows)


def find_row(session: Session, run: CohortRun, person: str) -> CohortScore:
    """A person's row in a run."""
    mine = CohortScore.run_id == run.id, CohortScore.person_reference == person
    row = session.scalars(select(CohortScore).where(*mine)).first()
    if row is None:
        raise NotFound("This run had nobody with this reference in it.")
    return row


def open_part(session: Session, run: CohortRun, number: int) -> Opened:
    """A part of a run, hashed again: rows, inputs or explanations that were changed are not shown."""
    chunk = session.get_one(CohortChunk, (run.id, number))
    answer = session.get_one(CohortAnswer, (run.id, number))
    part = unpack(chunk.people, chunk.days, chunk.inputs, chunk.closed)
    first = number * run.chunk_rows
    chosen = select(CohortScore).where(CohortScore.run_id == run.id, CohortScore.place >= first)
    rows = list(session.scalars(chosen.order_by(CohortScore.place).limit(chunk.rows)))
    width = len(run.use.version.features)
    lines = lines_of(run.reference, rows, part, answer.base, zlib.decompress(answer.contributions), width)
    leaves = leaves_of(run.salt, number, lines)
    if root_of(leaves).hex() != answer.root:
        raise Unavailable(
            "This result was changed after it was recorded, and is not shown. Tell the data protection officer.",
            code="cohort_changed",
        )
    return Opened(run, answer, part, rows, lines, leaves)


def make_proof(session: Session, run: CohortRun, row: CohortScore) -> dict[str, Any]:
    """The proof that a person's row is in the run whose root stands in the ledger; others' rows stay hidden."""
    number, offset = divmod(row.place, run.chunk_rows)
    opened = open_part(session, run, number)
    roots = session.scalars(
        select(CohortAnswer.root).where(CohortAnswer.run_id == run.id).order_by(CohortAnswer.number)
    ).all()
    path = path_of(opened.leaves, offset) + path_of([bytes.fromhex(one) for one in roots], number)
    salt = salts_of(run.salt, number, len(opened.rows))[offset * SALT_BYTES : (offset + 1) * SALT_BYTES]
    return {
        "format": FORMAT,
        "run": run.reference,
        "line": opened.lines[offset].decode(),
        "salt": salt.hex(),
        "place": row.place,
        "people": run.rows,
        "path": [one.hex() for one in path],
        "root": run.root,
    }


def check_proof(proof: Mapping[str, Any], root: str, people: int) -> dict[str, Any]:
    """The row that a proof proves, against a root and a number of people from elsewhere, such as the ledger's entry.

    Needs no database. Refuses whatever does not lead to that root, and a line about another place or run.
    """
    try:
        line, place = str(proof["line"]).encode(), int(proof["place"])
        path = [bytes.fromhex(one) for one in proof["path"]]
        leaf = leaf_of(bytes.fromhex(proof["salt"]), line)
        said: dict[str, Any] = json.loads(line)
        sound = proof["format"] == FORMAT and said["place"] == place and said["run"] == proof["run"]
        proved = sound and includes(bytes.fromhex(root), people, place, leaf, path)
    except (KeyError, TypeError, ValueError):
        proved = False
    if not proved:
        raise Refused("The proof does not hold: this row is not in the run with this root.", code="proof_failed")
    return said


def _check_not_objected(session: Session, run: CohortRun, person: str) -> None:
    standing = find_standing(session, person, run.use.agency_code, run.use_id)
    if standing is not None:
        raise Refused(
            f"The person objected to being scored on {date_text(standing.since)}, and that stands. Nothing is shown.",
            code="objected",
        )


def _advisory(session: Session, opened: Opened, row: CohortScore) -> AdvisoryScore:
    """The whole advisory score, from what was kept and the figures of that time."""
    run, answer, use = opened.run, opened.answer, opened.run.use
    width, offset = len(use.version.features), row.place % run.chunk_rows
    if row.value is None or row.scored is None or run.finished_at is None:
        raise RuntimeError("Somebody who was scored has a value.")
    explained = EngineAnswer(
        (row.value,),
        answer.base,
        (contributions_at(zlib.decompress(answer.contributions), row.scored, width),),
        answer.unit,
        answer.largest_error,
        answer.kind,
        tuple(answer.layers),
    )
    figures = Figures.from_dict(session.get_one(Evaluation, run.evaluation_id).figures)
    occasion = Occasion(f"{run.reference}/{row.place + 1}", row.person_reference, run.finished_at)
    approval = session.get_one(Approval, run.approval_id)
    made = build_advisory(occasion, use, approval, figures, _facts(session, opened, offset), explained)
    told = f"Recorded in the ledger with the {run.rows:,} people of run {run.reference}. The proof is on this page."
    return replace(made, record=told)


def _facts(session: Session, opened: Opened, offset: int) -> list[FactUsed]:
    run, source = opened.run, session.get_one(Source, opened.run.source_code)
    features, day = run.use.version.features, opened.part.day(offset)
    values = opened.part.values(offset, len(features))
    return [
        FactUsed(feature.name, value_of(feature, value), source.name, day, source.owner.name)
        for feature, value in zip(features, values, strict=True)
    ]


def value_of(feature: Feature, number: float) -> Any:
    """A number the model was given as it was recorded: a category by its code, whole numbers without a point."""
    if feature.type == "category":
        pairs = feature.categories.items() if isinstance(feature.categories, dict) else ()
        return next((code for code, one in pairs if float(one) == number), number)
    return int(number) if feature.type in ("integer", "yes_no") else number
