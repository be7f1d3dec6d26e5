"""A model's page: what is it, may it run, is it behaving? And its life, which a member understands in a minute."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from algocare.model_pages.queries import list_life
from foundation.accounts.values import Role
from foundation.database.connection import Database
from foundation.ledger.values import digest
from monitoring.watches.tables import WatchRun
from registry.models.queries import find_use, get_model
from registry.models.service import submit, suspend


@pytest.fixture
def approve(grant) -> Callable[..., int]:
    """A function that takes the model's one use as far as is wanted; its number."""

    def call(database: Database, people, clock, permission: str = "pilot") -> int:
        with database.write() as session:
            use = find_use(session, "return-to-custody", "resettlement-support")
            submit(session, people.owner, use, clock.now() - timedelta(days=9))
            told = {"expires_on": date(2027, 6, 1), "at": clock.now() - timedelta(days=7)}
            grant(session, people.chair, use, permission=permission, **told)
            return use.id

    return call


def add_watch(session, use_id: int, night, verdict: str) -> None:
    said = f"{verdict} on {night:%d %B}"
    digested = digest(said.encode())
    session.add(
        WatchRun(
            use_id=use_id,
            due_at=night,
            ran_at=night,
            verdict=verdict,
            sentence=said,
            result={},
            current_sha256=digested,
        )
    )


def test_a_life_is_told_newest_first_and_quiet_nights_are_gathered(registered: Database, cast, clock, approve) -> None:
    people = cast(registered)
    use_id = approve(registered, people, clock, "shadow")
    with registered.write() as session:
        for back in (6, 5, 4):
            add_watch(session, use_id, clock.now() - timedelta(days=back), "passed")
        add_watch(session, use_id, clock.now() - timedelta(days=3), "breached")
        add_watch(session, use_id, clock.now() - timedelta(days=2), "passed")
        use = find_use(session, "return-to-custody", "resettlement-support")
        suspend(session, people.protector, use, "A complaint is being looked into.", clock.now())
    with registered.read() as session:
        life = list_life(session, get_model(session, "return-to-custody"))
        told = [event.what for event in life]
    lately = ["Suspended", "Watch passed", "Watch found a breach", "3 watches passed", "Approved"]
    assert [what for what in told if what in lately] == lately
    assert told.index("Approved") < told.index("With the committee")
    granted = next(event.detail for event in life if event.what == "Approved")
    assert granted == "Shadow until 1 June 2027: scores are recorded and shown to nobody. Worth a try."
    assert "Version 1 registered" in told
    assert "Measured on 351 held-out people" in told


def test_the_page_says_first_what_it_is_and_whether_it_may_run(
    registered: Database, cast, clock, visit: Callable, approve
) -> None:
    people = cast(registered)
    page = visit(registered, Role.COMMITTEE_MEMBER).get("/models/return-to-custody").get_data(as_text=True)
    assert "It gives no scores." in page
    approve(registered, people, clock)
    page = visit(registered, Role.COMMITTEE_MEMBER).get("/models/return-to-custody").get_data(as_text=True)
    assert "Approved until 1 June 2027" in page
    assert "How far it may go: pilot until 1 June 2027, at most 400 people, Any team." in page
    for word in ("Advisory", "Lawful", "Granularity", "Ownership", "Challengeable", "Accuracy", "Responsible"):
        assert word in page
    assert "Of 100 people it flags, about 54 (46 to 62)" in page
    assert "No lawyer has verified" in page


def test_a_named_model_makes_no_claim(founded: Database, visit: Callable) -> None:
    client = visit(founded, Role.AUDITOR)
    page = client.get("/models/risk-of-neet").get_data(as_text=True)
    assert "Named in documents" in page
    assert "makes no statement about how well it works" in page
    assert "not verified by a lawyer" in page
    assert client.get("/models/no-such-model").status_code == 404


def test_only_those_who_may_suspend_see_the_button(registered: Database, cast, clock, visit: Callable, approve) -> None:
    approve(registered, cast(registered), clock)
    seen = {
        role: "Suspend it now" in visit(registered, role).get("/models/return-to-custody").get_data(as_text=True)
        for role in (Role.MODEL_OWNER, Role.CHAIR, Role.DATA_PROTECTION_OFFICER, Role.AUDITOR, Role.PRACTITIONER)
    }
    assert seen == {
        Role.MODEL_OWNER: True,
        Role.CHAIR: True,
        Role.DATA_PROTECTION_OFFICER: True,
        Role.AUDITOR: False,
        Role.PRACTITIONER: False,
    }
