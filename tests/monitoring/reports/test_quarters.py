"""The report over all models: words before numbers, who was not watched first, and what cannot be said (R12, R43)."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from foundation.errors import Forbidden, Unavailable
from model_runtime.judgements.tables import Judgement
from model_runtime.scores.tables import Score
from monitoring.reports.jobs import make_quarterly
from monitoring.reports.queries import check_intact, get_report, list_reports, write_content
from monitoring.reports.service import ask_for_report
from monitoring.reports.tables import QuarterlyReport
from monitoring.reports.values import Quarter, period_of
from monitoring.watches.tables import WatchRun
from registry.models.queries import get_use
from registry.models.service import suspend
from tests.monitoring.conftest import FIRST_NIGHT, SECOND_NIGHT, Scored, Story

AUTUMN = Quarter(2026, 4)
LATER = ("readings", "deployment", "chance")
"""What watches of the first release did not keep."""


def text_of(client: FlaskClient, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.get_data(as_text=True))).split())


def test_a_quarter_says_who_was_watched_what_was_found_and_what_people_made_of_it(
    story: Story, scored: list[Scored], visit: Callable[..., FlaskClient]
) -> None:
    """Watches, holes, outcomes, agreement, suspensions, cases and groups, use by use, as they were (R07, R12, R15)."""
    people = story.give_scores(scored[-80:])
    story.record(people, scored[-80:], lambda row: row.returned)
    story.night(FIRST_NIGHT)
    with story.database.write() as session:
        scores = session.query(Score).order_by(Score.id).limit(12).all()
        for place, score in enumerate(scores):
            view = "agree" if place < 9 else "disagree"
            by, at = story.cast.practitioner.account_id, FIRST_NIGHT
            session.add(Judgement(score_id=score.id, by_id=by, at=at, view=view, reason="Seen."))
        suspend(session, story.cast.chair, get_use(session, story.use_id), "Groups have to be looked at.", SECOND_NIGHT)
    story.clock.set(SECOND_NIGHT + timedelta(hours=10))
    number = make_quarterly(story.database, story.clock, 2, "2026-Q4", story.cast.chair.account_id)
    with story.database.read() as session:
        report = get_report(session, AUTUMN)
        assert (report.id, report.part, report.asked_by_id) == (number, 1, story.cast.chair.account_id)
        (use,) = report.content["uses"]
    assert (use["watches"]["count"], use["watches"]["breached"]) == (1, 1)
    assert use["judgements"]["sentence"].startswith("Practitioners agreed with 9 of the 12 scores they judged: 75 (")
    assert (use["outcomes"]["known"], use["outcomes"]["lacking"]) == (80, False)
    assert use["cases"] == {
        "opened": 1,
        "open": 1,
        "overdue": 0,
        "sentence": "1 case was opened; 1 not closed, 0 overdue.",
    }
    assert [row["group"] for row in use["groups"]][:2] == ["Everybody", "Ethnicity: Not recorded as Black"]
    assert {gap["by"] for gap in use["gaps"]} >= {"Ethnicity", "Age"}
    page = text_of(visit(story.database, "auditor"), "/reports/2026-Q4")
    assert page.index("Every model that was approved in this quarter was watched") < page.index("Equality in one table")
    assert "There is no earlier watch to compare with." in page
    assert "Groups with fewer than 10 people are not assessed" in page


@pytest.mark.one_database
def test_a_model_without_any_watch_is_named_first_and_each_hole_counts(story: Story) -> None:
    """Silence is never health (R13)."""
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    with story.database.read() as session:
        content = write_content(session, period_of(AUTUMN, now), now, 2)
    assert content["summary"][0] == (
        "Not watched at all in this quarter: Return to custody, version 1, for offer of resettlement support. "
        "Nobody knows how they behaved."
    )
    assert "5 watches that were due did not run." in content["summary"]
    assert len(content["unsaid"]) == 2
    before = period_of(Quarter(2026, 3), now)
    with story.database.read() as session:
        assert write_content(session, before, now, 2)["uses"] == [], "it was not approved then"


def test_a_whole_quarter_is_reported_once_and_what_was_known_then_stands(
    story: Story, scored: list[Scored], visit: Callable[..., FlaskClient]
) -> None:
    """The first report of a quarter stands; the rows only grow; one that was changed is not shown (R20)."""
    story.give_scores(scored[::2])
    story.night(FIRST_NIGHT)
    story.clock.set(datetime(2027, 1, 1, 3, tzinfo=UTC))
    assert make_quarterly(story.database, story.clock, 2) is not None
    assert make_quarterly(story.database, story.clock, 2) is None
    with story.database.read() as session:
        (report,) = list_reports(session)
        assert (report.quarter, report.part, report.content["whole"]) == ("2026-Q4", 0, True)
        assert report.content["ends_on"] == "2026-12-31"
        changed = QuarterlyReport(content={**report.content, "summary": ["All is well."]}, sha256=report.sha256)
        with pytest.raises(Unavailable, match="fingerprint"):
            check_intact(changed)
    member = visit(story.database, "committee_member")
    assert "October to December 2026" in text_of(member, "/reports")
    assert "The whole quarter." in text_of(member, "/reports/2026-Q4/0")
    assert member.get("/reports/2026-Q4/7").status_code == 404
    assert member.get("/reports/2026-Q9").status_code == 404


@pytest.mark.one_database
def test_only_the_chair_asks_for_a_report(story: Story, visit: Callable[..., FlaskClient]) -> None:
    member = visit(story.database, "committee_member")
    assert "up to today" not in text_of(member, "/reports")
    assert member.send("/reports", page="/reports").status_code == 403
    with story.database.write() as session:
        with pytest.raises(Forbidden):
            ask_for_report(session, story.cast.auditor, story.clock.now())
        first = ask_for_report(session, story.cast.chair, story.clock.now())
        assert ask_for_report(session, story.cast.chair, story.clock.now()).id == first.id
    assert visit(story.database, "practitioner").get("/reports").status_code == 403


@pytest.mark.one_database
def test_a_long_list_of_watches_is_paged_and_the_report_says_what_is_new_since_the_last(
    story: Story, scored: list[Scored], visit: Callable[..., FlaskClient]
) -> None:
    """Fifty watches a page; a report lists what ran since the committee met, and what each found that was new (R12)."""
    story.give_scores(scored[-80:])
    (run,) = story.night(FIRST_NIGHT)
    with story.database.write() as session:
        for back in range(1, 70):
            due = FIRST_NIGHT - timedelta(days=back)
            said = {"verdict": "passed", "sentence": "Within its limits.", "current_sha256": ""}
            first_release = {key: kept for key, kept in run.result.items() if key not in LATER}
            quiet = {**first_release, "verdict": "passed", "breaches": []}
            session.add(WatchRun(use_id=run.use_id, due_at=due, ran_at=due, result=quiet, **said))
    auditor = visit(story.database, "auditor")
    first = text_of(auditor, f"/watches/uses/{run.use_id}")
    assert "Every watch, newest first: 70 watches, page 1 of 2" in first
    assert (first.count("Within its limits."), first.count("21 November 2026 at 2:00am")) == (49, 1)
    assert text_of(auditor, f"/watches/uses/{run.use_id}?page=2").count("Within its limits.") == 20
    report = text_of(auditor, f"/watches/{run.id}")
    assert (
        "70 watches have run, this one included; of the newest 50: needs a decision 1 and within limits 49." in report
    )
    assert "21 November 2026, this watch Needs a decision" in report
    assert "20 earlier watches are in the list of all watches" in report
    with story.database.read() as session:
        oldest = session.query(WatchRun).order_by(WatchRun.due_at).limit(1).one().id
    old = text_of(auditor, f"/watches/{oldest}")
    assert "Bands, flags by group and flags against capacity were not measured by a watch of this time." in old
    assert "This watch did not measure it." in old
    assert "Of 80 people flagged" in old or "The scores have moved" in old, "what it did measure is told as it was"
