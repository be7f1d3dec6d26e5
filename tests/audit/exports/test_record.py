"""The record: complete, the same bytes each time, honest about gaps, and nothing in it about people."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from audit.exports.gaps import find_gaps
from audit.exports.oversight import evidence_path
from audit.exports.withholding import unseen_values, without_small_groups, without_values
from audit.packs.jobs import assemble, read_state
from foundation.database.connection import Database
from registry.models.queries import get_model

AT = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def record(lived: SimpleNamespace) -> dict:
    return json.loads(lived.files["record.json"])


def test_the_same_state_and_time_give_the_same_bytes(lived: SimpleNamespace) -> None:
    """Also in another process, whose sets and dictionaries are ordered otherwise."""
    here = assemble(lived.database, lived.model_id, AT)
    address = lived.database.engine.url.render_as_string(hide_password=False)
    program = (
        "import sys; from datetime import datetime; from foundation.database.connection import Database;"
        "from audit.packs.jobs import assemble;"
        f"pack = assemble(Database({address!r}), {lived.model_id}, datetime.fromisoformat({AT.isoformat()!r}));"
        "print(pack.manifest_sha256); sys.stdout.flush(); sys.stdout.buffer.write(pack.content)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"}
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment).stdout
    assert there == here.manifest_sha256.encode() + b"\n" + here.content


def test_another_time_gives_another_pack(lived: SimpleNamespace) -> None:
    later = datetime(2026, 12, 4, 9, 30, tzinfo=UTC)
    one, other = (assemble(lived.database, lived.model_id, at) for at in (AT, later))
    assert one.manifest_sha256 != other.manifest_sha256
    assert one.head == other.head


def test_nothing_about_people_or_practitioners_is_in_any_file(
    lived: SimpleNamespace, secrets: dict[str, str], tmp_path
) -> None:
    texts = {name: content.decode("utf-8") for name, content in lived.files.items() if not name.endswith(".pdf")}
    path = tmp_path / "summary.pdf"
    path.write_bytes(lived.files["summary.pdf"])
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    texts["summary.pdf"] = " ".join(text.split())
    found = [(name, what) for name, text in texts.items() for what, secret in secrets.items() if secret in text]
    assert found == []


def test_every_part_of_the_story_is_told(record: dict) -> None:
    assert record["schema"] == "algocare-record/1"
    assert record["model"]["owner"].startswith("account:")
    assert len(record["versions"][0]["features"]) == 12
    assert {gateway["verification"] for gateway in record["gateways"]} == {"unverified"}
    assert record["uses"][0]["stage"] == "approved"
    assert all(answer["answered"] for answer in record["assessments"][0]["answers"])
    votes = record["items"][0]["votes"]
    assert sorted(vote["choice"] for vote in votes) == ["approve_with_conditions"] * 3 + ["more_information"]
    assert next(vote["reason"] for vote in votes if vote["choice"] == "more_information")
    assert record["decisions"][0]["conditions"][0]["due_on"] == "2027-01-20"
    assert [watch["verdict"] for watch in record["watches"]]
    assert [step["to"] for step in record["life"] if step["thing"] == "use:1"] == ["submitted", "approved"]


def test_counts_say_what_was_given_refused_looked_at_and_judged(record: dict) -> None:
    counts = record["counts"]
    assert counts["scores"] == {"total": 4, "people": 4, "by_use": {"resettlement-support": 4}}
    assert counts["refusals"] == {"total": 1, "by_code": {"unknown_purpose": 1}}
    assert counts["viewings"] == {"total": 4}
    assert counts["judgements"]["by_view"] == {"agree": 2, "disagree": 1}
    assert counts["judgements"]["agreement"] == {"agreed": 2, "of": 3}


def test_votes_stay_secret_until_the_committee_has_decided(founded: Database) -> None:
    from assessments.committee.tables import AgendaItem, Vote
    from audit.exports.oversight import tell_item

    item = AgendaItem(id=1, use_id=1, kind="review", title="t", question="q", fingerprint="f", stage="closed")
    item.opened_at = AT
    item.votes = [Vote(member_id=4, choice="reject", reason="No.", at=AT)]
    assert tell_item(item, decided=False)["votes"] is None
    assert tell_item(item, decided=True)["votes"][0]["choice"] == "reject"


def test_gaps_name_what_is_missing(record: dict) -> None:
    told = " ".join(record["gaps"])
    assert "are not verified: no lawyer has confirmed" in told
    assert "A condition is not met yet. It is due on 20 January 2027: Report figures by group" in told
    assert "No outcomes have been recorded" in told
    assert "1 score has no practitioner's judgement beside it yet." in told
    assert "data protection impact assessment" not in told, "its evidence is there"


def test_a_gap_closes_when_it_is_filled(record: dict) -> None:
    open_gaps = find_gaps(record, date(2026, 12, 1))
    for gateway in record["gateways"]:
        gateway["verification"] = "verified"
    record["decisions"][0]["conditions"][0]["met_at"] = "2026-12-01T09:00:00+00:00"
    closed = set(open_gaps) - set(find_gaps(record, date(2026, 12, 1)))
    assert {gap.split(" ")[0] for gap in closed} == {"Legal", "A"}


def test_a_condition_past_its_day_and_an_approval_past_its_end_are_said(record: dict) -> None:
    told = " ".join(find_gaps(record, date(2027, 10, 1)))
    assert "It was due on 20 January 2027" in told
    assert "the approval ended on 1 September 2027" in told


def test_a_model_not_assessed_yet_says_so(registered: Database) -> None:
    with registered.read() as session:
        model_id = get_model(session, "return-to-custody").id
    record, chain, evidence = read_state(registered, model_id, AT)
    told = " ".join(record["gaps"])
    assert "there is no standing approval. The use is registered." in told
    assert "there is no ALGO-CARE assessment" in told
    assert "no watch has run yet" in told
    assert "No score has been given yet." in told
    assert evidence == {}
    assert chain.count(b"\n") == record["ledger"]["entries"]


def test_a_model_known_from_documents_has_a_record_too(founded: Database) -> None:
    with founded.read() as session:
        model_id = get_model(session, "risk-of-neet").id
    record, _, _ = read_state(founded, model_id, AT)
    assert record["model"]["held"] is False
    assert record["gaps"][0].startswith("The model is known from documents only")


def group(name: str, value: str, people: int) -> dict:
    return {"group": name, "value": value, "people": people, "tp": people, "fp": 0, "fn": 0, "tn": 0}


def test_small_groups_lose_their_counts_and_one_more_where_they_could_be_worked_out() -> None:
    rows = [group("Sex", "a", 90), group("Sex", "b", 9), group("Sex", "c", 40), group("Age", "d", 60)]
    bands = [{"code": "low", "outcome": {"count": 1, "of": 4}}, {"code": "high", "outcome": {"count": 9, "of": 30}}]
    shown, withheld = without_small_groups({"by_group": rows, "bands": bands})
    assert withheld
    assert {row["value"]: row["people"] for row in shown["by_group"]} == {"a": 90, "b": None, "c": None, "d": 60}
    assert [band["outcome"]["of"] for band in shown["bands"]] == [None, 30]


def test_figures_without_small_groups_stay_as_they_are() -> None:
    figures = {"by_group": [group("Sex", "a", 90), group("Sex", "b", 10)], "bands": []}
    assert without_small_groups(figures) == (figures, False)


def test_values_of_people_never_seen_before_are_not_spelled_out() -> None:
    column = {"column": "area", "unseen": ["Flat 3, Rose Lane"], "sentence": "Never seen: 'Flat 3, Rose Lane'."}
    result = {"columns": [column], "score": None, "breaches": [{"sentence": "'Flat 3, Rose Lane' (area) is new."}]}
    shown = without_values(result, unseen_values(result))
    assert "Rose Lane" not in json.dumps(shown)
    assert shown["columns"][0]["sentence"] == "Never seen: a new value."


@pytest.mark.parametrize(
    ("name", "ending"),
    [("../../etc/passwd", "etc_passwd"), ("Müller (1).pdf", "M_ller__1_.pdf"), ("...", "file"), ("a/b\\c", "a_b_c")],
)
def test_evidence_names_cannot_lead_anywhere(name: str, ending: str) -> None:
    path = evidence_path("a" * 64, name)
    assert path == f"assessment/evidence/{'a' * 64}/{path.rsplit('/', 1)[1]}"
    assert path.endswith(ending)
    assert ".." not in path
