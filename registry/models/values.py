"""The life of a use of a model, and what a use is when the runtime asks about it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step


class Regime(StrEnum):
    """The data-protection regime of a use; the two are never mixed under one approval (R19)."""

    UK_GDPR = "uk_gdpr"
    PART_3 = "part_3"


REGIME_TITLES = {
    Regime.UK_GDPR: "UK GDPR",
    Regime.PART_3: "Law-enforcement processing (Data Protection Act 2018, Part 3)",
}


class About(StrEnum):
    """Whom a feature is about (R29)."""

    PERSON = "person"
    RELATIVE = "relative"
    LINKED = "linked"


USE_LIFE = Lifecycle(
    thing="use",
    title="The model's use",
    first="registered",
    stages={
        "registered": Stage("Registered", "plain", "Known to the register. It gives no scores."),
        "submitted": Stage("With the committee", "info", "Its assessment is on the ethics committee's agenda."),
        "returned": Stage("More information asked", "attention", "The committee asked its owner for more."),
        "approved": Stage("Approved", "good", "It may give advisory scores until its approval ends."),
        "suspended": Stage("Suspended", "bad", "It gives no scores until the committee decides again."),
        "rejected": Stage("Rejected", "bad", "The committee refused it. It gives no scores."),
        "replaced": Stage("Replaced", "plain", "Another edition took its place. It gives no scores; its record stays."),
        "retired": Stage("Retired", "plain", "It will never give scores again. Its record stays."),
    },
    steps=(
        Step("submit", ("registered", "returned", "rejected"), "submitted", Permission.SUBMIT_ASSESSMENT, "Submit"),
        Step("approve", ("submitted", "suspended", "approved"), "approved", Permission.CHAIR, "Approve"),
        Step("return", ("submitted",), "returned", Permission.CHAIR, "Ask for more"),
        Step("reject", ("submitted",), "rejected", Permission.CHAIR, "Reject"),
        Step("enter", ("registered",), "registered", Permission.REGISTER_MODEL, "Enter another edition"),
        Step(
            "replace",
            ("registered", "returned", "approved", "suspended", "rejected"),
            "replaced",
            Permission.REGISTER_MODEL,
            "Replace by another edition",
        ),
        Step("suspend", ("approved",), "suspended", Permission.SUSPEND, "Suspend"),
        Step(
            "retire",
            ("registered", "submitted", "returned", "approved", "suspended", "rejected", "replaced"),
            "retired",
            Permission.CHAIR,
            "Retire",
        ),
    ),
)
"""Every stage a use of a model can be in, and who may take it from one to another."""

STAGE_ORDER = ("suspended", "approved", "submitted", "returned", "registered", "rejected", "retired", "replaced")
"""Which use's stage stands for the whole model: the one people most need to know about."""

NAMED_STAGE = Stage("Named in documents", "plain", "Known from published documents. Not held here; it gives no scores.")

ELSEWHERE_STAGES = {
    "in_use": Stage("In use elsewhere", "info", "Somebody else runs it. It gives no scores here."),
    "paused": Stage("Paused elsewhere", "attention", "Somebody else runs it and has stopped for now."),
    "retired": Stage("No longer used", "plain", "It ran somewhere once. Its record stays."),
    "refused": Stage("Refused", "bad", "It was proposed and turned down. Its record stays."),
    "unknown": Stage("Known elsewhere", "plain", "Whether it is used is not known. It gives no scores here."),
}
"""How a model that is not held here stands, by the status that was entered (R42)."""


@dataclass(frozen=True)
class Standing:
    """A use's approval at a moment, as the gate needs it (R01)."""

    approval_id: int
    expires_on: date
    fingerprint: str
    ended: bool
