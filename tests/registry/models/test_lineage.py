"""The picture of where inputs come from holds what the table holds."""

import pytest

from foundation.database.connection import Database
from registry.models.lineage import GAP, LEFTS, WIDTHS, Lineage, Node
from registry.models.queries import get_version
from registry.models.watch_plan import ACTIONS, MEASURES, rules_in_words


@pytest.fixture
def lineage(registered: Database) -> Lineage:
    with registered.read() as session:
        return Lineage(tuple(get_version(session, "return-to-custody", 1).features))


def test_every_input_leads_to_a_data_item_an_agency_and_a_law(lineage: Lineage) -> None:
    ends = {(line.start.key, line.end.key) for line in lineage.lines}
    for feature in lineage.features:
        assert (f"f{feature.position}", f"i{feature.item_id}") in ends
        for source in feature.item.sources:
            assert (f"i{feature.item_id}", f"a{source.agency_code}") in ends
            for gateway in feature.item.gateways:
                assert (f"a{source.agency_code}", f"g{gateway.number}") in ends


def test_nothing_is_drawn_twice_or_over_something_else(lineage: Lineage) -> None:
    nodes = [node for column in lineage.columns for node in column]
    assert len({node.key for node in nodes}) == len(nodes)
    assert len({(node.x, node.y) for node in nodes}) == len(nodes)
    assert all(0 <= node.y <= lineage.height for node in nodes)
    assert all(node.x + node.width <= lineage.width for node in nodes)
    assert all(LEFTS[n] + WIDTHS[n] + GAP == LEFTS[n + 1] for n in range(3))


def test_gateways_nobody_verified_are_drawn_with_a_broken_edge(lineage: Lineage) -> None:
    assert len(lineage.columns[3]) == 8
    assert not any(node.firm for node in lineage.columns[3])
    assert all(node.firm for column in lineage.columns[:3] for node in column)
    assert lineage.sentence.endswith("8 not verified by a lawyer.")


def test_inputs_are_gathered_by_their_data_item(lineage: Lineage) -> None:
    gathered = [meaning for meanings in lineage.inputs.values() for meaning in meanings]
    assert sorted(gathered) == sorted(feature.meaning for feature in lineage.features)
    assert set(lineage.inputs) == {item.id for item in lineage.items}


def test_a_long_text_is_shortened_to_its_box() -> None:
    short, long = Node("a", "age", 0, 0, 165), Node("b", "x" * 100, 0, 0, 165)
    assert short.label == "age"
    assert long.label.endswith("…")
    assert len(long.label) <= 23


def test_a_watch_plan_reads_as_sentences(registered: Database) -> None:
    with registered.read() as session:
        plan = get_version(session, "return-to-custody", 1).declaration["watch"]
    rules = rules_in_words(plan)
    assert len(rules) == len(plan["thresholds"])
    said = " ".join(sentence for _, sentence, _ in rules)
    assert "Fewer than 40 of 100 people flagged go on to have the outcome" in said
    assert ("The model is suspended at once") in [action for _, _, action in rules]


def test_every_measure_and_action_of_the_schema_has_its_words() -> None:
    from typing import get_args

    from registry.declarations.values import ThresholdPart

    fields = ThresholdPart.model_fields
    assert set(get_args(fields["measure"].annotation)) == set(MEASURES)
    assert set(get_args(fields["action"].annotation)) == set(ACTIONS)
