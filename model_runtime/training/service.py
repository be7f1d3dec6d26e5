"""Keeping modules, and recording attempts at them (R39)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.jobs.service import enqueue
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from model_runtime.training.queries import list_versions_without
from model_runtime.training.rules import check_answers
from model_runtime.training.tables import TrainingAttempt, TrainingModule
from model_runtime.training.values import Module
from registry.evaluations.tables import Evaluation
from registry.models.tables import ModelVersion

JOB = "build_training"


def queue_missing(session: Session, at: datetime) -> int:
    """Queue a module for every version that was measured and has none; how many."""
    waiting = list_versions_without(session)
    for version_id in waiting:
        enqueue(session, JOB, f"{JOB}:{version_id}:{at:%Y-%m-%d}", {"version": version_id}, asked_by="worker", at=at)
    return len(waiting)


def keep_module(
    session: Session, version: ModelVersion, evaluation: Evaluation, module: Module, at: datetime
) -> TrainingModule:
    """Store a module beside the evaluation it rests on."""
    content = module.to_dict()
    row = TrainingModule(
        version=version, evaluation_id=evaluation.id, built_at=at, content=content, sha256=content_digest(content)
    )
    session.add(row)
    session.flush()
    facts = {"version": version.number, "module": row.sha256, "questions": len(module.questions)}
    record(session, "training_built", actor="worker", at=at, model=version.model.slug, facts=facts)
    return row


def answer_training(
    session: Session, actor: Actor, row: TrainingModule, answers: Mapping[str, int], at: datetime
) -> TrainingAttempt:
    """Record somebody's answers; passed with all right or one wrong. Refused while a question is not answered.

    Whoever asks for scores passes: the attempt says when, the committee's rules say for how long it counts.
    """
    check_permission(actor, Permission.ASK_SCORE)
    module = Module.from_dict(row.content)
    check_answers(module, answers)
    attempt = TrainingAttempt(
        module=row,
        version_id=row.version_id,
        account_id=actor.account_id,
        at=at,
        answers={question.code: answers[question.code] for question in module.questions},
        right=module.count_right(answers),
        passed=module.is_passed(answers),
    )
    session.add(attempt)
    session.flush()
    version = row.version
    facts = {"version": version.number, "module": row.sha256, "passed": attempt.passed, "right": attempt.right}
    record(session, "training_answered", actor=actor.reference, at=at, model=version.model.slug, facts=facts)
    return attempt
