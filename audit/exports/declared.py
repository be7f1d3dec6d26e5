"""The part of a record that was declared and registered: the model, its versions, its law, its uses, its figures."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from assessments.impact.values import NEEDED
from audit.exports.values import account, moment
from audit.exports.withholding import without_small_groups
from foundation.ledger.values import content_digest
from registry.agencies.queries import find_agency
from registry.catalogue.values import Catalogue
from registry.evaluations.tables import Evaluation
from registry.footing.queries import answer_use
from registry.gateways.values import GatewayEntry
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


def tell_version(version: ModelVersion, catalogue: Catalogue) -> dict[str, Any]:
    """Everything declared about one version, with the data item, sources and gateways behind each feature.

    What a point score or a supplied score has none of, such as training data, is None.
    """
    declared = version.declaration["version"]
    return {
        "number": version.number,
        "label": declared["label"],
        "kind": version.kind,
        "method": version.method,
        "artefact_sha256": version.artefact_sha256,
        "declaration_sha256": version.declaration_sha256,
        "training_data": declared.get("training_data"),
        "evaluation_data": _evaluation_data(version),
        "points": declared.get("points"),
        "supplier": declared.get("supplier"),
        "threshold": version.threshold,
        "bands": [{"code": b.code, "name": b.name, "from": b.start, "to": b.end} for b in version.bands],
        "features": [_feature(feature, catalogue) for feature in version.features],
        "limits": declared["limits"],
        "cannot_know": declared["cannot_know"],
        "challenge_route": declared["challenge_route"],
        "watch": version.declaration.get("watch"),
        "registered_at": moment(version.registered_at),
        "registered_by": account(version.registered_by_id),
    }


def tell_gateways(versions: list[ModelVersion], catalogue: Catalogue) -> list[dict[str, Any]]:
    """Every legal gateway that a feature's data item cites, with the features that rest on it (R17)."""
    resting: dict[int, set[str]] = {}
    for feature in (feature for version in versions for feature in version.features):
        for number in catalogue.items[feature.item_id].gateways:
            resting.setdefault(number, set()).add(feature.name)
    return [_gateway(catalogue.gateways[number], sorted(resting[number])) for number in sorted(resting)]


def tell_law(session: Session, use: Use, day: date) -> dict[str, Any]:
    """What the legal engine says about a use on a day, and what a lawyer accepted until when (R16)."""
    answer = answer_use(session, use, day)
    return {
        "stands": answer.stands,
        "sentence": answer.sentence,
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "sentence": finding.sentence,
                "accepted_until": signed.expires_on.isoformat() if signed else None,
                "accepted_because": signed.reason if signed else None,
            }
            for finding, signed in ((finding, answer.sign_off_of(finding)) for finding in answer.findings)
        ],
    }


def tell_use(session: Session, use: Use, day: date) -> dict[str, Any]:
    """A use with its stage, its particulars and its legal footing on a day."""
    return {
        "id": use.id,
        "version": use.version.number,
        "code": use.code,
        "edition": use.edition,
        "particulars": dict(use.particulars),
        "law": tell_law(session, use, day),
        "purpose": use.purpose,
        "audience": use.audience,
        "agency": _agency(session, use.agency_code),
        "decision": use.decision,
        "regime": REGIME_TITLES[Regime(use.regime)],
        "documents_needed": list(NEEDED[Regime(use.regime)]),
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


def _evaluation_data(version: ModelVersion) -> dict[str, Any] | None:
    declared = version.declaration["version"].get("evaluation_data")
    return {**declared, "sha256": version.evaluation_sha256} if declared else None


def _feature(feature: Feature, catalogue: Catalogue) -> dict[str, Any]:
    item = catalogue.items[feature.item_id]
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
        "sources": [_source(code, catalogue) for code in sorted(item.sources)],
        "gateways": sorted(item.gateways),
        "agreements": [one.title for one in catalogue.agreements_about(item.id)],
        "sensitivity": item.sensitivity.value,
    }


def _source(code: str, catalogue: Catalogue) -> dict[str, Any]:
    agency = catalogue.agency_of(code)
    return {"code": code, "name": catalogue.source_name(code), "agency": agency.code if agency else None}


def _gateway(gateway: GatewayEntry, features: list[str]) -> dict[str, Any]:
    return {
        "number": gateway.number,
        "title": gateway.title,
        "original": gateway.original,
        "summary": gateway.summary,
        "kind": gateway.kind.value,
        "who_may_rely": gateway.who_text,
        "covers": gateway.covers_text,
        "purposes": gateway.purposes_text,
        "ended_on": gateway.ended_on.isoformat() if gateway.ended_on else None,
        "verification": gateway.verification.value,
        "note": gateway.note,
        "features": features,
    }


def _agency(session: Session, code: str | None) -> dict[str, str] | None:
    agency = find_agency(session, code) if code else None
    return {"code": agency.code, "name": agency.name} if agency else None
