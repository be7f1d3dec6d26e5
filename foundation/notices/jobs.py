"""What the worker does with the outbox: one e-mail for each person who has something new, never the same twice."""

from foundation.accounts.tables import Account
from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.notices.digests import MailServer, NotTaken, Unclear, write_digest
from foundation.notices.queries import list_reachable
from foundation.notices.service import (
    claim_notices,
    record_refused,
    record_sent,
    record_unclear,
    record_unreachable,
)
from foundation.settings import Settings


def send_waiting(database: Database, clock: Clock, settings: Settings) -> int:
    """Send what waits; how many e-mails the mail server took. Nothing without one in the settings.

    What is handed over is claimed and committed first. A worker that is killed in between leaves it claimed and
    unsent: the outbox shows it as unclear, it is not sent again, and the person still sees it on their pages.
    """
    with database.read() as session:
        reachable = list_reachable(session) if settings.smtp_host else []
    if not reachable:
        return 0
    try:
        with MailServer(settings) as server:
            return _send_all(database, clock, settings, server, list(reachable))
    except NotTaken as refusal:
        with database.write() as session:
            record_unreachable(session, str(refusal))
        return 0


def _send_all(database: Database, clock: Clock, settings: Settings, server: MailServer, accounts: list[Account]) -> int:
    sent = 0
    for account in accounts:
        with database.write() as session:
            notices = claim_notices(session, account.id, clock.now())
        numbers = [notice.id for notice in notices]
        if not numbers:
            continue
        try:
            server.send(write_digest(account.name, account.email, notices, settings))
        except NotTaken as refusal:
            with database.write() as session:
                record_refused(session, numbers, str(refusal))
            continue
        except Unclear as unclear:  # the connection is gone: the others wait for the next time
            with database.write() as session:
                record_unclear(session, numbers, str(unclear))
            return sent
        with database.write() as session:
            record_sent(session, account.id, numbers, clock.now())
        sent += 1
    return sent
