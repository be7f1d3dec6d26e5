"""Checking afterwards, from what was recorded, that the approval of every score stood at its moment (R01).

Nothing is believed that the gate said. Changes of stage, approvals and scores are read in their order, and each score
is held against what was in force when it was given: the use was approved; the approval it names was of the use, had
been granted, had not ended and had not expired on its day in London; and its artefact was the version's own.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import london_date
from foundation.lifecycle.tables import StageChange
from model_runtime.scores.tables import Score
from registry.models.tables import Approval, ModelVersion, Use
from registry.models.values import USE_LIFE

AT_ONCE = 5000
MOST_TOLD = 20


@dataclass(frozen=True)
class Held:
    """An approval as it was granted."""

    use_id: int
    granted_at: datetime
    ended_at: datetime | None
    expires_on: date
    permission: str


@dataclass(frozen=True)
class Checked:
    """What the check found: how many scores were held against the record, and the first faults as sentences.

    `waited` counts scores dated after a change of stage by no more than was allowed for: a change is dated when
    somebody asks for it, and it waits for scores that are being committed.
    """

    scores: int
    changes: int
    waited: int
    longest_wait_ms: float
    faults: tuple[str, ...]
    fault_count: int

    @property
    def good(self) -> bool:
        """Whether every score was given under an approval that stood."""
        return not self.fault_count


def check_scores(session: Session, allowed: timedelta = timedelta(0)) -> Checked:
    """Hold every recorded score against the record of stages and approvals.

    `allowed` is how long a change of stage may have waited for a score that was being committed: a command is dated
    when it is given, and takes the lock a moment later.
    """
    record = _Record(session)
    faults: list[str] = []
    count = fault_count = waited = 0
    longest = timedelta(0)
    for row in _scores(session):
        count += 1
        late = record.late_by(row.use_id, row.at)
        if timedelta(0) < late <= allowed:
            waited, longest = waited + 1, max(longest, late)
        found = list(record.find_faults(row, allowed))
        fault_count += bool(found)
        faults += [f"{row.reference}: {sentence}" for sentence in found][: MOST_TOLD - len(faults)]
    return Checked(count, record.change_count, waited, longest.total_seconds() * 1000, tuple(faults), fault_count)


class _Record:
    """Stages and approvals as they were at any moment."""

    def __init__(self, session: Session) -> None:
        self._times: dict[int, list[datetime]] = defaultdict(list)
        self._targets: dict[int, list[str]] = defaultdict(list)
        chosen = select(StageChange.thing_id, StageChange.at, StageChange.target)
        chosen = chosen.where(StageChange.thing == USE_LIFE.thing).order_by(StageChange.id)
        for use_id, at, target in session.execute(chosen).tuples():
            self._times[use_id].append(at)
            self._targets[use_id].append(target)
        self.change_count = sum(map(len, self._times.values()))
        columns = Approval.use_id, Approval.granted_at, Approval.ended_at, Approval.expires_on, Approval.permission
        granted = session.execute(select(Approval.id, *columns))
        self._approvals = {row.id: Held(*row[1:]) for row in granted}
        artefacts = select(Use.id, ModelVersion.artefact_sha256).join(ModelVersion)
        self._artefacts = dict(session.execute(artefacts).tuples().all())

    def stage_at(self, use_id: int, at: datetime) -> str:
        """The stage a use was at; a change counts from the moment it is dated."""
        place = bisect_right(self._times[use_id], at)
        return self._targets[use_id][place - 1] if place else USE_LIFE.first

    def late_by(self, use_id: int, at: datetime) -> timedelta:
        """How long after the use stopped being approved something is dated; nothing while it is approved."""
        place = bisect_right(self._times[use_id], at)
        if not place or self._targets[use_id][place - 1] == "approved":
            return timedelta(0)
        return at - self._times[use_id][place - 1] + timedelta(microseconds=1)

    def find_faults(self, score: Any, allowed: timedelta) -> Iterator[str]:
        """What was not in force when a score was given, as sentences."""
        late = self.late_by(score.use_id, score.at)
        if late > allowed or self.stage_at(score.use_id, score.at - late) != "approved":
            yield f"the use was {self.stage_at(score.use_id, score.at)} when it was given."
        approval = self._approvals.get(score.approval_id)
        if approval is None or approval.use_id != score.use_id:
            yield "the approval it names is not one of its use."
            return
        if score.at < approval.granted_at:
            yield "its approval had not been granted."
        if approval.ended_at is not None and score.at - allowed > approval.ended_at:
            yield "its approval had ended."
        if london_date(score.at) > approval.expires_on:
            yield "its approval had expired."
        if score.shadow != (approval.permission == "shadow"):
            yield "it is not marked as its approval asks."
        if score.artefact_sha256 != self._artefacts.get(score.use_id):
            yield "its model file is not the version's own."


def _scores(session: Session) -> Iterator[Any]:
    columns = Score.id, Score.reference, Score.use_id, Score.approval_id, Score.at, Score.shadow, Score.artefact_sha256
    last = 0
    while rows := session.execute(select(*columns).where(Score.id > last).order_by(Score.id).limit(AT_ONCE)).all():
        yield from rows
        last = rows[-1].id
