"""What waits for whom: the task lists of every room, gathered."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from assessments.attestations.queries import list_tasks as attestation_tasks
from assessments.attestations.values import ATTEST_EVERY_DAYS
from assessments.decisions.queries import list_tasks as decision_tasks
from assessments.impact.queries import list_tasks as impact_tasks
from assessments.meetings.queries import list_tasks as meeting_tasks
from assessments.questionnaire.queries import find_draft
from assessments.reviews.queries import list_tasks as review_tasks
from audit.minutes.queries import list_tasks as minutes_tasks
from audit.packs.queries import list_tasks as pack_tasks
from foundation.accounts.values import Actor, Permission
from foundation.jobs.queries import list_recent
from foundation.tasks import Task
from model_runtime.challenges.queries import list_tasks as challenge_tasks
from model_runtime.concerns.queries import list_tasks as concern_tasks
from model_runtime.judgements.practice import list_alarm_tasks as alarm_tasks
from model_runtime.judgements.queries import list_tasks as judgement_tasks
from model_runtime.objections.queries import list_tasks as objection_tasks
from model_runtime.training.needs import list_tasks as training_tasks
from monitoring.cases.telling import list_tasks as case_tasks
from monitoring.footings.queries import list_tasks as footing_tasks
from monitoring.lookbacks.queries import list_tasks as look_back_tasks
from registry.catalogue.queries import read_catalogue
from registry.models.queries import list_owned

Source = Callable[[Session, Actor, datetime], Sequence[Task]]


def model_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """For an owner: models whose use was registered and whose assessment was not begun."""
    if actor.account_id is None or not actor.may(Permission.SUBMIT_ASSESSMENT):
        return []
    return [
        Task(
            text=f"Assess {use.version.title}",
            endpoint="model.show",
            arguments={"slug": model.slug},
            since=use.version.registered_at,
            hint=f"It is registered for {use.purpose[:1].lower()}{use.purpose[1:]} and gives no scores yet.",
            tag="Not assessed",
            tone="info",
        )
        for model in list_owned(session, actor.account_id)
        for use in model.uses
        if use.stage == "registered" and find_draft(session, use.id) is None
    ]


def law_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """For a legal adviser or data protection officer: gateways no lawyer has checked."""
    if not actor.may(Permission.VERIFY_LAW):
        return []
    unverified = [gateway for gateway in read_catalogue(session).gateways.values() if not gateway.verified]
    if not unverified:
        return []
    return [
        Task(
            text=f"{len(unverified)} legal gateways are not verified by a lawyer",
            endpoint="gateways.list_all",
            hint="Every one of them is shown as unverified until somebody checks it.",
            tag="Law to check",
            tone="attention",
        )
    ]


def job_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """For an administrator: jobs of the worker that failed."""
    if not actor.may(Permission.SEE_JOBS):
        return []
    return [
        Task(
            text=f"A job failed: {job.kind.replace('_', ' ')}",
            endpoint="jobs.list_jobs",
            since=job.finished_at,
            hint=job.problem or "",
            tag="Failed",
            tone="bad",
        )
        for job in list_recent(session)
        if job.state == "failed"
    ]


SOURCES: tuple[Source, ...] = (
    meeting_tasks,
    minutes_tasks,
    review_tasks,
    challenge_tasks,
    objection_tasks,
    case_tasks,
    look_back_tasks,
    model_tasks,
    impact_tasks,
    training_tasks,
    judgement_tasks,
    alarm_tasks,
    concern_tasks,
    pack_tasks,
    footing_tasks,
    law_tasks,
    job_tasks,
)
"""Every other room that knows of tasks, the most pressing first."""


def list_tasks(
    session: Session,
    actor: Actor,
    now: datetime,
    quorum: int,
    attestation_days: int = ATTEST_EVERY_DAYS,
    independents: int = 1,
) -> list[Task]:
    """Everything that waits for an actor.

    `quorum` and `independents` say when a vote can be closed, the days how long one attests.
    """
    decisions = decision_tasks(session, actor, now, quorum=quorum, independents=independents)
    attestations = attestation_tasks(session, actor, now, days=attestation_days)
    return [*decisions, *attestations, *(task for source in SOURCES for task in source(session, actor, now))]
