"""The pages of models, their versions and uses, by role."""

import csv
import io
import re
from html import unescape
from typing import Any

import pytest

from foundation.database.connection import Database
from foundation.paths import ROOT
from registry.declarations.reading import parse
from registry.declarations.service import register
from registry.declarations.values import read_declaration
from registry.models.queries import get_edition, get_version
from registry.models.tables import RiskModel
from tests.conftest import DEMO_MODEL, NOON
from tests.registry.declarations.conftest import supplied

VERSION = "/models/return-to-custody/versions/1"
USE = f"{VERSION}/uses/resettlement-support"
PAGES = ["/models", "/models.csv", "/models.json", VERSION, USE]
READERS = ["model_owner", "committee_member", "practitioner", "auditor", "data_protection_officer"]
RONI = ROOT / "algocare" / "demo" / "point_scores" / "roni.yaml"


@pytest.fixture
def see(registered: Database, visit):
    """A function that gives a page of the registered model as plain text."""

    def call(page: str, role: str = "auditor") -> str:
        return text_of(visit(registered, role).get(page))

    return call


def text_of(answer) -> str:
    """What a page says, without its markup."""
    assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


def sent_by(page: str) -> dict[str, Any]:
    """What the form on a page would send: hidden fields, boxes, choices and texts."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        if name and (kind is None or kind[1] not in ("checkbox", "radio", "submit") or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.S):
        found[name] = [unescape(text).strip()]
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)"[^>]*selected', options)
        found[name] = [chosen[1] if chosen else ""]
    return found


def register_second(database: Database, owner) -> None:
    """Another version of the model: the supplier's score of the same use, for children too."""
    declared = supplied(parse((DEMO_MODEL / "model.yaml").read_bytes(), "model.yaml"))
    declared["uses"][0] |= {"ages": {"minimum": 16}, "childrens_rights": "Asked a panel of young people."}
    with database.write() as session:
        read = read_declaration(declared, "model.yaml")
        register(session, owner, read, {}, None, upload_mib=20, at=NOON)  # type: ignore[arg-type]


def test_whoever_may_see_the_register_sees_its_models_and_others_do_not(registered: Database, visit) -> None:
    for role in READERS:
        client = visit(registered, role)
        assert [client.get(page).status_code for page in PAGES] == [200] * len(PAGES), role
    administrator, nobody = visit(registered, "administrator"), visit(registered)
    for page in [*PAGES, f"{USE}/change"]:
        assert administrator.get(page).status_code == 403, page
        assert nobody.get(page).status_code == 302, page


@pytest.mark.parametrize(
    "page",
    [
        "/models/nothing/versions/1",
        "/models/return-to-custody/versions/2",
        "/models/risk-of-neet/versions/1",
        "/models/return-to-custody/compare",
        f"{VERSION}/uses/nothing",
        f"{USE}?edition=2",
        f"{USE}/compare",
        f"{VERSION}?as_at=2026-11-21",
        f"{USE}?as_at=2026-11-21",
    ],
)
def test_what_is_not_there_is_not_found(page: str, registered: Database, visit, clock) -> None:
    clock.advance(days=5)
    assert visit(registered, "auditor").get(page).status_code == 404


def test_the_list_is_searched_by_its_address_and_its_exports_keep_to_it(registered: Database, visit, see) -> None:
    client = visit(registered, "auditor")
    page = client.get("/models?text=custody&held=yes").get_data(as_text=True)
    assert "1 model fits what you chose" in text_of(client.get("/models?text=custody&held=yes"))
    assert "Risk of NEET" not in page
    assert 'value="custody"' in page
    assert "/models.csv?text=custody&amp;held=yes" in page
    everything = see("/models")
    assert everything.index("Return to custody") < everything.index("Nobody here owns it")
    assert "8 models" in everything
    assert "No model fits" in see("/models?text=zebra")
    assert "<script>alert(1)" not in client.get('/models?text="><script>alert(1)</script>').get_data(as_text=True)
    answer = client.get("/models.csv?held=no")
    assert len(list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))) == 7
    assert "attachment" in answer.headers["Content-Disposition"]
    models = client.get("/models.json?text=custody").get_json()["models"]
    assert [model["slug"] for model in models] == ["return-to-custody"]
    for odd in ("page=0", "page=x", "page=99", "gateway=²", "review=99999999999", "sort=zebra"):
        assert client.get(f"/models?{odd}").status_code == 200, odd


def test_a_long_list_is_read_fifty_at_a_time_and_keeps_its_day(registered: Database, visit, see, clock) -> None:
    with registered.write() as session:
        for number in range(60):
            known = {"status": "in_use", "operator": "Somebody", "source": "A report", "checked_on": "2026-11-01"}
            parts = {"outcome": {}, "expert": {}, "code_reference": {}, "known": known, "registered_at": NOON}
            session.add(RiskModel(slug=f"m-{number:02}", name=f"Model {number:02}", held=False, summary="x", **parts))
    clock.advance(days=3)
    page = visit(registered, "auditor").get("/models?held=elsewhere&as_at=2026-11-23").get_data(as_text=True)
    assert "60 models fit what you chose, page 1 of 2" in see("/models?held=elsewhere&as_at=2026-11-23")
    assert "page=2&amp;held=elsewhere&amp;as_at=2026-11-23" in page
    assert "The register as it stood at the end of" in page
    assert see("/models?held=elsewhere&page=2").count("In use elsewhere") == 11  # ten models and the choice
    assert "0 models" in see("/models?as_at=2026-11-01&held=yes")


def test_a_version_shows_all_that_was_declared(registered: Database, see) -> None:
    text = see(VERSION, "practitioner")
    with registered.read() as session:
        version = get_version(session, "return-to-custody", 1)
    declared = version.declaration
    said = [declared["model"]["purpose"], declared["model"]["population"], declared["model"]["outcome"]["caution"]]
    said += declared["version"]["limits"] + declared["version"]["cannot_know"]
    said += declared["uses"][0]["excluded_decisions"]
    said += [feature.meaning for feature in version.features] + [version.artefact_sha256, version.declaration_sha256]
    said += [declared["version"]["training_data"]["sha256"], declared["version"]["evaluation_data"]["sha256"]]
    said += ["Olivia Owen", "Dev Patel", "Dr Morgan Hale", "A score of 0.40 or more is flagged", "0.40 to 1.00"]
    said += ["Fitted with scikit-learn", "Where each input comes from, and on what law"]
    for sentence in said:
        assert " ".join(sentence.split()) in text, sentence


def test_the_picture_of_the_lineage_can_be_read_without_seeing_it(registered: Database, visit) -> None:
    page = visit(registered, "auditor").get(VERSION).get_data(as_text=True)
    svg = re.search(r'<svg viewBox[^>]*role="img".*?</svg>', page, re.S).group(0)
    assert "<title id=" in svg
    assert "<desc id=" in svg
    assert "style=" not in svg


def test_a_point_score_shows_its_points_and_a_supplied_score_its_supplier(registered, visit, cast, see) -> None:
    people = cast(registered)
    register_second(registered, people.owner)
    text = see("/models/return-to-custody/versions/2")
    for said in (
        "Example Analytics Ltd, Return Gauge",
        "Once a year, on a test set of our own.",
        "30 days. An upgrade is registered as a new version.",
        "The supplier names police records and housing, and no more.",
        "from 0 to 1000 points",
        "A score of 640 or more is flagged",
        "No watch was declared",
        "No evaluation data was handed over",
        "Compare with version 1",
    ):
        assert said in text, said
    compared = see("/models/return-to-custody/compare?from=1&to=2")
    assert "They differ in inputs (12 removed)" in compared
    assert "Younger people could be scored: from 16 instead of 18. They are children." in compared
    assert "Example Analytics Ltd" in compared
    assert compared == see("/models/return-to-custody/compare")


def test_a_point_score_can_be_added_up_from_its_page(founded: Database, visit, cast) -> None:
    written = parse(RONI.read_bytes(), "roni.yaml")
    for feature in written["version"]["features"]:  # some of its own items are entered by the demonstration alone
        feature["data_item"] = {"group": "School Attendance and Exclusion", "name": "Child Persistently Absent"}
    declared = read_declaration(written, "roni.yaml")
    with founded.write() as session:
        owner = cast(founded).other_owner
        register(session, owner, declared, {}, None, upload_mib=20, at=NOON)  # type: ignore[arg-type]
    text = text_of(visit(founded, "auditor").get("/models/roni/versions/1"))
    assert "Anybody can check it by hand." in text
    for rule in declared.to_dict()["version"]["points"]["rules"]:
        assert rule["reason"] in text
        assert f"{rule['points']:+g}" in text


def test_a_use_says_what_it_may_influence_who_decides_and_whom_it_is_about(registered, take, see, clock) -> None:
    assert "The committee has not approved this edition" in see(USE)
    take.submit(registered)
    take.approve(registered, conditions=["Tell people by letter"])
    clock.advance(days=2)
    text = see(USE)
    for said in (
        "Which people leaving custody to offer a resettlement worker first",
        "Offering somebody support they can decline",
        "People aged 18 or over",
        "About six years after release",
        "Half an hour is set aside for each meeting",
        "A leaflet at the pre-release meeting",
        "2 November 2026",
        "Public task: Article 6(1)(e) UK GDPR",
        "Nobody under 18 may be scored",
        "Granted on 22 November 2026",
        "until 1 November 2027. Conditions: Tell people by letter.",
        "The law it rests on, as it stood on 22 November 2026",
        "Crime: Person Committed Offence",
        "The committee agreed.",
        "Taking a child from its family",
    ):
        assert said in text, said
    assert "Change this use" not in text
    assert "Change this use" in see(USE, "model_owner")


def test_a_change_is_shown_before_it_is_confirmed(registered: Database, visit, take, see) -> None:
    take.submit(registered)
    take.approve(registered)
    owner, change = visit(registered, "model_owner"), f"{USE}/change"
    typed = sent_by(owner.get(change).get_data(as_text=True))
    assert typed["ages__minimum"] == ["18"]
    assert typed["told__start"] == ["2026-11-02"]
    assert typed["purpose_kinds"] == ["offender_management"]
    unchanged = owner.post(change, data=typed | {"reason": "No reason"})
    assert unchanged.status_code == 422
    assert "Nothing is different from the edition that stands." in unchanged.get_data(as_text=True)
    typed |= {"audience": ["Schools"], "ages__minimum": ["16"], "reason": ["Schools asked."]}
    refused = owner.post(change, data=typed | {"told__channel": "", "told__text": "", "told__start": ""})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "this use scores people under 18" in page
    assert 'href="#childrens_rights"' in page
    assert "say how people are told" in page
    assert 'href="#told__channel"' in page
    typed |= {"childrens_rights": ["A panel of young people was asked."]}
    check = owner.post(change, data=typed)
    text = text_of(check)
    assert "edition 1 ends at once, and so does its approval" in text
    assert "becomes “Schools”" in text
    assert "They are children." in text
    with registered.read() as session:
        assert get_edition(session, "return-to-custody", 1, "resettlement-support").edition == 1
    again = sent_by(check.get_data(as_text=True))
    back = owner.post(change, data=again | {"step": "change"})
    assert sent_by(back.get_data(as_text=True))["audience"] == ["Schools"]
    done = owner.post(change, data=again | {"step": "confirm"})
    assert done.status_code == 303
    assert owner.post(change, data=again | {"step": "confirm"}).status_code == 422  # pressed again
    with registered.read() as session:
        old, new = (get_edition(session, "return-to-custody", 1, "resettlement-support", one) for one in (1, 2))
        assert new.excluded_decisions == old.excluded_decisions
        assert new.particulars["human"] == old.particulars["human"]
        assert new.particulars["ages"] == {"minimum": 16, "maximum": None}
    now = see(USE)
    assert "edition 2 of the use" in now
    assert "Registered" in now
    assert "The committee has not approved this edition" in now
    before = see(f"{USE}?edition=1")
    assert "This is an earlier edition." in before
    assert "Replaced" in before
    assert "Granted on 22 November 2026 Ended" in before
    assert "They differ in the use" in see(f"{USE}/compare")
    assert "Schools" in see(VERSION)
    assert visit(registered, "contributor").get(change).status_code == 403


def test_nothing_of_a_model_can_be_deleted(registered: Database, make_app) -> None:
    rules = [rule for rule in make_app(registered).url_map.iter_rules() if rule.rule.startswith("/models")]
    assert rules
    assert all(rule.methods <= {"GET", "HEAD", "OPTIONS", "POST"} for rule in rules)
    assert not any("delete" in rule.rule or "remove" in rule.rule for rule in rules)
