"""Changing a use: another edition that nobody approved, and the one before stops at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from foundation.database.connection import Database
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from foundation.lifecycle.queries import list_changes
from registry.declarations.uses import UsePart
from registry.models.decisions import DECISIONS
from registry.models.editions import enter_edition
from registry.models.past import list_stages, newest_then
from registry.models.queries import find_approval, find_use, get_edition, get_use, get_version, list_uses
from registry.models.rules import as_entered, check_complete, fingerprint
from registry.models.service import submit
from registry.models.tables import Use
from registry.models.widening import said_by
from tests.conftest import grant
from tests.registry.models.conftest import UNTIL

PLACE = ("return-to-custody", 1, "resettlement-support")


def part_of(use: Use, **changes: Any) -> UsePart:
    """What the use says, with some of it said differently."""
    return UsePart.model_validate(said_by(use) | changes)


def enter(database: Database, who, at, *, use_id: int | None = None, reason: str = "Schools asked.", **changes) -> int:
    """Enter another edition; its number."""
    with database.write() as session:
        use = get_use(session, use_id) if use_id else get_edition(session, *PLACE)
        return enter_edition(session, who, use, part_of(use, **changes), reason=reason, at=at).id


def test_a_change_ends_the_edition_and_its_approval_and_begins_another(registered, take, cast, clock) -> None:
    """R24."""
    take.submit(registered)
    take.approve(registered)
    before = clock.now()
    clock.advance(days=1)
    number = enter(registered, cast(registered).deputy, clock.now(), audience="Schools", ages={"minimum": 18})
    with registered.read() as session:
        new = get_use(session, number)
        old = get_edition(session, *PLACE, 1)
        assert (new.edition, new.stage, new.code, new.audience) == (2, "registered", old.code, "Schools")
        assert (old.stage, old.audience) == ("replaced", "Resettlement practitioners of the police force")
        assert find_approval(session, old) is None
        assert old.approvals[0].ended_at == clock.now()
        assert new.approvals == []
        (change,) = list_changes(session, "use", [new.id])
        assert (change.step, change.reason, change.at) == ("enter", "Schools asked.", clock.now())
        # whatever lists uses shows the newest edition; the earlier one can still be read
        assert list_uses(session) == get_version(session, "return-to-custody", 1).current_uses == [new]
        assert find_use(session, "return-to-custody", new.code) is new
        assert get_edition(session, *PLACE) is new
        assert new.version.model.stage.title == "Registered"
        # as at the day before, the earlier edition was approved and the newer was not there
        stages = list_stages(session, new.version.uses, before)
        assert stages == {old.id: "approved"}
        assert newest_then(new.version.uses, stages) == [old]


def test_an_edition_starts_its_life_again_and_is_held_against_what_it_was_entered_with(
    registered, take, cast, clock
) -> None:
    people = cast(registered)
    number = enter(registered, people.owner, clock.now(), horizon="Two years")
    with registered.write() as session:
        submit(session, people.owner, get_use(session, number), clock.now())
    with registered.write() as session:
        granted = grant(session, people.chair, get_use(session, number), expires_on=UNTIL, at=clock.now())
        first = granted.fingerprint
    with registered.read() as session:
        use = get_use(session, number)
        assert as_entered(use)
        assert fingerprint(use) == first != fingerprint(get_edition(session, *PLACE, 1))
    for tampered in (
        {"audience": "Everybody"},
        {"significant": True},
        {"notice": "Nobody is told."},
        {"particulars": {**use.particulars, "ages": {"minimum": 10, "maximum": None}}},
        {"particulars": {}},
    ):
        with registered.write() as session:
            session.execute(update(Use).where(Use.id == number).values(**tampered))
            use = session.get_one(Use, number, populate_existing=True)
            assert not as_entered(use), tampered
            assert fingerprint(use) != first, tampered
            session.rollback()


def test_only_the_owner_changes_a_use_with_a_reason_and_something_different(registered, cast, clock, take) -> None:
    people, at = cast(registered), clock.now()
    for other in (people.contributor, people.chair, people.protector, people.worker):
        with pytest.raises(Forbidden):
            enter(registered, other, at, audience="Schools")
    past = {"ground": "It would warn.", "approved_by": "Dora", "review_on": at.date() - timedelta(days=1)}
    for changes, field in (
        ({}, "reason"),
        ({"audience": "Schools", "reason": " "}, "reason"),
        ({"agency": "ZZZ"}, "agency"),
        ({"code": "another"}, "code"),
        ({"told": None, "exemption": past}, "exemption__review_on"),
    ):
        with pytest.raises(Invalid) as refused:
            enter(registered, people.owner, at, **changes)
        assert list(refused.value.problems) == [field], changes
    take.submit(registered)
    with pytest.raises(Refused, match="committee looks at this use"):
        enter(registered, people.owner, at, audience="Schools")
    with registered.read() as session:
        assert [use.edition for use in get_version(session, "return-to-custody", 1).uses] == [1]


def test_of_two_who_change_a_use_the_second_is_told(registered, cast, clock) -> None:
    people = cast(registered)
    with registered.read() as session:
        first = get_edition(session, *PLACE).id
    enter(registered, people.owner, clock.now(), audience="Schools")
    with pytest.raises((Conflict, Refused)):
        enter(registered, people.deputy, clock.now(), use_id=first, audience="Nurses")
    with registered.read() as session:
        assert [use.audience for use in list_uses(session)] == ["Schools"]


@pytest.mark.parametrize("code", ["", *(code for code, kind in DECISIONS.items() if kind.excluded)])
def test_an_excluded_or_unknown_decision_is_never_put_to_the_committee(code: str) -> None:
    """R37."""
    with pytest.raises(Refused):
        check_complete(Use(particulars={"ages": {"minimum": 18, "maximum": None}, "decision_kind": code}))


def test_a_use_of_the_first_release_is_neither_submitted_nor_approved(registered, take, cast, clock) -> None:
    take.submit(registered)
    with registered.write() as session:
        session.execute(update(Use).values(particulars={}))
    with pytest.raises(Refused, match="whom a score may be about") as refused:
        take.approve(registered)
    assert refused.value.code == "use_incomplete"
    with registered.write() as session:
        session.execute(update(Use).values(stage="registered"))
    with pytest.raises(Refused, match="whom a score may be about"):
        take.submit(registered)
