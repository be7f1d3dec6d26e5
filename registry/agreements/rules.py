"""Rules of sharing agreements; pure."""

from foundation.errors import Invalid
from registry.agreements.values import AgreementEntry
from registry.catalogue.endings import check_standing
from registry.catalogue.entries import read_entry


def check_document(name: str, content: bytes) -> None:
    """Refuse no file, an empty one, and what is not a PDF by its first bytes."""
    if not name or not content:
        raise _refuse("Choose the signed document")
    if not content.startswith(b"%PDF-"):
        raise _refuse("The document must be a PDF: other kinds can change without a trace")


def with_document(agreement: AgreementEntry, name: str, sha256: str) -> AgreementEntry:
    """The agreement with its signed document; the same one again is refused."""
    check_standing(agreement)
    if agreement.document_sha256 == sha256:
        raise _refuse("This very document is attached already")
    short = name.replace("\\", "/").rsplit("/", 1)[-1][-200:]
    return read_entry(AgreementEntry, {**agreement.plain(), "document_name": short, "document_sha256": sha256})


def _refuse(sentence: str) -> Invalid:
    return Invalid(sentence, problems={"document": sentence})
