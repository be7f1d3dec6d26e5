"""From law, data or an agreement up to every score, and from a model down to the law; today and on a past day (R16)."""

import csv
import io
from datetime import date

import pytest

from algocare.lineage.pictures import MOST, draw, fits
from algocare.lineage.queries import read_resting
from algocare.lineage.sheets import resting_csv
from algocare.lineage.values import Resting
from foundation.accounts.queries import find_account
from foundation.database.connection import Database
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score
from registry.agreements.values import AgreementEntry
from registry.catalogue.queries import read_catalogue
from registry.catalogue.service import revise
from registry.catalogue.values import Change
from registry.models.drawings import Edge
from registry.models.queries import list_uses
from registry.models.resting import Reached, UseOn
from registry.models.service import submit
from tests.conftest import grant

PRISONER, INCIDENT, OTHER = 4, 12, 20


@pytest.fixture
def scored(registered: Database, cast, clock) -> Database:
    """Approved on the 22nd; on the 24th two scores, an agreement, and an input that is said to be made from another."""
    people = cast(registered)
    yesterday = clock.now()
    clock.advance(days=2)
    today = clock.now()
    with registered.write() as session:
        use = list_uses(session)[0]
        submit(session, people.owner, use, yesterday)
        approval = grant(session, people.chair, use, expires_on=date(2027, 5, 20), at=yesterday)
        person = Person(reference="P-00001", agency_code="ASC", added_at=yesterday)
        session.add(person)
        session.flush()
        for number in range(2):
            given = {"request_key": f"key-{number}", "person_id": person.id, "use_id": use.id}
            told = {"at": today, "as_of": today.date(), "value": 0.5, "band": "low", "features": {}, "advisory": {}}
            fixed = {"artefact_sha256": "", "salt": b"0", "commitment": "", "largest_error": 0.0}
            who = {"approval_id": approval.id, "asked_by_id": people.practitioner.account_id}
            session.add(Score(reference=f"S-{number}", **given, **told, **fixed, **who))
        iris = find_account(session, "iris.governance").actor()
        entry = read_catalogue(session).items[INCIDENT]
        made = entry.model_copy(update={"made_from": (OTHER,)})
        revise(session, iris, made, change=Change.AMENDED, reason="Asked the force.", at=today)
        shared = {"parties": ("ASC", "BCC"), "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
        agreement = AgreementEntry(code="custody", title="Custody sharing", items=(PRISONER, OTHER), **shared)
        revise(session, iris, agreement, change=Change.ENTERED, reason="", at=today)
    return registered


def page_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def test_from_a_law_and_from_data_to_every_score(scored: Database, visit) -> None:
    client = visit(scored, "auditor")
    for address in ("/lineage/gateways/7", f"/lineage/items/{PRISONER}", f"/lineage/items/{OTHER}"):
        page = page_of(client, address)
        assert "Return to custody, version 1" in page
        assert "Granted 22 November 2026" in page
        assert "until 20 May 2027" in page
        assert "The use is approved. 2 scores were given under its approvals." in page
        assert 'role="img"' in page
        assert "Crime: Prisoner 12 Months From Release" in page or address.endswith(str(OTHER))
    assert "Is made from" in page
    lines = list(csv.DictReader(io.StringIO(client.get("/lineage/gateways/7.csv").get_data(as_text=True))))
    (line,) = [one for one in lines if one["scores"] != "0"]
    assert len(lines) == 3, "one for each stage of permission"
    assert (line["model"], line["approved until"], line["scores"]) == ("Return to custody", "2027-05-20", "2")
    assert "Substance Misuse: Drugs and Alcohol Incident" in line["over"]
    agreed = page_of(client, "/lineage/agreements/custody")
    assert "Return to custody" in agreed, "over the item that another is made from"
    assert "Prisoner 12 Months From Release</a>" in agreed
    for address in ("/lineage/gateways/999", "/lineage/items/999", "/lineage/agreements/none", "/lineage/models/none"):
        assert client.get(address).status_code == 404


def test_an_empty_state_and_a_past_day_are_clear(scored: Database, visit) -> None:
    client = visit(scored, "auditor")
    then = page_of(client, f"/lineage/items/{OTHER}?as_at=2026-11-23")
    assert "The register as it stood at the end of 23 November 2026." in then
    assert "1 data item rests on" in then
    assert "No model here takes it as an input." in then
    assert "A use appears here as soon as a model is registered that does." in then
    before = page_of(client, f"/lineage/items/{PRISONER}?as_at=2026-11-23")
    assert "The use is approved. No score has been given." in before
    assert "as_at=2026-11-23" in before, "links keep the day"
    assert client.get(f"/lineage/items/{PRISONER}?as_at=2030-01-01").status_code == 422
    assert client.get(f"/lineage/items/{PRISONER}?as_at=2026-01-01").status_code == 404, "it was not there yet"
    with scored.read() as session:
        catalogue = read_catalogue(session)
        later = read_resting(session, catalogue, "x", [OTHER], date(2027, 5, 21))
        nothing = read_resting(session, catalogue, "13. An Act", [], date(2027, 5, 21))
    assert (later.live, later.total) == ([], 2), "the approval has expired by then"
    assert nothing.sentence == "Nothing rests on 13. An Act: no data item does, so no model and no score can."


def test_from_a_model_down_to_the_law(scored: Database, visit) -> None:
    client = visit(scored, "practitioner")
    page = page_of(client, "/lineage/models/return-to-custody")
    assert "Where the inputs of version 1 come from" in page
    assert "Made from" in page
    assert "Goes into Substance Misuse: Drugs and Alcohol Incident" in page
    assert "section 325" in page
    named = page_of(client, "/lineage/models/risk-of-neet")
    assert "Where the result comes from" in named
    assert "See what rests on it" in named


def resting(count: int) -> Resting:
    uses = [UseOn.of([n, "m", "M", 1, "u", 1, f"Purpose {n}", "ASC", "registered"], [1]) for n in range(count)]
    return Resting("x", date(2026, 11, 22), {}, uses, {}, {})


def test_a_picture_holds_what_the_list_holds_unless_it_is_too_much(scored: Database) -> None:
    with scored.read() as session:
        catalogue = read_catalogue(session)
        found = read_resting(session, catalogue, "7", [PRISONER, OTHER], date(2026, 11, 22))
    drawing = draw(found, "Legal gateway", catalogue.gateways[7])
    joined = {(line.start.box.key, line.end.box.key) for line in drawing.lines}
    assert {("start", "i4"), ("start", "i20"), ("i20", "i12"), ("i12", "mreturn-to-custody")} <= joined
    (use,) = drawing.columns[-1].boxes
    assert use.text == "2 scores, until 20 May 2027: Offer of resettlement support"
    stopped = read_later(found)
    (box,) = draw(stopped, "Legal gateway", catalogue.gateways[7]).columns[-1].boxes
    assert (box.text, box.edge) == (
        "2 scores, approval ended 20 May 2027: Offer of resettlement support",
        Edge.UNVERIFIED,
    )
    assert not fits(resting(1)), "nothing to draw"
    many = Resting("x", found.day, {1: Reached(catalogue.items[1])}, resting(MOST + 1).uses, {}, {})
    assert not fits(many)
    assert fits(found)
    assert many.sentence.startswith("1 data item, 1 model and 41 uses of it rest on x. None of these uses is approved.")
    assert len(list(csv.reader(io.StringIO(resting_csv(many))))) == MOST + 2


def read_later(found: Resting) -> Resting:
    return Resting(found.title, date(2027, 5, 21), found.items, found.uses, found.scores, found.names)
