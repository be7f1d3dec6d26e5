"""Reading decisions and conditions, and what waits for whom in the committee's work."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.committee.queries import get_sitting, list_open_items
from assessments.committee.rules import check_may_close, check_may_declare, check_may_vote
from assessments.committee.tables import AgendaItem
from assessments.decisions.rules import check_may_determine, check_may_record
from assessments.decisions.tables import Advice, Condition, Decision
from assessments.questionnaire.queries import list_drafts, list_open_conditions_of, list_returned, questions_of
from assessments.questionnaire.rules import find_missing
from assessments.questionnaire.tables import Assessment
from foundation.accounts.rules import ask
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import NotFound
from foundation.lifecycle.queries import find_last_change
from foundation.tasks import Task
from foundation.web.texts import count_text, date_text
from registry.evaluations.queries import find_figures
from registry.models.queries import find_approval, list_owned, list_uses
from registry.models.tables import ModelVersion, Use

ENDS_SOON = timedelta(days=30)
LIVE = ("approved", "suspended")
"""Stages of a use whose approval, and so whose conditions, still matter."""


def get_decision(session: Session, item_id: int) -> Decision:
    """The decision on an item."""
    decision = find_decision(session, item_id)
    if decision is None:
        raise NotFound("Nothing has been decided on this item.")
    return decision


def find_decision(session: Session, item_id: int) -> Decision | None:
    """The decision on an item, or none."""
    return session.scalars(select(Decision).where(Decision.item_id == item_id)).first()


def get_advice(session: Session, item_id: int) -> Advice:
    """The committee's advice on an item."""
    advice = find_advice(session, item_id)
    if advice is None:
        raise NotFound("The committee has given no advice on this item.")
    return advice


def find_advice(session: Session, item_id: int) -> Advice | None:
    """The committee's advice on an item, or none; decisions of the first releases have none of their own."""
    return session.scalars(select(Advice).where(Advice.item_id == item_id)).first()


def list_departures(session: Session) -> Sequence[Decision]:
    """Decisions that depart from the committee's advice, with the reasons that are published, newest first (R09)."""
    return session.scalars(select(Decision).where(Decision.departs).order_by(Decision.id.desc())).all()


def find_decision_on(session: Session, assessment_id: int) -> Decision | None:
    """The decision on a round of answers, or none."""
    chosen = select(Decision).join(AgendaItem, Decision.item_id == AgendaItem.id)
    return session.scalars(chosen.where(AgendaItem.assessment_id == assessment_id)).first()


def list_decisions(session: Session, use_ids: Sequence[int]) -> Sequence[Decision]:
    """The decisions on some uses, newest first."""
    chosen = select(Decision).where(Decision.use_id.in_(use_ids)).order_by(Decision.id.desc())
    return session.scalars(chosen).all()


def get_condition(session: Session, condition_id: int) -> tuple[Condition, Decision]:
    """A condition with the decision it belongs to."""
    condition = session.get(Condition, condition_id)
    decision = session.get(Decision, condition.decision_id) if condition else None
    if condition is None or decision is None:
        raise NotFound("There is no such condition.")
    return condition, decision


def list_open_conditions(session: Session, use_ids: Sequence[int]) -> Sequence[Condition]:
    """Conditions not yet met of the approvals that stand, by due date."""
    return list_open_conditions_of(session, use_ids)


def list_tasks(session: Session, actor: Actor, now: datetime, *, quorum: int = 3, independents: int = 1) -> list[Task]:
    """What waits for an actor in assessments, votes, decisions and conditions.

    `quorum` and `independents` are as the partnership set them.
    """
    tasks: list[Task] = []
    if actor.may(Permission.VOTE) or actor.may(Permission.CHAIR) or actor.may(Permission.DECIDE):
        for item in list_open_items(session):
            tasks += _item_tasks(session, actor, item, now, (quorum, independents))
    if actor.may(Permission.CHAIR):
        tasks += _checks(session)
    if actor.may(Permission.ANSWER_ASSESSMENT):
        tasks += [_draft_task(session, draft) for draft in list_drafts(session, actor)]
    if actor.may(Permission.SUBMIT_ASSESSMENT):
        tasks += _owner_tasks(session, actor, now)
    return tasks


def _item_tasks(
    session: Session, actor: Actor, item: AgendaItem, now: datetime, needed: tuple[int, int]
) -> Iterator[Task]:
    sitting = get_sitting(session, item, london_date(now))
    for allowed, words, tag in (
        (ask(check_may_declare, sitting, actor) is None, "Declare your interest", "Interest to declare"),
        (ask(check_may_vote, sitting, actor) is None, "Vote", "Vote open"),
        (ask(check_may_close, sitting, actor, *needed) is None, "Close the vote", "Vote to close"),
    ):
        if allowed:
            yield _item_task(item, words, tag, item.opened_at)
    change = find_last_change(session, "item", item.id)
    since = change.at if change else item.opened_at
    if ask(check_may_record, sitting, actor) is None:
        yield _item_task(item, "Record the decision", "Decision to record", since)
    if ask(check_may_determine, sitting, actor) is None:
        yield _item_task(item, "Decide on the committee's advice", "Advice to decide on", since)


def _item_task(item: AgendaItem, words: str, tag: str, since: datetime) -> Task:
    return Task(
        text=f"{words}: {item.title}",
        endpoint="committee.show_item",
        arguments={"item_id": item.id},
        since=since,
        tag=tag,
        tone="info",
    )


def _checks(session: Session) -> Iterator[Task]:
    """For the chair: conditions whose owner has shown how they were met."""
    live = [use.id for use in list_uses(session) if use.stage in LIVE]
    for condition in list_open_conditions(session, live):
        if condition.evidence_at is not None:
            yield _condition_task(
                condition, "Check whether it is met", "Condition to check", "info", condition.evidence_at
            )


def _condition_task(condition: Condition, words: str, tag: str, tone: str, since: datetime | None) -> Task:
    return Task(
        text=f"{words}: {condition.text}",
        endpoint="committee.show_condition",
        arguments={"condition_id": condition.id},
        since=since,
        hint=f"Due {date_text(condition.due_on)}",
        tag=tag,
        tone=tone,
    )


def _draft_task(session: Session, draft: Assessment) -> Task:
    figures = find_figures(session, draft.use.version_id)
    missing = len(find_missing(draft, questions_of(draft), has_figures=figures is not None))
    hint = f"{count_text(missing, 'question')} not complete" if missing else "Everything is answered: submit it."
    return Task(
        text=f"Answer the assessment of {draft.use.version.title}",
        endpoint="assessments.show",
        arguments={"assessment_id": draft.id},
        since=draft.started_at,
        hint=hint,
        tag="Answers missing" if missing else "Ready to submit",
        tone="attention" if missing else "info",
    )


def _owner_tasks(session: Session, actor: Actor, now: datetime) -> Iterator[Task]:
    if actor.account_id is None:
        return
    for assessment in list_returned(session, actor.account_id):
        yield _returned_task(session, assessment)
    owned = [model.id for model in list_owned(session, actor.account_id)]
    uses = session.scalars(select(Use).join(ModelVersion).where(ModelVersion.model_id.in_(owned))).all()
    live = [use for use in uses if use.stage in LIVE]
    for condition in list_open_conditions(session, [use.id for use in live]):
        if condition.evidence_at is None:
            yield _due_task(session, condition, now)
    for use in live:
        yield from _ending_task(session, use, now)


def _returned_task(session: Session, assessment: Assessment) -> Task:
    decision = find_decision_on(session, assessment.id)
    return Task(
        text=f"The committee asked for more about {assessment.use.version.title}",
        endpoint="assessments.show",
        arguments={"assessment_id": assessment.id},
        since=decision.recorded_at if decision else assessment.submitted_at,
        hint=decision.reasons if decision else "",
        tag="More asked",
        tone="attention",
    )


def _due_task(session: Session, condition: Condition, now: datetime) -> Task:
    _, decision = get_condition(session, condition.id)
    late = condition.due_on < london_date(now)
    tag, tone = ("Overdue", "bad") if late else ("Condition due", "attention")
    return _condition_task(condition, "Meet the condition", tag, tone, decision.recorded_at)


def _ending_task(session: Session, use: Use, now: datetime) -> Iterator[Task]:
    approval = find_approval(session, use)
    if approval is None or approval.expires_on > london_date(now) + ENDS_SOON:
        return
    if any(item.use_id == use.id and item.plan_id is None for item in list_open_items(session)):
        return
    ended = approval.expires_on < london_date(now)
    yield Task(
        text=f"Ask the committee to review {use.version.title}",
        endpoint="committee.ask_review",
        arguments={"use_id": use.id},
        hint=f"Its approval {'ended' if ended else 'ends'} on {date_text(approval.expires_on)}.",
        tag="Approval ended" if ended else "Review due",
        tone="bad" if ended else "attention",
    )
