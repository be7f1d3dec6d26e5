"""Reading packs, and what an auditor has waiting."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessments.questionnaire.tables import Assessment, Evidence
from audit.exports.oversight import evidence_path
from audit.packs.tables import Pack, PackDownload
from audit.packs.values import PackState
from foundation.accounts.values import Actor, Permission
from foundation.errors import NotFound
from foundation.files.service import get_content
from foundation.files.tables import StoredFile
from foundation.ledger.tables import LedgerEntry
from foundation.tasks import Task
from registry.models.queries import list_models
from registry.models.tables import RiskModel

OWN_KINDS = ("pack_built", "pack_downloaded")
"""Ledger entries that packs themselves make: they are no change of a model."""


def list_packs(session: Session, model_id: int | None = None) -> Sequence[Pack]:
    """Packs, newest first, perhaps of one model only."""
    chosen = select(Pack).order_by(Pack.id.desc())
    return session.scalars(chosen.where(Pack.model_id == model_id) if model_id else chosen).all()


def get_pack(session: Session, pack_id: int) -> Pack:
    """A pack by number."""
    pack = session.get(Pack, pack_id)
    if pack is None:
        raise NotFound("There is no such pack.")
    return pack


def find_building(session: Session, model_id: int) -> Pack | None:
    """The pack of a model that is still being built, if any."""
    return next((pack for pack in list_packs(session, model_id) if state_of(pack) is PackState.BUILDING), None)


def state_of(pack: Pack) -> PackState:
    """Where a pack stands."""
    if pack.problem is not None:
        return PackState.FAILED
    return PackState.READY if pack.file_sha256 else PackState.BUILDING


def sizes_of(session: Session, packs: Sequence[Pack]) -> dict[int, int]:
    """The size in bytes of every built pack, by its number."""
    wanted = [pack.file_sha256 for pack in packs if pack.file_sha256]
    rows = session.execute(select(StoredFile.sha256, StoredFile.size).where(StoredFile.sha256.in_(wanted)))
    sizes = dict(rows.tuples().all())
    return {pack.id: sizes[pack.file_sha256] for pack in packs if pack.file_sha256 in sizes}


def downloads_of(session: Session, packs: Sequence[Pack]) -> dict[int, int]:
    """How often each pack was downloaded, by its number."""
    wanted = [pack.id for pack in packs]
    chosen = select(PackDownload.pack_id, func.count()).where(PackDownload.pack_id.in_(wanted))
    return dict(session.execute(chosen.group_by(PackDownload.pack_id)).tuples().all())


def count_changes(session: Session, model: RiskModel, since: datetime | None) -> int:
    """How many things happened to a model after a moment, or ever; building and downloading packs is not counted."""
    chosen = select(func.count()).select_from(LedgerEntry).where(LedgerEntry.model == model.slug)
    chosen = chosen.where(LedgerEntry.kind.not_in(OWN_KINDS))
    return session.scalar(chosen.where(LedgerEntry.at > since) if since else chosen) or 0


def load_evidence(session: Session, use_ids: Sequence[int]) -> dict[str, bytes]:
    """The evidence files of every assessment of some uses, under their paths in a pack."""
    rows = select(Evidence.file_sha256, Evidence.file_name).join(Assessment, Assessment.id == Evidence.assessment_id)
    rows = rows.where(Assessment.use_id.in_(use_ids), Evidence.file_sha256.is_not(None)).distinct()
    files = [(sha256, name) for sha256, name in session.execute(rows).tuples() if sha256]
    return {evidence_path(sha256, name): get_content(session, sha256) for sha256, name in files}


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """What waits for an auditor: packs nobody has fetched yet, and models that changed since their last pack."""
    if not actor.may(Permission.BUILD_PACK):
        return []
    packs = list_packs(session)
    fetched = downloads_of(session, packs)
    newest = {pack.model_id: pack for pack in reversed(packs) if state_of(pack) is PackState.READY}
    ready = [_ready(pack) for pack in newest.values() if pack.id not in fetched]
    return [*ready, *(task for model in list_models(session) if (task := _changed(session, model, newest)))]


def _ready(pack: Pack) -> Task:
    return Task(
        text=f"Download the compliance pack of {pack.model.name}",
        endpoint="packs.show_pack",
        arguments={"pack_id": pack.id},
        since=pack.built_at,
        tag="Ready",
        tone="green",
    )


def _changed(session: Session, model: RiskModel, newest: dict[int, Pack]) -> Task | None:
    pack = newest.get(model.id)
    changes = count_changes(session, model, pack.built_at) if model.held and pack else 0
    if pack is None or not changes:
        return None
    return Task(
        text=f"{model.name} has changed since its last compliance pack",
        endpoint="packs.list_packs",
        since=pack.built_at,
        hint=f"{changes} entries in the ledger since then" if changes > 1 else "1 entry in the ledger since then",
        tag="Changed",
        tone="yellow",
    )
