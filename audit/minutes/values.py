"""The life of minutes, why a paragraph is withheld, and what minutes are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from audit.minutes.rules import check_not_writer
from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step

MINUTES_FORMAT = "algocare-minutes/1"

MINUTES_LIFE = Lifecycle(
    thing="minutes",
    title="The minutes",
    first="draft",
    stages={
        "draft": Stage("Being written", "attention", "The secretary writes what was said."),
        "written": Stage("Written", "info", "The chair reads them and agrees them, or sends them back."),
        "agreed": Stage("Agreed", "good", "They are fixed. What the public is not told is marked before publishing."),
        "published": Stage("Published", "good", "The public can read them, without what is withheld."),
    },
    steps=(
        Step("hand_in", ("draft",), "written", Permission.KEEP_COMMITTEE, "Give them to the chair"),
        Step("return", ("written",), "draft", Permission.CHAIR, "Send them back"),
        Step("agree", ("written",), "agreed", Permission.CHAIR, "Agree them", check_not_writer),
        Step("publish", ("agreed",), "published", Permission.KEEP_COMMITTEE, "Publish them"),
    ),
)
"""From the secretary's draft to the public. Nobody agrees minutes that they handed in themselves."""


class Reason(StrEnum):
    """Why a paragraph is withheld; there are no other reasons."""

    PERSONAL_DATA = "personal_data"
    SECURITY = "security"
    COMMERCIAL = "commercial"
    LEGAL_PRIVILEGE = "legal_privilege"


REASONS = {
    Reason.PERSONAL_DATA: "personal data",
    Reason.SECURITY: "security",
    Reason.COMMERCIAL: "commercial confidence",
    Reason.LEGAL_PRIVILEGE: "legal privilege",
}
"""Reasons as they stand in the public minutes, by stored code."""


@dataclass(frozen=True)
class Block:
    """One paragraph, or a table when it has rows. `fixed` ones are always told; `withheld` ones lost their words.

    `kind` is text, decision or table; `label` is the caption of a table.
    """

    key: str
    text: str = ""
    kind: str = "text"
    fixed: bool = False
    withheld: bool = False
    label: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()

    def withhold(self, reason: str) -> "Block":
        """The block as the public reads it when it is withheld for a reason (its code)."""
        return replace(self, text=f"[withheld: {REASONS[Reason(reason)]}]", withheld=True)


@dataclass(frozen=True)
class Section:
    """A heading of the minutes with what stands under it."""

    title: str
    blocks: Sequence[Block]
