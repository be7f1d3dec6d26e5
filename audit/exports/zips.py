"""Zips and their manifest: the same files are always the same bytes (R26)."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from audit.exports.texts import json_bytes
from audit.exports.values import FIRST_ZIP_DAY, PACK_FORMAT, Record
from foundation.ledger.values import digest


def make_manifest(record: Record, files: Mapping[str, bytes]) -> bytes:
    """The manifest: what the pack is about, the ledger's head, the gaps, and every other file with its SHA-256."""
    listed = [
        {"path": path, "sha256": digest(content), "bytes": len(content)} for path, content in sorted(files.items())
    ]
    manifest: dict[str, Any] = {
        "format": PACK_FORMAT,
        "model": record["model"]["slug"],
        **{name: record[name] for name in ("partnership", "built_at", "ledger", "gaps")},
        "files": listed,
    }
    return json_bytes(manifest)


def make_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip of `files`: sorted, one fixed time, stored and not compressed, because compressors differ by version."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, FIRST_ZIP_DAY)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            target.writestr(entry, files[path])
    return buffer.getvalue()
