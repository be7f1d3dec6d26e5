"""The part of a record about proof: plans made before results, people from a later time, claims, leakage reviews."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.validation.queries import find_counted, list_claims, list_plans, list_too_good, list_validations
from assessments.validation.tables import ClaimedFigures, LeakageReview, SuccessPlan, Validation, ValidationResult
from assessments.validation.values import TradeOff
from audit.exports.values import account, day, moment
from audit.exports.withholding import without_small_groups
from foundation.ledger.values import content_digest
from registry.models.tables import ModelVersion

SUMMED = ("sentences", "judged", "gap", "baseline", "tested", "missing", "findings")
"""What of a result's summary stands in a record: whether each threshold was met, the gap to the first estimate."""


def tell_proof(session: Session, versions: Sequence[ModelVersion]) -> dict[str, Any]:
    """Of every version what was promised, what came of it, and what is claimed, oldest first (R28, R35, R36, R52)."""
    parts: dict[str, list[dict[str, Any]]] = {name: [] for name in ("plans", "validations", "claims", "leakage")}
    for version in versions:
        validations = list_validations(session, version.id)
        counted = find_counted(validations)
        parts["plans"] += [_plan(one, version.number) for one in reversed(list_plans(session, version.id))]
        parts["validations"] += [tell_validation(one, one is counted) for one in reversed(validations)]
        parts["claims"] += [_claim(one, version.number) for one in reversed(list_claims(session, version.id))]
        parts["leakage"] += _leakage(session, version, validations)
    return parts


def _plan(plan: SuccessPlan, version: int) -> dict[str, Any]:
    """A plan as it was registered, whose digest stands in the ledger; then the same as people read it."""
    said = plan.said
    return {
        "version": version,
        "number": plan.number,
        "after_figures": plan.after_figures,
        "made_at": moment(plan.made_at),
        "made_by": account(plan.made_by_id),
        "content_sha256": plan.content_sha256,
        "content": dict(plan.content),
        "thresholds": [one.text for one in said.thresholds],
        "label": said.label_title,
        "proxy": said.proxy,
        "trade_offs": [_trade_off(one) for one in said.trade_offs],
        "characteristics": [{"title": one.title, "column": one.column, "reason": one.reason} for one in said.tested],
    }


def _trade_off(one: TradeOff) -> str:
    tension, options, choice = (text.rstrip(".") for text in (one.tension, one.options, one.choice))
    return f"{tension}. It could have been: {options}. Chosen: {choice}, by {one.decided_by}."


def tell_validation(validation: Validation, counts: bool) -> dict[str, Any]:
    """A file of people from a later time with its result; `counts`: it is the one its version is held to."""
    plan, reason = validation.plan, validation.reason
    return {
        "id": validation.id,
        "version": validation.version.number,
        "plan": plan.number if plan else None,
        "file_sha256": validation.file_sha256,
        "outcome": validation.outcome,
        "training_from": day(validation.training_from),
        "training_to": day(validation.training_to),
        "asked_at": moment(validation.asked_at),
        "asked_by": account(validation.asked_by_id),
        "counts": counts,
        "unmet_reason": reason.text if reason else None,
        **_result(validation.result),
    }


def _result(result: ValidationResult | None) -> dict[str, Any]:
    """What came out, without groups of two characteristics together: they would give away small ones."""
    if result is None:
        names = ("computed_at", "code", "problem", "people", "starts_on", "ends_on", "registered", "met")
        return {**dict.fromkeys((*names, "report_sha256")), "summary": {}, "by_group": [], "withheld": False}
    rows = [_group(one) for one in result.report.get("groups", []) if " and " not in one["group"]]
    figures, withheld = without_small_groups({"by_group": rows, "bands": []})
    return {
        "computed_at": moment(result.computed_at),
        "code": result.code,
        "problem": result.problem,
        "people": result.people,
        "starts_on": day(result.starts_on),
        "ends_on": day(result.ends_on),
        "registered": result.registered,
        "met": result.met,
        "report_sha256": content_digest(result.report),
        "summary": {name: result.summary[name] for name in SUMMED if name in result.summary},
        "by_group": figures["by_group"],
        "withheld": withheld,
    }


def _group(one: dict[str, Any]) -> dict[str, Any]:
    told = {name: one[name] for name in ("group", "value", "people")}
    return {**told, **(one.get("counts") or dict.fromkeys(("tp", "fp", "fn", "tn"), 0))}


def _claim(claim: ClaimedFigures, version: int) -> dict[str, Any]:
    return {
        "id": claim.id,
        "version": version,
        "source": claim.source,
        "printed": dict(claim.printed),
        "verdict": dict(claim.verdict),
        "entered_at": moment(claim.entered_at),
        "entered_by": account(claim.entered_by_id),
    }


def _leakage(session: Session, version: ModelVersion, validations: Sequence[Validation]) -> list[dict[str, Any]]:
    """Figures that are too good to be believed, without a review until one is signed; and every other review."""
    needed = list_too_good(session, version.id, validations)
    chosen = select(LeakageReview).where(LeakageReview.version_id == version.id).order_by(LeakageReview.id)
    known = {(one.about, one.about_id) for one in needed}
    others = [one for one in session.scalars(chosen) if (one.about, one.about_id) not in known]
    told = [{"words": one.words, **_review(one.review)} for one in needed]
    told += [{"words": f"Figures since replaced ({one.about} {one.about_id})", **_review(one)} for one in others]
    return [{"version": version.number, **one} for one in told]


def _review(review: LeakageReview | None) -> dict[str, Any]:
    if review is None:
        return dict.fromkeys(("statement", "checked", "at", "by"))
    signed = {"statement": review.statement, "checked": review.checked}
    return {**signed, "at": moment(review.at), "by": account(review.by_id)}
