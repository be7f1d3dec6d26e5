"""The life of a case as one timeline, oldest first: what was found, said, chosen, done and decided."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assessments.committee.values import WAITING
from foundation.accounts.queries import names_of
from foundation.lifecycle.queries import list_changes
from foundation.lifecycle.tables import StageChange
from foundation.web.texts import date_text
from monitoring.cases.queries import Progress
from monitoring.cases.tables import Case, CaseEvidence, CaseStep
from monitoring.cases.values import CASE_LIFE, KINDS, CaseKind, card_of
from monitoring.engine.values import Verdict
from monitoring.watches.tables import WatchRun
from monitoring.watches.values import VERDICTS

TOLD = {
    "explain": "The owner explained it",
    "explain_late": "The owner explained it, late",
    "close_case": "The case was closed",
    "fulfil": "The case was closed: a new version was put to the committee",
}
"""Steps of the life that stand in the timeline; 'choose' stands there as what was chosen."""


@dataclass(frozen=True)
class Event:
    """Something that happened in a case; `endpoint` leads to its page, `by_id` is none for the worker."""

    at: datetime
    by_id: int | None
    what: str
    detail: str = ""
    tone: str = "plain"
    endpoint: str | None = None
    arguments: tuple[tuple[str, Any], ...] = ()


def list_events(
    session: Session, case: Case, progress: Progress, evidence: Sequence[CaseEvidence]
) -> list[tuple[Event, str]]:
    """Everything that happened in a case, oldest first, each with the name of who did it."""
    events = sorted(_events(session, case, progress, evidence), key=lambda event: event.at)
    names = names_of(session, [event.by_id for event in events])
    return [(event, names[event.by_id]) for event in events]


def _events(session: Session, case: Case, progress: Progress, evidence: Sequence[CaseEvidence]) -> Iterator[Event]:
    yield Event(case.opened_at, None, KINDS[CaseKind(case.kind)].opened, tone="bad")
    yield from _changes(list_changes(session, CASE_LIFE.thing, [case.id]))
    yield from (_step(one) for one in progress.steps)
    yield from (_retest(run) for run in progress.runs.values())
    yield from _decisions(list_changes(session, "item", list(progress.items)))
    yield from (_attached(case, one) for one in evidence)


def _changes(changes: Iterable[StageChange]) -> Iterator[Event]:
    for change in changes:
        if change.step in TOLD:
            tone = "good" if change.target == "closed" else "plain"
            yield Event(change.at, change.by_id, TOLD[change.step], change.reason, tone)


def _step(one: CaseStep) -> Event:
    card = card_of(one.step)
    by = f" To be done by {date_text(one.due_on)}." if one.due_on is not None else ""
    place = ("committee.show_item", (("item_id", one.item_id),)) if one.item_id is not None else (None, ())
    return Event(one.at, one.by_id, card.told, f"{one.reason}{by}", card.tone, *place)


def _retest(run: WatchRun) -> Event:
    card = VERDICTS[Verdict(run.verdict)]
    tone = card.tone if card.tone in ("good", "bad") else "plain"
    place = (("run_id", run.id),)
    return Event(run.ran_at, None, f"The watch ran again: {card.words}", run.sentence, tone, "watches.show_run", place)


def _decisions(changes: Iterable[StageChange]) -> Iterator[Event]:
    for change in changes:
        if change.target not in WAITING:
            place = (("item_id", change.thing_id),)
            what = "The committee decided" if change.target == "decided" else "It was taken off the agenda"
            yield Event(change.at, change.by_id, what, change.reason, "plain", "committee.show_item", place)


def _attached(case: Case, one: CaseEvidence) -> Event:
    place = (("case_id", case.id), ("number", one.id))
    return Event(one.at, one.by_id, f"Evidence was attached: {one.title}", "", "plain", "cases.download", place)
