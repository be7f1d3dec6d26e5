"""The record: complete, the same bytes each time, honest about gaps, and nothing in it about people."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from assessments.benefits.tables import BenefitEvaluation
from assessments.decisions.tables import Suspension
from assessments.validation.tables import ClaimedFigures
from audit.exports.document import render_document
from audit.exports.gaps import find_gaps
from audit.exports.oversight import evidence_path
from audit.exports.values import PackBytes
from audit.exports.withholding import unseen_values, without_small_counts, without_small_groups, without_values
from audit.packs.jobs import assemble, read_state
from foundation.database.connection import Database
from monitoring.lookbacks.tables import LookBack, LookBackEntry, Retirement
from registry.models.queries import get_model

AT = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.xdist_group("packs")


@pytest.fixture
def record(lived: SimpleNamespace) -> dict:
    return json.loads(lived.files["record.json"])


@pytest.fixture(scope="module")
def here(lived: SimpleNamespace) -> PackBytes:
    return assemble(lived.database, lived.model_id, AT)


def test_the_same_state_and_time_give_the_same_bytes(lived: SimpleNamespace, here: PackBytes) -> None:
    """Also in another process, whose sets and dictionaries are ordered otherwise."""
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


def test_another_time_gives_another_pack(lived: SimpleNamespace, here: PackBytes) -> None:
    other = assemble(lived.database, lived.model_id, datetime(2026, 12, 4, 9, 30, tzinfo=UTC))
    assert here.manifest_sha256 != other.manifest_sha256
    assert here.head == other.head


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
    assert [approval["extent"] for approval in record["approvals"]] == [
        "Shadow until 1 September 2027: scores are recorded and shown to nobody",
        "Pilot until 1 September 2027, at most 400 people, Resettlement team",
    ]
    assert [advice["outcome"] for advice in record["advice"]] == ["approve", "approve_with_conditions"]
    votes = record["items"][1]["votes"]
    assert [(vote["seat"]["independent"], vote["seat"]["lay"], vote["counted"]) for vote in votes] == [
        (False, True, True),
        (True, False, True),
        (True, False, True),
        (False, False, True),
    ]
    assert sorted(vote["choice"] for vote in votes) == ["approve_with_conditions"] * 3 + ["more_information"]
    assert next(vote["reason"] for vote in votes if vote["choice"] == "more_information")
    condition = record["decisions"][1]["conditions"][0]
    assert (condition["due_on"], condition["critical"], condition["owner_role"]) == ("2027-01-20", True, "owner")
    assert [watch["verdict"] for watch in record["watches"]]
    assert [step["to"] for step in record["life"] if step["thing"] == "use:1"] == ["submitted", "approved", "approved"]


def test_what_was_promised_and_what_came_of_it_is_told(record: dict) -> None:
    (plan,), (later,) = record["plans"], record["validations"]
    assert plan["after_figures"]
    assert plan["content"]["agreed_name"] == "Dr Morgan Hale"
    assert "Fairness between groups" in plan["trade_offs"][0]
    assert (later["counts"], later["registered"], later["people"]) == (True, True, 350)
    assert [one["measure"] for one in later["summary"]["judged"]] == ["precision", "recall", "gap_miss_rate"]
    assert later["summary"]["gap"]
    assert {row["group"] for row in later["by_group"]} == {"ethnicity", "age_group", "marital_status"}
    assert all(row["people"] is None or row["people"] >= 10 for row in later["by_group"])
    assert {one["kind"]: [advice["answer"] for advice in one["advice"]] for one in record["impacts"]} == {
        "dpia": ["accepted"],
        "eqia": [],
    }
    assert record["attestations"][0]["by"] == record["model"]["owner"]
    assert (record["claims"], record["leakage"], record["benefits"]) == ([], [], [])


def test_counts_say_what_was_given_refused_looked_at_and_judged(record: dict) -> None:
    counts = record["counts"]
    assert counts["scores"] == {"total": 5, "in_shadow": 1, "people": 4, "by_use": {"resettlement-support": 5}}
    assert counts["refusals"] == {"total": 1, "by_code": {"unknown_purpose": 1}}
    assert counts["viewings"] == {"total": 4}
    assert counts["judgements"]["by_view"] == {"agree": 2, "disagree": 1}
    assert counts["judgements"]["agreement"] == {"agreed": 2, "of": 3}
    assert counts["flags"]["total"] <= 4
    assert counts["viewers"]["total"] >= 1
    assert counts["disclosures"] == {"to_systems": 0, "files_of_runs": 0}
    assert "who is in which family" in counts["definitions"]["families"]


def test_votes_stay_secret_until_the_committee_has_decided(founded: Database) -> None:
    from assessments.committee.tables import AgendaItem, Vote
    from audit.exports.deciding import tell_item

    item = AgendaItem(id=1, use_id=1, kind="review", title="t", question="q", fingerprint="f", stage="closed")
    item.opened_at = AT
    item.votes = [Vote(member_id=4, choice="reject", reason="No.", at=AT)]
    assert tell_item(item, decided=False)["votes"] is None
    assert tell_item(item, decided=True)["votes"][0]["choice"] == "reject"


def test_gaps_name_what_is_missing(record: dict) -> None:
    told = " ".join(record["gaps"])
    assert "are not verified: no lawyer has confirmed" in told
    critical = "A critical condition is not met yet. It is due on 20 January 2027, and the owner answers for it: Report"
    assert critical in told
    assert "No outcomes have been recorded" in told
    assert "1 score has no practitioner's judgement beside it yet." in told
    assert "impact assessment" not in told, "both are there, with the data protection officer's advice"
    assert "Version 1: what success would be was only said after figures were known." in told
    assert "cannot be tested with the data there is: disability, gender reassignment" in told
    assert "Nobody is named who accepts that." in told
    assert "no result on people from a later time" not in told


def test_a_gap_closes_when_it_is_filled(record: dict) -> None:
    open_gaps = find_gaps(record, date(2026, 12, 1))
    for gateway in record["gateways"]:
        gateway["verification"] = "verified"
    record["decisions"][1]["conditions"][0]["met_at"] = "2026-12-01T09:00:00+00:00"
    closed = set(open_gaps) - set(find_gaps(record, date(2026, 12, 1)))
    assert {gap.split(" ")[0] for gap in closed} == {"Legal", "A"}


def test_a_condition_past_its_day_and_an_approval_past_its_end_are_said(record: dict) -> None:
    told = " ".join(find_gaps(record, date(2027, 10, 1)))
    assert "It was due on 20 January 2027" in told
    assert "the approval ended on 1 September 2027" in told
    assert "The owner's attestation was due by" in told
    later = " ".join(find_gaps(record, date(2028, 10, 1)))
    assert "Data protection impact assessment: it was to be reviewed by" in later


def test_what_was_never_there_is_a_gap(record: dict) -> None:
    none = {"impacts": [], "plans": [], "validations": [], "attestations": []}
    too_good = {"version": 1, "words": "The figures claimed by X", "at": None}
    record["assessments"][-1]["reviews"] = [{"code": "LAW-1", "view": "not_satisfied"}]
    told = " ".join(find_gaps({**record, **none, "leakage": [too_good]}, date(2026, 12, 1)))
    for words in (
        "Equality impact assessment: none is recorded.",
        "no plan says what success would be",
        "no result on people from a later time",
        "the figures claimed by X are too good to be believed; no review is signed.",
        "nobody but the authors has reviewed 31 answers",
        "a reviewer is not satisfied with LAW-1",
    ):
        assert words in told


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


@pytest.fixture(scope="module")
def ended(lived: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The record of the same model, some time later: stopped, evaluated, ended, and looked back at."""
    path = tmp_path_factory.mktemp("ended") / "later.db"
    lived.database.engine.raw_connection().execute("VACUUM INTO ?", (str(path),))
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        stopped = {"use_id": 1, "at": AT, "by_id": 1, "kind": "owner"}
        session.add_all(
            [
                Suspension(**stopped, reason="A complaint.", lapsed_at=AT),
                Suspension(**stopped, reason="Another one."),
                BenefitEvaluation(
                    use_id=1, starts_on=AT.date(), ends_on=AT.date(), outcome="went back", comparison="Others",
                    learned="Little.", flagged=80, offered=60, taken_up=40, taken_up_had=4, compared=50,
                    compared_had=45, entered_at=AT, entered_by_id=1,
                ),
                Retirement(
                    use_id=1, reason="Nobody asked.", retired_at=AT, retired_by_id=7, last_used_at=AT,
                    consumers=[["Resettlement team", "2026-12-03"]], disposal="Erased", disposal_way="by the worker",
                ),
                ClaimedFigures(
                    version_id=1, source="A leaflet", printed={"precision": "99%"}, verdict={"leakage_review": True},
                    entered_at=AT, entered_by_id=1,
                ),
                LookBack(use_id=1, made_at=AT, people=4, scores=5),
            ]
        )  # fmt: skip
        session.flush()
        counts = {"scores": 1, "shown": 1, "viewed": 1, "agreed": 0, "disagreed": 0, "not_used": 0, "challenged": False}
        for person in range(1, 5):
            harm = "possible" if person == 1 else ""
            session.add(LookBackEntry(look_back_id=1, person_id=person, first_at=AT, last_at=AT, harm=harm, **counts))
    try:
        return read_state(database, lived.model_id, AT)[0]
    finally:
        database.close()


def test_what_was_stopped_and_ended_is_told_in_counts(ended: dict, secrets: dict[str, str]) -> None:
    assert [(one["suspended_by"], one["became"]) for one in ended["suspensions"]] == [
        ("its owner", "lapsed"),
        ("its owner", "undecided"),
    ]
    (benefit,), (retired,), (back,) = ended["benefits"], ended["retirements"], ended["look_backs"]
    assert (benefit["withheld"], benefit["sentences"]) == (True, [])
    assert benefit["counts"] == {
        "flagged": 80, "offered": 60, "taken_up": 40, "taken_up_had": None, "compared": 50, "compared_had": None
    }  # fmt: skip
    assert retired["consumers"] == [{"who": "Resettlement team", "told_on": "2026-12-03"}]
    assert set(back["counts"].values()) == {None}, "4 people are too few to tell anything of"
    assert (back["all_reviewed"], back["all_settled"]) == (False, False)
    told = " ".join(ended["gaps"])
    for words in (
        "nobody has decided about its suspension by its owner",
        "its retirement is not complete",
        "not everybody it scored has been looked at again",
        "harm to somebody is possible, and not settled",
        "the figures claimed by A leaflet are too good to be believed",
    ):
        assert words in told
    page = render_document(ended)
    assert "Lapsed, as a meeting ended without a decision" in page
    assert "Resettlement team on 3 December 2026" in page
    assert "fewer than 10" in page
    assert [one for one in secrets.values() if one in page] == []


def test_a_decision_against_the_advice_stands_beside_it_with_its_reasons(ended: dict) -> None:
    decision = {**ended["decisions"][1], "by_officer": True, "departs": True, "published_reasons": "It helps & harms."}
    page = " ".join(render_document({**ended, "decisions": [ended["decisions"][0], decision]}).split())
    assert "Advised 30 November 2026: approve with conditions." in page
    assert (
        "The decision departs from the committee's advice.</strong> The published reasons: It helps &amp; harms."
        in page
    )


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


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 30, 0), (5, 30, None), (25, 30, None), (30, 30, 30), (12, 30, 12)]
)
def test_small_counts_and_small_rests_are_left_out(part: int, whole: int, shown: int | None) -> None:
    told, withheld = without_small_counts({"part": part, "whole": whole}, {"part": "whole"})
    assert (told, withheld) == ({"part": shown, "whole": 30}, shown is None)


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
