"""Facts nobody typed beside Advisory, Challengeable and Explainable: each turns amber or red alone (R02, R07, R22)."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from model_runtime.challenges import facts as challenged
from model_runtime.challenges.service import receive
from model_runtime.challenges.values import Words
from model_runtime.judgements import facts as judged
from model_runtime.judgements.rules import find_alarms
from model_runtime.judgements.service import record_judgement
from model_runtime.judgements.values import Practice
from model_runtime.scores import facts as scored
from model_runtime.scores.queries import get_score
from model_runtime.scores.service import record_viewing
from registry.models.queries import get_use
from tests.conftest import grant
from tests.model_runtime.conftest import approve_use

TODAY = date(2026, 11, 22)
PRACTICE = Practice(given=60, viewed=60, answered=60, judged=50, agreed=40, seconds=240)


def practice(**changes) -> Practice:
    return Practice(**{**vars(PRACTICE), **changes})


@pytest.mark.parametrize(
    ("seen", "alarms"),
    [
        (practice(agreed=48), 0),
        (practice(agreed=49), 1),
        (practice(agreed=50), 1),
        (practice(judged=49, agreed=49), 0),
        (practice(judged=200, agreed=195), 0),
        (practice(judged=200, agreed=196), 1),
        (practice(seconds=29), 1),
        (practice(seconds=30), 0),
        (practice(seconds=None), 0),
        (practice(agreed=50, seconds=5), 2),
        (practice(judged=49, agreed=49, seconds=5), 0),
    ],
)
def test_near_total_agreement_and_haste_raise_an_alarm_when_there_is_enough(seen: Practice, alarms: int) -> None:
    """R07: 98 of 100 over at least 50 judgements, or half of them within 30 seconds of the first look."""
    assert len(find_alarms(seen)) == alarms
    assert judged.tell_agreement(seen).state == ("red" if alarms else "good")


def test_facts_of_judgements_say_numbers_in_words() -> None:
    nothing = practice(given=0, viewed=0, answered=0, judged=0, agreed=0, seconds=None)
    tells = (judged.tell_label, judged.tell_answered, judged.tell_agreement)
    assert [tell(nothing).state for tell in tells] == ["none"] * 3
    assert judged.tell_label(PRACTICE).state == "good"
    assert "Each of the 60 scores given carries its advisory label" in judged.tell_label(PRACTICE).text
    assert [judged.tell_answered(practice(answered=number)).state for number in (54, 53)] == ["good", "amber"]
    assert judged.tell_answered(practice(answered=53)).brief == "7 scores without a judgement"
    calm = judged.tell_agreement(PRACTICE).text
    assert calm == (
        "Practitioners agreed with 40 of the last 50 scores they judged. "
        "Half of them took 4 minutes or less from first look."
    )
    assert "Below 50 judgements no alarm is raised." in judged.tell_agreement(practice(judged=3, agreed=3)).text
    stamp = judged.tell_agreement(practice(agreed=50, seconds=8))
    assert stamp.brief == "Judgements look like a rubber stamp"
    assert "agreed with 50 of the last 50" in stamp.text
    assert "within 8 seconds of the first look" in stamp.text


def challenge(stage: str, received_on: int, closed_on: int | None = None) -> SimpleNamespace:
    received = datetime(2026, 10, received_on, 9, tzinfo=UTC)
    closed = datetime(2026, 10, closed_on, 9, tzinfo=UTC) if closed_on else None
    due = received.date() + timedelta(days=29)
    return SimpleNamespace(stage=stage, received_at=received, due_on=due, closed_at=closed)


@pytest.mark.parametrize(
    ("rows", "state", "said"),
    [
        ([], "good", "Nobody has challenged it."),
        ([challenge("upheld", 1, 11), challenge("not_upheld", 1, 15)], "good", "took 12 days or less"),
        ([challenge("under_review", 1)], "amber", "1 challenge, 1 of them open."),
        ([challenge("received", 25)], "amber", "1 challenge, 1 of them open."),
        ([challenge("received", 1), challenge("withdrawn", 2, 3)], "red", "1 challenge not acknowledged in time."),
    ],
)
def test_a_challenge_that_waits_turns_the_letter(rows, state: str, said: str) -> None:
    fact = challenged.tell_challenges(rows, TODAY)
    assert (fact.letter, fact.state, said in fact.text) == ("challengeable", state, True), fact.text


@pytest.mark.parametrize(
    ("counts", "state"),
    [((0, 0, None), "none"), ((2, 2, 1e-6), "good"), ((2, 2, 1.1e-6), "red"), ((2, 1, 1e-9), "red")],
)
def test_an_explanation_that_does_not_add_up_turns_the_letter(counts, state: str) -> None:
    assert scored.tell_explained(*counts).state == state


def test_the_facts_are_those_of_the_use(world, ask, add) -> None:
    """Shadow scores are explained, but neither given nor waiting for a judgement."""
    sources = (judged, scored, challenged)

    def facts() -> list[tuple[str, str]]:
        with world.database.read() as session:
            use = get_use(session, world.use_id)
            told = [one for source in sources for one in source.list_facts(session, use, world.clock.now())]
        return [(one.state, one.text) for one in told]

    approve_use(world, permission="shadow")
    ask(key="in the shadow")
    assert [state for state, _ in facts()] == ["none", "none", "none", "good", "good"]
    approve_again(world)
    score, _ = ask(), ask(key="another")
    pat = world.cast.practitioner
    with world.database.write() as session:
        fresh = get_score(session, pat, score.reference)
        record_viewing(session, fresh, pat, world.clock.now())
        world.clock.advance(minutes=4)
        record_viewing(session, fresh, pat, world.clock.now())
        world.clock.advance(minutes=3)
        record_judgement(session, pat, fresh, view="agree", reason="I know.", at=world.clock.now())
        words = Words("person", "model", "Jo", "jo@example.org", "Me", "No.")
        receive(session, words, fresh.use.version.model, world.clock.now())
    label, answered, agreement, explained, challenges = facts()
    assert "Each of the 2 scores given" in label[1]
    assert "Of 1 score that was looked at, 1 has a judgement." in answered[1]
    assert "agreed with 1 of the last 1 scores" in agreement[1]
    assert "Half of them took 7 minutes or less" in agreement[1]
    assert "3 of 3 scores have an explanation of every input" in explained[1]
    assert challenges[0] == "amber"
    world.clock.advance(days=31)
    assert facts()[-1][0] == "red"


def approve_again(world) -> None:
    with world.database.write() as session:
        grant(session, world.cast.chair, get_use(session, world.use_id), expires_on=TODAY, at=world.clock.now())
