"""Packs for the verifier: written to disk, changed in one place, or forged with every hash right."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
Entry = tuple[str, float, str, dict]
"""A ledger entry as a test writes it: kind, days after the start, actor, facts."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def to_json(value: object) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


@pytest.fixture(scope="session")
def seal() -> Callable[..., dict[str, bytes]]:
    """Give files a manifest that lists them as they are now: what a forger would do who can compute SHA-256."""

    def write(files: dict[str, bytes], **changes: object) -> dict[str, bytes]:
        kept = {path: content for path, content in files.items() if path != "manifest.json"}
        manifest = json.loads(files["manifest.json"]) | changes
        manifest["files"] = [
            {"path": path, "sha256": sha256(content), "bytes": len(content)} for path, content in sorted(kept.items())
        ]
        return {**kept, "manifest.json": to_json(manifest)}

    return write


@pytest.fixture(scope="session")
def zipped() -> Callable[[dict[str, bytes]], bytes]:
    """Files as the zip that ALGOCARE writes."""

    def write(files: dict[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as target:
            for path in sorted(files):
                info = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
                info.create_system, info.external_attr = 3, 0o100644 << 16
                target.writestr(info, files[path])
        return buffer.getvalue()

    return write


@pytest.fixture
def put(tmp_path: Path, zipped) -> Callable[[dict[str, bytes]], Path]:
    """Write files to a zip on disk."""

    def write(files: dict[str, bytes]) -> Path:
        path = tmp_path / "pack.zip"
        path.write_bytes(zipped(files))
        return path

    return write


@pytest.fixture
def forge(tmp_path: Path, put) -> Callable[[Iterable[Entry]], Path]:
    """A pack whose every hash is right, telling whatever story its entries tell."""

    def write(entries: Iterable[Entry]) -> Path:
        lines, bodies, head = [], [], "0" * 64
        for number, (kind, days, actor, facts) in enumerate(entries):
            at = (START + timedelta(days=days)).isoformat(timespec="microseconds")
            body = {"format": 1, "id": f"{number:032x}", "kind": kind, "at": at, "actor": actor, "model": "m"}
            text = json.dumps({**body, "facts": facts}, sort_keys=True, separators=(",", ":"))
            own = sha256(text.encode())
            head = sha256(bytes.fromhex(head + own))
            lines.append({"number": number, "entry_hash": own, "chain_hash": head, "body": text})
            bodies.append((kind, facts))
        record = _record(bodies, {"entries": len(lines), "head": head})
        return put(_files(record, lines))

    return write


def _files(record: dict, lines: list[dict]) -> dict[str, bytes]:
    files = {
        "record.json": to_json(record),
        "counts.json": to_json(record["counts"]),
        "ledger/chain.jsonl": b"".join(json.dumps(line).encode() + b"\n" for line in lines),
        "assessment/answers.json": to_json({"assessments": []}),
        "decisions.json": to_json({name: record[name] for name in ("items", "decisions", "approvals")}),
        "monitoring.json": to_json({"watches": [], "cases": []}),
    }
    shared = {name: record[name] for name in ("partnership", "built_at", "ledger", "gaps")}
    listed = [{"path": p, "sha256": sha256(c), "bytes": len(c)} for p, c in sorted(files.items())]
    manifest = {"format": "algocare-pack/1", "model": "m", **shared, "files": listed}
    return {**files, "manifest.json": to_json(manifest)}


def _record(bodies: list[tuple[str, dict]], ledger: dict) -> dict:
    def of(kind: str) -> list[dict]:
        return [facts for name, facts in bodies if name == kind]

    return {
        "partnership": "P",
        "built_at": "2026-12-01T00:00:00+00:00",
        "ledger": ledger,
        "gaps": [],
        "model": {"slug": "m"},
        "versions": [{"number": f["version"], "artefact_sha256": f["artefact"]} for f in of("model_registered")],
        "evaluations": [],
        "assessments": [],
        "items": [],
        "watches": [],
        "cases": [],
        "decisions": [dict(facts) for facts in of("decision_recorded")],
        "approvals": [{"id": facts["approval"], **facts, "terms": {}} for facts in of("approval_granted")],
        "counts": {
            "scores": {"total": len(of("score_given"))},
            "refusals": {"total": 0, "by_code": {}},
            "viewings": {"total": len(of("score_viewed"))},
            "judgements": {"total": 0, "by_view": {}},
        },
    }
