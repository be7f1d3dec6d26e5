"""What the reader, the person, the conditions and the clocks add to the gate, in a real request for a score."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from foundation.clock import StoppedClock, SystemClock
from foundation.files.service import get_content
from foundation.ledger.service import record
from model_runtime.gate.clocks import read_moment
from model_runtime.gate.queries import read_case
from model_runtime.objections.service import record_objection
from model_runtime.objections.values import Words
from model_runtime.scores.service import request_score
from model_runtime.scores.tables import Refusal, Score
from registry.models.queries import find_approval, get_use
from registry.models.service import set_lapse, step_back
from registry.models.tables import Approval, Feature
from registry.models.values import PermissionStage
from registry.safeguards.service import set_safeguards
from registry.safeguards.values import Safeguards
from tests.conftest import PILOT
from tests.model_runtime.conftest import NOON, Meanwhile, change, count


def _objects(world) -> None:
    told = Words("ASC", "RC-0001", "I do not want this.", "letter", date(2026, 11, 20))
    with world.database.write() as session:
        record_objection(session, world.cast.practitioner, told, world.clock.now())


def _asks(world, **rules) -> None:
    with world.database.write() as session:
        use = get_use(session, world.use_id)
        set_safeguards(session, world.cast.chair, use, Safeguards(**rules), "So decided.", world.clock.now())


def _lapses(world) -> None:
    with world.database.write() as session:
        use = get_use(session, world.use_id)
        set_lapse(session, world.cast.chair, use, date(2026, 11, 21), world.clock.now())


def _untrained_for(world) -> None:
    _asks(world, training_days=30)
    world.clock.advance(days=31)
    world.add(world.database, "RC-0001", at=world.clock.now(), as_of=world.clock.now().date())


HAPPENS = {
    "objected": _objects,
    "not_audience": lambda world: _asks(world, shows="nothing"),
    "not_trained": _untrained_for,
    "condition_overdue": _lapses,
}


@pytest.mark.parametrize("code", HAPPENS)
def test_it_closes_the_gate_before_the_engine_and_while_it_works(approved, ask, engine, code: str):
    """R11, R39, R41, R53: recorded as a refusal with its code; what happens meanwhile counts."""
    refusal = ask(engine=Meanwhile(engine, lambda: HAPPENS[code](approved)))
    assert (type(refusal), refusal.code) == (Refusal, code)
    assert ask(key="again").code == code
    assert count(approved, Score) == 0


def test_a_condition_goes_with_a_step_back_and_its_last_day_counts(approved, ask):
    """R11: an approval that takes another's place keeps the day; on that day a score is still given."""
    today = approved.clock.now().date()
    with approved.database.write() as session:
        use, at = get_use(session, approved.use_id), approved.clock.now()
        set_lapse(session, approved.cast.chair, use, today, at)
        step_back(session, approved.cast.chair, use, PermissionStage.PILOT, "Look again.", at, PILOT)
        standing = find_approval(session, use)
    assert standing is not None
    assert (standing.stage, standing.lapses_on) == (PermissionStage.PILOT, today)


def test_words_nobody_knows_open_nothing(approved, ask):
    """R01: an unknown permission of an approval closes the gate, as a sentence and not as a fault."""
    change(approved, update(Approval).values(permission="everything"))
    assert ask().code == "not_approved"


def test_a_kept_sheet_is_never_believed_over_the_rows(approved, ask):
    """R03, R24: after a score all is kept in memory; a row changed behind the product's back still closes the gate."""
    assert isinstance(ask(key="first"), Score)
    change(approved, update(Feature).where(Feature.name == "age").values(sentence="Is dangerous"))
    assert ask(key="second").code == "content_changed"
    change(approved, update(Feature).where(Feature.name == "age").values(sentence="Aged {value} at release"))
    assert isinstance(ask(key="third"), Score)


def test_nothing_that_changes_can_be_read_from_a_kept_use(approved):
    """R01: whoever takes the stage or the approvals from memory instead of the database gets an error."""
    with approved.database.read() as session:
        case = read_case(session, approved.use_id, None, date(2026, 11, 22))
    assert case is not None
    for name in ("stage", "approvals"):
        with pytest.raises(Exception, match=r"not bound to a Session|raiseload|not available"):
            getattr(case.sheet.use, name)


def test_layers_are_kept_with_the_score(approved, ask, engine):
    """R03: what really shut the engine in when the score was made."""
    score = ask()
    assert score.layers == list(engine.score(*_asked(approved, score)).layers)


def _asked(world, score: Score) -> tuple:
    with world.database.read() as session:
        version = get_use(session, world.use_id).version
        content = get_content(session, version.artefact_sha256)
    return content, version.artefact_sha256, version.method, list(score.features), [score.features]


class _AnHourLate(SystemClock):
    def now(self) -> datetime:
        return super().now() - timedelta(hours=1)


def test_the_service_and_its_database_have_to_agree_on_the_time(approved, engine):
    """R01: an approval must not come to life because somebody set a clock back."""
    with approved.database.read() as session:
        moment, handed = read_moment(session, _AnHourLate()), read_moment(session, StoppedClock(NOON))
        agreed = read_moment(session, SystemClock())
    assert moment.apart == pytest.approx(3600, abs=5)
    assert abs((moment.at - datetime.now(UTC)).total_seconds()) < 5
    assert (handed.at, handed.apart, handed.back) == (NOON, 0, 0)
    assert agreed.apart < 5


def test_a_record_from_the_future_stops_scores(approved, engine):
    """R01: time that runs backwards against the newest record is refused with a sentence."""
    ahead = SystemClock().now() + timedelta(hours=2)
    with approved.database.write() as session:
        record(session, "tested", actor="account:1", at=ahead)
    with approved.database.read() as session:
        assert read_moment(session, SystemClock()).back == pytest.approx(7200, abs=60)
    asked = {"person_reference": "RC-0001", "purpose": "resettlement-support", "use_id": approved.use_id}
    now = SystemClock().now()
    approved.add(approved.database, "RC-0001", at=now, as_of=now.date())
    answer = request_score(
        approved.database, SystemClock(), engine, approved.cast.practitioner, request_key="now", **asked
    )
    assert isinstance(answer, Refusal)
    assert answer.code in ("clock_differs", "approval_expired", "not_trained")
