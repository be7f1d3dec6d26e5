"""The proof of a score, checked away from the service (R20)."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from algocare.cli.ledger import ledger_group
from audit.verifier import verify_score
from foundation.ledger.queries import last_link
from foundation.ledger.service import sequence
from model_runtime.scores.tables import Score
from tests.model_runtime.conftest import change

NUMBER = "of the ledger"


def place(world) -> str:
    """Let the worker give every entry its place; the new head."""
    with world.database.write() as session:
        sequence(session)
        return last_link(session).chain_hash


@pytest.fixture
def browser(approved, visit):
    return visit(approved.database, "practitioner")


def proof_of(browser, score) -> dict:
    return json.loads(browser.get(f"/scores/{score.reference}/proof.json").data)


def checked(tmp_path: Path, proof, head: str | None = None) -> int:
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(proof, ensure_ascii=False))
    return verify_score.main([str(path), *(["--head", head] if head else [])])


def test_a_score_is_proven_against_a_noted_head(approved, ask, browser, tmp_path, capsys):
    """R20: from the words of the score to a head noted elsewhere, with one file and nothing of the service."""
    score = ask()
    assert "waiting for its place" in browser.get(f"/scores/{score.reference}").get_data(as_text=True)
    assert checked(tmp_path, proof_of(browser, score)) == 2
    noted, later = place(approved), ask(key="later")
    place(approved)
    shown = browser.get(f"/scores/{score.reference}").get_data(as_text=True)
    assert NUMBER in shown
    proof = proof_of(browser, score)
    assert proof["entry"]["sha256"] in shown
    capsys.readouterr()
    assert checked(tmp_path, proof, noted) == 0
    assert "word for word the one that was given: Return to custody" in capsys.readouterr().out
    assert checked(tmp_path, proof, proof["head"]["chain_hash"]) == 0
    assert checked(tmp_path, proof_of(browser, later), noted) == 1, "the head is older than this score"
    told = CliRunner().invoke(ledger_group, ["verify-score", str(tmp_path / "proof.json"), "--json"])
    assert (told.exit_code, json.loads(told.stdout)["exit_code"]) == (0, 0)


BREAKS = {
    "another band": lambda p: p["opened"]["advisory"].update(band="Lower"),
    "another weight": lambda p: p["opened"]["advisory"]["reasons"][0].update(weight=1),
    "another salt": lambda p: p["opened"].update(salt="0" * 64),
    "another format": lambda p: p["opened"]["advisory"].update(format="algocare/advisory-score/9"),
    "another entry": lambda p: p["entry"].update(body=p["entry"]["body"].replace("score_given", "score_taken")),
    "another score": lambda p: p.update(score="S-0000-0000"),
    "another place": lambda p: p["place"].update(before="1" * 64),
    "another way": lambda p: p.update(following=["2" * 64]),
    "another head": lambda p: p["head"].update(chain_hash="3" * 64),
}
SHAPES = {
    "no entry": lambda p: p.pop("entry"),
    "no salt": lambda p: p["opened"].pop("salt"),
    "a list": lambda p: p.update(opened=[]),
    "no head": lambda p: p.update(head=None),
    "a short digest": lambda p: p["entry"].update(sha256="00"),
    "another kind of file": lambda p: p.update(format="algocare/pack/1"),
}


@pytest.mark.one_database
def test_whatever_is_changed_is_found(approved, ask, browser, tmp_path):
    """R20: one change anywhere in a proof, and it no longer holds; what is no proof is not read as one."""
    score = ask()
    place(approved)
    whole = proof_of(browser, score)
    for expected, breaks in ((1, BREAKS), (3, SHAPES)):
        for name, spoil in breaks.items():
            proof = json.loads(json.dumps(whole))
            spoil(proof)
            assert checked(tmp_path, proof) == expected, name
    (tmp_path / "no.json").write_text("{")
    assert verify_score.main([str(tmp_path / "no.json")]) == 3
    with pytest.raises(SystemExit) as ended:
        verify_score.main([str(tmp_path / "no.json"), "--head", "short"])
    assert ended.value.code == 3


@pytest.mark.one_database
def test_a_score_without_its_entry_is_not_shown(approved, ask, browser):
    """R02: what is not recorded is not a score."""
    score = ask()
    with approved.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER score_keep_UPDATE") if connection.dialect.name == "sqlite" else None
    change(approved, update(Score).where(Score.id == score.id).values(at=score.at.replace(hour=3)))
    assert browser.get(f"/scores/{score.reference}").status_code == 503
    assert browser.get(f"/scores/{score.reference}/proof.json").status_code == 503
