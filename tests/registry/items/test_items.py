"""Data items: told apart by group and name, and honest about the law they rest on."""

import pytest

from foundation.database.connection import Database
from foundation.errors import NotFound
from registry.items.queries import count_citations, find_item, get_item, list_items, list_items_of_gateway
from registry.items.rules import find_misfits, has_power


def test_six_items_share_a_name_and_are_six(founded: Database) -> None:
    with founded.read() as session:
        items = list_items(session)
        same = [item.title for item in items if item.name == "Other Professional Referral"]
    assert len(items) == 41
    assert len(same) == len(set(same)) == 6


def test_an_item_is_found_by_group_and_name_together(founded: Database) -> None:
    with founded.read() as session:
        crime = find_item(session, "Crime", "Other Professional Referral")
        health = find_item(session, "Health", "Other Professional Referral")
        assert crime.id != health.id
        assert find_item(session, "Crime", "Teenage Parent") is None
        assert get_item(session, crime.id) is crime
        with pytest.raises(NotFound):
            get_item(session, 999)


def test_gateways_are_cited_as_often_as_in_the_source(founded: Database) -> None:
    """Counted by hand in the source table: how many of the 41 lines cite each number."""
    counted = {1: 33, 2: 14, 3: 1, 4: 23, 5: 14, 6: 15, 7: 15, 8: 16, 9: 37, 10: 41, 11: 30, 12: 30, 13: 4}
    with founded.read() as session:
        assert count_citations(session) == counted
        assert [item.name for item in list_items_of_gateway(session, 3)] == ["Accessed Homeless Prevention Support"]


def test_a_council_power_does_not_carry_what_only_the_police_give(founded: Database) -> None:
    with founded.read() as session:
        police_only = [item for item in list_items(session) if {source.code for source in item.sources} == {"ASC"}]
        misfits = [item for item in police_only if 9 in find_misfits(item)]
        shared = find_item(session, "ASB", "Person Committed ASB")
        assert 9 not in find_misfits(shared)  # the council is one of its sources
        assert 9 not in find_misfits(find_item(session, "Health", "Other Professional Referral"))  # a council's system
    assert (len(police_only), len(misfits)) == (14, 10)


def test_an_aim_carries_nothing(founded: Database) -> None:
    with founded.read() as session:
        item = find_item(session, "Crime", "Youth Caution or Restorative Justice")
        assert find_misfits(item) == {
            5: "This is an aim, not a power to disclose.",
            9: "Only a council may rely on this, and none of the item's sources is a council.",
        }
        assert not has_power(item)
        assert has_power(find_item(session, "Domestic Violence", "Victim of DVA"))  # section 115
        assert has_power(find_item(session, "Health", "Teenage Parent"))  # the council's own power
