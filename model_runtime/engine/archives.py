"""The model file as an archive: checked with the standard library alone, before any library reads it.

Every step can only reject (OWASP ASVS 5.0 5.2.1 to 5.2.5 and 5.3.3): size, first bytes, number of members, declared
and real sizes, names, links. The only members skops writes for a supported kind are schema.json and .npy arrays.
"""

import io
import re
import stat
import zlib
from typing import NoReturn
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from model_runtime.engine.messages import MIB
from model_runtime.engine.values import EngineRefused

DEFAULT_MIB = 20
LARGEST_TOTAL = 100 * MIB
LARGEST_SCHEMA = 32 * MIB
MOST_MEMBERS = 10_000
LARGEST_RATIO = 100
SCHEMA = "schema.json"
ARRAY_NAME = re.compile(r"[0-9]{1,20}\.npy", re.ASCII)
ARRAY_START = b"\x93NUMPY"
ZIP_START, ZIP_END, ZIP_END_SIZE = b"PK\x03\x04", b"PK\x05\x06", 22


def check_archive(data: bytes, artefact_mib: int = DEFAULT_MIB) -> bytes:
    """Refuse what is not a plain skops archive of acceptable size; returns the bytes of its schema.json."""
    _check_outside(data, artefact_mib)
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            _check_list(archive.infolist(), len(data))
            return _check_members(archive)
    except (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise EngineRefused("The model file is damaged: its archive cannot be read.", code="damaged") from error


def _check_outside(data: bytes, artefact_mib: int) -> None:
    if len(data) > artefact_mib * MIB:
        raise EngineRefused(f"The model file is larger than {artefact_mib} MiB.", code="too_large")
    if not data.startswith(ZIP_START):
        raise EngineRefused(
            f"The model file is not a skops file: {_guess(data)}. Save the model with skops.io.dump.",
            code="not_skops",
        )
    if data[-ZIP_END_SIZE:][:4] != ZIP_END:
        _unsafe("the archive is cut off, or something was added after its end")


def _guess(data: bytes) -> str:
    if data[:1] == b"\x80" or data[-1:] == b".":
        return "it looks like a pickle, which can run any program when it is opened"
    if data.startswith(b"\x89HDF"):
        return "it looks like an HDF5 file"
    return "it is not a zip archive"


def _check_list(members: list[ZipInfo], size: int) -> None:
    names = [member.filename for member in members]
    if len(names) > MOST_MEMBERS:
        _unsafe(f"it has more than {MOST_MEMBERS:,} members")
    if len(set(names)) != len(names):
        _unsafe("two members have one name")
    if min((member.header_offset for member in members), default=0) != 0:
        _unsafe("something stands before its first member")
    for member in members:
        _check_member(member)
    if sum(member.file_size for member in members) > min(LARGEST_TOTAL, LARGEST_RATIO * size):
        _unsafe("its members are too large when unpacked")
    if SCHEMA not in names:
        raise EngineRefused("The model file is a zip archive, but not a skops file.", code="not_skops")


def _check_member(member: ZipInfo) -> None:
    # orig_filename is the name before the zip module cuts it at a null byte
    name = member.orig_filename
    if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name):
        _unsafe("a member's name leads outside the archive")
    if stat.S_ISLNK(member.external_attr >> 16):
        _unsafe("a member is a link")
    if name != SCHEMA and not ARRAY_NAME.fullmatch(name):
        _unsafe(f"it holds {name[:60]!r}, which skops does not write for a supported model")
    if member.flag_bits & 1 or member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        _unsafe("a member is encrypted or packed in an unusual way")
    if member.file_size > LARGEST_RATIO * max(member.compress_size, 1):
        _unsafe(f"a member unpacks to more than {LARGEST_RATIO} times its size")
    if name == SCHEMA and member.file_size > LARGEST_SCHEMA:
        _unsafe("its schema is too large")


def _check_members(archive: ZipFile) -> bytes:
    """Unpack every member once: real sizes and checksums, and that an array is an array."""
    schema = b""
    for member in archive.infolist():
        content = archive.read(member)
        if len(content) != member.file_size:
            _unsafe("a member's real size is not the declared one")
        if member.filename == SCHEMA:
            schema = content
        elif not content.startswith(ARRAY_START):
            _unsafe("a member that should be an array is something else")
    return schema


def _unsafe(reason: str) -> NoReturn:
    raise EngineRefused(f"The model file is refused: {reason}.", code="archive_unsafe")
