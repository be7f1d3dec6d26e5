"""The part of a record about what stands beside an approval: impact assessments, attestations, benefit (R31, R32)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.attestations.queries import list_attestations
from assessments.attestations.tables import Attestation
from assessments.benefits.rules import sentences_of
from assessments.benefits.tables import BenefitEvaluation
from assessments.impact.queries import list_impacts
from assessments.impact.tables import ImpactAdvice, ImpactAssessment
from assessments.impact.values import KINDS
from audit.exports.values import account, day, moment
from audit.exports.withholding import without_small_counts
from registry.models.tables import RiskModel

WHOLES = {"offered": "flagged", "taken_up": "offered", "taken_up_had": "taken_up", "compared_had": "compared"}
"""Which count of a benefit evaluation is part of which other one."""


def tell_duties(session: Session, model: RiskModel, use_ids: Sequence[int], attest_days: int) -> dict[str, Any]:
    """Impact assessments, attestations and benefit evaluations, oldest first; an attestation holds `attest_days`."""
    benefits = select(BenefitEvaluation).where(BenefitEvaluation.use_id.in_(use_ids)).order_by(BenefitEvaluation.id)
    return {
        "impacts": [_impact(one) for one in reversed(list_impacts(session, model.id))],
        "attestations": [_attestation(one) for one in reversed(list_attestations(session, model.id))],
        "attest_every_days": attest_days,
        "benefits": [tell_benefit(one) for one in session.scalars(benefits)],
    }


def _impact(impact: ImpactAssessment) -> dict[str, Any]:
    return {
        "id": impact.id,
        "kind": impact.kind,
        "title": KINDS[impact.kind],
        "document_version": impact.document_version,
        "covers": sorted(impact.covers),
        "approved_by": impact.approved_by,
        "approved_on": day(impact.approved_on),
        "review_on": day(impact.review_on),
        "link": impact.link,
        "file_sha256": impact.file_sha256,
        "entered_at": moment(impact.entered_at),
        "entered_by": account(impact.entered_by_id),
        "advice": [_advice(one) for one in impact.advice],
    }


def _advice(advice: ImpactAdvice) -> dict[str, Any]:
    names = ("text", "answer", "reasons", "quoted")
    told: Mapping[str, Any] = {name: getattr(advice, name) for name in names}
    return {**told, "by": account(advice.by_id), "at": moment(advice.at)}


def _attestation(attested: Attestation) -> dict[str, Any]:
    return {
        "id": attested.id,
        "location": attested.location,
        "revision": attested.revision,
        "opened_on": day(attested.opened_on),
        "deputy": account(attested.deputy_id) if attested.deputy_id else None,
        "at": moment(attested.at),
        "by": account(attested.by_id),
    }


def tell_benefit(benefit: BenefitEvaluation) -> dict[str, Any]:
    """What a use did for people in a period. Small counts are None, and then nothing is said that rests on them."""
    counts = {name: getattr(benefit, name) for name in ("flagged", "compared", *WHOLES)}
    shown, withheld = without_small_counts(counts, WHOLES)
    return {
        "id": benefit.id,
        "use": benefit.use_id,
        "starts_on": day(benefit.starts_on),
        "ends_on": day(benefit.ends_on),
        "outcome": benefit.outcome,
        "comparison": benefit.comparison,
        "learned": benefit.learned,
        "counts": shown,
        "sentences": [] if withheld else sentences_of(benefit),
        "withheld": withheld,
        "entered_at": moment(benefit.entered_at),
        "entered_by": account(benefit.entered_by_id),
    }
