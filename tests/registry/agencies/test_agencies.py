"""Agencies and the systems their data comes from."""

import pytest

from foundation.database.connection import Database
from foundation.errors import NotFound
from registry.agencies.queries import find_agency, get_agency, list_agencies, list_sources


def test_agencies_stand_by_name_and_systems_belong_to_one(founded: Database) -> None:
    with founded.read() as session:
        assert [agency.code for agency in list_agencies(session)] == ["ASC", "BCC", "DFE", "DWP"]
        owners = {source.code: (source.owner.code, source.is_system) for source in list_sources(session)}
    assert owners["EHM"] == owners["EYES"] == ("BCC", True)
    assert owners["ASC"] == ("ASC", False)


def test_an_agency_is_found_by_code_only(founded: Database) -> None:
    with founded.read() as session:
        assert get_agency(session, "BCC").name == "Bristol City Council"
        assert find_agency(session, "\u0412\u0421\u0421") is None  # Cyrillic
        with pytest.raises(NotFound, match="NOPE"):
            get_agency(session, "NOPE")
