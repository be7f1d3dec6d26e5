"""Putting a pack together: values in, bytes out."""

from collections.abc import Callable, Mapping
from datetime import datetime

from audit.exports.texts import json_bytes, readme_bytes
from audit.exports.values import PackBytes, Record
from audit.exports.zips import make_manifest, make_zip
from foundation.ledger.values import digest
from foundation.paths import ROOT
from foundation.web.texts import moment_text

VERIFIER = ROOT / "audit" / "verifier" / "verify_pack.py"
SCORE_VERIFIER = ROOT / "audit" / "verifier" / "verify_score.py"
PARTS = {
    "assessment/answers.json": ("assessments",),
    "decisions.json": ("items", "decisions", "approvals"),
    "monitoring.json": ("watches", "cases"),
}
"""Files that repeat parts of the record, for readers who need only one of them."""


def make_pack(
    record: Record, chain: bytes, evidence: Mapping[str, bytes], make_pdf: Callable[[Record], bytes]
) -> PackBytes:
    """The whole pack as one zip. `chain` is ledger/chain.jsonl, `evidence` maps paths in the pack to file bytes."""
    built = moment_text(datetime.fromisoformat(record["built_at"]))
    files = {
        "README.txt": readme_bytes(record, built),
        "summary.pdf": make_pdf(record),
        "record.json": json_bytes(record),
        "counts.json": json_bytes(record["counts"]),
        "ledger/chain.jsonl": chain,
        "verify_pack.py": VERIFIER.read_bytes(),
        **{path: json_bytes({name: record[name] for name in names}) for path, names in PARTS.items()},
        **evidence,
    }
    manifest = make_manifest(record, files)
    content = make_zip({**files, "manifest.json": manifest})
    return PackBytes(content, digest(manifest), record["ledger"]["head"], tuple(record["gaps"]))
