"""What the legal engine says beside Lawful, without a database."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from registry.footing.facts import tell_checked, tell_route
from registry.footing.values import Answer, Finding, ItemAnswer, Route, RouteState, Severity

DAY = date(2026, 11, 22)
BLOCK = Finding("out_of_force", Severity.BLOCK, "It stops.")
WAITS = Finding("overlap", Severity.SIGN_OFF, "It waits.")


def use(stage: str = "approved") -> SimpleNamespace:
    return SimpleNamespace(id=1, stage=stage)


@pytest.mark.parametrize(
    ("findings", "stage", "state", "brief"),
    [
        ((), "approved", "good", ""),
        ((WAITS,), "submitted", "amber", "1 finding waits for a lawyer"),
        ((WAITS,), "approved", "red", "1 finding waits for a lawyer"),  # it gives no scores
        ((WAITS, BLOCK, replace(BLOCK, rule="ended")), "submitted", "red", "2 findings stop it"),
    ],
)
def test_a_finding_that_stops_the_use_turns_lawful(findings, stage, state, brief) -> None:
    told = tell_route(use(stage), Answer(DAY, (), findings))
    assert (told.letter, told.state, told.brief) == ("lawful", state, brief)


def answer(*verified: bool, carried: bool = True) -> Answer:
    obstacles = () if carried else (BLOCK,)
    routes = tuple(
        Route(SimpleNamespace(id=1), SimpleNamespace(), SimpleNamespace(number=number, verified=checked), obstacles)
        for number, checked in enumerate(verified)
    )
    item = ItemAnswer(SimpleNamespace(id=1), (), (), routes, (), ())
    return Answer(DAY, (item,), ())


@pytest.mark.parametrize(
    ("given", "state", "brief"),
    [
        (answer(True, True), "good", ""),
        (answer(True, False, False), "amber", "2 gateways not checked by a lawyer"),
        (answer(False, carried=False), "none", ""),  # the use does not rely on what cannot carry it
    ],
)
def test_a_gateway_nobody_has_checked_is_amber(given, state, brief) -> None:
    told = tell_checked(use(), given)
    assert (told.state, told.brief) == (state, brief)
    assert answer(False, carried=False).items[0].routes[0].state == RouteState.NO
