"""Reading models, versions, uses and approvals."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from foundation.errors import NotFound
from registry.models.tables import Approval, ModelVersion, RiskModel, Use
from registry.models.values import PermissionStage, PilotTerms


def list_models(session: Session) -> Sequence[RiskModel]:
    """Every model: those held here first, then by name."""
    return session.scalars(select(RiskModel).order_by(RiskModel.held.desc(), RiskModel.name)).all()


def get_model(session: Session, slug: str) -> RiskModel:
    """A model by its slug."""
    model = find_model(session, slug)
    if model is None:
        raise NotFound(f"There is no model called {slug} in the register.")
    return model


def find_model(session: Session, slug: str) -> RiskModel | None:
    """A model by its slug, or none."""
    return session.scalars(select(RiskModel).where(RiskModel.slug == slug)).first()


def get_version(session: Session, slug: str, number: int) -> ModelVersion:
    """A version of a model by number."""
    model = get_model(session, slug)
    version = next((version for version in model.versions if version.number == number), None)
    if version is None:
        raise NotFound(f"{model.name} has no version {number}.")
    return version


def get_use(session: Session, use_id: int) -> Use:
    """A use by number."""
    use = session.get(Use, use_id)
    if use is None:
        raise NotFound("There is no such use of a model.")
    return use


def find_use(session: Session, slug: str, code: str) -> Use | None:
    """A model's use by code in its newest edition; of several versions the approved one, otherwise the newest."""
    model = find_model(session, slug)
    uses = [use for use in (model.current_uses if model else []) if use.code == code]
    return next((use for use in uses if use.stage == "approved"), uses[0] if uses else None)


def list_uses(session: Session, *, stage: str | None = None, agency: str | None = None) -> Sequence[Use]:
    """Uses in their newest edition, newest first, perhaps only those at one stage or of one agency."""
    chosen = select(Use).where(is_newest()).order_by(Use.id.desc())
    chosen = chosen.where(Use.stage == stage) if stage else chosen
    return session.scalars(chosen.where(Use.agency_code == agency) if agency else chosen).all()


def is_newest() -> ColumnElement[bool]:
    """The condition that no later edition of a use was entered."""
    later = aliased(Use)
    same = later.version_id == Use.version_id, later.code == Use.code, later.edition > Use.edition
    return ~select(later.id).where(*same).correlate(Use).exists()


def get_edition(session: Session, slug: str, number: int, code: str, edition: int | None = None) -> Use:
    """A use of a version by its code, in its newest or in a given edition."""
    return edition_of(get_version(session, slug, number), code, edition)


def edition_of(version: ModelVersion, code: str, edition: int | None = None) -> Use:
    """The same of a version that was read already."""
    editions = {use.edition: use for use in version.uses if use.code == code}
    if not editions:
        raise NotFound(f"{version.title} has no use {code}.")
    found = editions.get(edition or max(editions))
    if found is None:
        raise NotFound(f"This use of {version.title} has no edition {edition}.")
    return found


def list_owned(session: Session, account_id: int) -> Sequence[RiskModel]:
    """The models somebody owns or deputises for."""
    mine = or_(RiskModel.owner_id == account_id, RiskModel.deputy_id == account_id)
    return session.scalars(select(RiskModel).where(mine).order_by(RiskModel.name)).all()


def find_approval(session: Session, use: Use, *, lock: bool = False) -> Approval | None:
    """The newest approval of a use that was not ended; `lock` holds its row until the transaction ends.

    The row of a pilot is held alone: its places are counted, and nobody else may take one meanwhile (R08).
    """
    chosen = select(Approval).where(Approval.use_id == use.id, Approval.ended_at.is_(None))
    chosen = chosen.order_by(Approval.id.desc()).limit(1)
    if not lock:
        return session.scalars(chosen).first()
    found = find_approval(session, use)
    alone = found is not None and found.permission == PermissionStage.PILOT
    held = chosen.with_for_update(read=not alone, key_share=alone, of=Approval)
    return session.scalars(held.execution_options(populate_existing=True)).first()


def find_reached(session: Session, use: Use) -> PermissionStage | None:
    """The furthest stage of permission this version ever had for the use, in any edition, or none (R08)."""
    same = select(Use.id).where(Use.version_id == use.version_id, Use.code == use.code)
    reached = session.scalars(select(Approval.permission).where(Approval.use_id.in_(same)).distinct()).all()
    return max((PermissionStage(code) for code in reached), key=lambda one: one.rung, default=None)


def find_last_pilot(session: Session, use: Use) -> PilotTerms | None:
    """The terms of the newest pilot of a use, or none when it never had one."""
    pilots = select(Approval).where(Approval.use_id == use.id, Approval.permission == PermissionStage.PILOT)
    newest = session.scalars(pilots.order_by(Approval.id.desc()).limit(1)).first()
    return newest.pilot if newest is not None else None


def lock_use(session: Session, use_id: int) -> Use:
    """A use read afresh under a row lock, so that a suspension either came before or waits."""
    chosen = select(Use).where(Use.id == use_id).with_for_update(read=True, of=Use)
    return session.scalars(chosen.execution_options(populate_existing=True)).one()


def find_named_model(session: Session, item_id: int) -> RiskModel | None:
    """The model that a data item of the register stands for, if it is one."""
    return session.scalars(select(RiskModel).where(RiskModel.item_id == item_id)).first()
