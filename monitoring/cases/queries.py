"""Reading cases."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import NotFound
from foundation.tasks import Task
from foundation.web.texts import date_text
from monitoring.cases.tables import Case
from monitoring.cases.values import EXPLAIN_WITHIN_DAYS, CaseKind
from monitoring.watches.tables import WatchRun
from registry.models.rules import owns


def get_case(session: Session, case_id: int) -> Case:
    """A case by number."""
    case = session.get(Case, case_id)
    if case is None:
        raise NotFound("There is no such case.")
    return case


def list_cases(session: Session) -> Sequence[Case]:
    """Every case, newest first."""
    return session.scalars(select(Case).order_by(Case.id.desc())).all()


def list_open_cases(session: Session, use_ids: Sequence[int] | None = None) -> Sequence[Case]:
    """The cases that nobody has closed, of some uses or of all, oldest first."""
    chosen = select(Case).where(Case.stage != "closed").order_by(Case.opened_at, Case.id)
    return session.scalars(chosen if use_ids is None else chosen.where(Case.use_id.in_(use_ids))).all()


def find_standing_case(session: Session, use_id: int, title: str, action: str) -> Case | None:
    """The case about the same finding of a use's watches that nobody has closed yet."""
    chosen = select(Case).where(Case.use_id == use_id, Case.kind == CaseKind.WATCH.value)
    chosen = chosen.where(Case.title == title, Case.action == action)
    return session.scalars(chosen.where(Case.stage != "closed").order_by(Case.id.desc())).first()


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


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Cases that wait for somebody: open ones for owner and deputy, explained ones for the chair and the committee."""
    cases = list_open_cases(session)
    return [task for case in cases if (task := _task(case, actor, london_date(now))) is not None]


def _task(case: Case, actor: Actor, today: date) -> Task | None:
    model = case.use.version.model
    about = f"{case.title}: {model.name}"
    arguments = {"case_id": case.id}
    if case.stage == "open" and owns(model, actor):
        late = today > explain_by(case)
        tag, tone = ("Overdue", "bad") if late else ("To explain", "attention")
        hint = f"The committee expects your explanation by {date_text(explain_by(case))}."
        return Task(f"Explain: {about}", "cases.show", arguments, case.opened_at, hint, tag, tone)
    if case.stage == "explained" and actor.may(Permission.CHAIR):
        hint = "Read the owner's explanation and close the case, or put it to the committee."
        return Task(f"Close: {about}", "cases.show", arguments, case.explained_at, hint, "To close", "info")
    if case.stage == "explained" and actor.may(Permission.VOTE):
        return Task(
            f"Read: {about}", "cases.show", arguments, case.explained_at, "The owner has explained it.", "To read"
        )
    return None
