"""The text files of a pack: JSON that people can read, the ledger's chain, and the four lines on how to check it."""

import json
from collections.abc import Iterable
from typing import Any

from audit.exports.values import Record
from foundation.ledger.tables import LedgerEntry, LedgerLink

README = """Compliance pack: {model} ({partnership})
Built {built}. The ledger then held {entries} entries.

How to check it:
1. Take verify_pack.py from the partnership's audit page, not from here; a forged pack would hold a forged one.
2. Run:  python verify_pack.py PACK.zip --head HEAD --manifest MANIFEST
3. HEAD and MANIFEST are the two long numbers noted outside the pack, on the audit page and in the minutes.
4. It needs Python 3.8 or later and nothing else. It says what holds and what does not, and ends with a verdict.

What is in it:
summary.pdf             for people: summary, gaps, then the record
record.json             the whole record (algocare-record/1); the four files below repeat parts of it
assessment/             the ALGO-CARE answers, and every evidence file under its SHA-256
decisions.json          what came before the ethics committee, votes, decisions, conditions, approvals
monitoring.json         watches and cases
counts.json             scores, refusals, viewings and judgements, counted
ledger/chain.jsonl      every link of the ledger's chain; entries about other models show their hash only
manifest.json           every file with its SHA-256

What is not in it:
{left_out}
"""


def json_bytes(value: Any) -> bytes:
    """JSON with sorted keys, two spaces and a line at its end: readable, and always the same bytes."""
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()


def readme_bytes(record: Record, built: str) -> bytes:
    """The first file anybody opens."""
    text = README.format(
        model=record["model"]["name"],
        partnership=record["partnership"],
        built=built,
        entries=record["ledger"]["entries"],
        left_out="\n".join(f"- {sentence}" for sentence in record["left_out"]),
    )
    return text.encode()


def chain_bytes(rows: Iterable[tuple[LedgerLink, LedgerEntry | None]], slug: str) -> bytes:
    """One line for each link of the chain; the body only of entries about this model."""
    return b"".join(_link_line(link, entry, slug) for link, entry in rows)


def _link_line(link: LedgerLink, entry: LedgerEntry | None, slug: str) -> bytes:
    own = entry is not None and entry.model == slug
    line = {
        "number": link.number,
        "entry_hash": link.entry_hash,
        "chain_hash": link.chain_hash,
        "body": entry.body.decode() if own and entry is not None else None,
    }
    return (json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n").encode()
