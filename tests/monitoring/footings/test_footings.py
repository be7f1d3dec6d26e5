"""When law falls away under a use, one case opens, the committee hears of it, and a person closes it (R12, R38)."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from algocare.worker import Worker
from assessments.committee.tables import AgendaItem
from foundation.accounts.queries import find_account
from foundation.jobs.queries import list_recent
from foundation.ledger.tables import LedgerEntry
from monitoring.cases.queries import get_case, list_open_cases
from monitoring.cases.service import close, explain
from monitoring.cases.telling import list_tasks as case_tasks
from monitoring.cases.values import CaseKind
from monitoring.footings.jobs import check_footings, check_upstream
from monitoring.footings.queries import list_ahead, list_fed, list_feeding, list_tasks, tell_now
from monitoring.footings.rules import find_ahead, find_feeding, find_way, not_told, shortened
from monitoring.footings.values import AheadKind
from registry.agreements.values import AgreementEntry
from registry.catalogue.queries import read_catalogue
from registry.catalogue.service import revise
from registry.catalogue.values import Catalogue, Change
from registry.footing.rules import fallen_sentences
from registry.footing.tables import SignOff
from registry.footing.values import Answer, Finding, Lost, Severity
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry
from registry.models.queries import get_use, list_uses
from registry.models.resting import Feed, reach
from registry.models.service import retire, suspend
from registry.models.tables import Feature, ModelVersion, RiskModel, Use

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PRISONER = 4
"""The data item "Crime: Prisoner 12 Months From Release", which the model rests on."""


def amend(story, entry, change: Change = Change.AMENDED) -> None:
    """The information governance lead changes an entry of the register."""
    with story.database.write() as session:
        iris = find_account(session, "iris.governance").actor()
        revise(session, iris, entry, change=change, reason="For the test.", at=story.clock.now())


def cite(story, *gateways: int) -> None:
    with story.database.read() as session:
        entry = read_catalogue(session).items[PRISONER]
    amend(story, entry.model_copy(update={"gateways": gateways}))


def open_cases(story) -> list[tuple[str, str]]:
    with story.database.read() as session:
        return [(case.kind, case.sentence) for case in list_open_cases(session)]


def agenda(story) -> list[str]:
    with story.database.read() as session:
        return [item.question for item in session.scalars(select(AgendaItem).order_by(AgendaItem.id))]


# --- rules ----------------------------------------------------------------------------------------------------------


def test_what_fell_away_is_told_once_with_the_grounds_of_the_approval_first() -> None:
    lost = [Lost(1, 4, "The item is no longer shared under section 115."), Lost(1, 5, "Twice."), Lost(2, 5, "Twice.")]
    found = tuple(Finding(f"f{n}", s, f"Finding {n}.") for n, s in enumerate((Severity.NOTE, Severity.BLOCK)))
    told = fallen_sentences(lost, Answer(TODAY, (), found))
    assert told == ["The item is no longer shared under section 115.", "Twice.", "Finding 1."]
    assert not_told(told, {"Twice.", "Something closed long ago."}) == [told[0], told[2]]
    assert shortened(told) == " ".join(told)
    assert shortened([*told, "A", "B"]) == f"{' '.join(told)} And 2 more, which the case lists."


def gateway(number: int, **more) -> GatewayEntry:
    plain = {"original": "Act", "statute": "Act", "provision": "Section 1", "summary": "Says so", "kind": "power"}
    return GatewayEntry(number=number, **{**plain, **more})


def agreement(ends_on: date, **more) -> AgreementEntry:
    plain = {"code": "one", "title": "Agreement", "parties": ("ASC", "BCC"), "items": (PRISONER,)}
    return AgreementEntry(**{**plain, "starts_on": date(2026, 1, 1), "ends_on": ends_on, **more})


SOON, LAST, LATE = TODAY + timedelta(days=5), TODAY + timedelta(days=60), TODAY + timedelta(days=61)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (agreement(LAST), ("ends", LAST)),
        (agreement(LATE), None),
        (agreement(TODAY - timedelta(days=1)), None),
        (agreement(LATE, ended_on=SOON), ("ends", SOON - timedelta(days=1))),
        (gateway(1), None),
        (gateway(1, in_force_to=SOON), ("ends", SOON - timedelta(days=1))),
        (gateway(1, ended_on=SOON, in_force_to=LAST), ("ends", SOON - timedelta(days=1))),
        (gateway(1, check_again_on=LAST), ("check", LAST)),
        (gateway(1, check_again_on=date(2026, 1, 1)), ("check", date(2026, 1, 1))),
        (gateway(1, check_again_on=LATE), None),
        (gateway(1, check_again_on=SOON, ended_on=TODAY), None),
        (ItemEntry(id=1, group="G", name="I", sources=("BCC",), ended_on=SOON), ("ends", SOON - timedelta(days=1))),
    ],
)
def test_law_is_looked_at_sixty_days_ahead_and_checks_that_are_overdue_too(entry, expected) -> None:
    kept: dict = {"agencies": {}, "systems": {}, "gateways": {}, "items": {}, "agreements": {}}
    place = {AgreementEntry: "agreements", GatewayEntry: "gateways", ItemEntry: "items"}[type(entry)]
    found = find_ahead(Catalogue(state="x", **{**kept, place: {1: entry}}), TODAY)
    assert [(one.kind.value, one.on) for one in found] == ([expected] if expected else [])


# --- law that falls away --------------------------------------------------------------------------------------------


def test_a_dropped_gateway_opens_one_case_and_a_person_closes_it(story) -> None:
    story.clock.set(AT)
    worker = Worker(story.database, story.clock, story.engine)
    assert check_footings(story.database, story.clock) == 0
    with story.database.read() as session:
        cited = read_catalogue(session).items[PRISONER].gateways
    cite(story, *(number for number in cited if number != 7))
    worker.run_waiting()
    ((kind, sentence),) = open_cases(story)
    assert kind == "law"
    assert "Crime: Prisoner 12 Months From Release" in sentence
    assert "section 325" in sentence
    (question,) = agenda(story)
    assert sentence in question
    assert "It gives no scores while this is so." in question

    assert check_footings(story.database, story.clock) == 0, "a second look opens nothing new"
    cite(story, *(number for number in cited if number not in (5, 7)))
    worker.run_waiting()
    assert len(open_cases(story)) == 2, "what is lost besides is told besides"
    assert "gateway 7" not in open_cases(story)[1][1]
    cite(story, *cited)
    worker.run_waiting()
    with story.database.write() as session:
        assert {job.state for job in list_recent(session)} == {"done"}
        first = list_open_cases(session)[0]
        assert tell_now(session, first, TODAY).startswith("Today the law carries this use again.")
        assert [task.tag for task in case_tasks(session, story.cast.owner, AT)] == ["To explain"] * 2
        explain(session, story.cast.owner, first, "The register was changed by mistake.", AT)
        close(session, story.cast.chair, first, "It was put right.", AT)
        bodies = session.scalars(select(LedgerEntry.body).where(LedgerEntry.kind == "case_opened"))
        facts = [json.loads(body)["facts"] for body in bodies]
    assert {one["case_kind"] for one in facts} == {"law"}
    assert len(open_cases(story)) == 1


def test_a_night_finds_what_ended_by_itself_and_nothing_under_a_use_that_is_stopped(story) -> None:
    story.clock.set(AT)
    with story.database.read() as session:
        law = read_catalogue(session).gateways[7]
    amend(story, law.model_copy(update={"ended_on": date(2026, 11, 25), "ended_reason": "Repealed"}), Change.ENDED)
    worker = Worker(story.database, story.clock, story.engine)
    worker.run_waiting()
    assert open_cases(story) == []
    with story.database.read() as session:
        (ahead,) = list_ahead(session, TODAY)
        assert (ahead.kind, ahead.on) == (AheadKind.ENDS, date(2026, 11, 24))
        assert [use.slug for use in ahead.uses] == ["return-to-custody"]
    story.clock.set(datetime(2026, 11, 25, 2, 0, tzinfo=UTC))
    worker.queue_night(story.clock.now())
    with story.database.read() as session:
        queued = [job.kind for job in list_recent(session) if job.state == "queued"][::-1]
        assert queued.index("check_footings") < queued.index("run_watch"), "the law is looked at before the watches"
    assert check_footings(story.database, story.clock) == 1
    with story.database.write() as session:
        suspend(session, story.cast.chair, get_use(session, story.use_id), "Stopped.", AT)
    with story.database.read() as session:
        law = read_catalogue(session).gateways[10]
    amend(story, law.model_copy(update={"ended_on": date(2026, 11, 25), "ended_reason": "Repealed"}), Change.ENDED)
    assert check_footings(story.database, story.clock) == 0


# --- models that feed models ----------------------------------------------------------------------------------------


def feed(story, item_id: int, name: str = "Upstream", takes: int | None = None) -> int:
    """Another approved model whose result is a data item, perhaps made from another; the number of its use."""
    with story.database.write() as session:
        other = list_uses(session)[0].version
        model = RiskModel(
            slug=name.lower(),
            name=name,
            held=True,
            summary="",
            outcome={"name": "came back"},
            expert={},
            code_reference={},
            item_id=item_id,
            owner_id=story.cast.other_owner.account_id,
            deputy_id=story.cast.owner.account_id,
            registered_at=AT,
        )
        version = ModelVersion(model=model, number=1, registered_at=AT, registered_by_id=other.registered_by_id)
        for part in ("kind", "declaration", "declaration_sha256", "artefact_sha256", "method", "unit", "threshold"):
            setattr(version, part, getattr(other, part))
        if takes is not None:
            said = {"name": "result", "meaning": "A result", "sentence": "A result", "type": "integer"}
            version.features = [Feature(position=0, categories={}, about="person", item_id=takes, **said)]
        use = Use(version=version, code="first", purpose="Screening", audience="", agency_code="ASC", decision="")
        use.regime, use.significant, use.human_involvement, use.notice = "uk_gdpr", False, "", ""
        use.excluded_decisions, use.stage = [], "approved"
        session.add(use)
        session.flush()
        return use.id


@pytest.mark.parametrize("step", [suspend, retire])
def test_stopping_a_model_tells_those_that_take_its_result(story, step) -> None:
    story.clock.set(AT)
    upstream = feed(story, PRISONER)
    assert check_upstream(story.database, story.clock, upstream) == 0, "it gives scores"
    with story.database.write() as session:
        step(session, story.cast.chair, get_use(session, upstream), "Its feed broke.", AT)
    Worker(story.database, story.clock, story.engine).run_waiting()
    ((kind, sentence),) = open_cases(story)
    stopped = {suspend: "suspended", retire: "retired"}[step]
    assert kind == "upstream"
    assert sentence == (
        f"Upstream, version 1, for screening, was {stopped} on 22 November 2026: Its feed broke. "
        "This use takes 'Crime: Prisoner 12 Months From Release' as an input."
    )
    assert agenda(story)[0].startswith(sentence)
    assert check_upstream(story.database, story.clock, upstream) == 0
    with story.database.read() as session:
        case = list_open_cases(session)[0]
        assert tell_now(session, case, TODAY) == f"Today Upstream is {stopped}."
        assert check_upstream(story.database, story.clock, story.use_id) == 0, "nothing takes its own result"


FIRST, BETWEEN = 20, 21
"""Two more data items: the result of a model, and what a second model makes of it."""


def test_a_chain_of_models_is_told_to_its_end_and_named(story, visit) -> None:
    """R38: A feeds B, B feeds C; when A is stopped, the cases of B and of C say so, and both pages show it."""
    story.clock.set(AT)
    first = feed(story, FIRST, "Alpha")
    feed(story, PRISONER, "Beta", takes=FIRST)
    with story.database.write() as session:
        suspend(session, story.cast.chair, get_use(session, first), "Its feed broke.", AT)
    Worker(story.database, story.clock, story.engine).run_waiting()
    with story.database.read() as session:
        told = {case.name: case.sentence for case in list_open_cases(session)}
        version = get_use(session, story.use_id)
        assert [(one.name, one.over, one.stage) for one in list_feeding(session, version)] == [
            ("Beta", (), "Approved"),
            ("Alpha", ("Beta",), "Suspended"),
        ]
        fed = list_fed(session, get_use(session, first).version.model)
        assert [(one.name, one.over) for one in fed] == [("Beta", ()), ("Return to custody", ("Beta",))]
    assert set(told) == {"Beta", "Return to custody"}
    assert "feeds" not in told["Beta"]
    assert told["Return to custody"].startswith("Alpha, version 1, for screening, was suspended on 22 November 2026")
    assert told["Return to custody"].endswith("as an input. Alpha feeds Beta, Beta feeds Return to custody.")
    assert check_upstream(story.database, story.clock, first) == 0, "told once"
    chair = visit(story.database, "chair")
    for slug, words in (("return-to-custody", "Alpha</a>, over Beta: suspended"), ("beta", "Alpha</a>: suspended")):
        page = chair.get(f"/models/{slug}").get_data(as_text=True)
        assert words in page
    assert "Return to custody</a>, over Beta: approved" in chair.get("/models/alpha").get_data(as_text=True)


def test_models_that_feed_each_other_in_a_circle_are_told_once() -> None:
    items = {number: ItemEntry(id=number, group="G", name=f"I{number}", sources=("BCC",)) for number in (1, 2, 3)}
    items[3] = items[3].model_copy(update={"made_from": (2,)})
    kept: dict = {"agencies": {}, "systems": {}, "gateways": {}, "agreements": {}}
    catalogue = Catalogue(state="x", items=items, **kept)
    feeds = [Feed("a", "A", 1, frozenset({2})), Feed("b", "B", 2, frozenset({1}))]
    reached = reach(catalogue, feeds, [1])
    assert {number: find_way(reached, number) for number in reached} == {1: (), 2: ("B",), 3: ("B", "'G: I3'")}
    assert find_feeding(catalogue, feeds, [3]) == {"b": (), "a": ("B",)}
    assert find_feeding(catalogue, feeds, []) == {}


# --- pages and tasks ------------------------------------------------------------------------------------------------


def test_law_to_look_at_waits_for_those_who_can_do_something(story, visit) -> None:
    story.clock.set(AT)
    owner, chair = story.cast.owner, story.cast.chair
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        use.particulars = {**use.particulars, "exemption": {"ground": "It would warn them", "review_on": "2026-11-01"}}
        more = {"reason": "Yes", "accepted": True, "at": AT, "by_id": chair.account_id, "use_id": use.id}
        for finding, day in (("a", date(2026, 12, 24)), ("b", date(2027, 6, 1))):
            session.add(SignOff(finding=finding, sentence=f"Finding {finding}.", expires_on=day, **more))
        law = read_catalogue(session).gateways[7]
    shared = agreement(date(2026, 12, 1), items=(PRISONER,), title="Custody sharing")
    amend(story, shared, Change.ENTERED)
    amend(story, law.model_copy(update={"check_again_on": date(2026, 11, 1)}))
    with story.database.read() as session:
        names = {"iris": "iris.governance", "leo": "leo.lawyer"}
        people = {name: find_account(session, account).actor() for name, account in names.items()}
        told = {name: [task.text for task in list_tasks(session, actor, AT)] for name, actor in people.items()}
        assert told["leo"] == [
            "1 legal gateway is to be checked again",
            "1 legal sign-off lapses soon",
            "1 exemption from telling people is to be reviewed",
        ]
        assert told["iris"] == ["1 entry of the register ends soon"]
        (mine,) = list_tasks(session, owner, AT)
        assert (mine.text, mine.tag) == ("Look at the law that Return to custody rests on", "Overdue")
        assert list_tasks(session, chair, AT) == []
    page = visit(story.database, "legal_adviser").get("/law").get_data(as_text=True)
    for words in ("Custody sharing", "Finding a.", "It would warn them", "Overdue since 1 November 2026"):
        assert words in page
    assert "Finding b." not in page
    assert visit(story.database, "practitioner").get("/law").status_code == 403


def test_a_case_without_a_watch_has_its_page_from_explanation_to_closing(story, visit) -> None:
    story.clock.set(AT)
    cite(story, 1, 5, 9, 10)
    check_footings(story.database, story.clock)
    with story.database.read() as session:
        case_id = list_open_cases(session)[0].id
    address, chair = f"/cases/{case_id}", visit(story.database, "chair")
    shown = chair.get(address).get_data(as_text=True)
    for words in ("section 325", "The check of the law", "still stands against it", "The law it rests on fell away"):
        assert words in shown
    assert "The check of the law" in chair.get("/cases").get_data(as_text=True)
    model = chair.get("/models/return-to-custody").get_data(as_text=True)
    for words in ("Law it rests on fell away", "No scores: the law does not carry it", "Approved until 20 May 2027"):
        assert words in model
    owner = visit(story.database, "model_owner")
    assert owner.send(f"{address}/explain", {"explanation": "Amended by us."}, page=address).status_code == 302
    assert chair.send(f"{address}/close", {"reason": "It is suspended now."}, page=address).status_code == 302
    with story.database.read() as session:
        assert (get_case(session, case_id).stage, get_case(session, case_id).kind) == ("closed", CaseKind.LAW)
