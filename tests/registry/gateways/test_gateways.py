"""Legal gateways as they are shown: with their kind in words, and never as if a lawyer had checked them."""

import csv

import pytest

from foundation.database.connection import Database
from foundation.errors import NotFound
from registry.gateways.queries import get_gateway, list_gateways
from registry.gateways.values import KINDS, UNVERIFIED
from registry.imports.service import REFERENCE


def test_there_are_thirteen_and_each_keeps_its_wording_as_given(founded: Database) -> None:
    with (REFERENCE / "gateways.csv").open(encoding="utf-8") as file:
        given = {int(row["number"]): row["original"] for row in csv.DictReader(file)}
    with founded.read() as session:
        gateways = list_gateways(session)
    assert [gateway.number for gateway in gateways] == list(range(1, 14))
    assert {gateway.number: gateway.original for gateway in gateways} == given


def test_none_is_said_to_be_verified(founded: Database) -> None:
    with founded.read() as session:
        said = {gateway.verification_text for gateway in list_gateways(session)}
    assert said == {UNVERIFIED}


def test_an_aim_is_never_called_a_power(founded: Database) -> None:
    with founded.read() as session:
        titles = {gateway.number: gateway.kind_card.title for gateway in list_gateways(session)}
    assert {number for number, title in titles.items() if title == "A power to disclose"} == {4, 9, 13}
    assert {number for number, title in titles.items() if title == "An aim only"} == {5, 6}
    assert len(KINDS) == 3


def test_the_section_that_was_given_wrongly_says_so(founded: Database) -> None:
    with founded.read() as session:
        gateway = get_gateway(session, 13)
    assert "131" in gateway.provision
    assert "legal confirmation" in gateway.note
    assert gateway.title.startswith("13. Welfare Reform Act 2012, section 13 as given")


def test_a_gateway_that_is_not_there_is_refused(founded: Database) -> None:
    with founded.read() as session, pytest.raises(NotFound):
        get_gateway(session, 14)
