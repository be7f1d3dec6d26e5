"""Taking a file into the register in two steps: it is read and kept, then a person accepts every repair (R51)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Invalid, Refused
from foundation.files.service import get_content, store
from foundation.ledger.service import record
from foundation.lifecycle.service import move
from registry.catalogue.queries import read_catalogue
from registry.catalogue.service import revise_all
from registry.catalogue.tables import RegisterState
from registry.catalogue.values import Change, Thing
from registry.imports.checking import Checked, check_file, origin_of
from registry.imports.problems import refuse
from registry.imports.queries import find_waiting
from registry.imports.tables import ImportRun, Proposal, Repair
from registry.imports.values import PROPOSAL_LIFE

REASON = "Say why: the file changes what the register says."
MOVED_ON = "The register changed since you looked at this file, and it would now do something else. Look at it again."


def look_at(session: Session, actor: Actor, thing: Thing, content: bytes, file: str) -> Checked:
    """What a file would do to the register as it stands; nothing is kept. Unreadable files are refused."""
    check_permission(actor, Permission.KEEP_REGISTER)
    return check_file(thing, content, file, read_catalogue(session))


def look_again(session: Session, proposal: Proposal) -> Checked:
    """What a kept file would do now: the register may have changed since it was handed in."""
    content = get_content(session, proposal.file_sha256)
    return check_file(Thing(proposal.thing), content, proposal.file_name, read_catalogue(session))


def propose(session: Session, actor: Actor, thing: Thing, content: bytes, file: str, at: datetime) -> Proposal:
    """Keep a file under its digest until somebody accepts or discards it.

    Refused are files with any problem, and files that would change nothing. The same file handed in again while it
    waits is the same proposal.
    """
    checked = look_at(session, actor, thing, content, file)
    refuse(file, checked.problems)
    if not checked.changes:
        raise Refused(f"{file} changes nothing: the register says all of it already.", code="import_changes_nothing")
    sha256 = store(session, content, "text/csv", at)
    waiting = find_waiting(session, thing, sha256)
    if waiting is not None:
        return waiting
    proposal = Proposal(
        thing=thing.value,
        file_name=file[:120],
        file_sha256=sha256,
        stage=PROPOSAL_LIFE.first,
        rows=checked.rows,
        proposed_at=at,
        proposed_by_id=actor.account_id,
    )
    session.add(proposal)
    session.flush()
    facts = {"proposal": proposal.id, "thing": thing.value, "sha256": sha256, "rows": checked.rows}
    record(session, "import_proposed", actor=actor.reference, at=at, facts=facts)
    return proposal


def accept(
    session: Session, actor: Actor, proposal: Proposal, *, reason: str, at: datetime, seen: str = ""
) -> ImportRun:
    """Accept every repair and write the whole file into the register, or nothing of it.

    `seen` is the digest of what the person looked at: when the register changed so that the file would now do something
    else, Conflict is raised. A file that amends needs a reason.
    """
    move(session, PROPOSAL_LIFE, proposal, "accept_import", actor, at, reason=reason)
    _hold(session)
    checked = look_again(session, proposal)
    if seen and seen != checked.digest:
        raise Conflict(MOVED_ON, code="register_changed")
    run = _write(session, actor, checked, proposal.file_sha256, reason, at)
    proposal.run_id, proposal.decided_at, proposal.decided_by_id = run.id, at, actor.account_id
    session.flush()
    return run


def discard(session: Session, actor: Actor, proposal: Proposal, at: datetime) -> None:
    """Leave the register as it is; the file and who discarded it stay on record."""
    move(session, PROPOSAL_LIFE, proposal, "discard_import", actor, at)
    proposal.decided_at, proposal.decided_by_id = at, actor.account_id
    session.flush()


def _write(session: Session, actor: Actor, checked: Checked, sha256: str, reason: str, at: datetime) -> ImportRun:
    refuse(checked.file, checked.problems)
    if checked.amended and not reason.strip():
        raise Invalid(REASON, problems={"reason": REASON}, code="reason_missing")
    run = ImportRun(file_name=checked.file[:120], sha256=sha256, rows=checked.rows, at=at)
    session.add(run)
    session.flush()
    for repair in checked.repairs:
        values = {"original": repair.original, "repaired": repair.repaired, "why": repair.why}
        session.add(Repair(run_id=run.id, row=repair.row, field=repair.column, **values))
    told = reason.strip() or f"From the file {checked.file}."
    for change, rows in ((Change.ENTERED, checked.entered), (Change.AMENDED, checked.amended)):
        if rows:
            entries = [origin_of(row, run.id) for row in rows]
            revise_all(session, actor, entries, change=change, reason=told, at=at, run_id=run.id)
    counts = {"entered": len(checked.entered), "amended": len(checked.amended), "repairs": len(checked.repairs)}
    facts = {"run": run.id, "thing": checked.thing.value, "sha256": sha256, "rows": checked.rows, **counts}
    record(session, "register_imported", actor=actor.reference, at=at, facts=facts)
    return run


def _hold(session: Session) -> None:
    """Wait for whoever else revises the register, so that what is checked now still holds when it is written."""
    session.scalars(select(RegisterState).with_for_update().execution_options(populate_existing=True)).one()
