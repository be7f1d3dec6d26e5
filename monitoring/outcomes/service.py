"""Recording outcomes: a whole file or nothing of it, matched to the scores as they stood, with what it corrects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Invalid
from foundation.files.service import store
from foundation.jobs.service import enqueue
from foundation.ledger.service import record
from foundation.ledger.values import digest
from monitoring.outcomes.matching import find_people, match_scores, parts
from monitoring.outcomes.queries import get_conflict, group_columns
from monitoring.outcomes.rules import check_may_record, check_reason, find_contradiction, read_outcomes, refuse
from monitoring.outcomes.tables import Outcome, OutcomeUpload
from monitoring.outcomes.values import HandedIn, Match, OutcomeRow, Recorded, Source
from registry.models.tables import RiskModel

READ_OUTCOMES = "read_outcomes"
"""The worker's job that reads a Parquet file of outcomes."""

PARQUET = "application/vnd.apache.parquet"


@dataclass(frozen=True)
class Standing:
    """What is on record of somebody: the number of the newest row, and the newest answer for each day."""

    newest_id: int
    by_day: Mapping[date, bool]


def record_outcomes(session: Session, actor: Actor, model: RiskModel, content: bytes, file: str, at: datetime) -> int:
    """Record a CSV of outcomes of a model and return how many people it held (see `read_outcomes` for the file).

    Only the owner, the deputy or the worker does. People the service does not know are listed and nothing is kept.
    """
    return record_csv(session, actor, model, content, file, at).rows


def record_csv(session: Session, actor: Actor, model: RiskModel, content: bytes, file: str, at: datetime) -> Recorded:
    """The same, with how many of them match a score, correct something or contradict it."""
    _check(actor, model)
    rows = read_outcomes(content, file, group_columns(model), london_date(at))
    return record_rows(session, actor, model, rows, HandedIn(Source.CSV, file, digest(content)), at)


def record_rows(
    session: Session, actor: Actor, model: RiskModel, rows: Sequence[OutcomeRow], handed: HandedIn, at: datetime
) -> Recorded:
    """Record rows that were checked already, from wherever they came; all of them or none (R13, R30).

    Refused with row and column: people the service does not know, and a correction of somebody of whom nothing is on
    record. A row that says otherwise than what stands for the same person and day is kept in conflict.
    """
    _check(actor, model)
    upload = _open(session, actor, model, handed, at)
    return _finish(session, actor, model, rows, upload, at)


def hand_in_parquet(
    session: Session, actor: Actor, model: RiskModel, content: bytes, file: str, at: datetime
) -> OutcomeUpload:
    """Keep a Parquet file and ask the worker to read it; what comes of it stands at the upload."""
    _check(actor, model)
    upload = _open(session, actor, model, HandedIn(Source.PARQUET, file, digest(content)), at)
    upload.file_sha256 = store(session, content, PARQUET, at)
    session.flush()
    key, asked = f"{READ_OUTCOMES}:{upload.id}", {"upload": upload.id}
    enqueue(session, READ_OUTCOMES, key, asked, asked_by=actor.reference, at=at)
    return upload


def take_in(
    session: Session, actor: Actor, model: RiskModel, rows: Sequence[OutcomeRow], upload: OutcomeUpload, at: datetime
) -> Recorded:
    """Record what the worker read in a file that was handed in, in the name of who handed it in."""
    _check(actor, model)
    return _finish(session, actor, model, rows, upload, at)


def keep_refusal(session: Session, model: RiskModel, upload: OutcomeUpload, problem: Invalid, at: datetime) -> None:
    """Keep why nothing of a file was recorded: each problem at its place."""
    found = problem.problems or {"file": problem.sentence}
    upload.finished_at = at
    upload.problems = {place: said.removeprefix(f"{upload.file_name}, {place}: ") for place, said in found.items()}
    facts = {"upload": upload.id, "file_sha256": upload.sha256, "problems": len(upload.problems)}
    record(session, "outcomes_refused", actor="worker", at=at, model=model.slug, facts=facts)


def settle(
    session: Session, actor: Actor, model: RiskModel, person_id: int, chosen_id: int, reason: str, at: datetime
) -> Outcome:
    """Say which of two answers is right: a row that says it again and corrects the other one, with its reason (R13).

    Refused: who does not answer for the model, a row that is none of the person's open contradiction, and no reason.
    """
    _check(actor, model)
    said = check_reason(reason)
    _lock(session, model)
    rows = get_conflict(session, model.id, person_id).rows
    chosen = next((row for row in rows if row.id == chosen_id), None)
    if chosen is None:
        sentence = "Choose one of the answers that are on record."
        raise Invalid(sentence, problems={"chosen": sentence}, code="outcomes_invalid")
    others = [one for one in rows if one.happened is not chosen.happened]
    row = _same(chosen, at, actor)
    row.corrects_id, row.reason = others[-1].id, said
    session.add(row)
    session.flush()
    facts = {"outcome": row.id, "corrects": row.corrects_id, "instead_of": len(others)}
    record(session, "outcome_settled", actor=actor.reference, at=at, model=model.slug, facts=facts)
    return row


def _check(actor: Actor, model: RiskModel) -> None:
    check_permission(actor, Permission.RECORD_OUTCOMES)
    check_may_record(model, actor)


def _lock(session: Session, model: RiskModel) -> None:
    """Two files at once are recorded one after the other, so that the second sees what the first one said."""
    session.execute(select(RiskModel.id).where(RiskModel.id == model.id).with_for_update(of=RiskModel)).one()


def _open(session: Session, actor: Actor, model: RiskModel, handed: HandedIn, at: datetime) -> OutcomeUpload:
    upload = OutcomeUpload(
        model_id=model.id,
        source=handed.source,
        file_name=handed.file_name[:200],
        sha256=handed.sha256,
        handed_in_at=at,
        handed_in_by_id=actor.account_id,
        through_id=handed.through_id,
        rows=0,
        problems={},
    )
    session.add(upload)
    return upload


def _finish(
    session: Session, actor: Actor, model: RiskModel, rows: Sequence[OutcomeRow], upload: OutcomeUpload, at: datetime
) -> Recorded:
    people = find_people(session, [row.person for row in rows])
    file = upload.file_name
    unknown = [row for row in rows if row.person not in people]
    refuse(file, {f"row {row.row}, column person": f"{row.person} is not known here." for row in unknown})
    _lock(session, model)
    standing = _standing(session, model, list(people.values()))
    empty = [row for row in rows if row.correction and people[row.person] not in standing]
    said = "nothing is on record yet that this could correct."
    refuse(file, {f"row {row.row}, column correction": f"Of {row.person} {said}" for row in empty})
    upload.rows, upload.finished_at = len(rows), at
    session.flush()
    matches = match_scores(session, model, rows)
    made = [_made(row, people[row.person], standing, matches.get(row.person), upload, at) for row in rows]
    for one in made:
        one.model_id, one.recorded_by_id = model.id, actor.account_id
    session.add_all(made)
    session.flush()
    recorded = Recorded(
        upload.id,
        len(rows),
        len(matches),
        sum(row.correction for row in rows),
        sum(bool(one.conflict) for one in made),
    )
    _note(session, actor, model, upload, recorded, at)
    return recorded


def _standing(session: Session, model: RiskModel, people: Sequence[int]) -> dict[int, Standing]:
    found: dict[int, Standing] = {}
    days: dict[int, date] = {}
    columns = (Outcome.person_id, Outcome.corrects_id, Outcome.id, Outcome.observed_on, Outcome.happened)
    for part in parts(people):
        chosen = select(*columns).where(Outcome.model_id == model.id, Outcome.person_id.in_(part)).order_by(Outcome.id)
        for person_id, corrects_id, number, day, happened in session.execute(chosen).tuples():
            days[number] = day
            before = dict(found[person_id].by_day) if person_id in found else {}
            before.pop(days.get(corrects_id or 0, day), None)  # what was corrected stands no longer
            found[person_id] = Standing(number, {**before, day: happened})
    return found


def _made(
    row: OutcomeRow,
    person_id: int,
    standing: Mapping[int, Standing],
    match: Match | None,
    upload: OutcomeUpload,
    at: datetime,
) -> Outcome:
    before = standing.get(person_id)
    by_day = before.by_day if before is not None else {}
    return Outcome(
        person_id=person_id,
        happened=row.happened,
        observed_on=row.observed_on,
        groups=dict(row.groups),
        file_name=upload.file_name,
        recorded_at=at,
        source=upload.source,
        upload_id=upload.id,
        corrects_id=before.newest_id if row.correction and before is not None else None,
        reason=row.reason or None,
        conflict=find_contradiction(row.happened, row.observed_on, row.correction, by_day),
        score_id=match.score_id if match else None,
        cohort_run_id=match.cohort_run_id if match else None,
        cohort_place=match.cohort_place if match else None,
        flagged=match.flagged if match else None,
    )


def _same(chosen: Outcome, at: datetime, actor: Actor) -> Outcome:
    """The row said once more: the same answer about the same day and the same score."""
    kept = ("person_id", "model_id", "happened", "observed_on", "score_id", "cohort_run_id", "cohort_place", "flagged")
    said = {name: getattr(chosen, name) for name in kept}
    return Outcome(
        **said,
        groups=dict(chosen.groups),
        file_name=chosen.file_name,
        recorded_at=at,
        recorded_by_id=actor.account_id,
        source=Source.SERVICE,
        conflict=False,
    )


def _note(
    session: Session, actor: Actor, model: RiskModel, upload: OutcomeUpload, recorded: Recorded, at: datetime
) -> None:
    counted = {"rows": recorded.rows, "matched": recorded.matched, "corrections": recorded.corrections}
    facts = {**counted, "conflicts": recorded.conflicts, "source": str(upload.source), "file_sha256": upload.sha256}
    record(session, "outcomes_recorded", actor=actor.reference, at=at, model=model.slug, facts=facts)
