"""Rules about models and approvals; pure, each refusal a sentence."""

import re
from datetime import date, timedelta
from typing import Any

from foundation.accounts.values import Actor
from foundation.errors import Forbidden, Invalid, Refused
from foundation.ledger.values import canonical_bytes, content_digest, digest
from registry.models.decisions import check_decision
from registry.models.tables import RiskModel, Use


def fingerprint(use: Use, answers_sha256: str = "") -> str:
    """SHA-256 over everything an approval is bound to; change any of it and the approval no longer applies (R03, R24).

    Covers the artefact, the declaration (features, bands, threshold, limits, watch plan), the method of
    explanation, every text and particular of the use in its edition, and the answers of the assessment. The first
    release covered fewer: its approvals close, which is right, because nobody had said whom such a use may be about.
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
