"""What follows from a case: the chair's next steps, and what the worker finds when their days have passed (R12)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.committee.queries import list_items_of
from assessments.committee.service import open_item
from assessments.committee.tables import AgendaItem
from assessments.decisions.referrals import suspend_and_refer
from foundation.accounts.rules import check_permission
from foundation.accounts.values import WORKER, Actor, Permission
from foundation.clock import london_date
from foundation.lifecycle.queries import list_changes
from foundation.lifecycle.service import move
from foundation.web.texts import date_text
from monitoring.cases.queries import explain_by, list_steps, read_progress
from monitoring.cases.rules import check_due, check_heard, check_possible, check_text
from monitoring.cases.service import note
from monitoring.cases.tables import Case, CaseStep
from monitoring.cases.values import CASE_LIFE, ON_AGENDA, STEPS, Chosen, StepKind
from monitoring.watches.service import ask_for_watch
from registry.models.tables import ModelVersion, Use


def choose(session: Session, actor: Actor, case: Case, chosen: Chosen, at: datetime) -> CaseStep:
    """The chair says what follows, and it is begun at once; as often as it takes until the case is closed.

    Refused: the owner and the deputy, no reason, a step that needs a day without one, before the owner has been heard,
    and for what is in no register. What cannot be done now (a watch of a use that gives no scores, a second
    suspension) is refused by what it is asked of.
    """
    check_permission(actor, Permission.CHAIR)
    reason, today = check_text(chosen.reason, "why", "why this follows"), london_date(at)
    due_on = _due_on(chosen, today)
    session.refresh(case, ["stage"], with_for_update=True)
    check_heard(case.stage, explain_by(case), today)
    facts = {"use": case.use_id, "next": chosen.step.value}
    move(session, CASE_LIFE, case, "choose", actor, at, reason=reason, model=case.slug, facts=facts)
    use, card = _use(case), STEPS[chosen.step]
    session.refresh(use, ["stage"])
    check_possible(card.title, card.stages, use.stage, use.stage_card.title)
    begun = BEGIN[chosen.step](session, actor, case, reason, at)
    return _keep(session, actor, case, chosen.step, at, reason=reason, due_on=due_on, **begun)


def _due_on(chosen: Chosen, today: date) -> date | None:
    card = STEPS[chosen.step]
    if card.dated:
        return check_due(chosen.due_on, today)
    return today + timedelta(days=card.days) if card.days is not None else None


def _keep(session: Session, actor: Actor, case: Case, step: StepKind, at: datetime, **more: Any) -> CaseStep:
    row = CaseStep(case_id=case.id, step=step.value, by_id=actor.account_id, at=at, **more)
    session.add(row)
    session.flush()
    due_on = row.due_on.isoformat() if row.due_on else None
    note(session, "case_step", actor, case, at, step=row.step, row=row.id, due_on=due_on, item=row.item_id)
    return row


def _retest(session: Session, actor: Actor, case: Case, reason: str, at: datetime) -> dict[str, Any]:
    job = ask_for_watch(session, WORKER, _use(case), at)
    return {"watch_due_at": datetime.fromisoformat(job.payload["due_at"])}


def _retrain(session: Session, actor: Actor, case: Case, reason: str, at: datetime) -> dict[str, Any]:
    return {}


def _rerefer(session: Session, actor: Actor, case: Case, reason: str, at: datetime) -> dict[str, Any]:
    asked = f"The reason given: {reason} May it go on, and on what conditions?"
    return {"item_id": _refer(session, actor, case, asked, at).id}


def _suspend(session: Session, actor: Actor, case: Case, reason: str, at: datetime) -> dict[str, Any]:
    return {"item_id": suspend_and_refer(session, actor, _use(case), reason, at).id}


BEGIN: dict[StepKind, Callable[..., dict[str, Any]]] = {
    StepKind.RETEST: _retest,
    StepKind.RETRAIN: _retrain,
    StepKind.REREFER: _rerefer,
    StepKind.SUSPEND: _suspend,
}
"""How each step begins, and what the row of it then holds."""


def _refer(session: Session, actor: Actor, case: Case, asked: str, at: datetime) -> AgendaItem:
    """The item about a breach or a review that the committee has not voted on yet, or a new one."""
    use = _use(case)
    standing = [one for one in list_items_of(session, use.id) if one.stage == "open" and one.kind != "submission"]
    if standing:
        return standing[-1]
    about = case.sentence.splitlines()[0] if case.sentence else (case.run.sentence if case.run else "")
    return open_item(
        session,
        use,
        kind="review",
        title=f"{use.version.model.name[:120]}: case {case.id}: {case.title[:1].lower()}{case.title[1:]}",
        question=" ".join(f"Case {case.id} about {use.title}: {case.title.rstrip('.')}. {about} {asked}".split()),
        at=at,
        actor=actor,
    )


def look_after(session: Session, case: Case, at: datetime) -> bool:
    """What the worker does about a case each night; whether anything was to be done.

    One that nobody explained in time goes on the committee's agenda. One whose new version was put to the committee is
    closed, and one whose new version is late goes on the agenda.
    """
    session.refresh(case, ["stage"], with_for_update=True)
    if case.stage == "open":
        return _note_overdue(session, case, at)
    return case.stage == "following" and _look_for_version(session, case, at)


def _note_overdue(session: Session, case: Case, at: datetime) -> bool:
    until = explain_by(case)
    if london_date(at) <= until or any(one.step == StepKind.OVERDUE for one in list_steps(session, case)):
        return False
    asked = f"It was to be explained by {date_text(until)}, and nobody did."
    item_id = _refer_live(session, case, f"{asked} May it go on without an explanation?", at)
    _keep(session, WORKER, case, StepKind.OVERDUE, at, reason=asked, item_id=item_id)
    return True


def _look_for_version(session: Session, case: Case, at: datetime) -> bool:
    progress = read_progress(session, case)
    asked = progress.chosen
    if asked is None or asked.step != StepKind.RETRAIN or asked.due_on is None:
        return False
    use = find_submitted_since(session, case, asked.at)
    if use is not None:
        _fulfil(session, case, asked, use, at)
        return True
    noted = any(one.step == StepKind.LATE and one.id > asked.id for one in progress.steps)
    if london_date(at) <= asked.due_on or noted:
        return False
    said = f"A new version was to be put to the committee by {date_text(asked.due_on)}, and none was."
    item_id = _refer_live(session, case, f"{said} May the version in use go on?", at)
    _keep(session, WORKER, case, StepKind.LATE, at, reason=said, item_id=item_id)
    return True


def _refer_live(session: Session, case: Case, asked: str, at: datetime) -> int | None:
    """The number of the agenda item; none where there is nothing left to decide: no use, or one that has ended."""
    live = case.use is not None and case.use.stage in ON_AGENDA
    return _refer(session, WORKER, case, asked, at).id if live else None


def _fulfil(session: Session, case: Case, asked: CaseStep, use: Use, at: datetime) -> None:
    reason = f"{use.version.title}, was put to the committee, as the chair asked on {date_text(asked.at)}."
    facts = {"use": case.use_id, "version": use.version.number}
    move(session, CASE_LIFE, case, "fulfil", WORKER, at, reason=reason, model=case.slug, facts=facts)
    note(session, "case_closed", WORKER, case, at)


def find_submitted_since(session: Session, case: Case, since: datetime) -> Use | None:
    """The use of a later version, for what the case is about, that was put to the committee since a moment."""
    old = _use(case)
    later = select(Use).join(Use.version).where(ModelVersion.model_id == old.version.model_id, Use.code == old.code)
    later = later.where(ModelVersion.number > old.version.number).order_by(ModelVersion.number.desc(), Use.id.desc())
    uses = {use.id: use for use in session.scalars(later)}
    changes = list_changes(session, "use", list(uses))
    return next((uses[one.thing_id] for one in changes if one.step == "submit" and one.at >= since), None)


def _use(case: Case) -> Use:
    """The use that a case is about; what is chosen for one without is refused before anybody asks."""
    if case.use is None:
        raise ValueError(f"case {case.id} is about no use")
    return case.use
