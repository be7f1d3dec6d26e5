"""Concerns that staff raise about a score: who sees them, who answers, by when, and what the letters say (R22)."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from foundation.errors import Conflict, Forbidden, Invalid, NotFound
from model_runtime.concerns import facts
from model_runtime.concerns.queries import get_concern, list_of_use, list_raised, list_seen, list_tasks
from model_runtime.concerns.service import answer_concern, raise_concern
from model_runtime.scores.queries import get_score
from model_runtime.scores.tables import Score
from tests.model_runtime.conftest import ledger

WORDS = {"kind": "wrong_data", "text": "The convictions are somebody else's."}


@pytest.fixture
def raised(approved, ask):
    """A concern about a score, raised by the practitioner who asked for it."""
    approved.score = ask()
    approved.concern = put(approved)
    return approved


def put(world, actor=None, **changes):
    with world.database.write() as session:
        score = session.get_one(Score, world.score.id)
        words = {**WORDS, **changes}
        return raise_concern(session, actor or world.cast.practitioner, score, **words, at=world.clock.now())


def answer(world, actor, **changes):
    with world.database.write() as session:
        concern = get_concern(session, actor, world.concern.reference)
        told = {"founded": "yes", "text": "The record is put right.", "at": world.clock.now(), **changes}
        return answer_concern(session, actor, concern, **told)


def test_a_concern_is_kept_with_its_clock_and_no_word_of_it_in_the_ledger(raised) -> None:
    assert raised.concern.due_on == date(2026, 12, 12)
    (entry,) = ledger(raised.database, "concern_raised")
    assert entry["facts"]["score"] == raised.score.reference
    assert WORDS["text"] not in str(entry)
    assert entry["facts"]["words"] == raised.concern.commitment
    answer(raised, raised.cast.protector)
    (entry,) = ledger(raised.database, "concern_answered")
    assert entry["facts"]["founded"] is True
    assert "put right" not in str(entry)


@pytest.mark.parametrize(
    ("changes", "field"), [({"kind": "mood"}, "kind"), ({"text": " "}, "text"), ({"text": "x" * 4001}, "text")]
)
def test_a_concern_says_what_it_is_about(raised, changes: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        put(raised, **changes)
    assert list(refusal.value.problems) == [field]


def test_only_those_who_work_with_the_person_raise_one(raised) -> None:
    with pytest.raises(NotFound):
        put(raised, actor=raised.cast.stranger)
    with pytest.raises(Forbidden):
        put(raised, actor=raised.cast.owner)


@pytest.mark.parametrize("who", ["owner", "deputy", "protector"])
def test_owner_deputy_or_data_protection_officer_answers_once(raised, who: str) -> None:
    answer(raised, getattr(raised.cast, who))
    with pytest.raises(Conflict, match="answered already"):
        answer(raised, raised.cast.protector)
    with raised.database.read() as session:
        (own,) = list_raised(session, raised.cast.practitioner)
        assert own.answer.text == "The record is put right."


def test_who_sees_a_concern_and_who_may_not_answer(raised) -> None:
    """The committee and the auditor read it and answer nothing; another model's owner does not find it."""
    people = raised.cast
    for who in (people.chair, people.mina, people.auditor):
        with raised.database.read() as session:
            assert len(list_seen(session, who)) == 1
        with pytest.raises(Forbidden):
            answer(raised, who)
    with raised.database.read() as session:
        assert list_seen(session, people.other_owner) == []
    with pytest.raises(NotFound):
        answer(raised, people.other_owner)
    with pytest.raises(Invalid):
        answer(raised, people.owner, founded="perhaps")


def test_it_waits_for_those_who_answer_until_they_do(raised) -> None:
    def tags(who, days: int = 0) -> list[str]:
        with raised.database.read() as session:
            return [task.tag for task in list_tasks(session, who, raised.clock.now() + timedelta(days=days))]

    people = raised.cast
    assert tags(people.owner) == tags(people.protector) == ["Concern to answer"]
    assert tags(people.owner, 21) == ["Overdue"]
    assert tags(people.chair) == tags(people.practitioner) == tags(people.other_owner) == []
    answer(raised, people.owner)
    assert tags(people.owner) == tags(people.protector) == []


def test_the_letter_turns_with_the_clock(raised) -> None:
    """Amber while one waits, red when its day has passed, good again once it is answered."""

    def state(days: int) -> str:
        with raised.database.read() as session:
            use = get_score(session, raised.cast.practitioner, raised.score.reference).use
            (fact,) = facts.list_facts(session, use, raised.clock.now() + timedelta(days=days))
            assert len(list_of_use(session, use.id)) == 1
            return fact.state

    assert [state(0), state(20), state(21)] == ["amber", "amber", "red"]
    answer(raised, raised.cast.owner, founded="no")
    assert state(21) == "good"
    assert facts.tell_concerns([], date(2026, 11, 22)).state == "good"
    late = SimpleNamespace(answer=None, due_on=date(2026, 11, 21))
    assert facts.tell_concerns([late], date(2026, 11, 22)).brief == "1 concern not answered in time"


@pytest.mark.one_database
def test_the_pages_keep_the_person_out(raised, visit) -> None:
    """Raised from the score, read and answered without the person's reference, and read by who raised it."""
    pat, page = visit(raised.database, "practitioner"), f"/scores/{raised.score.reference}/concern"
    assert pat.send(page, {"kind": "", "text": ""}).status_code == 422
    assert pat.send(page, {"kind": "unfair", "text": "It is only about his brother."}).status_code == 303
    assert "It is due by 12 December 2026" in pat.get("/concerns/mine").get_data(as_text=True)
    owner = visit(raised.database, "model_owner")
    listed = owner.get("/concerns").get_data(as_text=True)
    address = f"/concerns/{raised.concern.reference}"
    one = owner.get(address).get_data(as_text=True)
    for shown in (listed, one):
        assert raised.concern.reference in shown
        assert "RC-0001" not in shown
    assert WORDS["text"] in one.replace("&#39;", "'")
    assert owner.send(f"{address}/answer", {"founded": "", "text": ""}, page=address).status_code == 422
    assert owner.send(f"{address}/answer", {"founded": "no", "text": "It is his."}, page=address).status_code == 303
    assert "It is his." in pat.get("/concerns/mine").get_data(as_text=True)
    assert "Something has to change" not in visit(raised.database, "auditor").get(address).get_data(as_text=True)
    assert visit(raised.database, "practitioner").get("/concerns").status_code == 403
