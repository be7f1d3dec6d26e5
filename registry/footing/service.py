"""Commands of the lawyer: accept a finding for one use until a day, or take that back."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Conflict, Forbidden, Invalid
from foundation.jobs.service import enqueue
from foundation.ledger.service import record
from registry.catalogue.service import CHECK_FOOTINGS
from registry.footing.queries import answer_use
from registry.footing.tables import SignOff
from registry.footing.values import Finding, Severity
from registry.models.rules import owns
from registry.models.tables import Use

LONGEST_DAYS = 366
"""A sign-off lapses after at most a year, so that somebody looks at the law again (R50)."""


def sign_off(
    session: Session, actor: Actor, use: Use, keys: Collection[str], *, reason: str, expires_on: date, at: datetime
) -> list[SignOff]:
    """Accept findings of a use, with a reason and a last day. What blocks, or is not found any more, is refused."""
    check_permission(actor, Permission.SIGN_OFF_LAW)
    if owns(use.version.model, actor):
        raise Forbidden("Nobody signs off the law for a model they answer for.")
    _check_told(keys, reason, expires_on, london_date(at))
    answer = answer_use(session, use, london_date(at), lock=True)
    acceptable = {one.key: one for one in answer.findings if one.severity == Severity.SIGN_OFF}
    if not set(keys) <= set(acceptable):
        raise Conflict("The findings have changed while you were looking at them. Nothing was signed off: look again.")
    return [
        _keep(session, actor, use, acceptable[key], accepted=True, reason=reason, expires_on=expires_on, at=at)
        for key in sorted(set(keys))
    ]


def take_back(session: Session, actor: Actor, use: Use, key: str, *, reason: str, at: datetime) -> SignOff:
    """Take a sign-off back: the next request for a score is refused."""
    check_permission(actor, Permission.SIGN_OFF_LAW)
    if not reason.strip():
        raise Invalid("Say why it is taken back.", problems={"reason": "Say why it is taken back."})
    answer = answer_use(session, use, london_date(at), lock=True)
    finding = next((finding for finding, _ in answer.accepted if finding.key == key), None)
    if finding is None:
        raise Conflict("This finding is not signed off now.")
    kept = _keep(session, actor, use, finding, accepted=False, reason=reason, expires_on=london_date(at), at=at)
    enqueue(session, CHECK_FOOTINGS, f"{CHECK_FOOTINGS}:sign-off:{kept.id}", {}, asked_by=actor.reference, at=at)
    return kept


def _check_told(keys: Collection[str], reason: str, expires_on: date, today: date) -> None:
    problems = {}
    if not keys:
        problems["findings"] = "Choose at least one finding."
    if not reason.strip():
        problems["reason"] = "Say why this can be accepted."
    if not today < expires_on <= today + timedelta(days=LONGEST_DAYS):
        problems["expires_on"] = "The last day must be after today and at most a year away."
    if problems:
        raise Invalid(" ".join(problems.values()), problems=problems)


def _keep(
    session: Session,
    actor: Actor,
    use: Use,
    finding: Finding,
    *,
    accepted: bool,
    reason: str,
    expires_on: date,
    at: datetime,
) -> SignOff:
    row = SignOff(
        use_id=use.id,
        finding=finding.key,
        sentence=finding.sentence,
        accepted=accepted,
        reason=reason.strip(),
        expires_on=expires_on,
        at=at,
        by_id=actor.account_id or 0,
    )
    session.add(row)
    session.flush()
    facts = {"use": use.id, "sign_off": row.id, "finding": row.finding, "until": expires_on.isoformat()}
    kind = "law_signed_off" if accepted else "law_sign_off_taken_back"
    record(session, kind, actor=actor.reference, at=at, model=use.version.model.slug, facts=facts)
    return row
