"""Law that falls away stops scores at the very next request, and says which item and which section."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from foundation.clock import london_date
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from model_runtime.scores.tables import Refusal
from registry.catalogue.queries import read_catalogue
from registry.catalogue.service import revise
from registry.catalogue.values import AnyEntry, Change
from registry.footing.queries import answer_use, find_lost, list_stopped
from registry.footing.service import sign_off, take_back
from registry.items.service import drop_gateway
from registry.models.queries import find_approval, get_use
from registry.models.service import submit
from tests.conftest import grant
from tests.model_runtime.conftest import EXPIRES, Meanwhile, ledger, take

ITEM = ("Crime", "Prisoner 12 Months From Release")


def keep(world: SimpleNamespace, who: object, entry: AnyEntry, *, permission=None) -> None:
    more = {"permission": permission} if permission else {}
    with world.database.write() as session:
        revise(session, who, entry, change=Change.AMENDED, reason="A test.", at=world.clock.now(), **more)


def item_of(world: SimpleNamespace, group: str = ITEM[0], name: str = ITEM[1]):
    with world.database.read() as session:
        return read_catalogue(session).find_item(group, name)


def drop(world: SimpleNamespace, number: int) -> None:
    item = item_of(world)
    with world.database.write() as session:
        drop_gateway(
            session, world.cast.governance, item.id, number, reason="Out of scope.", seen=1, at=world.clock.now()
        )


def refused(answer: object) -> Refusal:
    assert isinstance(answer, Refusal), "a score was given"
    return answer


def test_removing_one_gateway_from_one_item_refuses_the_next_request(approved, ask) -> None:
    """R16: whatever else the item still cites, and although no job has looked at it yet."""
    ask()
    drop(approved, 7)
    closed = refused(ask(key="the next press"))
    assert closed.code == "law_lost"
    for words in (
        "'Crime: Prisoner 12 Months From Release'",
        "section 325 of the Criminal Justice Act 2003",
        "gateway 7",
    ):
        assert words in closed.sentence
    assert len(ledger(approved.database, "score_given")) == 1


def test_a_gateway_dropped_while_the_engine_works_gives_no_score(approved, ask, engine) -> None:
    closed = refused(ask(engine=Meanwhile(engine, lambda: drop(approved, 7))))
    assert closed.code == "law_lost"


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"ended_on": "today", "ended_reason": "No longer collected"}, "law_lost", "was ended in the register"),
        ({"sources": ("BCC",)}, "law_lost", "no longer comes from Avon and Somerset Constabulary"),
        ({"sensitivity": "not_stated"}, "law_not_signed_off", "Nobody has said how sensitive"),
        ({"made_from": "another that ended"}, "law_open", "is made from"),
    ],
)
def test_what_else_closes_the_gate(approved, ask, change, code, words) -> None:
    """R18: an item that ends or changes its source, and findings that arise after the approval."""
    item, today = item_of(approved), london_date(approved.clock.now())
    fields = {name: today if value == "today" else value for name, value in change.items()}
    if "made_from" in fields:
        other = item_of(approved, "Financial Exclusion", "Out of Work Benefits")
        keep(approved, approved.cast.governance, other.model_copy(update={"ended_on": today}))
        fields["made_from"] = (other.id,)
    keep(approved, approved.cast.governance, item.model_validate({**item.plain(), **fields}))
    closed = refused(ask())
    assert (closed.code, words in closed.sentence) == (code, True), closed.sentence


def supplied_by_council(world: SimpleNamespace) -> None:
    """The item comes from the council from now on, so that the police need a route, an agreement, a sign-off."""
    item = item_of(world)
    keep(world, world.cast.governance, item.model_validate({**item.plain(), "sources": ("BCC",), "gateways": (4,)}))


def findings(world: SimpleNamespace, session: Session) -> dict[str, str]:
    answer = answer_use(session, get_use(session, world.use_id), london_date(world.clock.now()))
    return {finding.rule: finding.key for finding in answer.unsigned}


def test_a_use_is_approved_after_a_lawyer_accepted_what_needs_it(world, ask) -> None:
    """Sign-off with name, reason and expiry; a use that waits for it cannot be approved; its last day is its last."""
    supplied_by_council(world)
    take(world, submit, by="owner")
    with pytest.raises(Refused, match="a lawyer has to accept that"):
        _approve(world)
    today = london_date(world.clock.now())
    with world.database.write() as session:
        keys = findings(world, session)
        assert set(keys) == {"route_to_accept", "no_agreement"}
        until, use = today + timedelta(days=30), get_use(session, world.use_id)
        lawyer, at = world.cast.lawyer, world.clock.now()
        sign_off(session, lawyer, use, list(keys.values()), reason="Necessary.", expires_on=until, at=at)
    _approve(world)
    ask()
    world.clock.advance(days=30)
    world.add(world.database, "RC-0001", at=world.clock.now(), as_of=london_date(world.clock.now()))
    ask(key="on the last day")
    world.clock.advance(days=1)
    closed = refused(ask(key="the day after"))
    assert closed.code == "law_not_signed_off"


def test_a_sign_off_that_is_taken_back_closes_the_gate_at_once(world, ask) -> None:
    supplied_by_council(world)
    take(world, submit, by="owner")
    at, until = world.clock.now(), london_date(world.clock.now()) + timedelta(days=30)
    with world.database.write() as session:
        use, keys = get_use(session, world.use_id), findings(world, session)
        sign_off(session, world.cast.protector, use, list(keys.values()), reason="Necessary.", expires_on=until, at=at)
    _approve(world)
    with world.database.write() as session:
        use = get_use(session, world.use_id)
        take_back(session, world.cast.lawyer, use, keys["no_agreement"], reason="Wrong.", at=at)
    closed = refused(ask())
    assert "No sharing agreement of Bristol City Council and Avon and Somerset Constabulary" in closed.sentence
    assert [one["facts"]["finding"] for one in ledger(world.database, "law_sign_off_taken_back")] == [
        keys["no_agreement"]
    ]


@pytest.mark.parametrize(
    ("who", "change", "error"),
    [
        ("owner", {}, Forbidden),
        ("governance", {}, Forbidden),
        ("lawyer", {"keys": []}, Invalid),
        ("lawyer", {"keys": ["no_such:finding"]}, Conflict),
        ("lawyer", {"reason": " "}, Invalid),
        ("lawyer", {"expires_on": date(2026, 11, 22)}, Invalid),
        ("lawyer", {"expires_on": date(2027, 11, 24)}, Invalid),
    ],
)
def test_what_a_sign_off_refuses(world, who, change, error) -> None:
    supplied_by_council(world)
    with world.database.write() as session:
        told = {
            "keys": list(findings(world, session).values()),
            "reason": "So.",
            "expires_on": date(2027, 1, 1),
        } | change
        keys = told.pop("keys")
        with pytest.raises(error):
            sign_off(
                session, getattr(world.cast, who), get_use(session, world.use_id), keys, **told, at=world.clock.now()
            )
        assert ledger(world.database, "law_signed_off") == []


def test_the_preview_names_what_would_stop_and_the_approval_keeps_the_law_as_it_stood(approved) -> None:
    """R50: before it is confirmed the ending is only looked at; afterwards the approval's own law can be read."""
    item, granted = item_of(approved), approved.clock.now()
    without = item.model_copy(update={"gateways": tuple(one for one in item.gateways if one != 7)})
    with approved.database.read() as session:
        stopped = list_stopped(session, [without], london_date(granted))
        assert [one.use.id for one in stopped] == [approved.use_id]
        assert "(gateway 7)" in stopped[0].sentences[0]
        assert list_stopped(session, [item], london_date(granted)) == []
        assert find_lost(session, find_approval(session, stopped[0].use), london_date(granted)) == []
    approved.clock.advance(days=1)
    drop(approved, 7)
    with approved.database.read() as session:
        approval = find_approval(session, get_use(session, approved.use_id))
        ground = next(one for one in approval.footing.grounds if one["item"] == item.id)
        assert [one["number"] for one in ground["gateways"]] == list(item.gateways)
        assert approval.footing.state == read_catalogue(session, granted).state
        assert 7 in read_catalogue(session, granted).items[item.id].gateways
        assert 7 not in read_catalogue(session).items[item.id].gateways
        assert len(find_lost(session, approval, london_date(approved.clock.now()))) == 1


def _approve(world: SimpleNamespace) -> None:
    at: datetime = world.clock.now()
    with world.database.write() as session:
        use = get_use(session, world.use_id)
        grant(session, world.cast.chair, use, expires_on=EXPIRES, at=at)


def test_pages_of_the_law_behind_a_use(world, visit: Callable) -> None:
    """The lawyer signs off on the page, an owner only reads it; what is wrong with the form is said at its fields."""
    supplied_by_council(world)
    address = f"/footing/uses/{world.use_id}"
    owner, lawyer = visit(world.database, "model_owner"), visit(world.database, "legal_adviser")
    page = owner.get(address).get_data(as_text=True)
    assert "2 findings wait for legal sign-off" in page
    assert "Crime and Disorder Act 1998, section 115" in page
    assert 'name="findings"' not in page
    with world.database.read() as session:
        keys = list(findings(world, session).values())
    refused = lawyer.send(f"{address}/sign-off", {"findings": keys, "reason": "", "expires_on": "soon"}, page=address)
    assert refused.status_code == 422
    refused = lawyer.send(
        f"{address}/sign-off", {"findings": keys, "reason": "", "expires_on": "1/1/2027"}, page=address
    )
    assert "Say why this can be accepted" in refused.get_data(as_text=True)
    form = {"findings": keys, "reason": "Necessary for the Act.", "expires_on": "1/1/2027"}
    assert lawyer.send(f"{address}/sign-off", form, page=address).status_code == 303
    page = lawyer.get(address).get_data(as_text=True)
    assert "Leo Marchetti on 22 November 2026, until 1 January 2027: Necessary for the Act." in page
    assert "A legal route exists for every input; 2 findings are accepted by a lawyer." in page
    asked = f"{address}/take-back?finding={keys[0]}"
    assert lawyer.send(f"{address}/take-back", {"finding": keys[0], "reason": ""}, page=asked).status_code == 422
    assert lawyer.send(f"{address}/take-back", {"finding": keys[0], "reason": "Wrong."}, page=asked).status_code == 303
    assert "1 finding waits for legal sign-off" in lawyer.get(address).get_data(as_text=True)
    assert lawyer.get(f"{address}?as_at=2026-11-21").status_code == 404
    world.clock.advance(days=1)
    yesterday = visit(world.database, "legal_adviser").get(f"{address}?as_at=2026-11-22").get_data(as_text=True)
    assert "as it stood at the end of 22 November 2026" in yesterday
