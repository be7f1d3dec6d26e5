"""The rules that hold a submission and an approval to what has to be there first (R05, R08)."""

from collections.abc import Sequence

from assessments.readiness.values import Gap
from foundation.errors import Invalid, Refused


def check_may_be_submitted(gaps: Sequence[Gap]) -> None:
    """Nothing is put before the committee that lacks what it is judged by; each gap is named."""
    missing = [gap for gap in gaps if not gap.at_decision]
    if missing:
        problems = {gap.code: gap.sentence for gap in missing}
        raise Invalid("The assessment was not submitted: something is missing.", problems=problems, code="not_ready")


def check_may_be_approved(gaps: Sequence[Gap]) -> None:
    """Nothing is approved while anything is missing, whatever the votes say."""
    if gaps:
        sentences = " ".join(gap.sentence for gap in gaps)
        raise Refused(f"This cannot be approved yet. {sentences}", code="not_ready")
