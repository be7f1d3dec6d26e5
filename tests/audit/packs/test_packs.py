"""Packs from the first request to the last download, on both databases."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from audit.packs.jobs import build
from audit.packs.queries import get_pack, list_packs, list_tasks, state_of
from audit.packs.service import ask_for_pack, record_download
from audit.packs.tables import PackDownload
from audit.packs.values import PackState
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import Forbidden, Refused, Unavailable
from foundation.files.service import get_content
from foundation.jobs.queries import list_recent as list_jobs
from foundation.ledger.queries import count_waiting, list_recent, verify
from foundation.ledger.service import record
from foundation.ledger.values import digest
from registry.models.queries import get_model

SLUG = "return-to-custody"
pytestmark = pytest.mark.xdist_group("packs")  # one process builds the pack that all of them look at


def ask(database: Database, actor: object, clock: StoppedClock) -> int:
    with database.write() as session:
        return ask_for_pack(session, actor, get_model(session, SLUG), clock.now()).id


def kinds(database: Database, kind: str) -> list[dict]:
    with database.read() as session:
        entries = [json.loads(entry.body) for entry in list_recent(session, 1000, SLUG)]
    return [entry for entry in entries if entry["kind"] == kind]


@pytest.fixture
def built(stock, make_database: Callable[[str], Database], cast, clock: StoppedClock) -> SimpleNamespace:
    """A copy of a database in which a pack has been built; it is built once on each kind."""

    noon = StoppedClock(clock.now())

    def packed(database: Database) -> None:
        build(database, noon, ask(database, cast(database).auditor, noon))

    stock.steps.setdefault("packed", packed)
    database = make_database("packed")
    with database.read() as session:
        pack = get_pack(session, 1)
        content = get_content(session, pack.file_sha256)
    return SimpleNamespace(database=database, pack=pack, content=content, id=pack.id, actors=cast(database))


def test_asking_queues_one_job_however_often_it_is_asked(registered: Database, cast, clock: StoppedClock) -> None:
    auditor = cast(registered).auditor
    first, second = ask(registered, auditor, clock), ask(registered, auditor, clock)
    assert first == second
    with registered.read() as session:
        jobs = [job for job in list_jobs(session) if job.kind == "build_pack"]
        assert [(job.key, job.payload) for job in jobs] == [(f"build_pack:{first}", {"pack": first})]
        assert state_of(get_pack(session, first)) is PackState.BUILDING


@pytest.mark.one_database
def test_only_auditors_ask(registered: Database, cast, clock: StoppedClock) -> None:
    for role in ("owner", "practitioner", "chair", "officer", "administrator"):
        with pytest.raises(Forbidden):
            ask(registered, getattr(cast(registered), role), clock)


def test_a_built_pack_is_kept_with_its_numbers_and_stands_in_the_ledger(built: SimpleNamespace) -> None:
    assert state_of(built.pack) is PackState.READY
    assert built.pack.file_sha256 == digest(built.content)
    (entry,) = kinds(built.database, "pack_built")
    facts = {"manifest_sha256": built.pack.manifest_sha256, "file_sha256": built.pack.file_sha256, "pack": built.id}
    assert entry["facts"] == facts


def test_a_pack_built_from_either_database_holds(built: SimpleNamespace, tmp_path: Path, run_verifier, unzip) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(built.content)
    answer = run_verifier(path, "--head", built.pack.head, "--manifest", built.pack.manifest_sha256)
    assert answer.code == 0, answer.text
    assert digest(unzip(built.content)["manifest.json"]) == built.pack.manifest_sha256


def test_entries_without_a_place_get_one_before_the_pack_is_built(built: SimpleNamespace, unzip) -> None:
    manifest = json.loads(unzip(built.content)["manifest.json"])
    with built.database.read() as session:
        checked = verify(session)
        assert count_waiting(session) == 1, "only the entry that says the pack was built"
    assert (checked.entries, checked.head) == (manifest["ledger"]["entries"], manifest["ledger"]["head"])


def test_entries_about_others_show_their_hash_and_nothing_else(built: SimpleNamespace, unzip) -> None:
    lines = [json.loads(line) for line in unzip(built.content)["ledger/chain.jsonl"].splitlines()]
    shown = [json.loads(line["body"]) for line in lines if line["body"] is not None]
    assert {entry["model"] for entry in shown} == {SLUG}
    assert len(shown) < len(lines)


@pytest.mark.one_database
def test_building_once_more_after_an_interruption_changes_nothing(built: SimpleNamespace, clock: StoppedClock) -> None:
    clock.advance(hours=1)
    build(built.database, clock, built.id)
    with built.database.read() as session:
        assert get_pack(session, built.id).manifest_sha256 == built.pack.manifest_sha256
    assert len(kinds(built.database, "pack_built")) == 1


def test_a_pack_that_cannot_be_built_says_why_and_can_be_asked_for_again(
    registered: Database, cast, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor = cast(registered).auditor
    pack_id = ask(registered, auditor, clock)
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # what a machine without Pango looks like to an import
    with pytest.raises(Unavailable):
        build(registered, clock, pack_id)
    with registered.read() as session:
        pack = get_pack(session, pack_id)
        assert state_of(pack) is PackState.FAILED
        assert "Pango" in pack.problem
    assert kinds(registered, "pack_built") == []
    assert ask(registered, auditor, clock) != pack_id


def test_each_download_is_recorded_with_its_bytes(built: SimpleNamespace, clock: StoppedClock) -> None:
    with built.database.write() as session:
        content = record_download(session, built.actors.officer, get_pack(session, built.id), clock.now())
    assert content == built.content
    (entry,) = kinds(built.database, "pack_downloaded")
    assert entry["actor"] == built.actors.officer.reference
    with built.database.read() as session:
        assert [row.pack_id for row in session.query(PackDownload)] == [built.id]


def test_a_pack_is_not_given_to_those_who_may_not_see_it_nor_before_it_is_ready(
    registered: Database, cast, clock: StoppedClock
) -> None:
    actors = cast(registered)
    pack_id = ask(registered, actors.auditor, clock)
    with registered.write() as session:
        pack = get_pack(session, pack_id)
        with pytest.raises(Refused, match="not ready"):
            record_download(session, actors.auditor, pack, clock.now())
        with pytest.raises(Forbidden):
            record_download(session, actors.practitioner, pack, clock.now())


def test_an_auditor_is_told_what_waits_and_nobody_else_is(built: SimpleNamespace, clock: StoppedClock) -> None:
    database, actors = built.database, built.actors

    def texts(actor: object) -> list[str]:
        with database.read() as session:
            return [task.text for task in list_tasks(session, actor, clock.now())]

    assert texts(actors.auditor) == ["Download the compliance pack of Return to custody"]
    assert texts(actors.practitioner) == texts(actors.officer) == []
    with database.write() as session:
        record_download(session, actors.auditor, get_pack(session, built.id), clock.now())
    assert texts(actors.auditor) == []
    clock.advance(days=1)
    with database.write() as session:
        record(session, "evaluation_computed", actor="worker", at=clock.now(), model=SLUG)
    assert texts(actors.auditor) == ["Return to custody has changed since its last compliance pack"]


def test_packs_are_listed_newest_first(built: SimpleNamespace, clock: StoppedClock) -> None:
    clock.advance(days=1)
    second = ask(built.database, built.actors.auditor, StoppedClock(clock.now() + timedelta(days=1)))
    with built.database.read() as session:
        assert [pack.id for pack in list_packs(session)] == [second, built.id]
