"""The rules of challenges: the clock, the receipt, who is independent, what an outcome needs, and figures."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from foundation.accounts.rules import check_roles
from foundation.accounts.values import ROLES, Actor, Permission, Role
from foundation.errors import Forbidden, Invalid, Refused
from foundation.lifecycle.values import Step
from model_runtime.challenges.figures import count_challenges
from model_runtime.challenges.rules import (
    Involvement,
    check_independent,
    check_may_leave,
    check_open,
    check_outcome,
    check_reviews,
    check_texts,
    clean_reference,
    is_overdue,
    last_day,
)
from model_runtime.challenges.values import CHALLENGE_LIFE, OUTCOMES, PUBLIC_STAGES, Mark

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NOBODY = frozenset()
UNINVOLVED = Involvement(NOBODY, NOBODY, NOBODY, NOBODY, NOBODY)
OFFICER = Actor(7, "Oscar", frozenset({Role.ACCOUNTABLE_OFFICER}))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (NOON, date(2026, 12, 21)),
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), date(2026, 12, 21)),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 7, 30)),  # half past midnight in London
    ],
)
def test_the_day_of_receipt_in_london_is_the_first_of_thirty(received: datetime, due: date) -> None:
    assert last_day(received) == due


@pytest.mark.parametrize(
    ("stage", "today", "overdue"),
    [
        ("received", date(2026, 12, 21), False),
        ("received", date(2026, 12, 22), True),
        ("acknowledged", date(2027, 5, 1), False),
        ("withdrawn", date(2027, 5, 1), False),
    ],
)
def test_only_what_was_not_acknowledged_is_overdue(stage: str, today: date, overdue: bool) -> None:
    assert is_overdue(SimpleNamespace(stage=stage, due_on=date(2026, 12, 21)), today) is overdue


@pytest.mark.parametrize("typed", ["CH-7F3K-92QD", " ch-7f3k-92qd ", "CH-7F3K - 92QD"])
def test_a_receipt_is_read_as_people_type_it(typed: str) -> None:
    assert clean_reference(typed) == "CH-7F3K-92QD"


@pytest.mark.parametrize("typed", ["", "S-7F3K-92QD", "CH-7F3K-92Q", "CH-7F3K-92Q\x00", "CH-7F3K-92QDX", "x" * 5000])
def test_what_is_no_receipt_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_reference(typed)
    assert list(refused.value.problems) == ["reference"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"answers": frozenset({7})}, "owns the model"),
        ({"registered": frozenset({7})}, "registered the model"),
        ({"asked": frozenset({7})}, "asked for a score"),
        ({"judged": frozenset({7})}, "recorded a judgement"),
        ({"raised": frozenset({7})}, "raised the challenge"),
    ],
)
def test_who_had_a_part_in_it_does_not_review_it(changes: dict, why: str) -> None:
    check_independent(OFFICER, UNINVOLVED, named_by=8)
    with pytest.raises(Invalid, match=why) as refused:
        check_independent(OFFICER, Involvement(**{**vars(UNINVOLVED), **changes}))
    assert refused.value.code == "reviewer_not_independent"
    assert list(refused.value.problems) == ["reviewer"]


@pytest.mark.parametrize(
    ("roles", "why"),
    [
        ({Role.ACCOUNTABLE_OFFICER, Role.CONTRIBUTOR}, "contributes to assessments"),
        ({Role.ACCOUNTABLE_OFFICER, Role.MODEL_OWNER}, "contributes to assessments"),
        ({Role.CHAIR}, "no role that reviews"),
        ({Role.AUDITOR}, "no role that reviews"),
        ({Role.PRACTITIONER}, "no role that reviews"),
    ],
)
def test_roles_that_are_not_independent(roles: set[Role], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        check_independent(Actor(7, "Somebody", frozenset(roles)), UNINVOLVED)


def test_nobody_names_themselves_and_only_the_named_one_decides() -> None:
    with pytest.raises(Invalid, match="named by themselves"):
        check_independent(OFFICER, UNINVOLVED, named_by=7)
    check_reviews(SimpleNamespace(reviewer_id=7), OFFICER)
    for reviewer in (None, 8):
        with pytest.raises(Forbidden):
            check_reviews(SimpleNamespace(reviewer_id=reviewer), OFFICER)
    with pytest.raises(Forbidden):
        check_reviews(SimpleNamespace(reviewer_id=None), Actor(None, "Worker", frozenset({Role.WORKER})))


@pytest.mark.parametrize(
    ("upheld", "reasons", "correction", "rescore", "field"),
    [
        (True, " ", "The age was put right.", False, "reasons"),
        (True, "The age was wrong.", "", False, "correction"),
        (False, "", "", False, "reasons"),
        (False, "It was right.", "Something.", False, "correction"),
        (False, "It was right.", "", True, "rescore"),
        (True, "x" * 4001, "y", False, "reasons"),
        (True, "x\x00", "y", False, "reasons"),
    ],
)
def test_an_outcome_says_why_and_what_was_put_right(upheld, reasons, correction, rescore, field) -> None:
    with pytest.raises(Invalid) as refused:
        check_outcome(upheld, reasons, correction, rescore)
    assert field in refused.value.problems
    check_outcome(True, "The age was wrong.", "It is 24.", True)
    check_outcome(False, "It was right.", "", False)


def test_a_closed_challenge_stays_as_it_is_and_texts_are_bounded() -> None:
    check_open(SimpleNamespace(closed_at=None))
    with pytest.raises(Refused, match="closed"):
        check_open(SimpleNamespace(closed_at=NOON))
    with pytest.raises(Invalid, match="at most 120"):
        check_texts({"name": "x" * 121}, {}, {"name": 120})


@pytest.mark.parametrize(
    ("stage", "words", "warns"),
    [
        ("upheld", "Challenged and upheld on 22 November 2026: do not rely on it.", True),
        ("partly_upheld", "Challenged and partly upheld on 22 November 2026: do not rely on it.", True),
        ("not_upheld", "Challenged on 22 November 2026, and not upheld on 22 November 2026.", False),
        ("under_review", "Challenged on 22 November 2026. The challenge is not decided yet.", False),
    ],
)
def test_the_mark_on_a_score(stage: str, words: str, warns: bool) -> None:
    mark = Mark(stage, NOON, NOON, rescore=False)
    assert (mark.sentence, mark.warns) == (words, warns)
    if warns:
        with pytest.raises(Refused, match="no longer given out as a file"):
            check_may_leave([mark])
    else:
        check_may_leave([mark])


def test_the_public_sees_that_it_was_decided_and_not_how() -> None:
    assert set(PUBLIC_STAGES) == set(CHALLENGE_LIFE.stages)
    assert {PUBLIC_STAGES[code] for code in OUTCOMES} == {"Decided"}


def test_handling_reviewing_and_raising_are_kept_apart() -> None:
    handles, reviews, raises = Permission.HANDLE_CHALLENGES, Permission.REVIEW_CHALLENGE, Permission.RAISE_CHALLENGE
    for role, card in ROLES.items():
        assert not (raises in card.permissions and card.permissions & {handles, reviews}), role
        assert not (Permission.ANSWER_ASSESSMENT in card.permissions and reviews in card.permissions), role
        assert not (Permission.VOTE in card.permissions and reviews in card.permissions), role
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        for reads in (Role.DATA_PROTECTION_OFFICER, Role.ACCOUNTABLE_OFFICER):
            with pytest.raises(Invalid):
                check_roles({role, reads})
    deciding: list[Step] = [step for step in CHALLENGE_LIFE.steps if step.target in OUTCOMES]
    assert {step.permission for step in deciding} == {reviews}
    assert all(step.rule is check_reviews for step in deciding)


def a_challenge(stage: str, acknowledged: int | None = None, closed: int | None = None):
    """A challenge received on 1 June 2026, acknowledged and closed so many days later."""
    moments = {"acknowledged_at": acknowledged, "closed_at": closed}
    found = {name: datetime(2026, 6, 1 + days, 9, tzinfo=UTC) if days else None for name, days in moments.items()}
    received = datetime(2026, 6, 1, 9, tzinfo=UTC)
    return SimpleNamespace(stage=stage, model=None, received_at=received, due_on=date(2026, 6, 10), **found)


def test_figures_count_what_they_say() -> None:
    some = [
        a_challenge("received"),
        a_challenge("withdrawn", closed=2),
        a_challenge("under_review", acknowledged=9),
        a_challenge("upheld", acknowledged=10, closed=20),
        a_challenge("partly_upheld", acknowledged=1, closed=5),
        a_challenge("not_upheld", acknowledged=1, closed=7),
        a_challenge("not_upheld", acknowledged=2, closed=8),
    ]
    figures = count_challenges(some)
    assert (figures.received, figures.open, figures.withdrawn) == (7, 2, 1)
    assert (figures.in_time, figures.late, figures.not_acknowledged) == (4, 1, 2)
    assert (figures.upheld, figures.partly_upheld, figures.not_upheld) == (1, 1, 2)
    assert figures.median_days == 7.5
    assert count_challenges(some[:2]).median_days is None
