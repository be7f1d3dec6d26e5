"""The life of a use: who can take it where, and what an approval is worth afterwards."""

import json
from datetime import date

import pytest

from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import Conflict, Forbidden, Refused
from foundation.ledger.queries import list_recent
from registry.models.queries import find_approval, get_model, list_owned, list_uses
from registry.models.rules import fingerprint
from registry.models.service import approve, ask_for_more, reject, retire, submit, suspend
from registry.models.values import STAGE_ORDER, USE_LIFE, PermissionStage


def the_use(session):
    return list_uses(session)[0]


def stage_of(database: Database) -> str:
    with database.read() as session:
        return the_use(session).stage


def test_every_stage_can_be_reached_and_stands_for_the_model() -> None:
    reached = {step.target for step in USE_LIFE.steps} | {USE_LIFE.first}
    assert reached == set(USE_LIFE.stages) == set(STAGE_ORDER)


def test_nothing_leaves_retirement() -> None:
    assert USE_LIFE.steps_from("retired") == []


def test_only_an_approved_use_can_be_suspended_and_only_the_chair_approves() -> None:
    assert USE_LIFE.step("suspend").sources == ("approved",)
    for step in ("approve", "return", "reject", "retire"):
        assert USE_LIFE.step(step).permission == "chair"


def test_owner_and_deputy_submit_and_nobody_else(registered: Database, clock: StoppedClock, cast) -> None:
    people = cast(registered)
    for other in (people.contributor, people.chair, people.practitioner, people.administrator, people.worker):
        with registered.write() as session, pytest.raises(Forbidden):
            submit(session, other, the_use(session), clock.now())
    assert stage_of(registered) == "registered"
    with registered.write() as session:
        submit(session, people.deputy, the_use(session), clock.now())
    assert stage_of(registered) == "submitted"


def test_an_approval_is_bound_to_what_the_committee_saw(registered: Database, take) -> None:
    take.submit(registered)
    granted = take.approve(registered, conditions=["Tell people by letter"])
    with registered.read() as session:
        use = the_use(session)
        standing = find_approval(session, use)
        assert use.stage == "approved"
        assert standing.id == granted.id
        assert standing.fingerprint == fingerprint(use, "a" * 64)
        assert standing.conditions == ["Tell people by letter"]
        granted_entries = [e for e in list_recent(session, 500) if e.kind == "approval_granted"]
    (entry,) = [e for e in granted_entries if json.loads(e.body)["facts"]["approval"] == standing.id]
    facts = json.loads(entry.body)["facts"]
    assert facts["fingerprint"] == standing.fingerprint
    assert facts["expires_on"] == "2027-11-01"
    assert facts["conditions"] == 1
    assert b"letter" not in entry.body


def test_a_new_approval_ends_the_one_before(registered: Database, take, clock: StoppedClock) -> None:
    take.submit(registered)
    first = take.approve(registered)
    clock.advance(days=200)
    second = take.approve(registered, expires_on=date(2028, 1, 1), answers="b" * 64)
    with registered.read() as session:
        use = the_use(session)
        assert find_approval(session, use).id == second.id != first.id
        ended = {approval.id: approval.ended_at for approval in use.approvals if approval.id >= first.id}
    assert ended == {first.id: clock.now(), second.id: None}


def test_nobody_but_who_decides_approves(registered: Database, take, clock: StoppedClock, cast) -> None:
    take.submit(registered)
    people = cast(registered)
    for other in (people.owner, people.mina, people.secretary, people.administrator, people.worker):
        with registered.write() as session, pytest.raises(Forbidden):
            approve(
                session,
                other,
                the_use(session),
                expires_on=date(2027, 1, 1),
                conditions=[],
                answers_sha256="",
                reason="x",
                at=clock.now(),
                permission=PermissionStage.SHADOW,
            )
    with registered.read() as session:
        assert the_use(session).stage == "submitted"
        assert find_approval(session, the_use(session)) is None


def test_what_was_never_submitted_cannot_be_approved(registered: Database, take) -> None:
    with pytest.raises(Conflict):
        take.approve(registered)
    assert stage_of(registered) == "registered"


def test_sent_back_and_rejected_uses_can_be_submitted_again(registered: Database, take, clock, cast) -> None:
    chair = cast(registered).chair
    for act, stage in ((ask_for_more, "returned"), (reject, "rejected")):
        take.submit(registered)
        with registered.write() as session:
            act(session, chair, the_use(session), "More about consent, please.", clock.now())
        assert stage_of(registered) == stage


def test_sending_back_needs_a_reason(registered: Database, take, clock: StoppedClock, cast) -> None:
    take.submit(registered)
    with registered.write() as session, pytest.raises(Refused) as refused:
        ask_for_more(session, cast(registered).chair, the_use(session), " ", clock.now())
    assert refused.value.code == "reason_missing"


@pytest.mark.parametrize("role", ["owner", "deputy", "chair", "officer", "protector", "worker"])
def test_whoever_answers_or_oversees_can_stop_a_model_at_once(
    role: str, registered: Database, take, clock, cast
) -> None:
    take.submit(registered)
    take.approve(registered)
    with registered.write() as session:
        suspend(session, getattr(cast(registered), role), the_use(session), "Something is wrong.", clock.now())
    with registered.read() as session:
        assert the_use(session).stage == "suspended"
        assert find_approval(session, the_use(session)) is not None  # the approval is known; the stage closes it


@pytest.mark.parametrize("role", ["contributor", "practitioner", "auditor", "mina", "administrator"])
def test_others_cannot(role: str, registered: Database, take, clock: StoppedClock, cast) -> None:
    take.submit(registered)
    take.approve(registered)
    with registered.write() as session, pytest.raises(Forbidden):
        suspend(session, getattr(cast(registered), role), the_use(session), "Something is wrong.", clock.now())
    assert stage_of(registered) == "approved"


def test_the_owner_of_another_model_cannot_suspend_this_one(registered: Database, take, clock: StoppedClock) -> None:
    from foundation.accounts.service import open_account
    from foundation.accounts.values import Role

    take.submit(registered)
    take.approve(registered)
    with registered.write() as session:
        account = open_account(
            session,
            sign_in_name="other.owner",
            name="Other Owner",
            roles={Role.MODEL_OWNER},
            agency="BCC",
            password=None,
            at=clock.now(),
        )
        with pytest.raises(Forbidden, match="Only the owner or the deputy"):
            suspend(session, account.actor(), the_use(session), "I do not like it.", clock.now())
    assert stage_of(registered) == "approved"


def test_a_suspended_use_runs_again_only_by_a_new_approval(registered: Database, take, clock, cast) -> None:
    take.submit(registered)
    first = take.approve(registered)
    with registered.write() as session:
        suspend(session, cast(registered).officer, the_use(session), "A breach.", clock.now())
    with registered.write() as session, pytest.raises(Conflict):
        submit(session, cast(registered).owner, the_use(session), clock.now())
    second = take.approve(registered)
    with registered.read() as session:
        assert find_approval(session, the_use(session)).id == second.id != first.id


def test_retirement_ends_the_approval_and_keeps_the_record(registered: Database, take, clock, cast) -> None:
    take.submit(registered)
    take.approve(registered)
    with registered.write() as session:
        retire(session, cast(registered).chair, the_use(session), "Its time is over.", clock.now())
    with registered.read() as session:
        use = the_use(session)
        assert use.stage == "retired"
        assert find_approval(session, use) is None
        assert {approval.ended_at for approval in use.approvals} == {clock.now()}
        assert get_model(session, "return-to-custody").stage.title == "Retired"


def test_retirement_needs_a_reason(registered: Database, clock: StoppedClock, cast) -> None:
    with registered.write() as session, pytest.raises(Refused):
        retire(session, cast(registered).chair, the_use(session), "", clock.now())


def test_owned_models_are_those_of_owner_and_deputy(registered: Database, cast) -> None:
    people = cast(registered)
    with registered.read() as session:
        for role, owned in (("owner", 1), ("deputy", 1), ("chair", 0)):
            assert len(list_owned(session, getattr(people, role).account_id)) == owned
