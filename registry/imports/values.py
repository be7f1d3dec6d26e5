"""The life of a file that somebody wants to take into the register."""

from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step

KEEP = Permission.KEEP_REGISTER

PROPOSAL_LIFE = Lifecycle(
    thing="proposal",
    title="The proposed import",
    first="proposed",
    stages={
        "proposed": Stage("Waits for you", "attention", "The file was read; nothing of it is in the register yet."),
        "accepted": Stage("Taken in", "good", "Somebody accepted every repair, and the file was taken in."),
        "discarded": Stage("Discarded", "plain", "Nothing of the file was taken in."),
    },
    steps=(
        Step("accept_import", ("proposed",), "accepted", KEEP, "Accept the repairs and take it in"),
        Step("discard_import", ("proposed",), "discarded", KEEP, "Discard"),
    ),
)
"""Every stage of a proposed import (R51)."""
