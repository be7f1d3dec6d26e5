"""A model's life, gathered from every floor into one timeline."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.committee.tables import AgendaItem
from foundation.lifecycle.queries import list_changes
from foundation.web.texts import date_text
from monitoring.cases.tables import Case, CaseStep
from monitoring.cases.values import card_of
from monitoring.watches.tables import WatchRun
from registry.evaluations.tables import Evaluation
from registry.models.tables import RiskModel
from registry.models.values import USE_LIFE

TONES = {"approved": "good", "suspended": "bad", "rejected": "bad", "retired": "bad"}
STEPS = {"step_back": "Stepped back", "lapse": "The suspension lapsed"}
"""Steps that read otherwise than the stage they lead to."""

VERDICTS = {
    "passed": ("Watch passed", "good"),
    "warned": ("Watch passed with a warning", "plain"),
    "breached": ("Watch found a breach", "bad"),
    "failed": ("Watch failed", "bad"),
    "too_early": ("Watch: too early to say", "plain"),
}


@dataclass(frozen=True)
class Event:
    """Something that happened to a model; `endpoint` leads to its page."""

    at: datetime
    what: str
    detail: str = ""
    tone: str = "plain"
    endpoint: str | None = None
    arguments: tuple[tuple[str, Any], ...] = ()


def list_life(session: Session, model: RiskModel) -> list[Event]:
    """Everything that happened to a model, newest first."""
    use_ids = [use.id for use in model.uses]
    events = [
        *_registrations(session, model),
        *_stages(session, model, use_ids),
        *_agenda(session, use_ids),
        *_watches(session, use_ids),
        *_cases(session, use_ids),
    ]
    return _gather_quiet_nights(sorted(events, key=lambda event: event.at, reverse=True))


def _gather_quiet_nights(events: list[Event]) -> list[Event]:
    """Runs of passed watches become one line each: what a reader needs to see is where they end."""
    told: list[Event] = []
    for quiet, run in groupby(events, key=lambda event: event.what == VERDICTS["passed"][0]):
        nights = list(run)
        if not quiet or len(nights) == 1:
            told += nights
            continue
        newest, oldest = nights[0], nights[-1]
        words = f"From {date_text(oldest.at)}. The newest: {newest.detail}"
        told.append(replace(newest, what=f"{len(nights)} watches passed", detail=words))
    return told


def _registrations(session: Session, model: RiskModel) -> Iterator[Event]:
    for version in model.versions:
        place = (("slug", model.slug), ("number", version.number))
        yield Event(
            version.registered_at, f"Version {version.number} registered", "", "plain", "models.show_version", place
        )
        chosen = select(Evaluation).where(Evaluation.version_id == version.id)
        for evaluation in session.scalars(chosen):
            people = evaluation.figures["people"]
            yield Event(evaluation.computed_at, f"Measured on {people:,} held-out people", f"Version {version.number}")


def _stages(session: Session, model: RiskModel, use_ids: list[int]) -> Iterator[Event]:
    purposes = {use.id: use.purpose for use in model.uses}
    granted = {(one.use_id, one.granted_at): one for use in model.uses for one in reversed(use.approvals)}
    for change in list_changes(session, "use", use_ids):
        approval = granted.get((change.thing_id, change.at)) if change.target == "approved" else None
        detail = change.reason or f"For {purposes[change.thing_id][:1].lower()}{purposes[change.thing_id][1:]}"
        if approval is not None:
            detail = f"{approval.extent}. {detail}"
        title = STEPS.get(change.step, USE_LIFE.stages[change.target].title)
        yield Event(change.at, title, detail, TONES.get(change.target, "plain"))


def _agenda(session: Session, use_ids: list[int]) -> Iterator[Event]:
    for item in session.scalars(select(AgendaItem).where(AgendaItem.use_id.in_(use_ids))):
        yield Event(
            item.opened_at,
            "On the committee's agenda",
            item.title,
            "plain",
            "committee.show_item",
            (("item_id", item.id),),
        )


def _watches(session: Session, use_ids: list[int]) -> Iterator[Event]:
    for run in session.scalars(select(WatchRun).where(WatchRun.use_id.in_(use_ids))):
        what, tone = VERDICTS[run.verdict]
        yield Event(run.ran_at, what, run.sentence, tone, "watches.show_run", (("run_id", run.id),))


def _cases(session: Session, use_ids: list[int]) -> Iterator[Event]:
    cases = list(session.scalars(select(Case).where(Case.use_id.in_(use_ids))))
    for case in cases:
        place = (("case_id", case.id),)
        yield Event(case.opened_at, "Case opened", case.title, "bad", "cases.show", place)
        if case.explained_at:
            yield Event(case.explained_at, "The owner explained the case", "", "plain", "cases.show", place)
    numbers = [case.id for case in cases]
    for step in session.scalars(select(CaseStep).where(CaseStep.case_id.in_(numbers))):
        card, place = card_of(step.step), (("case_id", step.case_id),)
        yield Event(step.at, card.told, step.reason, card.tone, "cases.show", place)
    for change in list_changes(session, "case", numbers):
        if change.target == "closed":
            yield Event(change.at, "Case closed", change.reason, "good")
