"""When a reading of the law counts as checked, and by whom."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from foundation.accounts.values import Actor, Role
from foundation.errors import Forbidden, Invalid, Refused
from registry.catalogue.entries import read_entry
from registry.gateways.rules import check_not_own, doubted, fallen_back, superseded, verified
from registry.gateways.values import UNVERIFIED, GatewayEntry, Verification

TODAY, NEXT_YEAR = date(2026, 11, 22), date(2027, 11, 22)
LINK = "https://www.legislation.gov.uk/ukpga/1998/37/section/115"


def law(**more: Any) -> GatewayEntry:
    told = {"number": 4, "original": "s115", "statute": "Crime and Disorder Act 1998", "provision": "Section 115"}
    return read_entry(GatewayEntry, {**told, "section": "115", "summary": "Disclosure", "kind": "power", **more})


def checked(gateway: GatewayEntry | None = None, **more: Any) -> GatewayEntry:
    told = {"section": "115", "source_link": LINK, "check_again_on": NEXT_YEAR, "by": "Leo Marchetti", "today": TODAY}
    return verified(gateway or law(), **{**told, **more})


def test_a_lawyers_check_says_who_when_what_and_until_when() -> None:
    gateway = checked()
    assert gateway.verified
    assert (gateway.verified_on, gateway.verified_by, gateway.check_again_on) == (TODAY, "Leo Marchetti", NEXT_YEAR)
    assert gateway.check_overdue(date(2027, 11, 23))
    assert not gateway.check_overdue(NEXT_YEAR)
    assert checked(law(section=""), section="131").section == "131"
    assert checked(law(verification="in_doubt")).verified


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"section": " "}, "section"),
        ({"section": "Various sections"}, "section"),
        ({"source_link": ""}, "source_link"),
        ({"source_link": "http://insecure.example"}, "source_link"),
        ({"source_link": "javascript:alert(1)"}, "source_link"),
        ({"check_again_on": None}, "check_again_on"),
        ({"check_again_on": TODAY}, "check_again_on"),
        ({"check_again_on": "soon"}, "check_again_on"),
    ],
)
def test_a_check_without_section_link_or_next_day_is_refused(more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checked(**more)
    assert field in refusal.value.problems


@pytest.mark.parametrize(
    "change",
    [
        {"statute": "Another Act"},
        {"section": "116"},
        {"kind": "duty"},
        {"who_may_rely": ["police"]},
        {"covers": ["children"]},
        {"purposes": ["early_help"]},
        {"excludes": ["health"]},
        {"in_force_to": NEXT_YEAR},
        {"source_link": "https://elsewhere.example"},
        {"original": "as it really was"},
    ],
)
def test_a_verified_reading_that_changes_is_verified_no_more(change: dict[str, Any]) -> None:
    before = checked()
    after = fallen_back(before, read_entry(GatewayEntry, {**before.plain(), **change}))
    assert after.verification_text == UNVERIFIED
    assert (after.verified_on, after.verified_by, after.check_again_on) == (None, "", None)


def test_a_note_changes_no_check_and_nobody_verifies_by_changing() -> None:
    before = checked()
    noted = fallen_back(before, before.model_copy(update={"note": "Read it twice."}))
    assert noted.verified
    assert noted.note == "Read it twice."
    sly = fallen_back(law(), checked().model_copy(update={"ended_on": TODAY, "superseded_by": 9}))
    assert not sly.verified
    assert (sly.ended_on, sly.superseded_by) == (None, None)
    doubtful = law(verification="in_doubt")
    assert fallen_back(doubtful, law(section="116")).verification == Verification.IN_DOUBT


def test_a_doubt_takes_the_check_away_and_stands_once() -> None:
    gateway = doubted(checked())
    assert (gateway.verification, gateway.verified_by, gateway.check_again_on) == (Verification.IN_DOUBT, "", None)
    with pytest.raises(Refused):
        doubted(gateway)


def test_what_supersedes_is_named_and_does_not_begin_in_the_past() -> None:
    assert superseded(law(), "9", None, TODAY).superseded_by == 9
    assert superseded(law(), 9, NEXT_YEAR, TODAY).in_force_to == NEXT_YEAR
    for number, day, field in ((4, None, "superseded_by"), ("", None, "superseded_by"), ("x", None, "superseded_by")):
        with pytest.raises(Invalid) as refusal:
            superseded(law(), number, day, TODAY)
        assert field in refusal.value.problems
    with pytest.raises(Invalid, match="in the past"):
        superseded(law(), 9, date(2026, 11, 21), TODAY)


def test_law_that_ended_is_left_alone() -> None:
    gateway = law(ended_on=TODAY)
    for act in (lambda: checked(gateway), lambda: doubted(gateway), lambda: superseded(gateway, 9, None, TODAY)):
        with pytest.raises(Refused, match="stays as it was"):
            act()


def revision(change: str, by: int | None, **content: Any) -> Any:
    return SimpleNamespace(change=change, by_id=by, content=law(**content).plain())


def test_nobody_verifies_how_they_wrote_the_law_down_themselves() -> None:
    leo = Actor(account_id=7, name="Leo", roles=frozenset({Role.LEGAL_ADVISER}))
    with pytest.raises(Forbidden):
        check_not_own([revision("entered", 7)], leo)
    with pytest.raises(Forbidden):  # a note by somebody else and a check do not make the reading theirs
        check_not_own(
            [
                revision("amended", 8, section="1", note="x"),
                revision("amended", 7, section="1"),
                revision("entered", 8),
            ],
            leo,
        )
    check_not_own([revision("amended", 8, section="1"), revision("entered", 7)], leo)
    noted = [
        revision("amended", 7, section="1", note="x"),
        revision("verified", 7, section="1"),
        revision("entered", 8),
    ]
    check_not_own(noted, leo)
    check_not_own([revision("entered", None)], leo)
