"""Stages change in one way only, one at a time, with a reason where something stops."""

import threading

import pytest

from foundation.accounts.values import Permission
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Conflict, Forbidden, Refused
from foundation.ledger.queries import list_recent
from foundation.lifecycle.queries import find_last_change, list_changes
from foundation.lifecycle.service import NEEDS_REASON, move
from foundation.lifecycle.values import Lifecycle, Stage, Step, facts_of
from registry.models.queries import list_uses
from registry.models.tables import Use
from registry.models.values import USE_LIFE

LIFE = Lifecycle(
    thing="use",
    title="The lamp",
    first="registered",
    stages={"registered": Stage("Dark"), "lit": Stage("Lit", "green"), "broken": Stage("Broken", "red")},
    steps=(
        Step("light", ("registered",), "lit", Permission.SUBMIT_ASSESSMENT, "Light it"),
        Step("suspend", ("registered", "lit"), "broken", Permission.SUSPEND, "Break it"),
    ),
)


def the_use(session) -> Use:
    return list_uses(session)[0]


def test_a_step_writes_stage_history_and_ledger_together(registered: Database, clock: StoppedClock, cast) -> None:
    owner = cast(registered).owner
    with registered.write() as session:
        use = the_use(session)
        move(session, LIFE, use, "light", owner, clock.now(), reason="  It is dark.  ", model="m", facts={"extra": 1})
        use_id = use.id
    with registered.read() as session:
        assert the_use(session).stage == "lit"
        change = find_last_change(session, "use", use_id)
        entry = list_recent(session, 1, model="m")[0]
    assert (change.source, change.target, change.step, change.by_id) == ("registered", "lit", "light", owner.account_id)
    assert change.reason == "It is dark."
    assert entry.kind == "stage_changed"
    assert b'"extra":1' in entry.body
    assert b"dark" not in entry.body  # the ledger holds no free text


def refuse(database: Database, clock: StoppedClock, step: str, actor, reason: str = "") -> AlgocareError:
    with database.write() as session, pytest.raises(AlgocareError) as refused:
        move(session, LIFE, the_use(session), step, actor, clock.now(), reason=reason)
    with database.read() as session:
        assert list_changes(session, "use", [the_use(session).id]) == []
    return refused.value


def test_a_step_is_refused_without_the_permission(registered: Database, clock: StoppedClock, cast) -> None:
    assert isinstance(refuse(registered, clock, "light", cast(registered).auditor), Forbidden)


def test_a_step_is_refused_from_another_stage(registered: Database, clock: StoppedClock, cast) -> None:
    people = cast(registered)
    with registered.write() as session:
        the_use(session).stage = "lit"
    refusal = refuse(registered, clock, "light", people.owner)
    assert isinstance(refusal, Conflict)
    assert refusal.sentence == "The lamp is lit now, so the step 'Light it' is no longer possible."


@pytest.mark.parametrize("reason", ["", "   "])
def test_what_stops_something_needs_a_reason(reason: str, registered: Database, clock: StoppedClock, cast) -> None:
    refusal = refuse(registered, clock, "suspend", cast(registered).chair, reason)
    assert isinstance(refusal, Refused)
    assert refusal.code == "reason_missing"


def test_a_rule_can_refuse_a_step(registered: Database, clock: StoppedClock, cast) -> None:
    def never(thing, actor) -> None:
        raise Refused(f"{actor.name} may not, today.")

    life = Lifecycle(
        "use",
        "The lamp",
        "registered",
        LIFE.stages,
        (Step("light", ("registered",), "lit", Permission.CHAIR, "x", never),),
    )
    people = cast(registered)
    with registered.write() as session, pytest.raises(Refused, match="Cara Whitfield may not"):
        move(session, life, the_use(session), "light", people.chair, clock.now())


def test_every_step_that_stops_a_model_or_sends_it_back_needs_a_reason() -> None:
    stopping = {step.name for step in USE_LIFE.steps if step.target not in ("submitted", "approved")}
    assert stopping == {"suspend", "retire", "return", "reject", "replace", "enter"}
    assert stopping <= NEEDS_REASON


def test_of_two_at_once_one_wins_and_the_other_is_told(registered: Database, clock: StoppedClock, cast) -> None:
    people, start = cast(registered), threading.Barrier(2)
    results: list[str] = []

    def work(actor) -> None:
        start.wait(10)
        try:
            with registered.write() as session:
                move(session, LIFE, the_use(session), "light", actor, clock.now())
            results.append("done")
        except Conflict:
            results.append("conflict")

    threads = [threading.Thread(target=work, args=[actor]) for actor in (people.owner, people.deputy)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["conflict", "done"]
    with registered.read() as session:
        assert len(list_changes(session, "use", [the_use(session).id])) == 1


def test_the_diagram_shows_every_stage_and_step() -> None:
    assert LIFE.diagram().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> registered",
        "    registered: Dark",
        "    lit: Lit",
        "    broken: Broken",
        "    registered --> lit: Light it",
        "    registered --> broken: Break it",
        "    lit --> broken: Break it",
        "    broken --> [*]",
    ]
    assert [step.name for step in LIFE.steps_from("lit")] == ["suspend"]


def test_facts_that_are_missing_are_left_out() -> None:
    assert facts_of(a=1, b=None, c=0, d="") == {"a": 1, "c": 0, "d": ""}
