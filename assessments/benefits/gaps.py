"""Whether an evaluation of benefit is still missing before operation is renewed or permitted again (R31)."""

from sqlalchemy.orm import Session

from assessments.benefits.queries import list_approvals, list_benefits
from assessments.benefits.rules import is_due
from assessments.readiness.values import Asked, Gap
from foundation.clock import london_date
from foundation.web.texts import date_text
from registry.models.queries import find_approval


def find_gaps(session: Session, asked: Asked) -> list[Gap]:
    """Asked for when operation is renewed, or permitted again a year after it first began or later."""
    use = asked.use
    approvals = list_approvals(session, use)
    standing = find_approval(session, use)
    after = is_due(approvals, standing, asked.permission, asked.today)
    if after is None or any(one.ends_on > london_date(after.granted_at) for one in list_benefits(session, use)):
        return []
    sentence = (
        "No evaluation of benefit is recorded whose period ends after the approval of "
        f"{date_text(after.granted_at)}: operation is not permitted again without one."
    )
    return [Gap("benefit", sentence, "responsible", "benefits.show", (("use_id", use.id),))]
