"""What a review and a closing have to say, without a database."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from foundation.accounts.values import Actor, Role
from foundation.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from monitoring.lookbacks.rules import (
    NEEDED,
    check_complete,
    check_draft,
    check_may_ask,
    check_open,
    check_review,
    check_sees,
)
from monitoring.lookbacks.values import Closing

TODAY = date(2026, 11, 22)
PRACTITIONER = Actor(1, "Pat", frozenset({Role.PRACTITIONER}), "ASC")
PROTECTOR = Actor(2, "Dora", frozenset({Role.DATA_PROTECTION_OFFICER}), None)
WHOLE = Closing(
    notice="The model is no longer used.",
    notice_way="By letter.",
    notice_on=TODAY,
    consumers=(("Resettlement team", TODAY),),
    disposal="The training data.",
    disposal_way="Overwritten.",
    disposal_by_on=date(2026, 12, 24),
    disposed_on=TODAY,
    published_on=TODAY,
)


def entry(harm: str = "", settled: bool = False) -> SimpleNamespace:
    return SimpleNamespace(harm=harm, settled_at=datetime(2026, 11, 22, tzinfo=UTC) if settled else None)


def test_practitioners_see_their_agency_and_the_data_protection_officer_everybody() -> None:
    check_sees("ASC", PRACTITIONER)
    check_sees("BCC", PROTECTOR)
    for nobody in (PRACTITIONER, Actor(3, "No agency", PRACTITIONER.roles)):
        with pytest.raises(NotFound):
            check_sees("BCC", nobody)


def test_only_the_data_protection_officer_asks_and_only_about_what_gives_no_scores() -> None:
    check_may_ask(SimpleNamespace(stage="suspended"), PROTECTOR)
    with pytest.raises(Forbidden):
        check_may_ask(SimpleNamespace(stage="suspended"), PRACTITIONER)
    with pytest.raises(Refused, match="Suspend it first"):
        check_may_ask(SimpleNamespace(stage="approved"), PROTECTOR)


@pytest.mark.parametrize(("harm", "note"), [("", "x"), ("grave", "x"), ("none", " "), ("none", "x" * 4001)])
def test_a_review_says_what_and_why(harm: str, note: str) -> None:
    with pytest.raises(Invalid):
        check_review(harm, note, entry(), PRACTITIONER)


@pytest.mark.parametrize(
    ("found", "standing", "code"),
    [
        ("none", entry("possible"), "harm_told"),
        ("none", entry("harm"), "harm_told"),
        ("harm", entry("none", settled=True), "harm_settled"),
    ],
)
def test_harm_is_taken_back_only_by_the_data_protection_officer(found, standing, code) -> None:
    with pytest.raises(Refused) as refusal:
        check_review(found, "They got no offer.", standing, PRACTITIONER)
    assert refusal.value.code == code
    check_review(found, "They got no offer.", standing, PROTECTOR)
    check_review("harm", "They got no offer.", entry("possible"), PRACTITIONER)


def test_a_draft_may_miss_everything_and_a_completed_record_nothing() -> None:
    check_draft(Closing(), TODAY)
    check_draft(WHOLE, TODAY)
    check_complete(WHOLE)
    with pytest.raises(Invalid) as gaps:
        check_complete(Closing())
    assert gaps.value.problems == NEEDED
    with pytest.raises(Conflict):
        check_open(SimpleNamespace(completed_at=TODAY))


@pytest.mark.parametrize("name", ["notice_on", "disposed_on", "published_on", "consumers", "notice", "disposal_way"])
def test_nothing_has_happened_on_a_day_to_come_and_texts_have_their_bounds(name: str) -> None:
    tomorrow = date(2026, 11, 23)
    wrong = {"consumers": (("A team", tomorrow),)}.get(name, tomorrow if name.endswith("_on") else "x" * 4001)
    with pytest.raises(Invalid) as refusal:
        check_draft(Closing(**{name: wrong}), TODAY)
    assert list(refusal.value.problems) == [name]
