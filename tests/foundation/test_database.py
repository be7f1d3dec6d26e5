"""The database keeps what it promises: reading reads, writing is whole or nothing, times are in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from foundation.accounts.tables import Account, SignInFailure, SignInSession
from foundation.clock import StoppedClock, london_date
from foundation.database.connection import Database


def test_a_reading_session_refuses_to_write(founded: Database, clock: StoppedClock) -> None:
    with founded.read() as session:
        session.add(SignInFailure(sign_in_name="x", at=clock.now()))
        with pytest.raises(RuntimeError, match="asked to write"):
            session.flush()
    with founded.read() as session:
        session.query(Account).first().name = "Changed"
        with pytest.raises(RuntimeError, match="asked to write"):
            session.flush()


def test_a_writing_session_writes_all_or_nothing(founded: Database, clock: StoppedClock) -> None:
    def half() -> None:
        with founded.write() as session:
            session.add(SignInFailure(sign_in_name="half", at=clock.now()))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with founded.read() as session:
        assert session.query(SignInFailure).count() == 0


def test_a_row_cannot_point_to_nothing(founded: Database, clock: StoppedClock) -> None:
    def orphan() -> None:
        with founded.write() as session:
            now = clock.now()
            session.add(SignInSession(token_sha256="x" * 64, account_id=999_999, created_at=now, seen_at=now))

    with pytest.raises(IntegrityError):
        orphan()


def test_sqlite_is_set_to_lose_nothing(founded: Database) -> None:
    if founded.engine.dialect.name != "sqlite":
        pytest.skip("these are settings of SQLite")
    wanted = {"synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "journal_mode": "wal"}
    for opened in (founded.read, founded.write):
        with opened() as session:
            found = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in wanted}
        assert found == wanted


def test_a_writer_does_not_stop_a_reader(founded: Database, clock: StoppedClock) -> None:
    with founded.write() as writing:
        writing.add(SignInFailure(sign_in_name="slow", at=clock.now()))
        writing.flush()
        with founded.read() as reading:
            assert reading.query(SignInFailure).count() == 0


def test_times_come_back_aware_and_in_utc(founded: Database) -> None:
    summer = datetime(2026, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    with founded.write() as session:
        session.add(SignInFailure(sign_in_name="x", at=summer))
    with founded.read() as session:
        kept = session.query(SignInFailure).one().at
    assert kept == summer
    assert kept.tzinfo is UTC
    assert london_date(kept).isoformat() == "2026-07-01"


def test_a_time_without_a_zone_is_refused(founded: Database) -> None:
    with founded.read() as session, pytest.raises(Exception, match="time zone"):
        session.query(SignInFailure).where(SignInFailure.at > datetime(2026, 7, 1)).all()
    with pytest.raises(ValueError, match="time zone"):
        StoppedClock(datetime(2026, 7, 1))
