"""The life of a use of a model, and what a use is when the runtime asks about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step
from foundation.web.texts import count_text, date_text, list_text


class Regime(StrEnum):
    """The data-protection regime of a use; the two are never mixed under one approval (R19)."""

    UK_GDPR = "uk_gdpr"
    PART_3 = "part_3"


REGIME_TITLES = {
    Regime.UK_GDPR: "UK GDPR",
    Regime.PART_3: "Law-enforcement processing (Data Protection Act 2018, Part 3)",
}


class PermissionStage(StrEnum):
    """How far an approval goes (R08). Nothing skips a stage forward; a step back is possible at any time.

    Shadow: scores are recorded and shown to nobody. Pilot: shown to named teams about a limited number of people,
    until a day, to test a hypothesis. Operational: shown to the audience of the use.
    """

    SHADOW = "shadow"
    PILOT = "pilot"
    OPERATIONAL = "operational"

    @property
    def words(self) -> str:
        """As people read it."""
        return PERMISSION_WORDS[self]

    @property
    def rung(self) -> int:
        """Its place on the way, from 0."""
        return list(PermissionStage).index(self)


PERMISSION_WORDS = {
    PermissionStage.SHADOW: "Shadow: recorded, shown to nobody",
    PermissionStage.PILOT: "Pilot: named teams, a limited number of people, until a day",
    PermissionStage.OPERATIONAL: "Operational: shown to everybody the use is for",
}


@dataclass(frozen=True)
class PilotTerms:
    """What a pilot tests and where it ends (R08): all of it is needed, and it ends on the approval's last day.

    `people` is the largest number of different persons that may be scored, `teams` the names of those who see scores.
    """

    hypothesis: str
    success: str
    stop: str
    people: int
    teams: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """For the approval's row."""
        return {**vars(self), "teams": list(self.teams)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PilotTerms":
        """From the approval's row."""
        return cls(**{**data, "teams": tuple(data["teams"])})


def extent_text(permission: PermissionStage, pilot: PilotTerms | None, until: date) -> str:
    """How far an approval goes, in a line: Pilot until 3 March 2027, at most 400 people, Resettlement team."""
    limits = ""
    if pilot is not None:
        limits = f", at most {count_text(pilot.people, 'person', 'people')}, {list_text(list(pilot.teams))}"
    elif permission is PermissionStage.SHADOW:
        limits = ": scores are recorded and shown to nobody"
    return f"{permission.value.capitalize()} until {date_text(until)}{limits}"


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
        "approved": Stage(
            "Approved", "good", "It may give advisory scores as far as its approval goes, until that ends."
        ),
        "suspended": Stage("Suspended", "bad", "It gives no scores until the committee decides again."),
        "rejected": Stage("Rejected", "bad", "The committee refused it. It gives no scores."),
        "replaced": Stage("Replaced", "plain", "Another edition took its place. It gives no scores; its record stays."),
        "retired": Stage("Retired", "plain", "It will never give scores again. Its record stays."),
    },
    steps=(
        Step("submit", ("registered", "returned", "rejected"), "submitted", Permission.SUBMIT_ASSESSMENT, "Submit"),
        Step(
            "approve",
            ("submitted", "suspended", "approved"),
            "approved",
            Permission.CHAIR,
            "Approve",
            also=Permission.DECIDE,
        ),
        Step("return", ("submitted",), "returned", Permission.CHAIR, "Ask for more", also=Permission.DECIDE),
        Step("reject", ("submitted",), "rejected", Permission.CHAIR, "Reject", also=Permission.DECIDE),
        Step("enter", ("registered",), "registered", Permission.REGISTER_MODEL, "Enter another edition"),
        Step(
            "replace",
            ("registered", "returned", "approved", "suspended", "rejected"),
            "replaced",
            Permission.REGISTER_MODEL,
            "Replace by another edition",
        ),
        Step("suspend", ("approved",), "suspended", Permission.SUSPEND, "Suspend"),
        Step("lapse", ("suspended",), "approved", Permission.CHAIR, "Let a suspension lapse"),
        Step("step_back", ("approved",), "approved", Permission.SUSPEND, "Step back"),
        Step(
            "retire",
            ("registered", "submitted", "returned", "approved", "suspended", "rejected", "replaced"),
            "retired",
            Permission.CHAIR,
            "Retire",
            also=Permission.DECIDE,
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
    permission: PermissionStage = PermissionStage.OPERATIONAL
    pilot: PilotTerms | None = None
