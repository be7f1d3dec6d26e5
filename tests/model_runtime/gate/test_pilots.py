"""The gates of a stage of permission: teams and places of a pilot, and what is said when its time ended (R08)."""

from dataclasses import replace
from datetime import date

import pytest

from model_runtime.gate.rules import check_gate
from model_runtime.gate.values import MEANWHILE, TITLES, GateClosed
from registry.models.values import PermissionStage, PilotTerms
from tests.model_runtime.gate.test_rules import OPEN, USE

TERMS = PilotTerms("Sooner offers.", "Two in three.", "A complaint.", 2, ("Resettlement team", "North  Team"))
PILOT = replace(USE, standing=replace(USE.standing, permission=PermissionStage.PILOT, pilot=TERMS))
TRIED = replace(OPEN, use=PILOT, team="Resettlement team")


@pytest.mark.parametrize(
    "facts",
    [
        replace(TRIED, use=replace(PILOT, people_scored=1)),
        replace(TRIED, use=replace(PILOT, people_scored=2, scored_before=True)),
        replace(TRIED, use=replace(PILOT, people_scored=9, scored_before=True)),
        replace(TRIED, team=" north team "),
        replace(OPEN, use=replace(USE, standing=replace(USE.standing, permission=PermissionStage.SHADOW))),
        replace(OPEN, use=replace(USE, people_scored=9)),
    ],
)
def test_who_is_in_a_pilot_passes(facts) -> None:
    """However the team is spelled; who was scored before has a place; no other stage asks for a team or a place."""
    check_gate(facts)


@pytest.mark.parametrize(
    ("facts", "code", "sentence"),
    [
        (
            replace(TRIED, team=""),
            "not_in_pilot",
            "this use is tried by Resettlement team and North  Team, and no team is named in your account.",
        ),
        (
            replace(TRIED, team="South team"),
            "not_in_pilot",
            "this use is tried by Resettlement team and North  Team, and you are in the team South team.",
        ),
        (
            replace(TRIED, use=replace(PILOT, people_scored=2)),
            "pilot_full",
            "the pilot is for at most 2 people, and so many have been scored.",
        ),
        (replace(TRIED, today=date(2027, 3, 4)), "approval_expired", "the pilot of this use ended on 3 March 2027."),
    ],
)
def test_who_is_not_in_it_is_told_why(facts, code: str, sentence: str) -> None:
    with pytest.raises(GateClosed) as refusal:
        check_gate(facts)
    assert (refusal.value.code, refusal.value.sentence) == (code, f"You cannot be shown a score: {sentence}")
    assert refusal.value.what_next[-1] == MEANWHILE
    assert code in TITLES


@pytest.mark.parametrize("permission", PermissionStage)
def test_each_stage_of_permission_says_what_ended_and_who_goes_on(permission: PermissionStage) -> None:
    ended = replace(USE, standing=replace(USE.standing, permission=permission))
    with pytest.raises(GateClosed) as refusal:
        check_gate(replace(OPEN, use=ended, today=date(2027, 3, 4)))
    assert refusal.value.sentence.endswith(" ended on 3 March 2027.")
    assert "(Olivia Owen)" in refusal.value.what_next[0]
