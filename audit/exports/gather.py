"""Reading everything about one model into one plain dictionary, the record (format algocare-record/1)."""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessments.attestations.values import ATTEST_EVERY_DAYS
from assessments.committee.tables import AgendaItem
from assessments.committee.values import AGENDA_LIFE
from assessments.decisions.tables import Advice, Decision
from assessments.members.queries import list_all_seats
from assessments.questionnaire.tables import Assessment
from assessments.questionnaire.values import ASSESSMENT_LIFE
from assessments.reviews.queries import list_reviews
from audit.exports.deciding import tell_advice, tell_approval, tell_decision, tell_item
from audit.exports.declared import tell_evaluation, tell_gateways, tell_model, tell_use, tell_version
from audit.exports.duties import tell_duties
from audit.exports.endings import tell_endings
from audit.exports.gaps import find_gaps
from audit.exports.oversight import tell_assessment, tell_step
from audit.exports.running import Tally, tell_case, tell_counts, tell_watch
from audit.exports.validations import tell_proof
from audit.exports.values import LEFT_OUT, RECORD_FORMAT, Record, moment
from audit.public_register.queries import count_models
from foundation.accounts.queries import find_partnership
from foundation.accounts.tables import Account
from foundation.clock import london_date
from foundation.ledger.queries import last_link
from foundation.ledger.values import START
from foundation.lifecycle.queries import list_changes
from model_runtime.judgements.tables import Judgement
from model_runtime.scores.tables import Refusal, Score, Viewing
from monitoring.cases.tables import Case
from monitoring.cases.values import CASE_LIFE
from monitoring.outcomes.tables import Outcome
from monitoring.watches.tables import WatchRun
from registry.catalogue.queries import read_catalogue
from registry.evaluations.tables import Evaluation
from registry.models.tables import RiskModel, Use
from registry.models.values import USE_LIFE

ACCOUNT = re.compile(r"account:\d+")


def gather(session: Session, model: RiskModel, at: datetime, attest_days: int = ATTEST_EVERY_DAYS) -> Record:
    """The record of a model as it stands in this session at `at`; the same state and time give the same record.

    `attest_days`: how long an owner's attestation holds here.
    """
    uses = sorted(model.uses, key=lambda use: use.id)
    ids = [use.id for use in uses]
    record: Record = {
        "schema": RECORD_FORMAT,
        "built_at": moment(at),
        **_tell_partnership(session),
        "ledger": _tell_ledger(session),
        "model": tell_model(session, model),
        **_tell_declared(session, model, uses, london_date(at)),
        **_tell_oversight(session, uses, ids),
        **tell_duties(session, model, ids, attest_days),
        **tell_proof(session, sorted(model.versions, key=lambda version: version.number)),
        **tell_endings(session, ids),
        **_tell_running(session, model, uses, ids),
        "left_out": list(LEFT_OUT),
    }
    record["life"] = _tell_life(session, record, ids)
    record["roles"] = _tell_roles(session, record)
    record["gaps"] = find_gaps(record, london_date(at))
    return record


def _tell_partnership(session: Session) -> dict[str, Any]:
    partnership = find_partnership(session)
    name, sentence = (partnership.name, partnership.demonstration) if partnership else ("", None)
    return {"partnership": name, "demonstration": sentence}


def _tell_ledger(session: Session) -> dict[str, Any]:
    link = last_link(session)
    return {"entries": link.number + 1, "head": link.chain_hash} if link else {"entries": 0, "head": START}


def _tell_declared(session: Session, model: RiskModel, uses: Sequence[Use], day: date) -> dict[str, Any]:
    versions = sorted(model.versions, key=lambda version: version.number)
    numbers = {version.id: version.number for version in versions}
    chosen = select(Evaluation).where(Evaluation.version_id.in_(numbers)).order_by(Evaluation.id)
    catalogue = read_catalogue(session)
    return {
        "register": catalogue.state,
        "versions": [tell_version(version, catalogue) for version in versions],
        "gateways": tell_gateways(versions, catalogue),
        "uses": [tell_use(session, use, day) for use in uses],
        "evaluations": [tell_evaluation(one, numbers[one.version_id]) for one in session.scalars(chosen)],
    }


def _tell_oversight(session: Session, uses: Sequence[Use], ids: Sequence[int]) -> dict[str, Any]:
    rounds = session.scalars(select(Assessment).where(Assessment.use_id.in_(ids)).order_by(Assessment.id)).all()
    items = session.scalars(select(AgendaItem).where(AgendaItem.use_id.in_(ids)).order_by(AgendaItem.id)).all()
    decisions = session.scalars(select(Decision).where(Decision.use_id.in_(ids)).order_by(Decision.id)).all()
    advice = session.scalars(select(Advice).where(Advice.item_id.in_([item.id for item in items])).order_by(Advice.id))
    decided, seats = {decision.item_id for decision in decisions}, list_all_seats(session)
    approvals = [tell_approval(approval, use) for use in uses for approval in use.approvals]
    return {
        "assessments": [tell_assessment(one, list_reviews(session, one.id)) for one in rounds],
        "items": [tell_item(item, item.id in decided, seats) for item in items],
        "advice": [tell_advice(one) for one in advice],
        "decisions": [tell_decision(decision) for decision in decisions],
        "approvals": sorted(approvals, key=lambda approval: approval["id"]),
    }


def _tell_running(session: Session, model: RiskModel, uses: Sequence[Use], ids: Sequence[int]) -> dict[str, Any]:
    runs = session.scalars(select(WatchRun).where(WatchRun.use_id.in_(ids)).order_by(WatchRun.id))
    cases = session.scalars(select(Case).where(Case.use_id.in_(ids)).order_by(Case.id))
    codes = {use.id: use.code for use in uses}
    return {
        "watches": [tell_watch(run) for run in runs],
        "cases": [tell_case(case) for case in cases],
        "counts": tell_counts(_count(session, model, ids), codes),
    }


def _count(session: Session, model: RiskModel, ids: Sequence[int]) -> Tally:
    def counted(chosen: Any) -> int:
        return session.scalar(chosen) or 0

    def grouped(column: Any, chosen: Any) -> dict[Any, int]:
        return dict(session.execute(chosen.add_columns(column, func.count()).group_by(column)).tuples().all())

    given = Score.use_id.in_(ids)
    of_score = select().join(Score, Score.id == Judgement.score_id).where(given)
    return Tally(
        scores=grouped(Score.use_id, select().where(given)),
        refusals=grouped(Refusal.code, select().where(Refusal.use_id.in_(ids))),
        viewings=counted(select(func.count(Viewing.id)).join(Score, Score.id == Viewing.score_id).where(given)),
        judgements=grouped(Judgement.view, of_score.select_from(Judgement)),
        people=counted(select(func.count(Score.person_id.distinct())).where(given)),
        shadow=counted(select(func.count(Score.id)).where(given, Score.shadow)),
        judged=counted(of_score.select_from(Judgement).add_columns(func.count(Judgement.score_id.distinct()))),
        outcomes=counted(select(func.count(Outcome.person_id.distinct())).where(Outcome.model_id == model.id)),
        **_count_published(session, model),
    )


def _count_published(session: Session, model: RiskModel) -> dict[str, int]:
    """What the public is told as well, counted alike (R43)."""
    counts = count_models(session, [model])[model.id]
    return {
        "flags": counts.flagged,
        "viewers": counts.viewers,
        "in_runs": counts.in_runs,
        "handed_on": counts.handed_on,
        "taken_out": counts.taken_out,
        "challenges": counts.challenges,
        "upheld": counts.upheld,
    }


def _tell_life(session: Session, record: Record, use_ids: Sequence[int]) -> list[dict[str, Any]]:
    things = {
        "use": (use_ids, USE_LIFE),
        "assessment": ([one["id"] for one in record["assessments"]], ASSESSMENT_LIFE),
        "item": ([one["id"] for one in record["items"]], AGENDA_LIFE),
        "case": ([one["id"] for one in record["cases"]], CASE_LIFE),
    }
    steps = []
    for thing, (ids, life) in things.items():
        titles = {code: stage.title for code, stage in life.stages.items()}
        steps += [tell_step(change, titles) for change in list_changes(session, thing, ids)]
    return sorted(steps, key=lambda step: str(step["at"]))


def _tell_roles(session: Session, record: Record) -> dict[str, str]:
    """The roles of every account the record mentions, as they are now; never a name."""
    named = sorted(set(ACCOUNT.findall(json.dumps(record))))
    ids = [int(reference.removeprefix("account:")) for reference in named]
    accounts = session.scalars(select(Account).where(Account.id.in_(ids)))
    return {f"account:{account.id}": account.actor().roles_text for account in accounts}
