"""The published schemas: the newest is made from the code, the first one never changes."""

import json

import pytest

from foundation.errors import NotFound
from foundation.ledger.values import digest
from registry.declarations.schema import json_schema, read_schema, written_schema
from registry.declarations.versions import KINDS


def test_the_schema_knows_every_kind_and_nothing_else() -> None:
    schema = json_schema()
    parts = schema["$defs"]
    assert set(parts["Declaration"]["properties"]["version"]["discriminator"]["mapping"]) == set(KINDS)
    assert all(part["additionalProperties"] is False for part in parts.values())
    assert "remove_child" not in parts["UsePart"]["properties"]["decision_kind"]["enum"]
    assert "early_help" in parts["UsePart"]["properties"]["purpose_kinds"]["items"]["enum"]
    assert parts["FeaturePart"]["properties"]["name"]["maxLength"] == 80
    assert parts["ScikitLearnVersion"]["properties"]["features"]["minItems"] == 1


def test_published_schemas_are_there_and_the_first_never_changes() -> None:
    assert read_schema(2) == written_schema()
    assert json.loads(read_schema(1))["title"] == "algocare/model/1"
    assert digest(read_schema(1).encode()) == "c4d4d36c02ec88d0cd7da77e2e679b3261a9e1162b6a1f9a3c022435986eeecf"
    with pytest.raises(NotFound):
        read_schema(3)
