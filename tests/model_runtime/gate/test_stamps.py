"""Whatever the gate reads shows in the stamp, and only then is what was read before used again."""

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from foundation.accounts.tables import Account
from model_runtime.gate.stamps import Stamp, read_stamp
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Refusal
from registry.catalogue.tables import RegisterState
from registry.footing.tables import SignOff
from registry.models.queries import get_use
from registry.models.service import suspend
from registry.models.tables import Approval, Band, Feature, ModelVersion
from tests.model_runtime.conftest import Meanwhile, ask_of_readers, change, take, train
from tests.model_runtime.objections.test_service import object_to, reply


def stamp_of(world: SimpleNamespace, reference: str = "RC-0001") -> Stamp:
    with world.database.read() as session:
        reader = session.scalars(select(Account.id).where(Account.sign_in_name == "pat.practitioner")).one()
        found = read_stamp(session, world.use_id, reference, reader)
    assert found is not None
    return found


def sign_off(world: SimpleNamespace) -> None:
    with world.database.write() as session:
        told = {"use_id": world.use_id, "finding": "1", "sentence": "It is so.", "accepted": True, "reason": "It is."}
        by, at = world.cast.chair.account_id, world.clock.now()
        session.add(SignOff(**told, expires_on=date(2027, 1, 1), at=at, by_id=by))


def train_again(world: SimpleNamespace) -> None:
    with world.database.read() as session:
        version = get_use(session, world.use_id).version_id
    train(world.database, "pat.practitioner", version)


CHANGES = {
    "the stage": lambda world: take(world, suspend, "Stop at once."),
    "an approval that was ended": lambda world: change(world, update(Approval).values(ended_at=world.clock.now())),
    "the end of the approval": lambda world: change(world, update(Approval).values(expires_on=date(2026, 11, 1))),
    "a critical condition": lambda world: change(world, update(Approval).values(lapses_on=date(2026, 11, 1))),
    "what was approved": lambda world: change(world, update(Approval).values(fingerprint="0" * 64)),
    "the threshold": lambda world: change(world, update(ModelVersion).values(threshold=0.1)),
    "a band": lambda world: change(world, update(Band).where(Band.code == "higher").values(start=0.9)),
    "an input": lambda world: change(world, update(Feature).where(Feature.name == "age").values(high=1.0)),
    "the register": lambda world: change(world, update(RegisterState).values(state="1" * 64)),
    "a sign-off": sign_off,
    "what the committee asks": lambda world: ask_of_readers(world, what_if=True),
    "training": train_again,
    "an objection": object_to,
    "an answer to an objection": lambda world: reply(world, object_to(world), "overridden"),
    "a fact": lambda world: world.add(world.database, "RC-0001", at=world.clock.now(), as_of=date(2026, 11, 20)),
    "the agency": lambda world: change(world, update(Person).values(agency_code="BCC")),
    "the date of birth": lambda world: change(world, update(Person).values(born_on=date(2020, 1, 1))),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_can_close_the_gate_is_in_the_stamp(approved, what: str) -> None:
    """R01: the second pass may only use what was read before while all of it is the same."""
    before = stamp_of(approved)
    assert stamp_of(approved) == before
    CHANGES[what](approved)
    assert stamp_of(approved) != before


def test_what_is_about_somebody_else_is_not(approved) -> None:
    before = stamp_of(approved)
    approved.add(approved.database, "RC-0077", at=approved.clock.now())
    object_to(approved, person="RC-0077")
    assert stamp_of(approved) == before
    with approved.database.read() as session:
        assert read_stamp(session, 9999, "RC-0001", None) is None


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (object_to, "objected"),
        (lambda world: ask_of_readers(world, shows="nothing"), "not_audience"),
        (lambda world: change(world, update(Person).values(born_on=date(2020, 1, 1))), "too_young"),
        (lambda world: change(world, update(Approval).values(lapses_on=date(2026, 11, 1))), "condition_overdue"),
    ],
)
def test_a_gate_that_closes_while_the_engine_works_refuses(approved, ask, engine, happens, code: str) -> None:
    """R01, R53: the answer of the engine is thrown away."""
    refusal = ask(engine=Meanwhile(engine, lambda: happens(approved)))
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
