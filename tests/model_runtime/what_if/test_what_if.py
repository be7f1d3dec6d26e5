"""Trying other values beside a score: only where the committee allowed it, and never a score (R02, R39)."""

import re

import pytest
from sqlalchemy import select

from foundation.errors import Invalid
from model_runtime.scores.tables import Refusal, Score, Viewing
from model_runtime.what_if.queries import count_trials
from model_runtime.what_if.rules import read_typed
from model_runtime.what_if.tables import WhatIf
from model_runtime.what_if.values import HEADLINE, LABEL, Input, Trial
from registry.models.queries import get_use
from registry.models.service import suspend
from registry.safeguards.service import set_safeguards
from registry.safeguards.values import Safeguards
from tests.model_runtime.conftest import count, ledger, take


def allow(world, **rules) -> None:
    with world.database.write() as session:
        asked, at = Safeguards(**{"what_if": True, **rules}), world.clock.now()
        set_safeguards(session, world.cast.chair, get_use(session, world.use_id), asked, "To teach.", at)


@pytest.fixture
def browser(approved, visit):
    return visit(approved.database, "practitioner")


def fields(page: str) -> dict[str, str]:
    """What the form holds, by field."""
    found = dict(re.findall(r'<input[^>]*name="(value_\d+)"[^>]*value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*name="(value_\d+)".*?>(.*?)</select>', page, re.S):
        found[name] = re.search(r'value="([^"]*)" selected', options).group(1)
    return found


def try_values(browser, score, **changes):
    address = f"/scores/{score.reference}/what-if"
    return browser.send(address, fields(browser.get(address).get_data(as_text=True)) | changes, page=address)


def test_other_values_are_tried_and_nothing_of_it_is_a_score(approved, ask, browser):
    """R02, R39: band and reasons that would come out, under a label that says what they are not, and a record."""
    score = ask()
    allow(approved)
    assert f"/scores/{score.reference}/what-if" in browser.get(f"/scores/{score.reference}").get_data(as_text=True)
    page = browser.get(f"/scores/{score.reference}/what-if").get_data(as_text=True)
    assert [fields(page)[f"value_{place}"] for place in range(4)] == ["24", "3", "14", "no"]
    assert "With these values" not in page
    answer = try_values(browser, score, value_1="14", value_6="9")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200, shown
    for part in (
        HEADLINE,
        LABEL,
        "Not a score",
        "With these values the band would be: Higher",
        "Typed in to try it out",
    ):
        assert part in shown, part
    assert "Advisory only" not in shown
    with approved.database.read() as session:
        kept = session.scalars(select(WhatIf)).one()
        assert (kept.changed, kept.band) == ({"earlier_convictions": 14, "prison_rule_breaches": 9}, "higher")
        assert count_trials(session, score.id) == 1
    (entry,) = ledger(approved.database, "what_if_tried")
    assert entry["facts"] == {
        "what_if": kept.reference,
        "score": score.reference,
        "changed": ["earlier_convictions", "prison_rule_breaches"],
    }
    assert count(approved, Score) == 1
    assert count(approved, Viewing) == 2, "the score itself is looked at beside it"


@pytest.mark.parametrize("rules", [{"what_if": False, "training_days": 200}, {"shows": "band"}, {"judge_first": True}])
def test_without_the_committees_word_nothing_is_tried(approved, ask, browser, rules):
    """R39: not allowed, or a reader who is not shown the reasons, or who has not said what they think."""
    score = ask()
    allow(approved, **rules)
    address = f"/scores/{score.reference}/what-if"
    assert browser.get(address).status_code == 409
    assert browser.send(address, {"value_1": "14"}, page="/people/RC-0001").status_code == 409
    assert (count(approved, WhatIf), count(approved, Viewing)) == (0, 0)


def test_it_passes_the_gate_afresh(approved, ask, browser):
    """R01: a use that was suspended since gives no trial either, which is recorded."""
    score = ask()
    allow(approved)
    address = f"/scores/{score.reference}/what-if"
    filled = fields(browser.get(address).get_data(as_text=True)) | {"value_1": "14"}
    take(approved, suspend, "Its figures got worse.")
    answer = browser.send(address, filled, page="/people/RC-0001")
    assert answer.status_code == 409
    assert "suspended" in answer.get_data(as_text=True)
    assert [one["facts"] for one in ledger(approved.database, "what_if_refused")] == [{"code": "suspended"}]
    assert (count(approved, WhatIf), count(approved, Refusal)) == (0, 0)


@pytest.mark.one_database
def test_what_is_mistyped_stands_at_its_field(approved, ask, browser):
    """R53: nothing is guessed, and nothing is tried."""
    score = ask()
    allow(approved)
    for changes, words in (
        ({"value_1": "many"}, "write a whole number"),
        ({"value_1": "٣"}, "write a whole number"),
        ({"value_1": "31"}, "must be from 0 to 30"),
        ({"value_3": "perhaps"}, "say yes or no"),
        ({}, "Change at least one value"),
    ):
        answer = try_values(browser, score, **changes)
        assert (answer.status_code, words in answer.get_data(as_text=True)) == (422, True), changes
    assert count(approved, WhatIf) == 0


AGE = Input(0, "age", "Age", "integer", "", (), 24, "24")
HOME = Input(1, "home", "Home", "category", "", ("Owner", "Tenant"), "Owner", "Owner")
SHARE = Input(2, "share", "Share", "number", "", (), 0.5, "0.5")


@pytest.mark.parametrize(
    ("typed", "changed"),
    [
        ({"age": "25", "home": "Owner", "share": "0.5"}, {"age": 25}),
        ({"age": "24", "home": "Tenant", "share": "0.75"}, {"home": "Tenant", "share": 0.75}),
    ],
)
def test_only_what_differs_is_a_change(typed, changed):
    assert read_typed([AGE, HOME, SHARE], typed) == changed


@pytest.mark.parametrize(
    ("name", "text"),
    [("age", "24.5"), ("age", "1e9"), ("age", ""), ("age", "true"), ("share", "nan"), ("share", "inf")]
    + [("share", "1" * 16), ("home", "owner"), ("home", "")],
)
def test_what_is_no_value_of_its_type_is_refused_at_its_field(name, text):
    typed = {"age": "25", "home": "Owner", "share": "0.5"} | {name: text}
    with pytest.raises(Invalid) as refusal:
        read_typed([AGE, HOME, SHARE], typed)
    assert list(refusal.value.problems) == [name]


def test_a_trial_always_says_that_it_is_no_score():
    with pytest.raises(ValueError, match="word for word"):
        Trial("Advisory only", LABEL, "W-1", "S-1", "Higher", "Medium", ("one",), ("one",))
    with pytest.raises(ValueError, match="reasons"):
        Trial(HEADLINE, LABEL, "W-1", "S-1", "Higher", "Medium", ("one",), ())
