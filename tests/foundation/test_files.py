"""Stored files are the bytes that were stored, or they are refused."""

import pytest
from sqlalchemy import update

from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import NotFound, TooLarge, Unavailable
from foundation.files.service import check_size, get_content, store
from foundation.files.tables import StoredFile
from foundation.ledger.values import digest

BYTES = bytes(range(256)) * 3


def test_the_same_bytes_come_back_and_are_kept_once(founded: Database, clock: StoppedClock) -> None:
    with founded.write() as session:
        one = store(session, BYTES, "text/csv", clock.now())
        other = store(session, BYTES, "application/zip", clock.now())
    assert one == other == digest(BYTES)
    with founded.read() as session:
        assert get_content(session, one) == BYTES
        assert session.query(StoredFile).filter_by(sha256=one).one().size == len(BYTES)


@pytest.mark.parametrize("changed", [BYTES[:-1], BYTES + b"x", b"", BYTES.replace(b"A", b"B", 1)])
def test_changed_bytes_are_refused(changed: bytes, founded: Database, clock: StoppedClock) -> None:
    with founded.write() as session:
        sha256 = store(session, BYTES, "text/csv", clock.now())
    with founded.write() as session:
        session.execute(update(StoredFile).where(StoredFile.sha256 == sha256).values(content=changed))
    with founded.read() as session, pytest.raises(Unavailable) as refused:
        get_content(session, sha256)
    assert refused.value.code == "file_changed"


def test_a_file_that_is_not_there_is_said_to_be_missing(founded: Database) -> None:
    with founded.read() as session, pytest.raises(NotFound):
        get_content(session, "0" * 64)


def test_a_file_above_the_limit_is_refused_by_name() -> None:
    check_size(bytes(1024 * 1024), 1, "model.skops")
    with pytest.raises(TooLarge, match=r"model\.skops is larger than 1 MiB"):
        check_size(bytes(1024 * 1024 + 1), 1, "model.skops")
