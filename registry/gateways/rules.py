"""Rules of law, pure: when a reading counts as checked, and by whom. Each gives the entry or refuses."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from foundation.accounts.values import Actor
from foundation.errors import Forbidden, Invalid, Refused
from registry.catalogue.endings import check_not_past, check_standing
from registry.catalogue.entries import read_entry
from registry.gateways.values import GatewayEntry, Verification

LAWYERS = (
    "verification",
    "verified_on",
    "verified_by",
    "check_again_on",
    "superseded_by",
    "ended_on",
    "ended_reason",
)
"""What only those who check the law decide."""

NOT_READ = frozenset({*LAWYERS, "note"})
"""What a lawyer's check is not about."""

UNCHECKED: dict[str, Any] = {"verified_on": None, "verified_by": "", "check_again_on": None}


def reads_alike(one: GatewayEntry, other: GatewayEntry) -> bool:
    """Whether two states of a gateway are the same law, read in the same way."""
    return one.model_dump(exclude=set(NOT_READ)) == other.model_dump(exclude=set(NOT_READ))


def fallen_back(before: GatewayEntry, after: GatewayEntry) -> GatewayEntry:
    """A changed gateway with what lawyers decided about it as before, unless it was verified and now reads otherwise.

    Then nobody has verified it (R17). A doubt stays until a lawyer takes it away.
    """
    kept: dict[str, Any] = {field: getattr(before, field) for field in LAWYERS}
    if before.verified and not reads_alike(before, after):
        kept |= {"verification": Verification.UNVERIFIED, **UNCHECKED}
    return _with(after, **kept)


def verified(
    gateway: GatewayEntry,
    *,
    section: str,
    source_link: str,
    check_again_on: date | str | None,
    by: str,
    today: date,
) -> GatewayEntry:
    """The gateway as a lawyer has checked it.

    Refused: no section ("various" is none), no https link to the text, no day to come for the next check, ended law.
    """
    check_standing(gateway)
    if not section.strip() or "various" in section.lower():
        raise _refuse("section", "Enter the section that was checked: a provision without one cannot be verified")
    if not source_link.strip():
        raise _refuse("source_link", "Enter where the text of the law can be read")
    if not check_again_on:
        raise _refuse("check_again_on", "Enter the day by which somebody checks it again")
    checked: dict[str, Any] = {
        "section": section.strip(),
        "source_link": source_link.strip(),
        "check_again_on": check_again_on,
        "verification": Verification.VERIFIED,
        "verified_on": today,
        "verified_by": by,
    }
    after = _with(gateway, **checked)
    if after.check_again_on is not None and after.check_again_on <= today:
        raise _refuse("check_again_on", "Enter a day to come")
    return after


def doubted(gateway: GatewayEntry) -> GatewayEntry:
    """The gateway as a lawyer doubts how it is read; refused when it is in doubt already, or ended."""
    check_standing(gateway)
    if gateway.verification == Verification.IN_DOUBT:
        raise Refused("It is in doubt already.", code="already_in_doubt")
    return _with(gateway, verification=Verification.IN_DOUBT, **UNCHECKED)


def superseded(gateway: GatewayEntry, number: int | str | None, from_day: date | None, today: date) -> GatewayEntry:
    """The gateway with the one that takes its place, perhaps from a day on, which is not past."""
    check_standing(gateway)
    if number in (None, ""):
        raise _refuse("superseded_by", "Enter the number of the gateway that takes its place")
    if str(number).strip() == str(gateway.number):
        raise _refuse("superseded_by", "A gateway cannot follow itself")
    if from_day is None:
        return _with(gateway, superseded_by=number)
    check_not_past(from_day, today, "from_day")
    return _with(gateway, superseded_by=number, in_force_to=from_day)


def check_not_own(revisions: Sequence[Any], actor: Actor) -> None:
    """Nobody verifies the law as they wrote it down themselves; `revisions` are the gateway's, newest first."""
    before = [*revisions[1:], None]
    for revision, earlier in zip(revisions, before, strict=True):
        if revision.change not in ("entered", "amended"):
            continue
        if earlier is None or not _alike(earlier.content, revision.content):
            if revision.by_id is not None and revision.by_id == actor.account_id:
                raise Forbidden("You wrote down how this law is read, so somebody else verifies it.")
            return


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in {*one, *other} - NOT_READ)


def _with(gateway: GatewayEntry, **changes: Any) -> GatewayEntry:
    return read_entry(GatewayEntry, {**gateway.plain(), **changes})


def _refuse(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, problems={field: sentence})
