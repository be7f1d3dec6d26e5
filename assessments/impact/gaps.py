"""What impact assessments still lack before a use can be submitted or approved (R32)."""

from sqlalchemy.orm import Session

from assessments.impact.queries import find_current
from assessments.impact.rules import find_faults
from assessments.readiness.values import Asked, Gap
from registry.models.values import PermissionStage, Regime


def find_gaps(session: Session, asked: Asked) -> list[Gap]:
    """Documents that are not there, expired, for another version or without advice; for operation, advice unconfirmed.

    They are needed before the first score, also in the shadow: people's data is processed from then on.
    """
    use = asked.use
    current, regime = find_current(session, use.version), Regime(use.regime)
    faults = find_faults(regime, current, asked.today)
    confirmed = asked.permission is PermissionStage.OPERATIONAL
    later = find_faults(regime, current, asked.today, confirmed=True) if confirmed else {}
    where = ("impact.show", (("use_id", use.id),))
    found = [Gap(f"impact_{kind}", said, "responsible", *where) for kind, said in faults.items()]
    unconfirmed = {kind: said for kind, said in later.items() if kind not in faults}
    return found + [
        Gap(f"advice_{kind}", said, "responsible", *where, at_decision=True) for kind, said in unconfirmed.items()
    ]
