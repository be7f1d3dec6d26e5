"""What the worker does each hour: everybody is told once of each thing that waits for them (R12)."""

from algocare.home.queries import list_tasks
from foundation.accounts.queries import list_accounts
from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.notices.jobs import send_waiting
from foundation.notices.service import keep_notices
from foundation.notices.values import Wanted
from foundation.settings import Settings
from foundation.tasks import Task

ABOUT_PEOPLE = {
    "scores": "A person's score waits for your judgement",
    "people": "A person waits for you",
    "challenges": "A challenge, or what came of one, waits for you",
}
"""What is said outside the house of tasks in rooms whose pages name people or challenges, by blueprint."""


def tell(database: Database, clock: Clock, settings: Settings) -> int:
    """Make a notice of every new task of every account in use, and send those that can be sent; how many are new."""
    with database.read() as session:
        accounts = [account for account in list_accounts(session) if account.disabled_at is None]
    new = 0
    for account in accounts:
        with database.read() as session:
            tasks = list_tasks(
                session,
                account.actor(),
                clock.now(),
                settings.quorum,
                settings.attestation_days,
                settings.independents,
            )
        with database.write() as session:
            new += keep_notices(session, account.id, [as_notice(task) for task in tasks], clock.now())
    send_waiting(database, clock, settings)
    return new


def as_notice(task: Task) -> Wanted:
    """What may leave the house of a task: its line, or a general one where the line could name somebody."""
    subject = ABOUT_PEOPLE.get(task.endpoint.partition(".")[0], task.text)
    return Wanted(subject[:300], task.endpoint, task.arguments, task.tag)
