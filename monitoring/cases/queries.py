"""Reading cases, what followed from them, and what was attached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, lazyload

from assessments.committee.tables import AgendaItem
from assessments.committee.values import WAITING
from foundation.clock import london_date
from foundation.errors import NotFound
from monitoring.cases.tables import Case, CaseEvidence, CaseStep
from monitoring.cases.values import EXPLAIN_WITHIN_DAYS, STEPS, CaseKind
from monitoring.watches.tables import WatchRun

CLOSED_SHOWN = 100
"""How many closed cases the list shows, the newest."""


@dataclass(frozen=True)
class Progress:
    """How far a case has come: its steps, oldest first, and what they led to.

    `runs` are the watches that were asked for and have run, by the moment they were for; `items` the agenda items by
    number.
    """

    steps: Sequence[CaseStep]
    runs: Mapping[datetime, WatchRun]
    items: Mapping[int, AgendaItem]

    @property
    def chosen(self) -> CaseStep | None:
        """What the chair chose last, or none."""
        return next((one for one in reversed(self.steps) if one.step in STEPS), None)

    @property
    def run(self) -> WatchRun | None:
        """The watch that was asked for last, once it has run."""
        chosen = self.chosen
        return self.runs.get(chosen.watch_due_at) if chosen is not None and chosen.watch_due_at else None

    @property
    def item(self) -> AgendaItem | None:
        """What the committee decides on because of what was chosen last."""
        chosen = self.chosen
        return self.items.get(chosen.item_id) if chosen is not None and chosen.item_id else None

    @property
    def ended(self) -> bool:
        """Whether what was chosen last has come to its end: the watch ran, or the committee decided."""
        item = self.item
        return self.run is not None or (item is not None and item.stage not in WAITING)


def get_case(session: Session, case_id: int) -> Case:
    """A case by number."""
    case = session.get(Case, case_id)
    if case is None:
        raise NotFound("There is no such case.")
    return case


def list_closed_cases(session: Session, limit: int = CLOSED_SHOWN) -> Sequence[Case]:
    """The newest cases that are closed, without what their watches found."""
    chosen = select(Case).where(Case.stage == "closed").options(lazyload(Case.run))
    return session.scalars(chosen.order_by(Case.id.desc()).limit(limit)).all()


def count_closed_cases(session: Session) -> int:
    """How many cases are closed."""
    return session.scalar(select(func.count()).select_from(Case).where(Case.stage == "closed")) or 0


def list_open_cases(session: Session, use_ids: Sequence[int] | None = None) -> Sequence[Case]:
    """The cases that nobody has closed, of some uses or of all, oldest first."""
    chosen = select(Case).where(Case.stage != "closed").order_by(Case.opened_at, Case.id)
    chosen = chosen.options(lazyload(Case.run))
    return session.scalars(chosen if use_ids is None else chosen.where(Case.use_id.in_(use_ids))).all()


def find_standing_case(session: Session, use_id: int, title: str, action: str) -> Case | None:
    """The case about the same finding of a use's watches that nobody has closed yet."""
    chosen = select(Case).where(Case.use_id == use_id, Case.kind == CaseKind.WATCH.value)
    chosen = chosen.where(Case.title == title, Case.action == action)
    return session.scalars(chosen.where(Case.stage != "closed").order_by(Case.id.desc())).first()


def find_outside_case(session: Session, subject: str, sentence: str, use_id: int | None) -> Case | None:
    """The case about the same finding outside the register that nobody has closed yet."""
    chosen = select(Case).where(Case.kind == CaseKind.RECONCILE.value, Case.stage != "closed")
    chosen = chosen.where(Case.subject == subject, Case.sentence == sentence, Case.use_id == use_id)
    return session.scalars(chosen.order_by(Case.id.desc())).first()


def list_told(session: Session, use_id: int, kind: CaseKind) -> set[str]:
    """What the cases of a kind that nobody has closed yet already say about a use, line by line."""
    chosen = select(Case.sentence).where(Case.use_id == use_id, Case.kind == kind.value, Case.stage != "closed")
    return {line for sentence in session.scalars(chosen) for line in sentence.splitlines()}


def list_cases_of_run(session: Session, run: WatchRun, found: Sequence[tuple[str, str]]) -> list[Case]:
    """The cases about what a watch found, its own and those that were open already; `found` are (title, action)."""
    chosen = select(Case).where(Case.use_id == run.use_id, Case.opened_at <= run.ran_at).order_by(Case.id)
    chosen = chosen.where(Case.kind == CaseKind.WATCH.value)
    newest = {(case.title, case.action): case for case in session.scalars(chosen)}
    return [newest[each] for each in found if each in newest]


def explain_by(case: Case) -> date:
    """The day by which the owner explains."""
    return london_date(case.opened_at) + timedelta(days=EXPLAIN_WITHIN_DAYS)


def list_steps(session: Session, case: Case) -> Sequence[CaseStep]:
    """What was chosen or noted in a case, oldest first."""
    return session.scalars(select(CaseStep).where(CaseStep.case_id == case.id).order_by(CaseStep.id)).all()


def read_progress(session: Session, case: Case) -> Progress:
    """How far a case has come."""
    steps = list_steps(session, case)
    moments = [one.watch_due_at for one in steps if one.watch_due_at is not None]
    asked = select(WatchRun).where(WatchRun.use_id == case.use_id, WatchRun.due_at.in_(moments))
    runs = {run.due_at: run for run in session.scalars(asked)} if moments else {}
    numbers = {one.item_id for one in steps if one.item_id is not None}
    items = session.scalars(select(AgendaItem).where(AgendaItem.id.in_(numbers))) if numbers else ()
    return Progress(steps, runs, {item.id: item for item in items})


def list_evidence(session: Session, case: Case) -> Sequence[CaseEvidence]:
    """The files attached to a case, oldest first."""
    return session.scalars(select(CaseEvidence).where(CaseEvidence.case_id == case.id).order_by(CaseEvidence.id)).all()


def get_evidence(session: Session, case: Case, number: int) -> CaseEvidence:
    """A file attached to a case; that of another case is not found."""
    evidence = session.get(CaseEvidence, number)
    if evidence is None or evidence.case_id != case.id:
        raise NotFound("This case has no such evidence.")
    return evidence
