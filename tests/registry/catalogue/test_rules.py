"""Rules of entries without a database: ending, opening again, what fits, what differs, how lists are cut."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Blueprint, Flask, url_for

from foundation.clock import StoppedClock
from foundation.errors import Invalid, Refused
from registry.agencies.listing import AgencySearch, find_sources, plain_source
from registry.agencies.values import AgencyEntry, SystemEntry
from registry.agreements.listing import AgreementSearch, find_agreements, plain_agreement
from registry.agreements.values import AgreementEntry
from registry.catalogue.endings import check_standing, ended, opened_again
from registry.catalogue.entries import read_entry
from registry.catalogue.listing import page_of, read_search
from registry.catalogue.moments import asked_moment, carry_day, shown_day
from registry.catalogue.rules import check_links, find_link_problems
from registry.catalogue.sheets import as_csv, harmless
from registry.catalogue.values import THINGS, Catalogue, Thing
from registry.catalogue.wording import FIELDS, describe, list_differences
from registry.gateways.listing import GatewaySearch, find_gateways, plain_gateway
from registry.gateways.values import GatewayEntry
from registry.items.listing import ItemSearch, find_items, list_groups, plain_item
from registry.items.values import ItemEntry

TODAY = date(2026, 11, 22)
YESTERDAY, LATER = date(2026, 11, 21), date(2027, 1, 31)


def law(number: int, **more: Any) -> GatewayEntry:
    told = {"original": "Act", "statute": f"Act {number}", "provision": "Section 1", "section": "1", "kind": "power"}
    return read_entry(GatewayEntry, {"number": number, "summary": "Allows it", **told, **more})


def thing(number: int, **more: Any) -> ItemEntry:
    return read_entry(ItemEntry, {"id": number, "group": "Crime", "name": f"Item {number}", "sources": ["BCC"], **more})


def deal(**more: Any) -> AgreementEntry:
    days = {"starts_on": "2026-01-01", "ends_on": "2027-12-31"}
    plain = {"code": "early-help", "title": "Early help", "parties": ["BCC", "ASC"], "items": [1], **days, **more}
    return read_entry(AgreementEntry, plain)


COUNCIL = AgencyEntry(code="BCC", name="The council", kind="council")
POLICE = AgencyEntry(code="ASC", name="The police", kind="police")
MODULE = SystemEntry(code="EHM", name="Early help module", agency="BCC")
CATALOGUE = Catalogue(
    state="one",
    agencies={"BCC": COUNCIL, "ASC": POLICE},
    systems={"EHM": MODULE},
    gateways={1: law(1, check_again_on=YESTERDAY), 2: law(2, superseded_by=3, kind="aim"), 3: law(3, ended_on=TODAY)},
    items={1: thing(1, gateways=[1]), 2: thing(2, sources=["EHM"], made_from=[1]), 3: thing(3, ended_on=LATER)},
    agreements={"early-help": deal()},
)


@pytest.mark.parametrize("entry", [COUNCIL, MODULE, law(1), thing(1), deal()], ids=lambda one: type(one).__name__)
def test_every_kind_of_entry_ends_with_a_reason_and_what_ended_stays_as_it_was(entry) -> None:
    over = ended(entry, LATER, " Replaced. ", TODAY)
    assert (over.ended_on, over.ended_reason) == (LATER, "Replaced.")
    assert over.stands(date(2027, 1, 30))
    assert not over.stands(LATER)
    assert ended(entry, None, "Today.", TODAY).ended_on == TODAY
    with pytest.raises(Invalid, match="in the past") as refusal:
        ended(entry, YESTERDAY, "Too late.", TODAY)
    assert list(refusal.value.problems) == ["day"]
    with pytest.raises(Refused, match="ended already, from 31 January 2027"):
        ended(over, LATER, "Again.", TODAY)
    with pytest.raises(Refused, match="stays as it was"):
        check_standing(over)
    check_standing(entry)
    with pytest.raises(Refused):
        opened_again(entry)
    if not isinstance(entry, GatewayEntry):
        assert opened_again(over) == entry


def test_law_is_never_opened_again_and_an_agreement_ends_before_it_runs_out() -> None:
    with pytest.raises(Refused, match="another number"):
        opened_again(law(3, ended_on=TODAY))
    with pytest.raises(Invalid, match="runs out on 31 December 2027 by itself"):
        ended(deal(), date(2028, 1, 1), "Early.", TODAY)


@pytest.mark.parametrize(
    ("entry", "field", "sentence"),
    [
        (law(1, superseded_by=9), "superseded_by", "no legal gateway 9"),
        (law(3, superseded_by=2), "superseded_by", "goes in a circle"),
        (thing(0, gateways=[1, 99]), "gateways", "no legal gateway 99"),
        (thing(0, gateways=[3]), "gateways", "gateway 3 has ended and cannot be cited anew"),
        (thing(0, sources=["NHS"]), "sources", "no agency or system NHS"),
        (thing(0, name="Item 1"), "name", "already has a data item 'Crime: Item 1'"),
        (thing(1, made_from=[2]), "made_from", "made from itself"),
        (thing(1, made_from=[77]), "made_from", "no data item 77"),
        (deal(items=[1, 8]), "items", "no data item 8"),
        (deal(parties=["BCC", "NHS"]), "parties", "no agency NHS"),
        (SystemEntry(code="LIB", name="Library", agency="NHS"), "agency", "no agency NHS"),
        (SystemEntry(code="BCC", name="Library", agency="BCC"), "code", "BCC is an agency already"),
        (AgencyEntry(code="EHM", name="Somebody", kind="other"), "code", "EHM is a system already"),
    ],
)
def test_what_does_not_fit_the_register_is_refused_at_its_field(entry, field: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refusal:
        check_links(CATALOGUE, [entry])
    assert field in refusal.value.problems


def test_what_fits_is_not_refused() -> None:
    more = [
        thing(0, name="Item 4", gateways=[1, 2]),
        law(9, superseded_by=1),
        deal(gateways=[1]),
        thing(1, gateways=[]),
    ]
    assert find_link_problems(CATALOGUE, more) == []


def test_every_field_of_every_entry_is_said_in_words() -> None:
    for kind, card in THINGS.items():
        assert {one.name for one in FIELDS[kind]} == set(card.entry.model_fields) - {"id"}
    rows = {row["key"]: row["value"] for row in describe(Thing.ITEM, CATALOGUE.items[2], CATALOGUE)}
    assert rows["Comes from"] == "Early help module"
    assert rows["Made from"] == "Crime: Item 1"
    assert "Ended from" not in rows
    rows = {row["key"]: row["value"] for row in describe(Thing.GATEWAY, CATALOGUE.gateways[3], CATALOGUE)}
    assert rows["Ended from"] == "22 November 2026"
    assert rows["Who may rely on it"] == "Anybody it names"


def test_what_differs_is_told_field_by_field() -> None:
    before, after = thing(1, gateways=[1], refresh_days=1), thing(1, gateways=[1, 2], refresh_days=30, note="New.")
    told = list_differences(Thing.ITEM, before.plain(), after.plain(), CATALOGUE)
    assert [(one.label, one.before, one.after) for one in told] == [
        ("Said to be shared under", "1. Act 1, section 1", "1. Act 1, section 1; 2. Act 2, section 1"),
        ("Refreshed every", "1 day", "30 days"),
        ("What to know", "", "New."),
    ]
    assert list_differences(Thing.ITEM, None, after.plain(), CATALOGUE) == []


@pytest.mark.parametrize(
    ("asked", "number", "first"), [("", 1, 0), ("2", 2, 50), ("99", 3, 100), ("x", 1, 0), ("-1", 1, 0), ("0", 1, 0)]
)
def test_lists_are_cut_into_pages_of_fifty(asked: str, number: int, first: int) -> None:
    page = page_of(list(range(120)), asked)
    assert (page.number, page.pages, page.total, page.rows[0]) == (number, 3, 120, first)
    assert len(page.rows) == (20 if number == 3 else 50)
    assert page_of([], asked).rows == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [1, 2, 3]),
        ({"text": "item 2 CRIME"}, [2]),
        ({"group": "Health"}, []),
        ({"agency": "BCC"}, [1, 2, 3]),
        ({"agency": "ASC"}, []),
        ({"gateway": "1"}, [1]),
        ({"ended": "yes"}, []),
        ({"matter": "other", "sensitivity": "not_stated", "nonsense": "x"}, [1, 2, 3]),
    ],
)
def test_items_are_found_by_what_they_hold(asked: dict[str, str], found: list[int]) -> None:
    search = read_search(ItemSearch, asked)
    assert [item.id for item in find_items(CATALOGUE, search, TODAY)] == found
    assert "nonsense" not in search.chosen


def test_the_other_lists_are_narrowed_too() -> None:
    def numbers(**asked: str) -> list[int]:
        return [one.number for one in find_gateways(CATALOGUE, GatewaySearch(**asked), TODAY)]

    assert numbers() == [1, 2, 3]
    assert (numbers(ended="yes"), numbers(ended="no")) == ([3], [1, 2])
    assert (numbers(kind="aim"), numbers(verification="verified"), numbers(overdue="yes")) == ([2], [], [1])
    assert (numbers(agency="ASC"), numbers(agency="NHS"), numbers(text="act 2")) == ([1, 2, 3], [], [2])
    assert [one.code for one in find_sources(CATALOGUE, AgencySearch(agency="BCC"), TODAY)] == ["BCC", "EHM"]
    assert [one.code for one in find_sources(CATALOGUE, AgencySearch(kind="police"), TODAY)] == ["ASC"]
    assert len(find_agreements(CATALOGUE, AgreementSearch(agency="ASC"), TODAY)) == 1
    assert find_agreements(CATALOGUE, AgreementSearch(ended="yes"), TODAY) == []
    assert len(find_agreements(CATALOGUE, AgreementSearch(ended="yes"), date(2028, 1, 1))) == 1
    assert list_groups(CATALOGUE) == ["Crime"]


def test_files_name_things_in_words_and_no_cell_runs() -> None:
    assert plain_item(CATALOGUE.items[2], CATALOGUE)["made_from"] == ["Crime: Item 1"]
    assert plain_agreement(deal(), CATALOGUE)["items"] == ["Crime: Item 1"]
    assert plain_source(MODULE)["agency"] == "BCC"
    assert plain_gateway(law(2))["statute"] == "Act 2"
    assert harmless("=1+1") == "'=1+1"
    assert (harmless(True), harmless(None), harmless([1, 2])) == ("yes", "", "1; 2")
    assert harmless(["@x", "y"]) == "'@x; y"
    assert as_csv(["a", "b"], [{"a": "+x", "b": 'say "it"'}]) == 'a,b\r\n\'+x,"say ""it"""\r\n'


@pytest.fixture
def ask(clock: StoppedClock):
    """A function that opens a request of a page that knows days."""
    app, views = Flask("ask"), Blueprint("rooms", __name__)
    views.url_defaults(carry_day)
    views.get("/room")(lambda: "")
    app.register_blueprint(views)
    app.add_url_rule("/else", "elsewhere", lambda: "")
    app.extensions["algocare"] = SimpleNamespace(clock=clock)
    return lambda day, method="GET": app.test_request_context("/room", query_string={"as_at": day}, method=method)


def test_a_past_day_is_asked_for_and_kept_by_links(ask) -> None:
    with ask("26/10/2026"):
        assert asked_moment().isoformat() == "2026-10-26T23:59:59.999999+00:00"
        assert shown_day(asked_moment()) == date(2026, 10, 26)
        assert (url_for("rooms.<lambda>"), url_for("elsewhere")) == ("/room?as_at=2026-10-26", "/else")
        assert url_for("rooms.<lambda>", as_at=None) == "/room"
    with ask("2026-10-24"):  # summer time: the day ends an hour earlier
        assert asked_moment().isoformat() == "2026-10-24T22:59:59.999999+00:00"
    with ask("2026-10-24", "POST"):
        assert url_for("rooms.<lambda>") == "/room"
    for now in ("", "2026-11-22"):
        with ask(now):
            assert asked_moment() is None
            assert (shown_day(None), url_for("rooms.<lambda>")) == (TODAY, "/room")


@pytest.mark.parametrize("typed", ["2026-11-23", "yesterday", "2026-02-30", "9999-12-31", "0001-01-01", "1'; --"])
def test_nonsense_and_the_future_are_refused_and_not_carried_on(ask, typed: str) -> None:
    with ask(typed):
        with pytest.raises(Invalid, match=r"a day such as|has not come yet") as refusal:
            asked_moment()
        assert list(refusal.value.problems) == ["as_at"]
        assert url_for("rooms.<lambda>") == "/room"
