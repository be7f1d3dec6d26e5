"""The administrator's pages of systems that call (R54)."""

import re

import pytest

from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.service_accounts.queries import get_holding
from foundation.service_accounts.rules import NotRecognised

pytestmark = pytest.mark.one_database

SYSTEM = {"name": "Case system", "agency": "ASC", "contact": "IT desk, 1234"}
TOKEN = {"scopes": ["score", "judge"], "purposes": "resettlement-support", "expires_on": "1/3/2027"}


def test_an_administrator_enters_a_system_makes_a_token_and_takes_it_away(
    founded: Database, visit, clock: StoppedClock
) -> None:
    """R54: the token is on the page that answers and on no page after it."""
    client = visit(founded, "administrator")
    assert "No system has been entered" in client.get("/systems").get_data(as_text=True)
    entered = client.send("/systems/enter", SYSTEM)
    assert entered.status_code == 302
    page = client.send(entered.location, TOKEN).get_data(as_text=True)
    token = re.search(r"algocare_[A-Za-z0-9_-]{43}", page)[0]
    assert "It is shown this once" in page
    assert "Ask for a score about one person" in page
    assert token not in client.get(entered.location).get_data(as_text=True)
    assert "Can call" in client.get("/systems").get_data(as_text=True)
    with founded.read() as session:
        assert set(get_holding(session, token, clock.now()).scopes) == {"score", "judge"}
    answer = client.send(f"{entered.location}/tokens/1/revoke", page=entered.location, follow_redirects=True)
    assert "Token 1 was revoked" in answer.get_data(as_text=True)
    with founded.read() as session, pytest.raises(NotRecognised):
        get_holding(session, token, clock.now())
    client.send(f"{entered.location}/end", page=entered.location)
    assert "Ended" in client.get("/systems").get_data(as_text=True)
    assert "Make a token" not in client.get(entered.location).get_data(as_text=True)


def test_what_is_wrong_stands_at_its_field(founded: Database, visit) -> None:
    """R54: nothing is made of a form that was refused."""
    client = visit(founded, "administrator")
    wrong = client.send("/systems/enter", {**SYSTEM, "agency": "A_C"})
    assert wrong.status_code == 422
    assert "Enter the code of the agency" in wrong.get_data(as_text=True)
    address = client.send("/systems/enter", SYSTEM).location
    for change, said in (({"expires_on": "soon"}, "Enter a real date"), ({"scopes": []}, "Choose what the token")):
        answer = client.send(address, {**TOKEN, **change})
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    assert "There is no token" in client.get(address).get_data(as_text=True)
    assert client.send(f"{address}/tokens/7/revoke", page=address).status_code == 404
