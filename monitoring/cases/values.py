"""The life of a case, and how long its owner has to explain."""

from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step
from monitoring.cases.rules import check_closes, check_explains

EXPLAIN_WITHIN_DAYS = 14
"""Days in which the owner explains, so that the committee can read it before it meets."""

CASE_LIFE = Lifecycle(
    thing="case",
    title="The case",
    first="open",
    stages={
        "open": Stage("To be explained", "bad", "The model's owner has to explain it."),
        "explained": Stage("Explained", "attention", "The committee's chair reads the explanation and closes it."),
        "closed": Stage("Closed", "good", "Somebody other than the owner accepted it as dealt with."),
    },
    steps=(
        Step("explain", ("open",), "explained", Permission.EXPLAIN_BREACH, "Explain", check_explains),
        Step("close_case", ("open", "explained"), "closed", Permission.CHAIR, "Close", check_closes),
    ),
)
"""Every stage of a case; explaining and closing are never one person's (R12)."""
