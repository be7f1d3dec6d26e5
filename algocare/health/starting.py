"""May a service start on this machine? Its engines are shut in, or somebody accepts in writing that they are not."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from foundation.errors import Refused
from foundation.ledger.service import record
from foundation.settings import Settings
from model_runtime.engine.layers import EXPECTED, TITLES, Layer, find_missing


def check_sandbox(settings: Settings, layers: Collection[str]) -> tuple[Layer, ...]:
    """The layers that are missing here; refused with weaker_sandbox unless nothing is or somebody accepted it (R39).

    A demonstration over plain HTTP, which can only be reached from its own machine, starts and shows what is missing.
    """
    missing = find_missing(layers, EXPECTED)
    if missing and not settings.weaker_sandbox_accepted.strip() and not settings.plain_http:
        names = "; ".join(TITLES[layer] for layer in missing)
        raise Refused(
            f"Engines cannot be shut in here as they should be. Missing: {names}. Let the system allow it (user "
            "namespaces, Landlock, seccomp), or set ALGOCARE_WEAKER_SANDBOX_ACCEPTED to who accepts that and why.",
            code="weaker_sandbox",
        )
    return missing


def record_acceptance(session: Session, settings: Settings, missing: Collection[Layer], now: datetime) -> bool:
    """Keep in the ledger, at each start, that somebody accepts it: what is missing, and a digest of their words (R39).

    The words may name a person, so they stay in the settings and on the administrator's page.
    """
    words = settings.weaker_sandbox_accepted.strip()
    if not missing or not words:
        return False
    facts = {"missing": [str(layer) for layer in missing], "words_sha256": hashlib.sha256(words.encode()).hexdigest()}
    record(session, "weaker_sandbox_accepted", actor="worker", at=now, facts=facts)
    return True
