"""A file on its way into the register: proposed, checked again, accepted whole or discarded."""

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from foundation.files.service import get_content
from foundation.jobs.tables import Job
from foundation.ledger.queries import list_recent
from foundation.ledger.values import digest
from registry.catalogue.queries import list_revisions, read_catalogue
from registry.catalogue.service import CHECK_FOOTINGS, revise
from registry.catalogue.values import Change, Thing
from registry.imports.proposals import accept, discard, look_again, propose
from registry.imports.queries import count_repairs, find_proposal_of, get_proposal, list_proposals, list_repairs_of
from registry.imports.values import PROPOSAL_LIFE

ITEMS = (
    'group,description,source,gateways\nHealth,Teenage Parent,BCC,1\nHealth,New\u00a0Item,\u0412\u0421\u0421,"1, 10"\n'
    'Crime,Breach of Order of Injuction,ASC,"5, 7, 9, 10"\n'
).encode("utf-16")

BAD = b"group,name,sources,gateways\nA,B,BCC,99\n"

Cast = Callable[[Database], SimpleNamespace]


def test_a_file_is_kept_accepted_and_written_whole(founded: Database, cast: Cast, clock: StoppedClock) -> None:
    iris = cast(founded).governance
    with founded.write() as session:
        proposal = propose(session, iris, Thing.ITEM, ITEMS, "new items.csv", clock.now())
        assert propose(session, iris, Thing.ITEM, ITEMS, "again.csv", clock.now()).id == proposal.id
        assert get_content(session, proposal.file_sha256) == ITEMS
        assert read_catalogue(session).find_item("Health", "New Item") is None
    with founded.write() as session:
        proposal = get_proposal(session, proposal.id)
        seen = look_again(session, proposal).digest
        run = accept(session, iris, proposal, reason="New extract.", at=clock.now(), seen=seen)
    with founded.read() as session:
        catalogue = read_catalogue(session)
        new, parent = (catalogue.find_item("Health", name) for name in ("New Item", "Teenage Parent"))
        assert (new.sources, new.gateways, new.origin.row, new.origin.run_id) == (("BCC",), (1, 10), 3, run.id)
        assert parent.gateways == (1,)
        newest, before = list_revisions(session, Thing.ITEM, parent.key)
        assert (newest.change, newest.reason, newest.run_id) == ("amended", "New extract.", run.id)
        assert (before.change, before.content["gateways"][:2]) == ("entered", [1, 2])
        repairs = [(one.row, one.field, one.repaired) for one in list_repairs_of(session, run.id)]
        assert repairs == [(3, "name", "New Item"), (3, "sources", "BCC"), (4, "name", "Breach of Order or Injunction")]
        assert count_repairs(session)[run.id] == 3
        assert find_proposal_of(session, run.id).decided_by_id == iris.account_id
        facts = [json.loads(one.body)["facts"] for one in list_recent(session, 200) if one.kind == "register_imported"]
        assert facts[0] | {"sha256": digest(ITEMS), "entered": 1, "amended": 1, "repairs": 3, "rows": 3} == facts[0]
        assert CHECK_FOOTINGS in set(session.scalars(select(Job.kind)))
    with founded.write() as session, pytest.raises(Refused, match="changes nothing"):
        propose(session, iris, Thing.ITEM, ITEMS, "new items.csv", clock.now())


def test_nothing_is_written_without_reason_or_after_the_register_moved_on(
    founded: Database, cast: Cast, clock: StoppedClock
) -> None:
    iris = cast(founded).governance
    with founded.write() as session:
        proposal = propose(session, iris, Thing.ITEM, ITEMS, "f.csv", clock.now())
        seen = look_again(session, proposal).digest

    def try_to(reason: str) -> None:
        with founded.write() as session:
            accept(session, iris, get_proposal(session, proposal.id), reason=reason, at=clock.now(), seen=seen)

    with pytest.raises(Invalid, match="Say why"):
        try_to(" ")
    with founded.write() as session:
        parent = read_catalogue(session).find_item("Health", "Teenage Parent")
        other = parent.model_copy(update={"retention": "Six years", "gateways": (1,)})
        revise(session, iris, other, change=Change.AMENDED, reason="By hand.", at=clock.now())
    with pytest.raises(Conflict, match="changed since you looked"):
        try_to("New extract.")
    with founded.read() as session:
        assert read_catalogue(session).find_item("Health", "New Item") is None
        waiting = list_proposals(session)
        assert [(one.id, one.stage, one.run_id) for one in waiting] == [(proposal.id, PROPOSAL_LIFE.first, None)]


def test_a_file_is_discarded_once_and_only_by_those_who_keep_the_register(
    founded: Database, cast: Cast, clock: StoppedClock
) -> None:
    people = cast(founded)
    with founded.write() as session:
        with pytest.raises(Forbidden):
            propose(session, people.owner, Thing.ITEM, ITEMS, "f.csv", clock.now())
        proposal = propose(session, people.governance, Thing.ITEM, ITEMS, "f.csv", clock.now())
        with pytest.raises(Forbidden):
            accept(session, people.lawyer, proposal, reason="Why", at=clock.now())
        discard(session, people.governance, proposal, clock.now())
        with pytest.raises(Conflict):
            accept(session, people.governance, proposal, reason="Why", at=clock.now())
        with pytest.raises(Invalid, match="row 2, column gateways"):
            propose(session, people.governance, Thing.ITEM, BAD, "f.csv", clock.now())
        assert list_proposals(session) == []
