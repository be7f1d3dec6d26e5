"""What people read about watches: the list with its holes, the report, the owner's button."""

import html
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from foundation.jobs.tables import Job
from foundation.paths import ROOT
from registry.models.queries import get_use

FIRST_NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HEAVY = "pandas numpy sklearn evidently shap weasyprint fairlearn"


def text_of(answer) -> str:
    """The words of a page, without pictures' paths and tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


@pytest.fixture
def breached(story, scored):
    """A night whose scores have moved, with the outcomes of the people known; read at noon a day later."""
    chosen = scored[-80:]
    people = story.give_scores(chosen)
    story.record(people, chosen, lambda row: row.returned)
    (run,) = story.night(FIRST_NIGHT)
    story.clock.set(NOON)
    return run


def test_the_report_says_the_verdict_what_was_compared_and_who_does_what_by_when(story, breached, visit) -> None:
    for role in ("committee_member", "auditor", "model_owner", "data_protection_officer"):
        page = visit(story.database, role).get(f"/watches/{breached.id}")
        assert page.status_code == 200
        words = text_of(page)
        assert "Watch of 21 November 2026: needs a decision" in words
        assert breached.sentence in words
        assert "Everyone scored in the 30 days to 21 November 2026" in words
        assert "(80 people) with the evaluation file of version 1" in words
        assert "The outcome is known for 80 of 80" in words
        assert "Olivia Owen or Dev Patel explains it by 5 December 2026" in words
        assert "The ethics committee has it on its agenda" in words
        assert "What could not be assessed, and why" in words


def test_the_report_shows_four_pictures_with_tables_and_every_limit_and_input(story, breached, visit) -> None:
    page = visit(story.database, "auditor").get(f"/watches/{breached.id}").get_data(as_text=True)
    for picture in ("volume", "score", "errors", "missing"):
        assert f'id="{picture}-message"' in page
    assert "style=" not in page
    words = html.unescape(page)
    assert "The average score has risen from" in words
    assert "Breached" in words
    assert "at least 40 of 100" in words
    assert "the house's own limit" in words, "a limit nobody declared is not said to be the committee's"
    with story.database.read() as session:
        meanings = [feature.meaning for feature in get_use(session, story.use_id).version.features]
    assert [each for each in meanings if each not in words] == []


def test_a_night_without_a_watch_is_a_gap_in_the_picture_and_not_left_out(story, breached, scored, visit) -> None:
    story.give_scores(scored[:40], NOON)
    (run,) = story.night(FIRST_NIGHT + timedelta(days=2))
    story.clock.set(NOON + timedelta(days=1))
    words = text_of(visit(story.database, "auditor").get(f"/watches/{run.id}"))
    assert "A cross: no watch ran that night." in words
    assert re.search(r"21 Nov 80 people .*22 Nov no watch ran .*23 Nov 120 people", words)


def test_nobody_reads_watches_without_the_permission(story, breached, visit) -> None:
    for role in ("practitioner", "administrator"):
        client = visit(story.database, role)
        for address in ("/watches", f"/watches/{breached.id}", f"/watches/uses/{story.use_id}", "/cases"):
            assert client.get(address).status_code == 403, (role, address)
    assert visit(story.database).get("/watches").status_code == 302


def test_the_list_says_the_last_verdict_and_names_the_nights_without_a_watch(story, breached, visit) -> None:
    story.clock.set(NOON + timedelta(days=2))
    words = text_of(visit(story.database, "committee_member").get("/watches"))
    assert breached.sentence in words
    assert "Needs a decision" in words
    assert "No watch ran on 3 nights: 22 November 2026, 23 November 2026 and 24 November 2026." in words
    assert "The scores have moved" in words


def test_before_the_first_night_the_list_says_when_it_comes(story, visit) -> None:
    story.clock.set(datetime(2026, 11, 20, 18, 0, tzinfo=UTC))
    words = text_of(visit(story.database, "committee_member").get("/watches"))
    assert "No watch has run yet. The first one runs on 21 November 2026 at 2:00am." in words


def test_a_failed_watch_is_reported_as_failed_and_not_as_empty_health(story, visit) -> None:
    (run,) = story.night(FIRST_NIGHT)
    words = text_of(visit(story.database, "auditor").get(f"/watches/{run.id}"))
    assert "Watch of 21 November 2026: failed" in words
    assert "No batch arrived" in words
    assert "Not assessed" in words
    assert "Kept" not in words


def test_the_owner_runs_the_watch_by_a_button_and_others_have_none(story, visit) -> None:
    story.clock.set(NOON)
    owner = visit(story.database, "model_owner")
    assert "Run the watch now" in text_of(owner.get("/watches"))
    answer = owner.send(f"/watches/uses/{story.use_id}/run", page="/watches")
    assert answer.status_code == 302
    assert "The watch was asked for" in text_of(owner.get("/watches"))
    member = visit(story.database, "committee_member")
    assert "Run the watch now" not in text_of(member.get("/watches"))
    assert member.send(f"/watches/uses/{story.use_id}/run", page="/watches").status_code == 403
    with story.database.read() as session:
        assert [job.kind for job in session.scalars(select(Job))].count("run_watch") == 1


def test_unknown_watches_are_not_found(story, visit) -> None:
    assert visit(story.database, "auditor").get("/watches/4711").status_code == 404


def test_the_pages_load_no_library_of_models_or_figures() -> None:
    rooms = "monitoring.watches.views, monitoring.cases.views, monitoring.outcomes.views"
    code = f"import sys, {rooms}; print([name for name in '{HEAVY}'.split() if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
