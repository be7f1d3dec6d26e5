"""Commands about plans, later data, claims and leakage reviews. Everything written here only grows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessments.questionnaire.documents import clean_name
from assessments.validation.queries import TooGood, find_plan, find_review
from assessments.validation.rules import (
    check_claimed,
    check_later,
    check_may_review,
    check_plan,
    check_reason,
    check_review,
)
from assessments.validation.tables import (
    ClaimedFigures,
    LeakageReview,
    SuccessPlan,
    UnmetReason,
    Validation,
    ValidationResult,
)
from assessments.validation.values import LaterData, PlanContent
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Conflict
from foundation.files.service import check_size, store
from foundation.jobs.service import enqueue
from foundation.ledger.service import record
from foundation.ledger.values import content_digest, digest
from registry.evaluations.claims import Claim, Verdict
from registry.evaluations.queries import find_evaluation
from registry.models.rules import check_owns
from registry.models.tables import ModelVersion, Use

JOB = "validate"
"""The worker's job that scores and measures a later file."""


def register_plan(session: Session, actor: Actor, use: Use, content: PlanContent, at: datetime) -> SuccessPlan:
    """The owner or deputy registers what success would be, before results; a change is another plan (R28).

    A plan made after the platform computed figures of this version says so.
    """
    _check_owner(actor, use)
    check_plan(content, london_date(at))
    version = _hold(session, use)
    said = content.to_dict()
    newest = find_plan(session, version.id)
    if newest is not None and newest.content_sha256 == content_digest(said):
        raise Conflict("This very plan is registered already.", code="same_plan")
    plan = SuccessPlan(
        version_id=version.id,
        number=newest.number + 1 if newest else 1,
        content=said,
        content_sha256=content_digest(said),
        after_figures=_has_figures(session, version),
        made_at=at,
        made_by_id=actor.account_id,
    )
    session.add(plan)
    session.flush()
    facts = {"plan": plan.number, "content_sha256": plan.content_sha256, "after_figures": plan.after_figures}
    _record(session, "plan_registered", actor.reference, version, at, **facts)
    return plan


def _check_owner(actor: Actor, use: Use) -> None:
    check_permission(actor, Permission.SUBMIT_ASSESSMENT)
    check_owns(use, actor)


def _hold(session: Session, use: Use) -> ModelVersion:
    """Lock the version, so that plans are numbered one after the other and each file meets the plan of its moment."""
    session.refresh(use.version, ["number"], with_for_update=True)
    return use.version


def _has_figures(session: Session, version: ModelVersion) -> bool:
    done = select(func.count(ValidationResult.id)).join(Validation, Validation.id == ValidationResult.validation_id)
    return find_evaluation(session, version.id) is not None or bool(
        session.scalar(done.where(Validation.version_id == version.id))
    )


def ask_for_validation(
    session: Session, actor: Actor, use: Use, data: LaterData, *, upload_mib: int, at: datetime
) -> Validation:
    """Keep a file of people from a later time and queue its measuring; the plan that stands now is its plan (R36)."""
    _check_owner(actor, use)
    version = _hold(session, use)
    name, sha256 = clean_name(data.name), digest(data.content)
    check_size(data.content, upload_mib, name)
    check_later(data, version, sha256, london_date(at))
    plan = find_plan(session, version.id)
    validation = Validation(
        version_id=version.id,
        plan_id=plan.id if plan else None,
        file_name=name,
        file_sha256=store(session, data.content, _media_type(name), at),
        outcome=data.outcome.strip(),
        date_column=data.date_column.strip(),
        starts_on=None if data.date_column.strip() else data.starts_on,
        ends_on=None if data.date_column.strip() else data.ends_on,
        training_from=data.training_from,
        training_to=data.training_to,
        asked_at=at,
        asked_by_id=actor.account_id,
    )
    session.add(validation)
    session.flush()
    facts = {"validation": validation.id, "file_sha256": sha256, "plan": plan.number if plan else 0}
    _record(session, "validation_asked", actor.reference, version, at, **facts)
    payload = {"validation": validation.id}
    enqueue(session, JOB, f"{JOB}:{validation.id}", payload, asked_by=actor.reference, at=at)
    return validation


def _media_type(name: str) -> str:
    return "application/vnd.apache.parquet" if name.lower().endswith(".parquet") else "text/csv"


def keep_result(session: Session, validation: Validation, result: ValidationResult) -> None:
    """Keep what the worker computed, under the digest of its report (R04)."""
    session.add(result)
    session.flush()
    facts = {"validation": validation.id, "people": result.people, "code": result.code}
    facts |= {"registered": result.registered, "report_sha256": content_digest(result.report)}
    _record(session, "validation_computed", "worker", validation.version, result.computed_at, **facts)


def explain_unmet(session: Session, actor: Actor, use: Use, validation: Validation, text: str, at: datetime) -> None:
    """The owner says why a use should go on although a threshold was not met; the committee decides whether it may."""
    _check_owner(actor, use)
    _hold(session, use)
    session.refresh(validation, ["reason"])
    check_reason(validation, text)
    validation.reason = UnmetReason(text=text.strip(), at=at, by_id=actor.account_id)
    session.flush()
    _record(session, "unmet_explained", actor.reference, use.version, at, validation=validation.id)


def keep_claims(
    session: Session, actor: Actor, use: Use, sets: Sequence[tuple[str, Sequence[Claim]]], at: datetime
) -> list[ClaimedFigures]:
    """Keep sets of claimed figures, each with who claims it, and what each implies: all of them or none (R04).

    Refused, with the figures and by how much, is a set that cannot be true together.
    """
    _check_owner(actor, use)
    checked = [(source.strip(), check_claimed(source, claims)) for source, claims in sets]
    return [_keep_claim(session, actor, use, source, verdict, at) for source, verdict in checked]


def _keep_claim(
    session: Session, actor: Actor, use: Use, source: str, verdict: Verdict, at: datetime
) -> ClaimedFigures:
    row = ClaimedFigures(
        version_id=use.version_id,
        source=source,
        printed={claim.name: claim.printed for claim in verdict.claims},
        verdict=verdict.to_dict(),
        entered_at=at,
        entered_by_id=actor.account_id,
    )
    session.add(row)
    session.flush()
    facts = {"claims": row.id, "printed": content_digest(row.printed), "leakage_review": verdict.leakage}
    _record(session, "claims_kept", actor.reference, use.version, at, **facts)
    return row


def sign_review(
    session: Session, actor: Actor, use: Use, about: TooGood, statement: str, checked: str, at: datetime
) -> LeakageReview:
    """Somebody who does not answer for the model signs that its outcome did not leak into its inputs (R35)."""
    check_may_review(actor, use.version, about.entered_by_id)
    _hold(session, use)
    if find_review(session, about.about, about.about_id) is not None:
        raise Conflict("These figures are reviewed already.", code="reviewed")
    check_review(statement, checked)
    review = LeakageReview(
        version_id=use.version_id,
        about=about.about,
        about_id=about.about_id,
        statement=statement.strip(),
        checked=checked.strip(),
        at=at,
        by_id=actor.account_id,
    )
    session.add(review)
    session.flush()
    _record(session, "leakage_reviewed", actor.reference, use.version, at, about=about.about, number=about.about_id)
    return review


def _record(session: Session, kind: str, by: str, version: ModelVersion, at: datetime, **facts: object) -> None:
    known = {"version": version.number, **facts}
    record(session, kind, actor=by, at=at, model=version.model.slug, facts=known)
