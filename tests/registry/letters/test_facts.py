"""What the register's own entry says beside Ownership and Explainable, without a database."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from audit.public_register.facts import tell_public
from registry.letters.facts import list_facts

THERE = SimpleNamespace(name="Olivia Owner", disabled_at=None)
GONE = SimpleNamespace(name="Dev Deputy", disabled_at=datetime(2026, 11, 1, tzinfo=UTC))
EXPERT = {"name": "Dr Hale", "role": "Lead"}


@pytest.mark.parametrize(
    ("owner", "deputy", "expert", "states"),
    [
        (THERE, THERE, EXPERT, ["good", "good", "good"]),
        (GONE, THERE, EXPERT, ["red", "good", "good"]),
        (THERE, GONE, EXPERT, ["good", "amber", "good"]),
        (THERE, None, {}, ["good", "amber", "red"]),
        (None, THERE, EXPERT, ["red", "good", "good"]),
    ],
)
def test_people_who_answer_for_a_model_have_to_be_there(owner, deputy, expert, states) -> None:
    model = SimpleNamespace(owner=owner, deputy=deputy, expert=expert)
    told = list_facts(None, SimpleNamespace(version=SimpleNamespace(model=model)), None)
    assert [fact.state for fact in told] == states
    assert [fact.letter for fact in told] == ["ownership", "ownership", "explainable"]


@pytest.mark.parametrize(
    ("published", "live", "state"), [(False, True, "amber"), (False, False, "none"), (True, True, "good")]
)
def test_an_approved_model_that_nobody_outside_can_read_about_is_amber(published, live, state) -> None:
    since = datetime(2026, 10, 1, tzinfo=UTC)
    model = SimpleNamespace(slug="one", registered_at=since)
    told = tell_public(model, [since], published=published, live=live)
    assert (told.letter, told.state) == ("responsible", state)
    assert ("1 part is withheld, the first since 1 October 2026" in told.text) is published
