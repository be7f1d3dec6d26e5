"""Everybody is told once of what waits for them: on their pages, and by one e-mail that names nobody scored (R12)."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from algocare.home.jobs import as_notice, tell
from algocare.worker import Worker
from assessments.questionnaire.service import start
from foundation.accounts.queries import find_account
from foundation.database.connection import Database
from foundation.errors import Invalid
from foundation.jobs.queries import list_recent
from foundation.ledger.tables import LedgerEntry
from foundation.notices.jobs import send_waiting
from foundation.notices.queries import list_notices, list_outbox
from foundation.notices.rules import check_email
from foundation.notices.service import keep_notices
from foundation.notices.tables import Notice
from foundation.notices.values import MOST_TRIES, OutboxLine, Wanted
from foundation.paths import ROOT
from foundation.settings import Settings
from foundation.tasks import Task
from registry.models.queries import find_use

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Post:
    """A mail server on loopback that keeps what it takes. `answers` are its answers to each e-mail, then 250."""

    def __init__(self) -> None:
        self.mail: list[Message] = []
        self.answers: list[str | Callable[[], str]] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb", buffering=0) as lines:
                self._talk(lines)

    def _talk(self, lines) -> None:
        lines.write(b"220 here\r\n")
        while line := lines.readline():
            word = line[:4].upper()
            if word == b"DATA":
                lines.write(b"354 go on\r\n")
                told = b"".join(iter(lines.readline, b".\r\n"))
                self.mail.append(message_from_bytes(told))
                answer = self.answers.pop(0) if self.answers else "250 taken"
                answer = answer() if callable(answer) else answer
                if not answer:
                    return  # it took the e-mail and said nothing
                lines.write(f"{answer}\r\n".encode())
            else:
                lines.write(b"250 fine\r\n")


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server."""
    server = Post()
    yield server
    server.socket.close()


@pytest.fixture
def mailing(settings: Settings, post: Post) -> Settings:
    """Settings with that mail server."""
    given = {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_tls": "none"}
    return settings.model_copy(
        update={**given, "smtp_from": "algocare@x.example", "public_address": "https://a.example/"}
    )


WANTED = [
    Wanted("A person's score waits for your judgement", "scores.show", {"reference": f"AS-{number}"}, "To record")
    for number in range(3)
] + [Wanted("Read the minutes", "home.home", {}, "To read")]


def reach(database: Database, *names: str) -> None:
    """Give accounts an e-mail address and four notices each."""
    with database.write() as session:
        for name in names:
            account = find_account(session, name)
            account.email = f"{name}@x.example"
            keep_notices(session, account.id, WANTED, NOON)


def notices_of(database: Database, name: str) -> list[Notice]:
    with database.read() as session:
        return list(list_notices(session, find_account(session, name).id))


def outbox(database: Database, name: str) -> OutboxLine:
    with database.read() as session:
        return next(one for one in list_outbox(session) if one.name == find_account(session, name).name)


def test_a_new_task_is_told_once_and_its_end_ends_it(registered: Database, cast, clock, settings: Settings) -> None:
    owner = cast(registered).owner
    assert tell(registered, clock, settings) > 0
    (told,) = [one for one in notices_of(registered, "olivia.owner") if one.subject.startswith("Assess Return")]
    assert (told.endpoint, told.arguments, told.read_at, told.sent_at) == (
        "model.show",
        {"slug": "return-to-custody"},
        None,
        None,
    )
    clock.advance(hours=1)
    assert tell(registered, clock, settings) == 0, "nobody is told twice"
    with registered.write() as session:
        start(session, owner, find_use(session, "return-to-custody", "resettlement-support"), clock.now())
    assert tell(registered, clock, settings) > 0
    subjects = [one.subject for one in notices_of(registered, "olivia.owner")]
    assert subjects, "the assessment waits instead"
    assert not [one for one in subjects if one.startswith("Assess Return")]
    with registered.write() as session:  # what comes back after its end is told again
        again = [Wanted(told.subject, told.endpoint, told.arguments, "Not assessed")]
        assert keep_notices(session, owner.account_id, again, clock.now()) == 1
        kinds = {entry.kind for entry in session.scalars(select(LedgerEntry))}
    assert {"notices_made"} <= kinds


@pytest.mark.parametrize("blueprint", ["scores", "people", "challenges"])
def test_tasks_about_people_leave_the_house_without_them(blueprint: str) -> None:
    task = Task("Record your judgement about person RC-0001", f"{blueprint}.show", {"reference": "AS-1"}, tag="To do")
    told = as_notice(task)
    assert "RC-0001" not in told.subject
    assert "AS-1" not in told.subject
    assert as_notice(Task("Vote on item 3", "committee.show_item", {})).subject == "Vote on item 3"


@pytest.mark.one_database
def test_one_e_mail_for_each_person_names_nobody_and_is_sent_once(founded: Database, clock, mailing, post) -> None:
    reach(founded, "pat.practitioner", "ada.administrator")
    assert send_waiting(founded, clock, mailing) == 2
    assert send_waiting(founded, clock, mailing) == 0
    assert sorted(one["To"] for one in post.mail) == ["ada.administrator@x.example", "pat.practitioner@x.example"]
    mail = next(one for one in post.mail if one["To"].startswith("pat"))
    text = mail.get_payload(decode=True).decode()
    assert mail["Subject"] == "ALGOCARE: 4 things wait for you"
    assert "A person's score waits for your judgement (3 of these)" in text
    first = min(one.id for one in notices_of(founded, "pat.practitioner"))
    assert f"https://a.example/notices/{first}" in text
    assert "AS-" not in mail.as_string()
    assert outbox(founded, "pat.practitioner").sent == 4
    with founded.write() as session:
        keep_notices(session, find_account(session, "leo.lawyer").id, WANTED, clock.now())
    assert send_waiting(founded, clock, mailing) == 0, "nobody without an address"
    assert send_waiting(founded, clock, mailing.model_copy(update={"smtp_host": None})) == 0


@pytest.mark.one_database
def test_a_refusal_is_recorded_and_tried_again_and_silence_is_not(founded: Database, clock, mailing, post) -> None:
    reach(founded, "pat.practitioner")
    elsewhere = mailing.model_copy(update={"smtp_port": unused_port()})
    assert send_waiting(founded, clock, elsewhere) == 0
    line = outbox(founded, "pat.practitioner")
    assert (line.waiting, line.problem) == (4, "The mail server could not be used: ConnectionRefusedError")
    post.answers = ["552 too much"]
    assert send_waiting(founded, clock, mailing) == 0
    line = outbox(founded, "pat.practitioner")
    assert (line.waiting, line.unclear, line.problem) == (4, 0, "The mail server refused it: code 552")
    assert send_waiting(founded, clock, mailing) == 1, "the next time it is taken"
    reach(founded, "tom.member")
    post.answers = [""]
    taken = len(post.mail)
    assert send_waiting(founded, clock, mailing) == 0
    line = outbox(founded, "tom.member")
    assert (line.waiting, line.unclear, line.sent) == (0, 4, 0)
    assert send_waiting(founded, clock, mailing) == 0
    assert len(post.mail) == taken + 1, "it may have arrived, so it is not sent again"
    for _ in range(MOST_TRIES):
        reach(founded, "grace.member")
        post.answers = ["451 later"]
        send_waiting(founded, clock, mailing)
    assert outbox(founded, "grace.member").waiting == 0, "after a day it is given up, and stays on the page"


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


SENDING = """
import sys
from datetime import UTC, datetime
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.notices.jobs import send_waiting
from foundation.settings import Settings
told = {"smtp_host": "127.0.0.1", "smtp_port": int(sys.argv[2]), "smtp_tls": "none", "smtp_from": "a@x.example"}
clock = StoppedClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
send_waiting(Database(sys.argv[1]), clock, Settings(public_address="https://a.example", **told))
"""


@pytest.mark.one_database
def test_a_worker_killed_while_it_sends_sends_nothing_twice(founded: Database, clock, mailing, post) -> None:
    reach(founded, "pat.practitioner")
    address = founded.engine.url.render_as_string(hide_password=False)
    sending: list[subprocess.Popen] = []

    def kill() -> str:
        os.kill(sending[0].pid, signal.SIGKILL)
        sending[0].wait(20)
        return "250 taken"

    post.answers = [kill]
    sending.append(subprocess.Popen([sys.executable, "-c", SENDING, address, str(post.port)], cwd=ROOT))
    assert sending[0].wait(60) == -signal.SIGKILL
    assert send_waiting(founded, clock, mailing) == 0
    assert len(post.mail) == 1, "the server took it once"
    line = outbox(founded, "pat.practitioner")
    assert (line.unclear, line.unread, line.sent) == (4, 4, 0), "it says so, and it is still on their page"


@pytest.mark.one_database
def test_the_pages_of_notices(founded: Database, visit, clock) -> None:
    visitor, stranger = visit(founded, "practitioner"), visit(founded, "chair")
    assert "Whatever is new appears here" in visitor.get("/notices").get_data(as_text=True)
    reach(founded, "pat.practitioner")
    assert "4 notices are new" in visitor.get("/notices").get_data(as_text=True)
    number = notices_of(founded, "pat.practitioner")[0].id
    assert stranger.get(f"/notices/{number}").status_code == 404
    opened = visitor.get(f"/notices/{number}")
    assert (opened.status_code, opened.location) == (303, "/home")
    assert "3 notices are new" in visitor.get("/notices").get_data(as_text=True)
    assert visitor.send("/notices/read", page="/notices").status_code == 303
    assert "You have read everything" in visitor.get("/notices").get_data(as_text=True)
    refused = visitor.send("/notices", {"email": "no address"}, page="/notices")
    assert refused.status_code == 422
    assert "Enter an e-mail address, like" in refused.get_data(as_text=True)
    assert visitor.send("/notices", {"email": " pat@x.example "}, page="/notices").status_code == 303
    with founded.write() as session:
        account = find_account(session, "pat.practitioner")
        assert account.email == "pat@x.example"
        keep_notices(session, account.id, [], clock.now())
        ledger = " ".join(entry.body.decode() for entry in session.scalars(select(LedgerEntry)))
        assert "pat@x.example" not in ledger
    assert visitor.get(f"/notices/{number}").location == "/home", "what ended no longer leads to its page"
    administrator, kept = visit(founded, "administrator"), {"roles": ["practitioner"], "team": "North team"}
    page = f"/accounts/{account.id}"
    assert administrator.send(page, {**kept, "email": "no address"}, page=page).status_code == 422
    assert administrator.send(page, {**kept, "email": "pn@x.example"}, page=page).status_code == 302
    assert 'value="pn@x.example"' in administrator.get(page).get_data(as_text=True)
    shown = administrator.get("/outbox").get_data(as_text=True)
    assert "Pat Nowak" in shown
    assert "judgement" not in shown, "the outbox says how much, never what"


@pytest.mark.parametrize(
    "email", ["x", "a b@c.de", "a@b", "a@b.c\nBcc: d@e.f", "a@b.c,d@e.f", "é@b.c", "a" * 250 + "@b.c"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid):
        check_email(email)
    assert check_email(" a.b+c@d-e.example ") == "a.b+c@d-e.example"


def test_mail_is_set_up_completely_and_sends_no_password_in_the_clear(settings: Settings) -> None:
    whole = {"smtp_host": "mail.example", "smtp_from": "a@x.example", "public_address": "https://a.example"}
    Settings(**whole)
    for wrong in ({"smtp_from": ""}, {"public_address": ""}, {"smtp_user": "a", "smtp_tls": "none"}):
        with pytest.raises(ValidationError):
            Settings(**{**whole, **wrong})


@pytest.mark.one_database
def test_the_worker_tells_each_hour_and_keeps_no_list_of_it(founded: Database, clock, engine, settings) -> None:
    worker = Worker(founded, clock, engine, settings)
    for _ in range(3):
        worker.queue_telling(clock.now())
        worker.run_waiting()
        clock.advance(hours=1)
    with founded.read() as session:
        assert [job.state for job in list_recent(session) if job.kind == "tell"] == ["done"]
