"""Late, corrected and conflicting outcomes keep their history, and a contradiction counts for nothing (R13)."""

import pytest
from sqlalchemy import select

from foundation.errors import Forbidden, Invalid, NotFound
from foundation.ledger.tables import LedgerEntry
from model_runtime.people.tables import Person
from monitoring.outcomes.queries import count_conflicts, latest_outcomes, list_conflicts
from monitoring.outcomes.service import settle
from monitoring.outcomes.tables import Outcome
from registry.models.queries import get_model
from tests.monitoring.outcomes.conftest import record_lines

CORRECTING = "person,happened,observed_on,correction,reason"


def standing(story) -> tuple[dict[str, bool], int, int]:
    """The answers that count, how many people are in conflict, and how many rows there are."""
    with story.database.read() as session:
        model = get_model(session, "return-to-custody")
        counted = {
            session.get(Person, who).reference: one.happened for who, one in latest_outcomes(session, model.id).items()
        }
        return counted, count_conflicts(session, model.id), len(session.scalars(select(Outcome.id)).all())


def choose(story, happened: bool, reason: str = "Checked in the case file.", actor=None) -> None:
    """Say of the first contradiction which answer is right."""
    with story.database.write() as session:
        model = get_model(session, "return-to-custody")
        found = list_conflicts(session, model.id)[0]
        chosen = next(row.id for row in found.rows if row.happened is happened)
        settle(session, actor or story.cast.owner, model, found.person_id, chosen, reason, story.clock.now())


@pytest.fixture
def pair(story, scored) -> tuple[str, str]:
    """Two people with a score and an outcome of the day of the score."""
    story.clock.advance(days=2)
    first, second = story.give_scores(scored[:2])
    record_lines(story, f"{first},yes,2026-11-20", f"{second},no,2026-11-20")
    return first, second


def test_a_declared_correction_counts_and_keeps_what_it_replaces(story, pair) -> None:
    """R13: the new row names the row it replaces and why; both stay."""
    first, second = pair
    record_lines(story, f"{first},no,2026-11-20,yes,Wrong person.", f"{second},no,2026-11-21,,", heading=CORRECTING)
    assert standing(story) == ({first: False, second: False}, 0, 4)
    with story.database.read() as session:
        rows = session.scalars(select(Outcome).order_by(Outcome.id)).all()
        assert (rows[2].corrects_id, rows[2].reason, rows[2].conflict) == (rows[0].id, "Wrong person.", False)
        assert (rows[3].corrects_id, rows[3].reason) == (None, None)


def test_what_contradicts_counts_for_nothing_until_the_owner_says_which_is_right(story, pair) -> None:
    """R13: the newer row does not win by being newer, not even when it comes three times; the older can be chosen."""
    first, second = pair
    for answer in ("no", "no", "yes"):
        record_lines(story, f"{first},{answer},2026-11-20", f"{second},no,2026-11-20")
        assert standing(story)[:2] == ({second: False}, 1)
    for wrong, refusal in (({"reason": " "}, Invalid), ({"actor": story.cast.auditor}, Forbidden)):
        with pytest.raises(refusal):
            choose(story, True, **wrong)
    choose(story, True)
    assert standing(story) == ({first: True, second: False}, 0, 9)
    with story.database.read() as session:
        made = session.scalars(select(Outcome).order_by(Outcome.id.desc())).first()
        assert (made.source, made.reason, made.score_id is not None) == ("service", "Checked in the case file.", True)
        assert session.get(Outcome, made.corrects_id).happened is False
        assert session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "outcome_settled")).one()
        with pytest.raises(NotFound):
            settle(
                session,
                story.cast.owner,
                get_model(session, "return-to-custody"),
                made.person_id,
                1,
                "x",
                made.recorded_at,
            )
    record_lines(story, f"{first},no,2026-11-20")
    assert standing(story)[:2] == ({second: False}, 1), "what was settled is contradicted again"


def test_what_came_after_a_contradiction_can_be_chosen_too(story, pair) -> None:
    """R13: a row about a later day does not end a contradiction, and a correction does."""
    first, second = pair
    record_lines(story, f"{first},no,2026-11-20")
    record_lines(story, f"{first},no,2026-11-21")
    assert standing(story)[:2] == ({second: False}, 1)
    with story.database.read() as session:
        rows = list_conflicts(session, get_model(session, "return-to-custody").id)[0].rows
        assert [(row.happened, row.observed_on.day) for row in rows] == [(True, 20), (False, 20), (False, 21)]
    record_lines(story, f"{first},no,2026-11-21,yes,Confirmed by the prison.", heading=CORRECTING)
    assert standing(story)[:2] == ({first: False, second: False}, 0)
    record_lines(story, f"{first},no,2026-11-20")
    assert standing(story)[:2] == ({first: False, second: False}, 0), "the same again contradicts nothing"


@pytest.mark.parametrize(
    ("cells", "place", "said"),
    [
        ("yes,", "row 2, column reason", "A correction says why"),
        ("no,Because.", "row 2, column reason", "Only a correction has a reason"),
        ("perhaps,x", "row 2, column correction", "'perhaps' is not yes, no"),
        ("yes," + "x" * 501, "row 2, column reason", "at most 500 characters"),
        ("yes,Because.", "row 2, column correction", "nothing is on record yet"),
    ],
)
@pytest.mark.one_database
def test_a_correction_says_why_and_corrects_something(story, scored, cells: str, place: str, said: str) -> None:
    """R13: each problem by row and column, and nothing is kept."""
    person, *_ = story.give_scores(scored[:1])
    with pytest.raises(Invalid) as refused:
        record_lines(story, f"{person},yes,2026-11-20,{cells}", heading=CORRECTING)
    assert said in refused.value.problems[place]
    assert standing(story) == ({}, 0, 0)


@pytest.mark.one_database
def test_the_owner_settles_a_contradiction_on_its_page(story, pair, visit) -> None:
    """R13: both rows with how they came, a reason, and who answers for another model gets nowhere."""
    first, _ = pair
    record_lines(story, f"{first},no,2026-11-20")
    story.clock.advance(hours=1)
    owner, address = visit(story.database, "model_owner"), "/models/return-to-custody/outcomes"
    assert f'href="{address}/conflicts"' in owner.get(address).get_data(as_text=True)
    listed = owner.get(f"{address}/conflicts").get_data(as_text=True)
    assert first in listed
    with story.database.read() as session:
        found = list_conflicts(session, get_model(session, "return-to-custody").id)[0]
    page = f"{address}/conflicts/{found.person_id}"
    shown = owner.get(page).get_data(as_text=True)
    assert shown.count("CSV file: more.csv") == 2
    assert owner.send(page, {"chosen": found.rows[0].id}).status_code == 422
    done = owner.send(page, {"chosen": found.rows[0].id, "reason": "Checked."}, follow_redirects=True)
    assert "The outcome counts again" in done.get_data(as_text=True)
    assert standing(story)[:2][1] == 0
    assert owner.get(page).status_code == 404
    assert visit(story.database, "committee_member").get(page).status_code == 403
