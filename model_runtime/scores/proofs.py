"""The proof of a score: its ledger entry, the entry's place in the chain, and what opens the commitment in it (R20).

The ledger holds a keyed digest of each advisory score and not the score. With the score and its salt anybody can work
the digest out, hold it against the entry, and follow the chain from the entry to a head that was noted elsewhere, for
example in minutes. `audit/verifier/verify_score.py` does so with nothing but Python.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import Unavailable
from foundation.ledger.tables import LedgerEntry, LedgerLink
from foundation.ledger.values import START
from model_runtime.scores.tables import Score
from registry.safeguards.values import Shows

FORMAT = "algocare/score-proof/1"
MOST_FOLLOWING = 20_000
"""So many later entries are listed at most; the head of the proof is then that of the last of them."""

SAYS = (
    "Check this file with verify_score.py and a ledger head that was noted outside the service. The advisory score and "
    "its salt open the commitment in the entry; the entry's digest and those that follow lead to the head."
)
WAITING = "The entry has no place in the chain yet. The worker gives it one within seconds: fetch the proof again."


@dataclass(frozen=True)
class Record:
    """Where a score stands in the ledger: its entry's digest, and its place in the chain once it has one."""

    entry: LedgerEntry
    link: LedgerLink | None

    @property
    def sentence(self) -> str:
        """The place in a few words."""
        return f"Entry {self.link.number:,} of the ledger" if self.link else "In the ledger, waiting for its place"


def find_record(session: Session, score: Score) -> Record:
    """The ledger entry of a score. A score without one was not given by the product, which is said and not shown."""
    kind = LedgerEntry.kind == "score_given", LedgerEntry.at == score.at
    for entry in session.scalars(select(LedgerEntry).where(*kind)):
        facts = json.loads(entry.body)["facts"]
        if facts.get("score") == score.reference and facts.get("commitment") == score.commitment:
            link = session.scalars(select(LedgerLink).where(LedgerLink.entry_id == entry.id)).first()
            return Record(entry, link)
    raise Unavailable(
        "This score has no entry in the ledger, and is not shown. Tell the data protection officer.",
        code="score_unrecorded",
    )


def make_proof(session: Session, score: Score, shows: Shows) -> dict[str, Any]:
    """The proof as plain values. A reader of the band alone gets the entry and its place, and not what opens it."""
    found = find_record(session, score)
    opened = {"advisory": score.advisory, "salt": score.salt.hex()} if shows == "reasons" else None
    return {
        "format": FORMAT,
        "says": SAYS if found.link else f"{SAYS} {WAITING}",
        "score": score.reference,
        "entry": {"body": found.entry.body.decode(), "sha256": found.entry.entry_hash},
        "opened": opened,
        **_place(session, found.link),
    }


def proof_bytes(proof: dict[str, Any]) -> bytes:
    """The proof as a file: JSON in UTF-8."""
    return (json.dumps(proof, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _place(session: Session, link: LedgerLink | None) -> dict[str, Any]:
    if link is None:
        return {"place": None, "following": [], "head": None}
    before = session.get(LedgerLink, link.number - 1) if link.number else None
    later = select(LedgerLink).where(LedgerLink.number > link.number).order_by(LedgerLink.number)
    following = session.scalars(later.limit(MOST_FOLLOWING)).all()
    last = following[-1] if following else link
    return {
        "place": {
            "number": link.number,
            "before": before.chain_hash if before else START,
            "after": link.chain_hash,
        },
        "following": [one.entry_hash for one in following],
        "head": {"number": last.number, "chain_hash": last.chain_hash},
    }
