"""Which files may be evidence: told by their content, never by their name alone."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from foundation.errors import Invalid

Test = Callable[[bytes], bool]


@dataclass(frozen=True)
class DocumentType:
    """A kind of file that is accepted: its name, media type, endings, and the test of its bytes."""

    name: str
    media_type: str
    endings: tuple[str, ...]
    fits: Test


def _starts(*marks: bytes) -> Test:
    return lambda content: content.startswith(marks)


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\t\r\n\f\ufeff" for character in text)


def _members(content: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return []


def _is_open_document(content: bytes) -> bool:
    """An ODT begins with a stored member that says so (OpenDocument 1.3, part 2, 3.3)."""
    start = b"mimetypeapplication/vnd.oasis.opendocument.text"
    return content.startswith(b"PK\x03\x04") and content[30 : 30 + len(start)] == start and bool(_members(content))


def _is_word(content: bytes) -> bool:
    """A DOCX has a main document and carries no macros."""
    names = {member.filename for member in _members(content)}
    return {"[Content_Types].xml", "word/document.xml"} <= names and not any("vbaproject" in n.lower() for n in names)


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

ACCEPTED: tuple[DocumentType, ...] = (
    DocumentType("PDF", "application/pdf", (".pdf",), _starts(b"%PDF-")),
    DocumentType("PNG picture", "image/png", (".png",), _starts(b"\x89PNG\r\n\x1a\n")),
    DocumentType("JPEG picture", "image/jpeg", (".jpg", ".jpeg"), _starts(b"\xff\xd8\xff")),
    DocumentType("OpenDocument text", "application/vnd.oasis.opendocument.text", (".odt",), _is_open_document),
    DocumentType("Word document", WORD, (".docx",), _is_word),
    DocumentType("CSV table in UTF-8", "text/csv", (".csv",), _is_text),
    DocumentType("plain text in UTF-8", "text/plain", (".txt",), _is_text),
)

REFUSAL = "Choose a PDF, PNG, JPEG, ODT, DOCX, CSV or text file."


def find_type(name: str, content: bytes) -> DocumentType:
    """The type of a file. Refused: an empty file, a type that is not accepted, and a name that says another type."""
    ending = PurePosixPath(name).suffix.lower()
    kind = next((kind for kind in ACCEPTED if ending in kind.endings), None)
    if not content:
        sentence = f"{name} is empty."
    elif kind is None:
        sentence = f"{name} is not a kind of file that can be read here. {REFUSAL}"
    elif not kind.fits(content):
        sentence = f"The content of {name} is not {kind.name}. {REFUSAL}"
    else:
        return kind
    raise Invalid(sentence, problems={"file": sentence}, code="file_type")


def clean_name(name: str) -> str:
    """A file name without folders and control characters, at most 200 characters, its ending kept."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in base if character.isprintable()).strip() or "file"
    ending = PurePosixPath(kept).suffix
    return kept if len(kept) <= 200 else kept[: 200 - len(ending)] + ending
