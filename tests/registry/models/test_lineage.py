"""The picture of where inputs come from holds what the table holds; what rests on data is found over other models."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from foundation.database.connection import Database
from registry.agencies.values import AgencyEntry, SystemEntry
from registry.agreements.values import AgreementEntry
from registry.catalogue.queries import read_catalogue
from registry.catalogue.values import Catalogue
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry
from registry.models.drawings import GAP, TOP, Box, Column, Drawing, Edge, Node
from registry.models.lineage import Lineage, loss_of
from registry.models.queries import get_version
from registry.models.resting import Feed, Granted, UseOn, list_feeds, list_uses_on, makers_of, reach, uses_under
from registry.models.tables import Feature
from registry.watch_plans.measures import rules_in_words

DAY = date(2026, 11, 22)


def gateway(number: int, **more) -> GatewayEntry:
    plain = {"original": f"Act {number}", "statute": f"Act {number}", "provision": "Section 1", "section": "1"}
    return GatewayEntry(number=number, **{**plain, "summary": "Says so", "kind": "power", **more})


def item(number: int, **more) -> ItemEntry:
    return ItemEntry(**{"id": number, "group": "Group", "name": f"item {number}", "sources": ("BCC",), **more})


def agreement(code: str, items: tuple[int, ...], **more) -> AgreementEntry:
    plain = {"parties": ("BCC", "ASC"), "starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1)}
    return AgreementEntry(code=code, title=f"Agreement {code}", items=items, **{**plain, **more})


def catalogue(items=(), gateways=(), agreements=()) -> Catalogue:
    agencies = [AgencyEntry(code=code, name=f"Agency {code}", kind="council") for code in ("ASC", "BCC")]
    return Catalogue(
        state="x",
        agencies={one.code: one for one in agencies},
        systems={"CMS": SystemEntry(code="CMS", name="Case system", agency="ASC")},
        gateways={one.number: one for one in gateways},
        items={one.id: one for one in items},
        agreements={one.code: one for one in agreements},
    )


def features(*item_ids: int) -> tuple[Feature, ...]:
    return tuple(
        Feature(position=n, name=f"input_{n}", meaning=f"Input {n}", item_id=number)
        for n, number in enumerate(item_ids)
    )


VERIFIED = {"verification": "verified", "verified_on": DAY, "verified_by": "Leo Marchetti"}


@pytest.fixture
def lineage() -> Lineage:
    """Two inputs from item 1, one from item 2, which is made from item 3; 1 is shared under an agreement."""
    entries = catalogue(
        [
            item(1, gateways=(4, 5)),
            item(2, sources=("CMS",), gateways=(5,), made_from=(3,)),
            item(3, gateways=(6,), ended_on=date(2026, 11, 1), ended_reason="Not kept any more"),
        ],
        [gateway(4, **VERIFIED), gateway(5), gateway(6, superseded_by=4)],
        [agreement("one", (1,)), agreement("other", (1,), parties=("BCC", "XYZ"))],
    )
    return Lineage(features(1, 1, 2), entries, DAY, frozenset({"ASC"}))


def edges(lineage: Lineage) -> set[tuple[str, str]]:
    return {(line.start.box.key, line.end.box.key) for line in lineage.drawing.lines}


def test_every_input_leads_to_items_agencies_agreements_and_laws(lineage: Lineage) -> None:
    assert edges(lineage) == {
        *(("f0", "i1"), ("f1", "i1"), ("f2", "i2"), ("i2", "i3")),
        *(("i1", "aBCC"), ("i2", "aASC"), ("i3", "aBCC")),
        *(("aBCC", "sone"), ("sone", "g4"), ("sone", "g5"), ("aASC", "g5"), ("aBCC", "g6")),
    }
    headings = ["Inputs of the model", "Data items", "Made from", "Agencies", "Sharing agreements", "Legal gateways"]
    assert lineage.drawing.headings == headings
    assert [one.code for one in lineage.agreements] == ["one"], "the other is with an agency that does not use it"
    assert lineage.inputs == {1: ["Input 0", "Input 1"], 2: ["Input 2"]}
    assert lineage.made_into == {3: ["Group: item 2"]}


def test_unverified_law_has_a_broken_edge_and_what_ended_is_red_and_says_so(lineage: Lineage) -> None:
    boxes = {node.box.key: node.box for _, nodes in lineage.drawing.placed for node in nodes}
    assert {key: boxes[key].edge for key in ("g4", "g5", "g6", "i1", "i3")} == {
        "g4": Edge.FIRM,
        "g5": Edge.UNVERIFIED,
        "g6": Edge.ENDED,
        "i1": Edge.FIRM,
        "i3": Edge.ENDED,
    }
    assert boxes["i3"].text == "Ended: item 3"
    assert boxes["g6"].text == "Replaced by 4: 6. Act 6"
    assert lineage.sentence == (
        "3 inputs come from 3 data items, which rest on 3 legal gateways; 2 not verified by a lawyer. "
        "No longer to be relied on: Group: item 3 (ended) and 6. Act 6, section 1 (replaced by 4)."
    )


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (gateway(1), ""),
        (gateway(1, ended_on=DAY), "Ended"),
        (gateway(1, ended_on=date(2026, 11, 23)), ""),
        (gateway(1, in_force_to=DAY), "Not in force"),
        (gateway(1, in_force_from=date(2026, 11, 23)), "Not in force"),
        (gateway(1, superseded_by=2), "Replaced by 2"),
        (gateway(1, superseded_by=2, in_force_to=date(2027, 1, 1)), ""),
        (gateway(1, superseded_by=2, in_force_to=DAY), "Replaced by 2"),
        (agreement("a", (1,)), ""),
        (agreement("a", (1,), ends_on=DAY), ""),
        (agreement("a", (1,), ends_on=date(2026, 11, 21)), "Expired"),
        (agreement("a", (1,), starts_on=date(2026, 11, 23)), "Not begun"),
        (agreement("a", (1,), ended_on=DAY), "Ended"),
    ],
)
def test_why_nothing_rests_on_an_entry_is_said_in_a_word(entry, words: str) -> None:
    assert loss_of(entry, DAY) == words


def test_nothing_is_drawn_twice_or_over_something_else(lineage: Lineage) -> None:
    drawing = lineage.drawing
    nodes = [node for _, column in drawing.placed for node in column]
    assert len({node.box.key for node in nodes}) == len(nodes)
    assert len({(node.x, node.y) for node in nodes}) == len(nodes)
    assert all(TOP <= node.y <= drawing.height for node in nodes)
    assert all(node.x + node.width <= drawing.width for node in nodes)
    columns = list(zip(drawing.lefts, drawing.columns, strict=True))
    assert all(left + column.width + GAP == later for (left, column), (later, _) in pairwise(columns))
    assert Drawing((Column("Empty", 100, ()),), ()).columns == []


def test_a_long_text_is_shortened_to_its_box() -> None:
    short, long = Node(Box("a", "age"), 0, 0, 165), Node(Box("b", "x" * 100), 0, 0, 165)
    assert short.label == "age"
    assert long.label.endswith("…")
    assert len(long.label) <= 23


def test_what_rests_on_data_is_found_over_other_items_and_other_models() -> None:
    entries = catalogue([item(1), item(2, made_from=(1,)), item(3), item(4, made_from=(3,)), item(5, made_from=(4,))])
    feed = Feed("upstream", "Upstream", 3, frozenset({2}))
    found = reach(entries, [feed], [1])
    assert {number: one.over.id if one.over else None for number, one in found.items()} == {
        1: None,
        2: 1,
        3: 2,
        4: 3,
        5: 4,
    }
    assert found[3].model == feed
    assert list(reach(entries, [], [3, 999])) == [3, 4, 5]
    circle = [Feed("a", "A", 3, frozenset({5})), Feed("b", "B", 5, frozenset({3}))]
    assert set(reach(entries, circle, [3])) == {3, 4, 5}, "models that feed on each other end the search"
    assert makers_of([feed]) == {3: frozenset({2})}


def test_an_agreement_counts_only_for_those_who_get_data_under_it() -> None:
    entries = catalogue([item(1), item(2, made_from=(1,))])
    shared = agreement("one", (1,))
    found = reach(entries, [], [1])

    def use(agency: str, *items: int) -> UseOn:
        return UseOn.of([1, "m", "M", 1, "u", 1, "Purpose", agency, "approved"], items)

    assert uses_under(shared, entries, found, [use("ASC", 1)])
    assert not uses_under(shared, entries, found, [use("BCC", 1)]), "the council's own data is not disclosed to it"
    assert not uses_under(shared, entries, found, [use("XYZ", 1)])
    assert uses_under(shared, entries, found, [use("BCC", 2)]), "over what is made from it"


def test_an_approval_stands_to_its_last_day() -> None:
    granted = Granted(1, datetime(2026, 11, 1, tzinfo=UTC), DAY, None, 7)
    assert granted.stands(DAY)
    assert not granted.stands(date(2026, 11, 23))
    assert not Granted(1, granted.granted_at, date(2027, 1, 1), granted.granted_at, 7).stands(DAY)


def test_uses_are_read_as_they_stood(registered: Database, take, clock) -> None:
    with registered.read() as session:
        version = get_version(session, "return-to-custody", 1)
        entries = read_catalogue(session)
        real = Lineage(tuple(version.features), entries, DAY, frozenset({"ASC"}), makers_of(list_feeds(session)))
        assert {one.id for one in real.items} == {3, 4, 12}
        assert real.sentence.endswith("8 not verified by a lawyer.")
        assert real.drawing.headings == ["Inputs of the model", "Data items", "Agencies", "Legal gateways"]
    take.submit(registered)
    before = clock.now()
    clock.advance(days=1)
    take.approve(registered)
    with registered.read() as session:
        (now,) = list_uses_on(session, [3, 12, 20])
        (then,) = list_uses_on(session, [3], before)
        assert (now.stage_code, now.items, now.granted.granted_at) == ("approved", (3, 12), clock.now())
        assert (then.stage_code, then.approvals) == ("submitted", ())
        assert list_uses_on(session, [20]) == []
        assert list_uses_on(session, [3], datetime(2026, 1, 1, tzinfo=UTC)) == []


def test_a_watch_plan_reads_as_sentences(registered: Database) -> None:
    with registered.read() as session:
        plan = get_version(session, "return-to-custody", 1).declaration["watch"]
    rules = rules_in_words(plan)
    assert len(rules) == len(plan["thresholds"])
    said = " ".join(sentence for _, sentence, _ in rules)
    assert "Fewer than 40 of 100 people flagged go on to have the outcome" in said
    assert ("The model is suspended at once") in [action for _, _, action in rules]
