"""Keeping the register by hand, on both databases: every change is kept with who, when and why, and none is lost."""

from datetime import date, timedelta

import pytest

from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from foundation.jobs.queries import list_recent
from registry.agencies.tables import Agency
from registry.agencies.values import AgencyEntry, SystemEntry
from registry.agreements.service import attach_document
from registry.agreements.values import AgreementEntry
from registry.catalogue.entries import read_entry
from registry.catalogue.history import count_history, tell
from registry.catalogue.keeping import amend, end, enter, reopen
from registry.catalogue.moments import end_of
from registry.catalogue.queries import find_last_number, list_history, list_revisions, read_catalogue
from registry.catalogue.service import CHECK_FOOTINGS
from registry.catalogue.values import Thing
from registry.gateways.service import doubt, supersede, verify
from registry.items.service import drop_gateway
from registry.items.values import ItemEntry

LINK = "https://www.legislation.gov.uk/ukpga/1998/37/section/115"


def item_of(database: Database, group: str = "Domestic Violence", name: str = "Victim of DVA") -> ItemEntry:
    with database.read() as session:
        return read_catalogue(session).find_item(group, name)


def test_everything_is_entered_changed_ended_and_opened_again(founded: Database, cast, clock: StoppedClock) -> None:
    iris, at = cast(founded).governance, clock.now()
    health = AgencyEntry(code="NHS", name="A health trust", kind="health")
    with founded.write() as session:
        enter(session, iris, health, reason="It joins the partnership.", at=at)
        enter(session, iris, SystemEntry(code="PAS", name="Patient records", agency="NHS"), reason="", at=at)
        told = {"group": "Health", "name": "Visit", "sources": ["PAS"], "gateways": [1]}
        item_id = int(enter(session, iris, read_entry(ItemEntry, told), reason="", at=at).key)
        days = {"starts_on": "2026-01-01", "ends_on": "2027-12-31"}
        told = {"code": "visits", "title": "Visits", "parties": ["BCC", "NHS"], "items": [item_id], **days}
        enter(session, iris, read_entry(AgreementEntry, told), reason="", at=at)
        assert session.get(Agency, "NHS").name == "A health trust"
        jobs = len(list_recent(session))
    clock.advance(hours=1)
    with founded.write() as session:
        renamed = health.model_copy(update={"name": "The health trust"})
        amend(session, iris, health, renamed, reason="It was renamed.", seen=1, at=clock.now())
        assert session.get(Agency, "NHS").name == "The health trust"
        assert [job.kind for job in list_recent(session)] == [CHECK_FOOTINGS] * (jobs + 1)
        pdf = b"%PDF-1.7 signed"
        told = {"upload_mib": 1, "reason": "It was signed.", "seen": 1, "at": clock.now()}
        attach_document(session, iris, "visits", r"C:\signed.pdf", pdf, **told)
        deal = read_catalogue(session).agreements["visits"]
        assert (deal.document_name, len(deal.document_sha256)) == ("signed.pdf", 64)
        over = date(2026, 12, 31)
        end(session, iris, deal, day=over, reason="Nobody needs it.", seen=2, at=clock.now())
    with founded.write() as session:
        catalogue = read_catalogue(session)
        deal = catalogue.agreements["visits"]
        assert (deal.in_force(date(2026, 12, 30)), deal.in_force(over)) == (True, False)
        assert deal.ended_reason == "Nobody needs it."
        reopen(session, iris, deal, reason="It was ended by mistake.", seen=3, at=clock.now())
        assert read_catalogue(session).agreements["visits"].in_force(over)
        history = tell(session, list_revisions(session, Thing.AGREEMENT, "visits"), catalogue)
        assert [one.change_text for one in history] == ["Opened again", "Ended", "Changed", "Entered"]
        assert {one.by for one in history} == {"Iris Bello"}
        assert [each.label for each in history[1].differences] == ["Ended from", "Why it ended"]


def test_what_cannot_be_kept_is_refused_and_nothing_is_half_kept(founded: Database, cast, clock: StoppedClock) -> None:
    iris, leo, at = cast(founded).governance, cast(founded).lawyer, clock.now()
    victim = item_of(founded)
    with founded.read() as session:
        before, law = read_catalogue(session), read_catalogue(session).gateways[4]
    why = {"reason": "Because.", "seen": 1, "at": at}
    changed = victim.model_copy(update={"retention": "Six years"})
    tries = [
        (Conflict, lambda s: enter(s, iris, before.agencies["BCC"], reason="", at=at)),
        (Conflict, lambda s: enter(s, iris, law, reason="", at=at)),
        (Invalid, lambda s: enter(s, iris, victim.model_copy(update={"id": 0}), reason="", at=at)),
        (Invalid, lambda s: amend(s, iris, victim, changed, **{**why, "reason": "  "})),
        (Invalid, lambda s: amend(s, iris, victim, victim, **why)),
        (Conflict, lambda s: amend(s, iris, victim, changed, **{**why, "seen": 0})),
        (Forbidden, lambda s: amend(s, leo, victim, changed, **why)),
        (Invalid, lambda s: end(s, iris, victim, day=date(2026, 11, 21), **why)),
        (Invalid, lambda s: end(s, iris, victim, day=None, **{**why, "reason": ""})),
        (Forbidden, lambda s: end(s, iris, law, day=None, **why)),
        (Refused, lambda s: reopen(s, iris, victim, **why)),
        (NotFound, lambda s: drop_gateway(s, iris, 999, 4, **why)),
        (NotFound, lambda s: drop_gateway(s, iris, victim.id, 13, **why)),
        (Forbidden, lambda s: doubt(s, iris, 4, **why)),
        (NotFound, lambda s: doubt(s, leo, 99, **why)),
        (Invalid, lambda s: supersede(s, leo, 4, 99, from_day=None, **why)),
        (NotFound, lambda s: attach_document(s, iris, "none", "a.pdf", b"%PDF-", upload_mib=1, **why)),
    ]
    for refusal, act in tries:
        with pytest.raises(refusal), founded.write() as session:
            act(session)
    with founded.read() as session:
        assert read_catalogue(session).state == before.state


def test_two_editors_at_once_do_not_overwrite_each_other(founded: Database, cast, clock: StoppedClock) -> None:
    iris, at, victim = cast(founded).governance, clock.now(), item_of(founded)
    first, second = (victim.model_copy(update={"retention": text}) for text in ("Six years", "Ten years"))
    with founded.write() as session:
        amend(session, iris, victim, first, reason="The schedule says so.", seen=1, at=at)
    with pytest.raises(Conflict, match="Somebody else changed Domestic Vio"), founded.write() as session:
        amend(session, iris, victim, second, reason="Another schedule.", seen=1, at=at)
    assert item_of(founded).retention == "Six years"
    with founded.write() as session:
        amend(session, iris, first, second, reason="Another schedule.", seen=2, at=at)
        assert find_last_number(session, Thing.ITEM, victim.key) == 3


def test_law_is_verified_falls_back_and_never_follows_itself(founded: Database, cast, clock: StoppedClock) -> None:
    iris, leo, at = cast(founded).governance, cast(founded).lawyer, clock.now()
    told = {"section": "115", "source_link": LINK, "check_again_on": date(2027, 11, 22), "at": at}
    with founded.write() as session:
        verify(session, leo, 4, reason="I read it.", seen=1, **told)
        law = read_catalogue(session).gateways[4]
        assert (law.verified, law.verified_by) == (True, "Leo Marchetti")
    with founded.write() as session:
        amend(session, iris, law, law.model_copy(update={"section": "116"}), reason="A slip.", seen=2, at=at)
        assert not read_catalogue(session).gateways[4].verified
    with founded.write() as session:
        supersede(session, leo, 4, 5, from_day=None, reason="Replaced.", seen=3, at=at)
        supersede(session, leo, 5, 6, from_day=None, reason="Replaced.", seen=1, at=at)
    with pytest.raises(Invalid, match="goes in a circle"), founded.write() as session:
        supersede(session, leo, 6, 4, from_day=None, reason="Replaced.", seen=1, at=at)
    with founded.write() as session:
        last = read_catalogue(session).gateways[6]
        end(session, leo, last, day=None, reason="Repealed.", seen=1, at=at)
        assert not read_catalogue(session).gateways[6].stands(date(2026, 11, 22))


def test_the_register_reads_as_at_any_past_day(founded: Database, cast, clock: StoppedClock) -> None:
    iris, victim, yesterday = cast(founded).governance, item_of(founded), end_of(date(2026, 11, 22))
    clock.advance(days=1)
    with founded.write() as session:
        drop_gateway(session, iris, victim.id, 4, reason="The notice was withdrawn.", seen=1, at=clock.now())
    with founded.read() as session:
        then, now = read_catalogue(session, yesterday), read_catalogue(session)
        assert (4 in then.items[victim.id].gateways, 4 in now.items[victim.id].gateways) == (True, False)
        assert victim.id in {item.id for item in then.items_citing(4)} - {item.id for item in now.items_citing(4)}
        assert count_history(session, as_at=yesterday) == count_history(session) - 1
        assert count_history(session, thing="gateway") == 13
        newest = tell(session, list_history(session, count=1), now)[0]
        assert [(one.label, "115" in one.before, "115" in one.after) for one in newest.differences] == [
            ("Said to be shared under", True, False)
        ]
        assert read_catalogue(session, yesterday - timedelta(days=9)).items == {}
