"""Finding models, versions and uses."""

import pytest

from foundation.database.connection import Database
from foundation.errors import NotFound
from registry.items.queries import find_item
from registry.models.queries import (
    find_named_model,
    find_use,
    get_use,
    get_version,
    list_models,
    list_uses,
    lock_use,
)


def test_held_models_come_first(registered: Database) -> None:
    with registered.read() as session:
        models = list_models(session)
    assert models[0].slug == "return-to-custody"
    assert [model.held for model in models] == [True] + [False] * 7


def test_a_version_is_found_by_number(registered: Database) -> None:
    with registered.read() as session:
        assert get_version(session, "return-to-custody", 1).title == "Return to custody, version 1"
        for slug, number in (("return-to-custody", 2), ("return-to-custody", 0), ("nothing", 1), ("risk-of-neet", 1)):
            with pytest.raises(NotFound):
                get_version(session, slug, number)


def test_a_use_is_found_by_code_stage_and_agency(registered: Database) -> None:
    with registered.read() as session:
        use = find_use(session, "return-to-custody", "resettlement-support")
        assert get_use(session, use.id) is use
        assert lock_use(session, use.id).stage == "registered"
        assert find_use(session, "return-to-custody", "other") is None
        assert find_use(session, "nothing", "resettlement-support") is None
        assert list_uses(session, stage="registered", agency="ASC") == [use]
        assert list_uses(session, stage="approved") == []
        assert list_uses(session, agency="BCC") == []
        with pytest.raises(NotFound):
            get_use(session, 999)


def test_an_item_that_is_a_model_knows_it(registered: Database) -> None:
    with registered.read() as session:
        neet = find_item(session, "Risk Models", "Risk of NEET")
        assert find_named_model(session, neet.id).slug == "risk-of-neet"
        assert find_named_model(session, find_item(session, "Health", "Teenage Parent").id) is None


@pytest.mark.parametrize(
    ("score", "band"), [(0.0, "lower"), (0.2999, "lower"), (0.3, "medium"), (0.4, "higher"), (1.0, "higher")]
)
def test_a_score_falls_into_one_band_and_edges_belong_to_the_upper_one(score: float, band: str, registered) -> None:
    with registered.read() as session:
        assert get_version(session, "return-to-custody", 1).band_of(score).code == band
