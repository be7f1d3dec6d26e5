"""What the worker does about conditions: an overdue critical one stops its use (R11)."""

from assessments.decisions.suspensions import list_overdue, stop_overdue
from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import AlgocareError
from registry.models.queries import list_uses


def check_conditions(database: Database, clock: Clock) -> int:
    """Suspend every approved use with an overdue critical condition, once; how many were suspended.

    Each is one transaction: one that cannot be suspended fails the job and leaves no other running.
    """
    with database.read() as session:
        approved = [use.id for use in list_uses(session, stage="approved")]
        overdue = [condition.id for condition in list_overdue(session, approved, clock.now())]
    stopped, problems = 0, []
    for condition_id in overdue:
        try:
            with database.write() as session:
                stopped += stop_overdue(session, condition_id, clock.now()) is not None
        except AlgocareError as problem:
            problems.append(problem)
    if problems:
        raise problems[0]
    return stopped
