"""The gate for a run: the same checks as for one score, in the same order, without those that are about one person.

A check that is added to the gate is added here by that. Those about a person are made for each row: on the day the file
is read (checking.py), and against objections when its part is worked through (working.py).
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import NotFound, Unavailable
from foundation.files.service import get_content
from foundation.ledger.values import digest
from model_runtime.gate.queries import collect
from model_runtime.gate.rules import CHECKS
from model_runtime.gate.values import GateClosed, Moment, UseFacts
from registry.models.tables import Use

OF_PERSONS = frozenset({"role", "person", "places", "age", "objection", "known", "fresh", "training", "audience"})
"""Checks of one person, and of one reader: a run has neither yet. Its own role is RUN_COHORT."""


def pass_gate(
    session: Session, actor: Actor, use: Use | None, *, purpose: str, moment: Moment, lock: bool = False
) -> UseFacts:
    """The use as it stands, if a run of it by this analyst is open now; `lock` reads it under row locks.

    Refuses (GateClosed) with the gate's own codes: purpose, agency, stage, approval, expiry, content, law, figures.
    """
    check_permission(actor, Permission.RUN_COHORT)
    seen = digest(find_artefact(session, use)) if use is not None else None
    today = london_date(moment.at)
    facts = collect(session, actor, None, use, purpose=purpose, today=today, artefact_seen=seen, lock=lock)
    facts = replace(facts, moment=moment)
    for check in CHECKS:
        if check.name not in OF_PERSONS:
            check.run(facts)
    if facts.use is None:  # the gate has refused it: nothing passes that is not there
        raise GateClosed("There are no scores: there is no such use of a model.", code="unknown_purpose")
    return facts.use


def find_artefact(session: Session, use: Use) -> bytes:
    """The stored bytes; without them, or with bytes that rotted, nothing: the gate then says that they changed."""
    try:
        return get_content(session, use.version.artefact_sha256)
    except (NotFound, Unavailable):
        return b""
