"""Names in a declaration are those of the register today, however wrong the rest of the file is."""

from datetime import date, timedelta

import pytest

from foundation.clock import StoppedClock, london_date
from foundation.database.connection import Database
from registry.catalogue.queries import read_catalogue
from registry.catalogue.service import revise
from registry.catalogue.values import Change
from registry.declarations.names import find_name_problems
from registry.declarations.service import find_problems

BROKEN = {
    "model": {"agency": "XYZ", "owner": "colin.contributor", "deputy": "nobody.here"},
    "version": {"features": ["nonsense", {"data_item": {"group": "Crime", "name": "Shoe Size"}}, {"data_item": 3}]},
    "uses": [{"agency": " ASC "}, {"agency": "QRS"}],
}


def test_every_unknown_name_is_found_in_a_file_that_is_wrong_all_over(founded: Database, clock: StoppedClock) -> None:
    with founded.read() as session:
        found = find_problems(BROKEN, "f", {}, session=session, upload_mib=1, at=clock.now())
        assert find_name_problems(session, ["no", "mapping"], london_date(clock.now())) == {}
    names = {
        "model.agency": "the register has no agency XYZ",
        "model.owner": "colin.contributor does not have the role of a model owner",
        "model.deputy": "there is no account nobody.here",
        "version.features[2].data_item": "the register has no data item 'Crime: Shoe Size'",
        "uses[2].agency": "the register has no agency QRS",
    }
    assert {place: found[place] for place in names} == names
    assert found["schema"] == "this field is missing"
    assert found["model.slug"] == "this field is missing"


@pytest.mark.parametrize("thing", ["item", "agency"])
def test_what_ended_in_the_register_is_not_built_upon(
    thing: str, founded: Database, clock: StoppedClock, kinds
) -> None:
    today: date = london_date(clock.now())
    with founded.write() as session:
        catalogue = read_catalogue(session)
        entry = (
            catalogue.find_item("Crime", "Person Committed Offence") if thing == "item" else catalogue.agencies["ASC"]
        )
        ended = entry.model_copy(update={"ended_on": today, "ended_reason": "Merged"})
        revise(session, None, ended, change=Change.ENDED, reason="Merged", at=clock.now(), seen=1)
        found = find_name_problems(session, kinds["scikit-learn"], today)
        before = find_name_problems(session, kinds["scikit-learn"], today - timedelta(days=1))
    assert before == {}
    place = "version.features[2].data_item" if thing == "item" else "model.agency"
    assert "has ended in the register" in found[place]
