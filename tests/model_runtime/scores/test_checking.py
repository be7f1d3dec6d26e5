"""The proof from the records: no score without an approval that stood, also while somebody suspends at random."""

import threading
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text, update
from sqlalchemy.orm import make_transient

from algocare.cli.ledger import check_scores_command
from foundation.clock import SystemClock
from foundation.database.append_only import release
from model_runtime.scores.checking import check_scores
from model_runtime.scores.service import request_score
from model_runtime.scores.tables import Score
from registry.models.queries import get_use
from registry.models.service import approve, suspend
from registry.models.tables import Approval
from registry.models.values import PermissionStage
from tests.model_runtime.conftest import change, take


def checked(world, **more):
    with world.database.read() as session:
        return check_scores(session, **more)


def test_scores_under_an_approval_hold(approved, ask):
    """R01: each is held against stages and approvals, not against what the gate said."""
    ask(key="1")
    ask(key="2")
    found = checked(approved)
    assert (found.good, found.scores, found.faults) == (True, 2, ())


FAULTS = {
    "its approval had expired": lambda score: update(Approval).values(expires_on=score.at.date() - timedelta(days=1)),
    "its approval had ended": lambda score: (
        update(Approval).where(Approval.id == score.approval_id).values(ended_at=score.at - timedelta(minutes=1))
    ),
    "its approval had not been granted": lambda score: update(Approval).values(granted_at=score.at + timedelta(1)),
    "not marked as its approval asks": lambda score: update(Approval).values(permission="shadow"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_score_the_record_does_not_carry_is_found(approved, ask, fault: str):
    """R01: the check finds what the gate would have refused."""
    score = ask()
    change(approved, FAULTS[fault](score))
    found = checked(approved)
    assert (found.good, found.fault_count) == (False, 1)
    assert fault in found.faults[0]


def test_a_score_after_a_suspension_is_found(approved, ask):
    """R01: a row put there behind the product's back is dated after the use was stopped."""
    score = ask()
    approved.clock.advance(minutes=5)
    take(approved, suspend, "Stop at once.")
    make_transient(score)
    late = {"id": None, "reference": "S-LATE-LATE", "request_key": "late", "at": approved.clock.now()}
    for name, value in late.items():
        setattr(score, name, value)
    with approved.database.write() as session:
        columns = [one.name for one in Score.__table__.columns if one.name != "id"]
        session.execute(Score.__table__.insert().values({name: getattr(score, name) for name in columns}))
    assert checked(approved).faults == ("S-LATE-LATE: the use was suspended when it was given.",)
    waited = checked(approved, allowed=timedelta(seconds=1))
    assert (waited.good, waited.waited) == (True, 1)


def test_no_score_follows_a_suspension_while_four_people_ask(approved, engine):
    """R01: suspended and approved anew at random moments under load; every commit is held against the record."""
    now = SystemClock().now()
    approved.add(approved.database, *(f"RC-1{n:03}" for n in range(4)), at=now, as_of=approved.clock.now().date())
    stop, given, faults = threading.Event(), [], []

    def press(person: str) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            answer = request_score(
                approved.database,
                approved.clock,
                engine,
                approved.cast.practitioner,
                person_reference=person,
                purpose="resettlement-support",
                use_id=approved.use_id,
                request_key=f"{person} {number}",
            )
            if isinstance(answer, Score):
                given.append(answer)
            elif answer.code not in ("suspended", "not_approved"):
                faults.append(answer.sentence)

    threads = [threading.Thread(target=press, args=(f"RC-1{n:03}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    counted = []
    for _ in range(4):
        while len(given) <= (counted[-1] if counted else 0) and not faults:
            stop.wait(0.005)  # until somebody was given a score, so that there is something to stop
        approved.clock.advance(seconds=1)
        take(approved, suspend, "At a random moment.")
        counted.append(_committed(approved))
        stop.wait(0.02)
        assert _committed(approved) == counted[-1], "a score was committed after the suspension"
        approved.clock.advance(seconds=1)
        _approve_again(approved)
    stop.set()
    for thread in threads:
        thread.join(60)
    assert not faults
    found = checked(approved, allowed=timedelta(milliseconds=999))
    assert (found.good, found.scores) == (True, len(given))
    assert found.scores >= 4


def _committed(world) -> int:
    with world.database.read() as session:
        return session.scalar(text("SELECT count(*) FROM score"))


def _approve_again(world) -> None:
    with world.database.write() as session:
        use, at = get_use(session, world.use_id), world.clock.now()
        standing = next(one for one in use.approvals if one.ended_at is None)
        told = {"expires_on": standing.expires_on, "conditions": [], "answers_sha256": "", "reason": "Go on."}
        approve(session, world.cast.chair, use, at=at, permission=PermissionStage.OPERATIONAL, **told)


@pytest.mark.one_database
def test_the_command_says_whether_every_score_stood(approved, ask, monkeypatch):
    ask()
    monkeypatch.setenv("ALGOCARE_DATABASE_URL", approved.database.engine.url.render_as_string(hide_password=False))
    good = CliRunner().invoke(check_scores_command, [])
    assert (good.exit_code, "Every score was given under an approval that stood." in good.output) == (0, True)
    with approved.database.write() as session:
        for statement in release(session.get_bind().dialect.name, "score"):
            session.execute(text(statement))
        session.execute(update(Score).values(artefact_sha256="0" * 64))
    bad = CliRunner().invoke(check_scores_command, ["--json"])
    assert bad.exit_code == 1
    assert "model file" in bad.output
