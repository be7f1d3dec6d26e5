"""Scores through the API: the same gate, audience and record as on the pages (R01, R02, R07, R41, R54)."""

import json
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from foundation.service_accounts.service import revoke_token
from foundation.service_accounts.tables import ApiToken
from model_runtime.api.tables import ApiAnswer
from model_runtime.judgements.tables import Judgement
from model_runtime.scores.tables import Refusal, Score, Viewing
from registry.models.service import suspend
from tests.model_runtime.api.conftest import ASKED, PURPOSE, Program, problem
from tests.model_runtime.conftest import approve_use, count, ledger, take


def test_a_score_is_whole_recorded_and_viewed(approved: SimpleNamespace, caller: Program) -> None:
    """R01, R02: what a program gets is the whole advisory score; asking and viewing are recorded."""
    answer = caller.post("/scores", ASKED)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    given = answer.json
    assert (given["status"], given["what_next"]) == ("shown", [])
    for part in (
        "headline",
        "label",
        "band",
        "frequency",
        "reasons",
        "limits",
        "approval_expires_on",
        "challenge_route",
    ):
        assert given["score"][part], part
    with approved.database.read() as session:
        score = session.scalars(select(Score)).one()
        token = session.scalars(select(ApiToken)).one()
        assert (score.reference, score.through_id) == (given["reference"], token.id)
        assert score.asked_by_id == approved.cast.practitioner.account_id
        assert str(score.value) not in answer.get_data(as_text=True)
    assert count(approved, Viewing) == 1
    again = caller.get(f"/scores/{given['reference']}")
    assert again.status_code == 200
    assert again.json["score"] == given["score"]
    assert count(approved, Viewing) == 2
    assert len(ledger(approved.database, "score_viewed")) == 2
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_closed_gate_is_a_recorded_refusal(approved: SimpleNamespace, caller: Program) -> None:
    """R01: no score after a suspension; the problem has the refusal's code, sentence and reference."""
    take(approved, suspend, "Complaints.")
    told = problem(caller.post("/scores", ASKED), 403, "suspended")
    with approved.database.read() as session:
        refusal = session.scalars(select(Refusal)).one()
        assert (refusal.reference, refusal.sentence) == (told["reference"], told["detail"])
        assert refusal.through_id is not None
    assert told["what_next"]
    assert count(approved, Score) == 0
    listed = caller.get("/refusals").json["refusals"]
    assert [(one["reference"], one["code"], one["person_reference"]) for one in listed] == [
        (refusal.reference, "suspended", "RC-0001")
    ]


def test_a_fact_that_is_not_as_the_model_needs_it_is_named(approved: SimpleNamespace, caller: Program) -> None:
    """R01: 422, no score, a recorded refusal; nothing is filled in."""
    approved.add(approved.database, "RC-9", at=approved.clock.now(), age=200)
    told = problem(caller.post("/scores", {**ASKED, "person_reference": "RC-9"}), 422, "out_of_range")
    assert "200" not in told["detail"]
    assert count(approved, Score) == 0
    assert count(approved, Refusal) == 1


def test_nobody_learns_of_people_of_another_agency(approved: SimpleNamespace, caller: Program, program) -> None:
    """R54: one answer for a person of another agency and for nobody; a score of theirs is not found."""
    answers = [caller.post("/scores", {**ASKED, "person_reference": who}) for who in ("RC-0002", "RC-none")]
    assert problem(answers[0], 404, "not_found") == problem(answers[1], 404, "not_found")
    assert count(approved, Refusal) == 2
    reference = caller.post("/scores", ASKED).json["reference"]
    other = program(approved.database, "bea.practitioner", agency="BCC")
    problem(other.get(f"/scores/{reference}"), 404, "not_found")
    assert other.get("/refusals").json["refusals"] == []


def test_a_score_in_the_shadow_is_recorded_and_not_shown(world: SimpleNamespace, program) -> None:
    """R08: nothing of it leaves, now or when it is asked for again."""
    approve_use(world, permission="shadow")
    caller = program(world.database)
    answer = caller.post("/scores", ASKED)
    assert answer.status_code == 202
    assert (answer.json["status"], answer.json["score"]) == ("recorded_in_shadow", None)
    again = caller.get(f"/scores/{answer.json['reference']}")
    assert (again.status_code, again.json) == (202, answer.json)
    assert count(world, Viewing) == 0
    body = {"view": "agree", "reason": "x"}
    problem(caller.post(f"/scores/{answer.json['reference']}/judgement", body), 409, "in_shadow")


def test_a_judgement_is_recorded_once_for_the_person_the_system_acts_for(
    approved: SimpleNamespace, caller: Program
) -> None:
    """R07: in their own words, which the answer does not repeat."""
    reference = caller.post("/scores", ASKED).json["reference"]
    body = {"view": "disagree", "reason": "I have met him and he has moved on.", "action": "Offer support."}
    answer = caller.post(f"/scores/{reference}/judgement", body, key="k1")
    assert answer.status_code == 201
    assert (answer.json["score"], answer.json["view"]) == (reference, "disagree")
    assert "moved on" not in answer.get_data(as_text=True)
    assert caller.post(f"/scores/{reference}/judgement", body, key="k1").json == answer.json
    problem(caller.post(f"/scores/{reference}/judgement", body, key="k2"), 409, "conflict")
    wrong = problem(caller.post(f"/scores/{reference}/judgement", {**body, "view": "perhaps"}), 422, "bad_input")
    assert wrong["fields"][0]["field"] == "view"
    with approved.database.read() as session:
        judgement = session.scalars(select(Judgement)).one()
        assert judgement.by_id == approved.cast.practitioner.account_id


def test_the_same_call_twice_is_one_call(approved: SimpleNamespace, caller: Program) -> None:
    """R01: one key, one score; another body, or another person to act for, under the key is refused."""
    first, second = (caller.post("/scores", ASKED, key="one-press") for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json == second.json
    assert count(approved, Score) == 1
    other = problem(caller.post("/scores", {**ASKED, "person_reference": "RC-0002"}, key="one-press"), 422, "bad_input")
    assert other["fields"][0] | {"sentence": ""} == {"field": "Idempotency-Key", "rule": "key_reused", "sentence": ""}
    missing = problem(caller.post("/scores", ASKED, key=None), 422, "bad_input")
    assert missing["fields"][0]["rule"] == "missing"
    problem(caller.post("/scores", ASKED, key="two words"), 422, "bad_input")
    take(approved, suspend, "Complaints.")
    refused = [problem(caller.post("/scores", ASKED, key="two"), 403, "suspended") for _ in range(2)]
    assert refused[0] == refused[1]
    assert count(approved, Refusal) == 1
    assert count(approved, ApiAnswer) == 2


def test_the_token_limits_what_a_person_may_do(approved: SimpleNamespace, caller: Program, program) -> None:
    """R01, R54: scope, purpose, agency, the account and the token's end; each refusal of a known system is recorded."""
    narrow = program(approved.database, scopes=["gate"])
    problem(narrow.post("/scores", ASKED), 403, "scope_missing")
    elsewhere = program(approved.database, purposes=["something-else"])
    problem(elsewhere.post("/scores", ASKED), 403, "purpose_not_allowed")
    reference = caller.post("/scores", ASKED).json["reference"]
    problem(elsewhere.get(f"/scores/{reference}"), 403, "purpose_not_allowed")
    stranger = program(approved.database, "bea.practitioner")
    problem(stranger.post("/scores", ASKED), 403, "cannot_act_for")
    auditor = program(approved.database, "anna.auditor", agency="BCC")
    problem(auditor.get(f"/scores/{reference}"), 403, "forbidden")
    assert {entry["facts"]["code"] for entry in ledger(approved.database, "call_refused")} == {
        "scope_missing",
        "purpose_not_allowed",
        "cannot_act_for",
        "forbidden",
    }
    owner = program(approved.database, "olivia.owner")
    problem(owner.post("/scores", ASKED), 403, "role_not_allowed")
    assert count(approved, Refusal) == 1
    with approved.database.write() as session:
        for token in session.scalars(select(ApiToken)):
            revoke_token(session, approved.cast.administrator, token, approved.clock.now())
    gone = problem(caller.post("/scores", ASKED), 401, "token_not_recognised")
    assert gone["what_next"]


@pytest.mark.one_database
def test_a_model_can_be_named_and_an_unknown_one_is_not_found(approved: SimpleNamespace, caller: Program) -> None:
    """R01: the purpose chooses, or the purpose and the model."""
    assert caller.post("/scores", {**ASKED, "model": "return-to-custody"}).status_code == 201
    problem(caller.post("/scores", {**ASKED, "model": "no-such-model"}), 404, "not_found")


@pytest.mark.one_database
def test_refusals_come_in_pages(approved: SimpleNamespace, caller: Program, program) -> None:
    """R01: the newest first, only those of the system and the purposes; a person is named to who works with them."""
    take(approved, suspend, "Complaints.")
    for _ in range(3):
        caller.post("/scores", ASKED)
    page = caller.get("/refusals?limit=2").json
    assert len(page["refusals"]) == 2
    rest = caller.get(f"/refusals?before={page['before']}").json
    assert (len(rest["refusals"]), rest["before"]) == (1, None)
    assert {one["purpose"] for one in page["refusals"]} == {PURPOSE}
    officer = Program(caller.client, caller.token, "oscar.officer")
    assert {one["person_reference"] for one in officer.get("/refusals").json["refusals"]} == {None}
    assert program(approved.database).get("/refusals").json["refusals"] == []
    for wrong in ("limit=0", "limit=101", "limit=x", "limit=1&limit=2", "page=1", "before=99999999999"):
        problem(caller.get(f"/refusals?{wrong}"), 422, "bad_input")


@pytest.mark.one_database
def test_a_score_that_no_longer_leaves_as_a_file_does_not_leave_here(
    approved: SimpleNamespace, caller: Program
) -> None:
    """R14: after its use was retired a score is not given out, where nothing would mark it."""
    from registry.models.service import retire

    reference = caller.post("/scores", ASKED).json["reference"]
    take(approved, retire, "It did not help.")
    told = problem(caller.get(f"/scores/{reference}"), 409, "score_withdrawn")
    assert json.dumps(told)
    assert count(approved, Viewing) == 1
