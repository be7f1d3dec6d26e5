"""Rules about models and approvals; pure, each refusal a sentence."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from foundation.accounts.values import Actor, Role
from foundation.errors import Forbidden, Invalid, Refused
from foundation.ledger.values import canonical_bytes, content_digest, digest
from registry.models.decisions import check_decision
from registry.models.tables import RiskModel, Use
from registry.models.values import PermissionStage, PilotTerms


def fingerprint(
    use: Use,
    answers_sha256: str = "",
    permission: str = PermissionStage.OPERATIONAL,
    terms: Mapping[str, Any] | None = None,
) -> str:
    """SHA-256 over everything an approval is bound to; change any of it and the approval no longer applies (R03, R24).

    Covers the artefact, the declaration (features, bands, threshold, limits, watch plan), the method of
    explanation, every text and particular of the use in its edition, the answers of the assessment, and of an
    approval how far it goes and the terms of its pilot (R08). The first release covered fewer: its approvals close,
    which is right, because nobody had said whom such a use may be about. Approvals from before there were stages of
    permission are operational, and so have the fingerprint they always had.
    """
    version = use.version
    bound = {
        "artefact": version.artefact_sha256,
        "declaration": version.declaration_sha256,
        "method": version.method,
        "threshold": repr(version.threshold),
        "use": use_digest(use),
        "edition": use.edition,
        "answers": answers_sha256,
    }
    if permission != PermissionStage.OPERATIONAL or terms:
        bound |= {"permission": str(permission), "terms": dict(terms or {})}
    return digest(canonical_bytes(bound))


SAID = "said_sha256"
"""Where the particulars of a later edition keep the digest of all that was said when it was entered."""

USE_TEXTS = ("code", "purpose", "audience", "decision", "regime", "significant", "human_involvement", "notice")


def use_digest(use: Use) -> str:
    """SHA-256 over everything a use says: its texts, its agency, what it excludes and its particulars."""
    said: dict[str, Any] = {name: getattr(use, name) for name in USE_TEXTS}
    particulars = {name: value for name, value in use.particulars.items() if name != SAID}
    said |= {"agency": use.agency_code, "excluded": use.excluded_decisions, "particulars": particulars}
    return content_digest(said)


def as_entered(use: Use) -> bool:
    """Whether a later edition still says what it was entered with; the first is held against its declaration."""
    return use.edition == 1 or use.particulars.get(SAID) == use_digest(use)


def check_changeable(use: Use, actor: Actor) -> None:
    """A use is changed by its owner or deputy, in its newest edition, and not while the committee looks at it."""
    check_owns(use, actor)
    if use.stage == "submitted":
        raise Refused(
            "The committee looks at this use now. It can be changed when it has decided.", code="in_committee"
        )
    if use.stage in ("replaced", "retired"):
        raise Refused("This edition has ended and cannot be changed.", code="use_ended")


def check_complete(use: Use) -> None:
    """A use says whom a score may be about and what it may influence, or it is not put to the committee (R33, R37).

    Uses of the first release were never asked; their owner enters another edition that says it.
    """
    if not use.particulars.get("ages") or not use.particulars.get("decision_kind"):
        raise Refused(
            "This use does not say whom a score may be about. Change it first: another edition of it says so.",
            code="use_incomplete",
        )
    check_decision(use.particulars["decision_kind"])


def check_next_stage(reached: PermissionStage | None, asked: PermissionStage) -> None:
    """Shadow comes first, then a pilot, then operation; a stage once reached, and any before it, can be had (R08)."""
    furthest = reached.rung + 1 if reached is not None else 0
    if asked.rung > furthest:
        needed = list(PermissionStage)[furthest]
        raise Refused(
            f"No stage of permission is skipped: before {asked.value} use there is {needed.value} use.",
            code="stage_skipped",
        )


def check_lower(standing: PermissionStage | None, to: PermissionStage) -> None:
    """A step back goes to an earlier stage than that of the approval that stands (R08)."""
    if standing is None or to.rung >= standing.rung:
        now = f"it is approved for {standing.value} use" if standing is not None else "no approval stands"
        raise Refused(
            f"This is no step back: {now}. Only the ethics committee lets a use go further.", code="not_lower"
        )


def list_lower(standing: PermissionStage | None, pilot: PilotTerms | None) -> list[PermissionStage]:
    """The stages somebody can step back to, the nearest first; a pilot only on the terms of one there was."""
    earlier = list(PermissionStage)[: standing.rung] if standing is not None else []
    return [stage for stage in reversed(earlier) if pilot is not None or stage is not PermissionStage.PILOT]


def check_may_stop(use: Use, actor: Actor) -> None:
    """An owner or contributor stops only what is their own; whoever oversees stops any use."""
    if actor.account_id is not None and not actor.roles - {Role.MODEL_OWNER, Role.CONTRIBUTOR}:
        check_owns(use, actor)


def check_pilot(permission: PermissionStage, pilot: PilotTerms | None) -> None:
    """A pilot says what it tests, when it has succeeded, when it stops, how many people and which teams (R08).

    Each thing that is missing is named at its field; terms of a pilot belong to nothing else.
    """
    if permission is not PermissionStage.PILOT:
        if pilot is not None:
            raise Invalid("Only a pilot has terms of a pilot.", code="terms_without_pilot")
        return
    problems = {}
    for name, sentence in PILOT_NEEDS.items():
        given = getattr(pilot, name, None)
        if not given or (name == "people" and given < 1) or (name == "teams" and not all(t.strip() for t in given)):
            problems[f"pilot_{name}"] = sentence
    if problems:
        raise Invalid(f"A pilot needs its terms. {' '.join(problems.values())}", problems=problems, code="pilot_terms")


PILOT_NEEDS = {
    "hypothesis": "Say what the pilot is to find out.",
    "success": "Say what would count as success.",
    "stop": "Say what would stop it early.",
    "people": "Say how many people may be scored at most.",
    "teams": "Name the teams that see scores.",
}


def owns(model: RiskModel, actor: Actor) -> bool:
    """Whether somebody answers for a model, as its owner or deputy."""
    return actor.account_id is not None and actor.account_id in (model.owner_id, model.deputy_id)


def slug_of(name: str) -> str:
    """The address of a model made from its name: small letters, digits and hyphens, at most 60 characters."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-")


def check_owns(use: Use, actor: Actor) -> None:
    """Only the owner or the deputy of a model acts for it."""
    model = use.version.model
    if not owns(model, actor):
        raise Forbidden(f"Only the owner or the deputy of {model.name} can do this.")


def check_expiry(expires_on: date, today: date, longest_months: int) -> None:
    """A review date lies in the future and within the longest time an approval may run (R31)."""
    if expires_on <= today:
        sentence = "The review date must be after today."
    elif expires_on > today + timedelta(days=31 * longest_months):
        sentence = f"The review date can be at most {longest_months} months away."
    else:
        return
    raise Invalid(sentence, problems={"review_on": sentence})
