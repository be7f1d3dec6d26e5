"""The part of a record that was declared and registered: the model, its versions, its law, its uses, its figures."""

from typing import Any

from sqlalchemy.orm import Session

from audit.exports.values import account, moment
from audit.exports.withholding import without_small_groups
from foundation.ledger.values import content_digest
from registry.agencies.queries import find_agency
from registry.evaluations.tables import Evaluation
from registry.gateways.tables import Gateway
from registry.models.tables import Feature, ModelVersion, RiskModel, Use
from registry.models.values import REGIME_TITLES, Regime


def tell_model(session: Session, model: RiskModel) -> dict[str, Any]:
    """What the model is and who answers for it; the named expert stands with a role, not with a name."""
    return {
        "slug": model.slug,
        "name": model.name,
        "held": model.held,
        "summary": model.summary,
        "purpose": model.purpose,
        "population": model.population,
        "outcome": dict(model.outcome),
        "agency": _agency(session, model.agency_code),
        "owner": account(model.owner_id) if model.owner_id else None,
        "deputy": account(model.deputy_id) if model.deputy_id else None,
        "expert_role": model.expert.get("role"),
        "code_reference": dict(model.code_reference),
        "note": model.note,
        "stage": model.stage.title,
        "stage_meaning": model.stage.meaning,
        "registered_at": moment(model.registered_at),
    }


def tell_version(version: ModelVersion) -> dict[str, Any]:
    """Everything declared about one version, with the data item, sources and gateways behind each feature."""
    declared = version.declaration["version"]
    return {
        "number": version.number,
        "label": declared["label"],
        "kind": version.kind,
        "method": version.method,
        "artefact_sha256": version.artefact_sha256,
        "declaration_sha256": version.declaration_sha256,
        "training_data": declared["training_data"],
        "evaluation_data": {**declared["evaluation_data"], "sha256": version.evaluation_sha256},
        "threshold": version.threshold,
        "bands": [{"code": b.code, "name": b.name, "from": b.start, "to": b.end} for b in version.bands],
        "features": [_feature(feature) for feature in version.features],
        "limits": declared["limits"],
        "cannot_know": declared["cannot_know"],
        "challenge_route": declared["challenge_route"],
        "watch": version.declaration["watch"],
        "registered_at": moment(version.registered_at),
        "registered_by": account(version.registered_by_id),
    }


def tell_gateways(versions: list[ModelVersion]) -> list[dict[str, Any]]:
    """Every legal gateway that a feature's data item cites, with the features that rest on it (R17)."""
    resting: dict[int, set[str]] = {}
    known: dict[int, Gateway] = {}
    for feature in (feature for version in versions for feature in version.features):
        for gateway in feature.item.gateways:
            known[gateway.number] = gateway
            resting.setdefault(gateway.number, set()).add(feature.name)
    return [_gateway(known[number], sorted(resting[number])) for number in sorted(known)]


def tell_use(session: Session, use: Use) -> dict[str, Any]:
    """A use with its stage."""
    return {
        "id": use.id,
        "version": use.version.number,
        "code": use.code,
        "purpose": use.purpose,
        "audience": use.audience,
        "agency": _agency(session, use.agency_code),
        "decision": use.decision,
        "regime": REGIME_TITLES[Regime(use.regime)],
        "significant": use.significant,
        "human_involvement": use.human_involvement,
        "notice": use.notice,
        "excluded_decisions": list(use.excluded_decisions),
        "stage": use.stage,
        "stage_title": use.stage_card.title,
        "stage_meaning": use.stage_card.meaning,
    }


def tell_evaluation(evaluation: Evaluation, version: int) -> dict[str, Any]:
    """Figures the platform computed; `withheld` says that counts of small groups were taken out."""
    figures, withheld = without_small_groups(evaluation.figures)
    return {
        "version": version,
        "computed_at": moment(evaluation.computed_at),
        "artefact_sha256": evaluation.artefact_sha256,
        "file_sha256": evaluation.file_sha256,
        "figures_sha256": content_digest(evaluation.figures),
        "figures": figures,
        "withheld": withheld,
    }


def _feature(feature: Feature) -> dict[str, Any]:
    item = feature.item
    return {
        "name": feature.name,
        "meaning": feature.meaning,
        "type": feature.type,
        "low": feature.low,
        "high": feature.high,
        "unit": feature.unit,
        "categories": list(feature.categories),
        "about": feature.about,
        "protected": feature.protected,
        "item": item.title,
        "sources": [{"code": s.code, "name": s.name, "agency": s.agency_code} for s in item.sources],
        "gateways": [gateway.number for gateway in item.gateways],
    }


def _gateway(gateway: Gateway, features: list[str]) -> dict[str, Any]:
    return {
        "number": gateway.number,
        "title": gateway.title,
        "original": gateway.original,
        "summary": gateway.summary,
        "kind": gateway.kind,
        "who_may_rely": gateway.who_may_rely,
        "covers": gateway.covers,
        "verification": gateway.verification,
        "note": gateway.note,
        "features": features,
    }


def _agency(session: Session, code: str | None) -> dict[str, str] | None:
    agency = find_agency(session, code) if code else None
    return {"code": agency.code, "name": agency.name} if agency else None
