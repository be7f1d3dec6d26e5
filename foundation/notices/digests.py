"""One e-mail for one person about everything new that waits, and the mail server that takes it.

It holds no reference, name or number of anybody scored: only subjects, and links behind which one signs in.
"""

import smtplib
import ssl
from collections import Counter
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Self

from foundation.notices.tables import Notice
from foundation.settings import Settings
from foundation.web.texts import count_text

SECONDS = 20.0
"""How long the mail server may take for one answer."""

FOOT = "Nothing about anybody who was scored is in this e-mail. You choose where you are told on the page 'Notices'."


class NotTaken(Exception):
    """The mail server certainly did not take the e-mail."""


class Unclear(Exception):
    """Nobody knows whether the mail server took the e-mail."""


def write_digest(name: str, email: str, notices: Sequence[Notice], settings: Settings) -> EmailMessage:
    """The e-mail to somebody: each different thing once, with how many there are, and a link to the first of them."""
    times = Counter(notice.subject for notice in notices)
    first = {notice.subject: notice.id for notice in reversed(notices)}
    things = count_text(len(notices), "thing waits", "things wait")
    address = settings.public_address.rstrip("/")
    lines = [f"{name}, this waits for you in ALGOCARE:", ""]
    for subject, count in times.items():
        lines += [subject + (f" ({count} of these)" if count > 1 else ""), f"{address}/notices/{first[subject]}", ""]
    message = EmailMessage()
    message["Subject"] = f"ALGOCARE: {things} for you"
    message["From"], message["To"] = settings.smtp_from, email
    message["Message-ID"] = make_msgid(domain=settings.smtp_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join([*lines, FOOT]))
    return message


class MailServer:
    """A connection to the mail server of the settings, opened by `with`; refused as `NotTaken` when it cannot be."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __enter__(self) -> Self:
        try:
            self.connection = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken(f"The mail server could not be used: {_said(error)}") from error
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()  # without waiting for a good-bye: whatever it says changes nothing

    def send(self, message: EmailMessage) -> None:
        """Hand over one e-mail. Raises `NotTaken` when the server says no, `Unclear` when it says nothing."""
        try:
            self.connection.send_message(message)
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            raise NotTaken(f"The mail server refused it: {_said(error)}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unclear("The connection to the mail server broke, so it may or may not have arrived.") from error

    def _connect(self) -> smtplib.SMTP:
        place = (self.settings.smtp_host or "", self.settings.smtp_port)
        trusted = ssl.create_default_context()
        if self.settings.smtp_tls == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=SECONDS, context=trusted)
        else:
            connection = smtplib.SMTP(*place, timeout=SECONDS)
        if self.settings.smtp_tls == "starttls":
            connection.starttls(context=trusted)
        if self.settings.smtp_user:
            connection.login(self.settings.smtp_user, self.settings.smtp_password or "")
        return connection


def _said(error: Exception) -> str:
    """What a mail server answered, without the address it was about."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return ", ".join(str(code) for code, _ in error.recipients.values())
    code = getattr(error, "smtp_code", None)
    return f"code {code}" if code is not None else type(error).__name__
