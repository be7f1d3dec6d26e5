"""How far an approval goes: no stage is skipped, a pilot has its terms, and a step back is always open (R08)."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from foundation.errors import Forbidden, Invalid, Refused
from foundation.ledger.tables import LedgerEntry
from registry.footing.queries import find_lost
from registry.models.queries import find_approval
from registry.models.rules import check_lower, check_next_stage, check_pilot, fingerprint, list_lower
from registry.models.service import approve, step_back
from registry.models.tables import Approval
from registry.models.values import PermissionStage, PilotTerms, extent_text
from tests.conftest import PILOT as TERMS
from tests.registry.models.conftest import ANSWERS, UNTIL, use_of
from tests.registry.models.test_views import USE, VERSION, text_of

SHADOW, PILOT, OPERATIONAL = PermissionStage


@pytest.mark.parametrize(
    ("reached", "asked", "allowed"),
    [
        (None, SHADOW, True),
        (None, PILOT, False),
        (None, OPERATIONAL, False),
        (SHADOW, PILOT, True),
        (SHADOW, OPERATIONAL, False),
        (PILOT, SHADOW, True),
        (PILOT, OPERATIONAL, True),
        (OPERATIONAL, OPERATIONAL, True),
        (OPERATIONAL, SHADOW, True),
    ],
)
def test_no_stage_is_skipped_forward_and_any_before_can_be_had(reached, asked, allowed: bool) -> None:
    if allowed:
        check_next_stage(reached, asked)
    else:
        with pytest.raises(Refused) as refused:
            check_next_stage(reached, asked)
        assert refused.value.code == "stage_skipped"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hypothesis": ""}, "pilot_hypothesis"),
        ({"success": ""}, "pilot_success"),
        ({"stop": ""}, "pilot_stop"),
        ({"people": 0}, "pilot_people"),
        ({"people": -5}, "pilot_people"),
        ({"teams": ()}, "pilot_teams"),
        ({"teams": ("Resettlement", " ")}, "pilot_teams"),
    ],
)
def test_a_pilot_names_each_of_its_terms(changes, field: str) -> None:
    check_pilot(PILOT, TERMS)
    with pytest.raises(Invalid) as refused:
        check_pilot(PILOT, replace(TERMS, **changes))
    assert (refused.value.code, list(refused.value.problems)) == ("pilot_terms", [field])
    with pytest.raises(Invalid):
        check_pilot(SHADOW, TERMS)


@pytest.mark.parametrize(("now", "to"), [(None, SHADOW), (SHADOW, SHADOW), (SHADOW, PILOT), (PILOT, OPERATIONAL)])
def test_a_step_back_goes_back(now, to) -> None:
    with pytest.raises(Refused) as refused:
        check_lower(now, to)
    assert refused.value.code == "not_lower"
    check_lower(OPERATIONAL, PILOT)


def test_what_can_be_stepped_back_to() -> None:
    assert list_lower(OPERATIONAL, TERMS) == [PILOT, SHADOW]
    assert list_lower(OPERATIONAL, None) == list_lower(PILOT, TERMS) == [SHADOW]
    assert list_lower(SHADOW, None) == list_lower(None, TERMS) == []


@pytest.mark.parametrize(
    ("permission", "pilot", "told"),
    [
        (SHADOW, None, "Shadow until 3 March 2027: scores are recorded and shown to nobody"),
        (
            PILOT,
            replace(TERMS, teams=("Resettlement team", "North team")),
            "Pilot until 3 March 2027, at most 400 people, Resettlement team and North team",
        ),
        (OPERATIONAL, None, "Operational until 3 March 2027"),
    ],
)
def test_how_far_an_approval_goes_in_words(permission, pilot: PilotTerms | None, told: str) -> None:
    assert extent_text(permission, pilot, date(2027, 3, 3)) == told


def test_the_stage_and_its_terms_are_part_of_what_is_approved(registered, take) -> None:
    """Approvals from before there were stages are operational and keep the fingerprint they always had."""
    take.submit(registered)
    take.approve(registered)
    with registered.read() as session:
        use = use_of(session)
        approvals = {one.stage: one.fingerprint for one in use.approvals}
        assert approvals[OPERATIONAL] == fingerprint(use, ANSWERS)
        assert approvals[SHADOW] == fingerprint(use, ANSWERS, "shadow", {})
        assert approvals[PILOT] == fingerprint(use, ANSWERS, "pilot", TERMS.to_dict())
        assert len(set(approvals.values())) == 3
        assert fingerprint(use, ANSWERS, "pilot", {**TERMS.to_dict(), "people": 401}) != approvals[PILOT]


def test_a_committee_cannot_skip_a_stage_either(registered, take, cast, clock) -> None:
    take.submit(registered)
    told = {"expires_on": UNTIL, "conditions": [], "answers_sha256": ANSWERS, "reason": "Now.", "at": clock.now()}
    with registered.write() as session, pytest.raises(Refused):
        approve(session, cast(registered).chair, use_of(session), permission=OPERATIONAL, **told)
    with registered.write() as session, pytest.raises(Invalid):
        approve(session, cast(registered).chair, use_of(session), permission=SHADOW, pilot=TERMS, **told)
    with registered.read() as session:
        assert session.scalars(select(Approval)).all() == []


def test_a_step_back_is_an_approval_that_goes_less_far_and_keeps_the_rest(registered, take, cast, clock) -> None:
    take.submit(registered)
    before = take.approve(registered, conditions=["Tell people by letter"])
    people, at = cast(registered), clock.now()
    for actor, error in ((people.practitioner, Forbidden), (people.other_owner, Forbidden)):
        with registered.write() as session, pytest.raises(error):
            step_back(session, actor, use_of(session), SHADOW, "Figures got worse.", at)
    with registered.write() as session, pytest.raises(Refused) as refused:
        step_back(session, people.owner, use_of(session), PILOT, " ", at)
    assert refused.value.code == "reason_missing"
    clock.advance(days=3)
    with registered.write() as session:
        back = step_back(session, people.deputy, use_of(session), PILOT, "Figures got worse.", clock.now())
    with registered.read() as session:
        use = use_of(session)
        standing = find_approval(session, use)
        ended = session.get_one(Approval, before.id)
        assert (use.stage, standing.id, standing.stage, standing.pilot) == ("approved", back.id, PILOT, TERMS)
        assert (standing.expires_on, standing.conditions) == (UNTIL, ["Tell people by letter"])
        assert standing.fingerprint == fingerprint(use, ANSWERS, "pilot", TERMS.to_dict())
        assert standing.footing.grounds == ended.footing.grounds != []
        assert find_lost(session, standing, clock.now().date()) == []
        assert ended.ended_at == clock.now()
        granted = [
            json.loads(entry.body)["facts"]
            for entry in session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "approval_granted"))
        ]
        assert [one["permission"] for one in granted if one["approval"] == back.id] == ["pilot"]
    with registered.write() as session, pytest.raises(Refused):
        step_back(session, people.chair, use_of(session), OPERATIONAL, "Forward.", clock.now())


@pytest.mark.one_database
def test_the_pages_say_how_far_it_goes_and_let_it_go_less_far(registered, take, visit) -> None:
    """Who may stop a use steps it back with a reason; the register says the stage in words and in its files."""
    take.submit(registered)
    take.approve(registered, permission="pilot")
    address, words = f"{USE}/step-back", "Pilot until 1 November 2027, at most 400 people, Any team"
    owner, auditor = visit(registered, "model_owner"), visit(registered, "auditor")
    assert words in text_of(auditor.get(USE))
    assert "Let it go less far" not in text_of(auditor.get(USE))
    assert auditor.get(address).status_code == 403
    assert words in text_of(auditor.get("/models?held=yes"))
    assert words in text_of(auditor.get(VERSION))
    assert auditor.get("/models.json?held=yes").json["models"][0]["permission"] == "pilot"
    assert "pilot" in auditor.get("/models.csv?held=yes").get_data(as_text=True)
    assert "Let it go less far" in text_of(owner.get(USE))
    refused = owner.send(address, {"to": "operational", "reason": ""})
    page = refused.get_data(as_text=True)
    assert (refused.status_code, 'href="#to"' in page, 'href="#reason"' in page) == (422, True, True)
    assert owner.send(address, {"to": "shadow", "reason": "Fewer take it up."}).status_code == 303
    text = text_of(owner.get(USE))
    assert "Shadow until 1 November 2027: scores are recorded and shown to nobody." in text
    assert "Fewer take it up." in text
    assert "it is in the shadow already" in text_of(owner.get(address))
