"""How scores are judged, in counts by team, band and group, and the alarm as a task of owner and chair (R07)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from model_runtime.judgements import practice, rules
from model_runtime.judgements.service import record_first_view, record_judgement
from model_runtime.judgements.values import ENOUGH, FirstViews, Judged, gather_all
from model_runtime.scores.queries import get_score
from model_runtime.scores.service import record_viewing
from registry.models.queries import get_use
from tests.model_runtime.conftest import ask_of_readers


def judged(number: int, view: str = "agree", **more) -> list[Judged]:
    return [Judged(**{"view": view, "team": "Day team", "band": "high", "seconds": 200.0, **more})] * number


def test_rates_need_ten_judgements_and_count_what_they_say() -> None:
    rows = [*judged(12), *judged(4, "disagree", band="low", seconds=None), *judged(4, "not_used", team="")]
    rows = [*rows, *judged(9, groups={"Sex": "Women"}, said_first="low"), *judged(1, said_first="high")]
    figures = gather_all(rows, {"low": "Low", "high": "High"})
    overall = figures.overall
    assert (overall.judged, overall.agreed, overall.overridden, overall.not_used) == (30, 22, 4, 4)
    assert (overall.of_100(overall.agreed), overall.seconds) == ("73", 200.0)
    assert [(one.value, one.judged, one.assessed) for one in figures.teams] == [
        ("No team", 4, False),
        ("Day team", 26, True),
    ]
    assert [(one.value, one.of_100(one.agreed)) for one in figures.bands] == [("Low", None), ("High", "85")]
    assert [(one.of, one.value, one.of_100(one.agreed)) for one in figures.groups] == [("Sex", "Women", None)]
    assert figures.first == FirstViews(recorded=10, same=1, followed=9)


@pytest.mark.parametrize(
    ("rows", "alarms"),
    [
        ([*judged(49), *judged(1, "disagree")], 1),
        ([*judged(48), *judged(2, "disagree")], 0),
        (judged(ENOUGH - 1), 0),
        ([*judged(100, "disagree", team="Night team"), *judged(50)], 1),
        ([*judged(50, "disagree", seconds=20.0)], 1),
        ([*judged(50, seconds=20.0)], 2),
        (judged(80, team=""), 0),
    ],
)
def test_one_teams_habit_is_found_among_the_others(rows: list[Judged], alarms: int) -> None:
    """98 of 100 over at least 50 judgements, or half within 30 seconds, for a team by itself."""
    assert len(rules.find_team_alarms(rows)) == alarms


def protected(kind: str, **more) -> SimpleNamespace:
    told = {"name": "f", "meaning": "Fact", "low": None, "high": None, "unit": "", "categories": None}
    return SimpleNamespace(type=kind, **{**told, **more})


@pytest.mark.parametrize(
    ("feature", "value", "group"),
    [
        (protected("integer", unit="years"), 24, {"Fact": "20 to 29"}),
        (protected("yes_no"), 0, {"Fact": "No"}),
        (protected("category", categories={"a": 1, "b": 2}), 2, {"Fact": "b"}),
        (protected("number", low=0.0, high=8.0), 8, {"Fact": "6 to 8"}),
        (protected("number"), 3, {}),
        (protected("yes_no"), None, {}),
    ],
)
def test_groups_are_told_from_the_facts_as_recorded(feature, value, group: dict[str, str]) -> None:
    assert practice.group_of([feature], {"f": value}) == group


@pytest.fixture
def practised(approved, ask):
    """Two scores of different people, each first placed, then looked at and agreed with."""
    ask_of_readers(approved, judge_first=True)
    approved.add(approved.database, "RC-0003", at=approved.clock.now(), age=31)
    for number, person in enumerate(("RC-0001", "RC-0003")):
        given = ask(person=person, key=f"press {number}")
        pat, at = approved.cast.practitioner, approved.clock.now()
        with approved.database.write() as session:
            score = get_score(session, pat, given.reference)
            record_first_view(session, pat, score, band="lower", reason="Steady.", at=at)
            record_viewing(session, score, pat, at)
            told = {"view": "agree", "reason": "It fits.", "at": at + timedelta(seconds=20)}
            record_judgement(session, pat, score, **told)
    return approved


def test_figures_are_read_from_what_was_recorded(practised) -> None:
    with practised.database.read() as session:
        use = get_use(session, practised.use_id)
        figures = practice.read_figures(session, use)
        assert practice.find_alarms(session, use) == []
    assert (figures.overall.judged, figures.overall.agreed, figures.overall.seconds) == (2, 2, 20.0)
    assert [one.value for one in figures.groups] == ["20 to 29", "30 to 39"]
    assert figures.first.recorded == 2


def test_an_alarm_waits_for_owner_and_chair(practised, monkeypatch) -> None:
    """The limits are lowered to what two judgements reach: the alarm is then a task of those who can act on it."""
    people, at = practised.cast, practised.clock.now()

    def tasks(who) -> int:
        with practised.database.read() as session:
            return len(practice.list_alarm_tasks(session, who, at))

    everybody = (people.owner, people.deputy, people.chair, people.mina, people.practitioner, people.other_owner)
    assert [tasks(who) for who in everybody] == [0] * 6
    monkeypatch.setattr(rules, "ENOUGH", 2)
    assert [tasks(who) for who in everybody] == [1, 1, 1, 0, 0, 0]


@pytest.mark.one_database
def test_the_page_shows_counts_and_nobody(practised, visit) -> None:
    page = f"/uses/{practised.use_id}/judgements"
    for reader in ("auditor", "model_owner"):
        shown = visit(practised.database, reader).get(page).get_data(as_text=True)
        assert "2 judgements" in shown
        assert "not assessed" in shown
        assert "RC-000" not in shown
        assert "Pat Nowak" not in shown
    assert visit(practised.database, "practitioner").get(page).status_code == 403
