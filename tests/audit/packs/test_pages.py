"""The pages of packs: who sees them, what they say while a pack is built, and what a download leaves behind."""

import json
from pathlib import Path

import pytest

from audit.packs.jobs import build
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.ledger.queries import list_recent

pytestmark = pytest.mark.one_database  # test_packs.py builds and keeps packs on both

SLUG = "return-to-custody"
ASK = f"/audit/models/{SLUG}/packs"


def downloads(database: Database) -> list[str]:
    with database.read() as session:
        bodies = [json.loads(entry.body) for entry in list_recent(session, 1000, SLUG)]
    return [body["actor"] for body in bodies if body["kind"] == "pack_downloaded"]


def text_of(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def test_from_the_button_to_the_checked_file(
    registered: Database, visit, clock: StoppedClock, tmp_path: Path, run_verifier
) -> None:
    auditor = visit(registered, "auditor")
    assert "No pack has been built yet." in text_of(auditor.get("/audit"))
    answer = auditor.send(ASK, page="/audit")
    assert answer.location == "/audit/packs/1"
    waiting = text_of(auditor.get("/audit/packs/1"))
    assert "The worker is building it. Reload this page in a moment." in waiting
    assert "http-equiv" not in waiting
    assert "Build a compliance pack" not in text_of(auditor.get("/audit"))
    build(registered, clock, 1)
    shown = text_of(auditor.get("/audit/packs/1"))
    assert downloads(registered) == []
    file = auditor.get("/audit/packs/1/download")
    assert file.headers["Content-Disposition"] == f'attachment; filename="{SLUG}-pack-1.zip"'
    assert len(downloads(registered)) == 1
    path = tmp_path / "pack.zip"
    path.write_bytes(file.data)
    told = json.loads(run_verifier(path, "--json").text)
    assert told["exit_code"] == 0
    assert told["head"] in shown
    assert told["manifest_sha256"] in shown
    assert told["manifest_sha256"] in text_of(auditor.get("/audit"))


def test_the_verifier_is_given_from_here(registered: Database, visit, run_verifier, tmp_path: Path) -> None:
    answer = visit(registered, "auditor").get("/audit/verify_pack.py")
    path = tmp_path / "verify_pack.py"
    path.write_bytes(answer.data)
    assert run_verifier(tmp_path / "nothing.zip", program=path).code == 3
    path.write_bytes(visit(registered, "auditor").get("/audit/verify_score.py").data)
    assert run_verifier(tmp_path / "nothing.json", program=path).code == 3


@pytest.mark.parametrize("role", ["practitioner", "model_owner", "administrator"])
def test_those_who_do_not_oversee_see_no_packs(registered: Database, visit, role: str) -> None:
    client = visit(registered, role)
    for address in (
        "/audit",
        "/audit/packs/1",
        "/audit/packs/1/download",
        "/audit/verify_pack.py",
        "/audit/verify_score.py",
    ):
        assert client.get(address).status_code == 403, address


def test_an_accountable_officer_sees_packs_and_builds_none(registered: Database, visit) -> None:
    officer = visit(registered, "accountable_officer")
    page = officer.get("/audit")
    assert page.status_code == 200
    assert "Build a compliance pack" not in text_of(page)
    assert officer.send(ASK, page="/home").status_code == 403


def test_a_model_known_from_documents_only_has_no_pack(registered: Database, visit) -> None:
    auditor = visit(registered, "auditor")
    answer = auditor.send("/audit/models/risk-of-neet/packs", page="/audit")
    assert answer.status_code == 409
    assert "documents only" in text_of(answer)


def test_a_failed_pack_says_why(registered: Database, visit, clock: StoppedClock, monkeypatch) -> None:
    import sys

    auditor = visit(registered, "auditor")
    auditor.send(ASK, page="/audit")
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(Exception, match="Pango"):
        build(registered, clock, 1)
    shown = text_of(auditor.get("/audit/packs/1"))
    assert "It was not built." in shown
    assert "Pango is missing" in shown
    assert "Ask for it again" in shown


def test_a_pack_that_is_not_there_is_not_found(registered: Database, visit) -> None:
    assert visit(registered, "auditor").get("/audit/packs/77").status_code == 404
