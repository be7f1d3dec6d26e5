"""The practitioner's own view before the score: nothing of the score leaves until it is recorded (R39)."""

import pytest
from sqlalchemy import select

from foundation.errors import Conflict, Invalid, NotFound
from model_runtime.judgements.queries import find_first_view
from model_runtime.judgements.service import record_first_view, record_judgement
from model_runtime.judgements.tables import FirstView, Judgement
from model_runtime.scores.audience import InFirstView
from model_runtime.scores.queries import get_score
from model_runtime.scores.service import record_viewing
from model_runtime.scores.tables import Score, Viewing
from tests.model_runtime.conftest import ask_of_readers, count, ledger


@pytest.fixture
def first(approved, ask):
    """A use whose committee asks for the practitioner's own view first, and a score of it."""
    ask_of_readers(approved, judge_first=True)
    approved.score = ask()
    assert isinstance(approved.score, Score)
    return approved


def say(world, actor=None, **changes) -> FirstView:
    words = {"band": "lower", "reason": "They have work.", **changes}
    with world.database.write() as session:
        score = session.get_one(Score, world.score.id)
        return record_first_view(session, actor or world.cast.practitioner, score, at=world.clock.now(), **words)


@pytest.mark.one_database
def test_nothing_of_the_score_leaves_before_the_view(first, visit) -> None:
    """The whole way without script: the page before, every file, the judgement; then the score, and the judgement."""
    browser, page = visit(first.database, "practitioner"), f"/scores/{first.score.reference}"
    advisory = first.score.advisory
    before = browser.get(page)
    told = before.get_data(as_text=True)
    assert before.status_code == 200
    assert "Nothing of the score is shown" in told
    secrets = [advisory["frequency"]["sentence"], *(one["sentence"] for one in advisory["reasons"])]
    secrets += [f"{advisory['model']}: {advisory['band'].lower()}", "ac-advisory", "Raises", "What raises"]
    assert [part for part in secrets if part in told] == []
    assert "checked" not in told
    for address in (f"{page}.json", f"{page}.csv", f"{page}/proof.json"):
        kept = browser.get(address)
        assert kept.status_code == 409, address
        assert [part for part in secrets[:-3] if part in kept.get_data(as_text=True)] == [], address
    blind = browser.send(f"{page}/judgement", {"view": "agree", "reason": "Fine."}, page=page)
    assert blind.status_code == 409
    assert (count(first, Viewing), count(first, Judgement)) == (0, 0)
    wrong = browser.send(f"{page}/first", {"band": "", "reason": " "}, page=page)
    assert wrong.status_code == 422
    assert "Say where you would place the person" in wrong.get_data(as_text=True)
    assert [part for part in secrets if part in wrong.get_data(as_text=True)] == []
    done = browser.send(f"{page}/first", {"band": "medium", "reason": "They have work."}, page=page)
    assert (done.status_code, done.headers["Location"]) == (303, page)
    after = browser.get(page).get_data(as_text=True)
    assert advisory["reasons"][0]["sentence"] in after
    assert count(first, Viewing) == 1
    judged = browser.send(f"{page}/judgement", {"view": "disagree", "reason": "They have work."}, page=page)
    assert judged.status_code == 303
    assert (count(first, FirstView), count(first, Judgement)) == (1, 1)


def test_a_first_view_is_recorded_once_and_says_nothing_in_the_ledger(first) -> None:
    say(first, reason="  They have work. ")
    with first.database.read() as session:
        kept = find_first_view(session, first.score.id, first.cast.practitioner.account_id)
        assert (kept.band, kept.reason, kept.at) == ("lower", "They have work.", first.clock.now())
    (entry,) = ledger(first.database, "first_view_recorded")
    assert entry["facts"] == {"score": first.score.reference}
    with pytest.raises(Conflict, match="already"):
        say(first, band="higher")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"band": "enormous"}, "band"), ({"reason": " "}, "reason"), ({"reason": "x" * 4001}, "reason")],
)
def test_a_view_names_a_band_and_a_reason(first, changes: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        say(first, **changes)
    assert list(refusal.value.problems) == [field]


def test_who_saw_the_score_has_no_first_view_left(approved, ask) -> None:
    """The committee asked after they looked: they go on as before, and cannot record a view as if they had not."""
    approved.score = ask()
    with approved.database.write() as session:
        score = get_score(session, approved.cast.practitioner, approved.score.reference)
        record_viewing(session, score, approved.cast.practitioner, approved.clock.now())
    ask_of_readers(approved, judge_first=True)
    with pytest.raises(Conflict, match="seen this score already"):
        say(approved)
    with approved.database.write() as session:
        score = session.scalars(select(Score)).one()
        words = {"view": "agree", "reason": "It fits.", "at": approved.clock.now()}
        record_judgement(session, approved.cast.practitioner, score, **words)


def test_others_and_judgements_out_of_turn_are_refused(first) -> None:
    with pytest.raises(NotFound):
        say(first, actor=first.cast.stranger)
    with first.database.write() as session:
        score = session.get_one(Score, first.score.id)
        words = {"view": "agree", "reason": "It fits.", "at": first.clock.now()}
        with pytest.raises(InFirstView):
            record_judgement(session, first.cast.practitioner, score, **words)
