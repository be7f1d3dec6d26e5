"""Commands about packs: ask for one, keep what was built, and record every download."""

from datetime import datetime

from sqlalchemy.orm import Session

from audit.exports.values import PackBytes
from audit.packs.queries import find_building, state_of
from audit.packs.tables import Pack, PackDownload
from audit.packs.values import PackState
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Refused
from foundation.files.service import get_content, store
from foundation.jobs.service import enqueue
from foundation.ledger.service import record
from foundation.ledger.values import digest
from registry.models.tables import RiskModel

JOB = "build_pack"


def ask_for_pack(session: Session, actor: Actor, model: RiskModel, at: datetime) -> Pack:
    """Ask the worker for a pack of a model; asked again while one is being built, that one is given back."""
    check_permission(actor, Permission.BUILD_PACK)
    standing = find_building(session, model.id)
    if standing is not None:
        return standing
    pack = Pack(model=model, asked_by_id=actor.account_id, asked_at=at)
    session.add(pack)
    session.flush()
    enqueue(session, JOB, f"{JOB}:{pack.id}", {"pack": pack.id}, asked_by=actor.reference, at=at)
    return pack


def keep_pack(session: Session, pack: Pack, built: PackBytes, by: str, at: datetime) -> None:
    """Store a built pack and write its hashes into the ledger: file, pack and entry are one transaction."""
    pack.file_sha256 = store(session, built.content, "application/zip", at)
    pack.manifest_sha256, pack.head, pack.built_at, pack.problem = built.manifest_sha256, built.head, at, None
    facts = {"pack": pack.id, "manifest_sha256": built.manifest_sha256, "file_sha256": pack.file_sha256}
    record(session, "pack_built", actor=by, at=at, model=pack.model.slug, facts=facts)


def record_download(session: Session, actor: Actor, pack: Pack, at: datetime) -> bytes:
    """Record that somebody takes a pack, and give its bytes; what is handed out is hashed once more."""
    check_permission(actor, Permission.SEE_PACKS)
    if state_of(pack) is not PackState.READY or pack.file_sha256 is None:
        raise Refused("This pack is not ready yet.", code="pack_not_ready")
    content = get_content(session, pack.file_sha256)
    session.add(PackDownload(pack_id=pack.id, by_id=actor.account_id, at=at))
    facts = {"pack": pack.id, "file_sha256": digest(content)}
    record(session, "pack_downloaded", actor=actor.reference, at=at, model=pack.model.slug, facts=facts)
    return content
