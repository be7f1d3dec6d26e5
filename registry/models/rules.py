"""Rules about models and approvals; pure, each refusal a sentence."""

import re
from datetime import date, timedelta

from foundation.accounts.values import Actor
from foundation.errors import Forbidden, Invalid
from foundation.ledger.values import canonical_bytes, digest
from registry.models.tables import RiskModel, Use


def fingerprint(use: Use, answers_sha256: str = "") -> str:
    """SHA-256 over everything an approval is bound to; change any of it and the approval no longer applies.

    Covers the artefact, the declaration (features, bands, threshold, limits, watch plan), the method of
    explanation, the use and the answers of the assessment.
    """
    version = use.version
    bound = {
        "artefact": version.artefact_sha256,
        "declaration": version.declaration_sha256,
        "method": version.method,
        "threshold": repr(version.threshold),
        "use": use.code,
        "regime": use.regime,
        "agency": use.agency_code,
        "answers": answers_sha256,
    }
    return digest(canonical_bytes(bound))


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
