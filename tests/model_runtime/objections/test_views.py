"""Objections as pages: from the person's page to the answer (R53)."""

import re

import pytest

pytestmark = pytest.mark.one_database

FILLED = {"use": "all", "words": "Not by a <machine>.", "way": "letter", "received_on": "20/11/2026"}
ANSWER = {"outcome": "overridden", "reason": "A risk to life.", "told_on": "22/11/2026", "told_way": "letter"}


def test_a_practitioner_records_and_the_officer_answers(world, visit):
    """R53: the person's page says that it stands, then how it was answered, with the grounds."""
    practitioner, officer = visit(world.database, "practitioner"), visit(world.database, "data_protection_officer")
    page = "/people/RC-0001/objection"
    wrong = practitioner.send(page, {**FILLED, "words": "", "received_on": "tomorrow"}).get_data(as_text=True)
    assert "Write down what they said" in wrong
    assert "Enter a real date" in wrong
    done = practitioner.send(page, FILLED)
    assert (done.status_code, done.headers["Location"]) == (303, "/people/RC-0001")
    shown = practitioner.get("/people/RC-0001").get_data(as_text=True)
    assert "Being scored by any model" in shown
    assert "Stands, to answer" in shown
    listed = officer.get("/objections").get_data(as_text=True)
    address = re.search(r'href="(/objections/OB-[^"]+)"', listed).group(1)
    assert "RC-0001 (ASC)" in listed
    assert "Not by a &lt;machine&gt;." in officer.get(address).get_data(as_text=True)
    early = officer.send(f"{address}/answer", {**ANSWER, "told_on": "19/11/2026"}, page=address)
    assert early.status_code == 422
    assert "nobody was told before that" in early.get_data(as_text=True)
    assert officer.send(f"{address}/answer", ANSWER, page=address).status_code == 303
    assert "It was overridden" in officer.get(address).get_data(as_text=True)
    assert "overrode it on 22 November 2026: A risk to life." in practitioner.get("/people/RC-0001").get_data(True)


def test_somebody_not_known_here_can_object(world, visit):
    """R53: a practitioner records for their own agency alone, the officer for every one."""
    practitioner, officer = visit(world.database, "practitioner"), visit(world.database, "data_protection_officer")
    told = {**FILLED, "agency": "BCC", "person": "C-77"}
    assert practitioner.send("/objections/new", told).status_code == 422
    assert practitioner.send("/objections/new", {**told, "agency": "ASC"}).headers["Location"] == "/people"
    done = officer.send("/objections/new", told)
    assert (done.status_code, done.headers["Location"]) == (303, "/objections")
    assert officer.get("/objections").get_data(as_text=True).count("C-77") == 2


def test_another_agencys_person_is_not_found(world, visit):
    """R53, R54: nobody learns whether another agency works with somebody."""
    assert visit(world.database, "practitioner").get("/people/RC-0002/objection").status_code == 404
