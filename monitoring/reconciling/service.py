"""Keeping what a comparison with the register found, and opening cases about what is new."""

from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.values import WORKER
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from monitoring.cases.service import open_case_outside
from monitoring.reconciling.queries import list_known_findings
from monitoring.reconciling.tables import Reconciliation
from monitoring.reconciling.values import Finding, Report
from registry.models.queries import get_use


def keep(session: Session, report: Report, asked_by: str, at: datetime) -> Reconciliation:
    """Keep a report, record it in the ledger and open one case for each finding that is new (R42).

    `asked_by` is a reference such as `account:4` or `worker`. A finding is new when no earlier comparison found the
    same in the same content; one whose case is still open opens no second one. The ledger is told counts and a digest.
    """
    new = _find_new(session, report)
    held = report.to_dict()
    rest = {"unseen": held["unseen"], "passed_over": held["passed_over"]}
    kept = {name: held[name] for name in ("places", "files", "rows", "findings", "unread")}
    row = Reconciliation(at=at, asked_by=asked_by, rest=rest, sha256=content_digest(held), **kept)
    session.add(row)
    session.flush()
    facts = {"reconciliation": row.id, "sha256": row.sha256, "files": row.files, "rows": row.rows}
    counts = {"findings": len(report.findings), "unread": len(report.unread)}
    record(session, "reconciled", actor=asked_by, at=at, facts={**facts, **counts})
    for finding in new:
        use = get_use(session, finding.use_id) if finding.use_id is not None else None
        subject = finding.subject or finding.card.title
        open_case_outside(session, subject, finding.standing, at, actor=WORKER, use=use)
    return row


def _find_new(session: Session, report: Report) -> list[Finding]:
    known = list_known_findings(session)
    return [
        finding
        for finding in report.findings
        if any((*finding.key, place.sha256) not in known for place in finding.places)
    ]
