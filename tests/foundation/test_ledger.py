"""The ledger: what was written stays as it was written, and any change is found."""

import json
import threading
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from foundation.clock import StoppedClock
from foundation.database.append_only import release
from foundation.database.connection import Database
from foundation.ledger.queries import iterate_chain, last_link, list_recent, verify
from foundation.ledger.service import record, sequence
from foundation.ledger.tables import LedgerEntry, LedgerLink, LedgerWaiting
from foundation.ledger.values import START, canonical_bytes, chain, content_digest, digest

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture
def ledger(make_database) -> Database:
    """An empty ledger."""
    return make_database("empty")


def write_entries(database: Database, clock: StoppedClock, number: int) -> None:
    with database.write() as session:
        for n in range(number):
            record(session, "test_happened", actor="worker", at=clock.now(), model="m", facts={"n": n, "code": f"c{n}"})
            clock.advance(seconds=1)


def sealed(database: Database, clock: StoppedClock, number: int = 5) -> None:
    write_entries(database, clock, number)
    with database.write() as session:
        assert sequence(session) == number


def unprotect(session, *tables: str) -> None:
    """What somebody with the whole database in their hands could do."""
    for table in tables:
        for statement in release(session.get_bind().dialect.name, table):
            session.execute(text(statement))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(PLAIN)
def test_canonical_bytes_say_the_same_value_and_always_in_the_same_way(value) -> None:
    said = canonical_bytes(value)
    assert json.loads(said) == value
    assert canonical_bytes(json.loads(said)) == said


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(), min_size=2))
def test_the_order_of_fields_makes_no_difference(value) -> None:
    assert canonical_bytes(dict(reversed(value.items()))) == canonical_bytes(value)


@pytest.mark.parametrize("value", [0.5, {"a": 1.0}, [1, [2.0]], {"a": {"b": [float("nan")]}}, (1, float("inf"))])
def test_fractions_are_refused_wherever_they_hide(value) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(value)


def test_canonical_bytes_are_these_very_bytes() -> None:
    """A verifier written elsewhere must come to the same bytes."""
    assert canonical_bytes({"b": [1, True, None], "a": "é"}) == b'{"a":"\xc3\xa9","b":[1,true,null]}'
    assert content_digest({"x": 0.1}) == digest(b'{"x":"0.1"}')
    assert chain(START, "ab" * 32) == digest(bytes(32) + bytes.fromhex("ab" * 32))


def test_an_untouched_ledger_is_whole(ledger: Database, clock: StoppedClock) -> None:
    sealed(ledger, clock)
    with ledger.read() as session:
        found = verify(session)
        links = [link for link, _ in iterate_chain(session)]
    assert found.good
    assert (found.entries, found.waiting) == (5, 0)
    assert [link.number for link in links] == [0, 1, 2, 3, 4]
    assert found.head == links[-1].chain_hash


def test_an_entry_waits_until_it_gets_its_place(ledger: Database, clock: StoppedClock) -> None:
    write_entries(ledger, clock, 3)
    with ledger.read() as session:
        assert verify(session).waiting == 3
        assert last_link(session) is None
    with ledger.write() as session:
        assert sequence(session, limit=2) == 2
    with ledger.write() as session:
        assert sequence(session) == 1
        assert sequence(session) == 0
    with ledger.read() as session:
        assert (verify(session).entries, verify(session).waiting) == (3, 0)


def test_a_change_rolled_back_takes_its_entry_with_it(ledger: Database, clock: StoppedClock) -> None:
    def fail() -> None:
        with ledger.write() as session:
            record(session, "test_happened", actor="worker", at=clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with ledger.read() as session:
        assert list_recent(session) == []
        assert verify(session).waiting == 0


@pytest.mark.parametrize("position", [0, 10, -1])
def test_a_changed_byte_of_an_entry_is_found(position: int, ledger: Database, clock: StoppedClock) -> None:
    sealed(ledger, clock)
    with ledger.write() as session:
        unprotect(session, "ledger_entry")
        entry = list_recent(session)[2]
        body = bytearray(entry.body)
        body[position] ^= 1
        session.execute(update(LedgerEntry).where(LedgerEntry.id == entry.id).values(body=bytes(body)))
    with ledger.read() as session:
        assert verify(session).faults == ("Entry 2 was changed after it was written.",)


def test_a_changed_entry_whose_hash_was_changed_with_it_is_found(ledger: Database, clock: StoppedClock) -> None:
    sealed(ledger, clock)
    with ledger.write() as session:
        unprotect(session, "ledger_entry")
        entry = list_recent(session)[0]
        body = entry.body.replace(b'"code":"c4"', b'"code":"c9"')
        assert body != entry.body
        change = update(LedgerEntry).where(LedgerEntry.id == entry.id)
        session.execute(change.values(body=body, entry_hash=digest(body)))
    with ledger.read() as session:
        assert verify(session).faults == ("Entry 4 was changed after it was written.",)


def test_a_link_rewritten_to_fit_breaks_the_chain(ledger: Database, clock: StoppedClock) -> None:
    sealed(ledger, clock)
    with ledger.write() as session:
        unprotect(session, "ledger_entry", "ledger_link")
        link = session.get_one(LedgerLink, 1)
        body = b'{"all":"is well"}'
        session.execute(
            update(LedgerEntry).where(LedgerEntry.id == link.entry_id).values(body=body, entry_hash=digest(body))
        )
        session.execute(update(LedgerLink).where(LedgerLink.number == 1).values(entry_hash=digest(body)))
    with ledger.read() as session:
        assert "The chain is broken at entry 1." in verify(session).faults


@pytest.mark.parametrize("column", ["entry_hash", "chain_hash"])
def test_a_changed_hash_of_a_link_is_found(column: str, ledger: Database, clock: StoppedClock) -> None:
    sealed(ledger, clock)
    with ledger.write() as session:
        unprotect(session, "ledger_link")
        session.execute(update(LedgerLink).where(LedgerLink.number == 3).values({column: "0" * 64}))
    with ledger.read() as session:
        assert not verify(session).good


def test_a_missing_link_and_a_missing_entry_are_found(ledger: Database, clock: StoppedClock) -> None:
    sealed(ledger, clock)
    with ledger.write() as session:
        unprotect(session, "ledger_link")
        session.execute(delete(LedgerLink).where(LedgerLink.number == 2))
    with ledger.read() as session:
        faults = verify(session).faults
    assert "Entries 2 to 2 are missing from the chain." in faults
    assert "The chain is broken at entry 3." in faults


def test_two_entries_that_changed_places_are_found(ledger: Database, clock: StoppedClock) -> None:
    sealed(ledger, clock)
    with ledger.write() as session:
        unprotect(session, "ledger_link")
        first, second = session.get_one(LedgerLink, 1), session.get_one(LedgerLink, 2)
        ids, hashes = (first.entry_id, second.entry_id), (first.entry_hash, second.entry_hash)
        session.execute(delete(LedgerLink).where(LedgerLink.number.in_([1, 2])))
        session.flush()
        for number, entry_id, entry_hash in ((1, ids[1], hashes[1]), (2, ids[0], hashes[0])):
            values = {"number": number, "entry_id": entry_id, "entry_hash": entry_hash, "chain_hash": "1" * 64}
            session.execute(LedgerLink.__table__.insert().values(values))
    with ledger.read() as session:
        assert not verify(session).good


def test_the_tables_only_ever_grow(ledger: Database, clock: StoppedClock) -> None:
    sealed(ledger, clock)
    statements = [
        "UPDATE ledger_entry SET kind = 'other'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_link SET chain_hash = 'x'",
        "DELETE FROM ledger_link",
    ]
    if ledger.engine.dialect.name == "sqlite":
        statements += [
            "INSERT OR REPLACE INTO ledger_link SELECT number, entry_id, 'x', 'x' FROM ledger_link WHERE number = 1",
            "INSERT INTO ledger_link SELECT number, entry_id, 'x', 'x' FROM ledger_link WHERE number = 1 "
            "ON CONFLICT (number) DO UPDATE SET chain_hash = 'x'",
        ]
    else:
        statements += [
            "TRUNCATE ledger_link",
            "TRUNCATE ledger_entry CASCADE",
            "SET session_replication_role = replica; DELETE FROM ledger_link",
        ]
    for statement in statements:
        with pytest.raises(DBAPIError, match="only ever grows"), ledger.write() as session:
            session.execute(text(statement))
    with ledger.read() as session:
        assert verify(session).good
        assert verify(session).entries == 5


def test_every_table_that_grows_refuses_a_change(registered: Database, clock: StoppedClock) -> None:
    from algocare.tables import GROWING

    dialect = registered.engine.dialect.name
    with registered.read() as session:
        if dialect == "sqlite":
            asked = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_keep_%'"
        else:
            asked = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '%_keep_%'"
        guarded = session.execute(text(asked)).scalars().all()
    assert {table: guarded.count(table) for table in GROWING} == dict.fromkeys(GROWING, 2)


def test_entries_written_at_once_each_get_one_place(ledger: Database, clock: StoppedClock) -> None:
    numbers = count()
    start = threading.Barrier(4)

    def work() -> None:
        start.wait(10)
        for _ in range(10):
            with ledger.write() as session:
                at = clock.now() + timedelta(milliseconds=next(numbers))
                record(session, "test_happened", actor="worker", at=at)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    placed = 0
    while any(thread.is_alive() for thread in threads):
        with ledger.write() as session:
            placed += sequence(session, limit=7)
    for thread in threads:
        thread.join()
    with ledger.write() as session:
        placed += sequence(session)
    with ledger.read() as session:
        found = verify(session)
        assert session.scalars(select(LedgerWaiting)).all() == []
    assert placed == found.entries == 40
    assert found.good


def test_two_sequencers_at_once_leave_one_chain(ledger: Database, clock: StoppedClock) -> None:
    write_entries(ledger, clock, 30)
    start = threading.Barrier(2)

    def work() -> None:
        start.wait(10)
        for _ in range(6):
            with ledger.write() as session:
                sequence(session, limit=5)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.read() as session:
        found = verify(session)
    assert found.good
    assert (found.entries, found.waiting) == (30, 0)


def test_the_page_says_whether_the_ledger_is_whole(registered: Database, visit, clock: StoppedClock) -> None:
    with registered.write() as session:
        sequence(session)
    client = visit(registered, "auditor")
    assert "The ledger is whole" in client.get("/ledger").get_data(as_text=True)
    with registered.write() as session:
        unprotect(session, "ledger_entry")
        link = session.get_one(LedgerLink, 1)
        session.execute(
            update(LedgerEntry)
            .where(LedgerEntry.id == link.entry_id)
            .values(body=b'{"kind":"x","actor":"y","model":null,"facts":{}}')
        )
    page = client.get("/ledger").get_data(as_text=True)
    assert "The ledger is not whole" in page
    assert "Entry 1 was changed after it was written." in page
