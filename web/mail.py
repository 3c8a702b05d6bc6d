"""Email: two ways to send it, and the postbox that sends in the background."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from rooms.core.ids import new_id

log = logging.getLogger("plenary.mail")


@dataclass(frozen=True, slots=True)
class Email:
    """`id` is the same for every attempt to send it, so that mailboxes can detect duplicates."""

    to: str
    subject: str
    text: str
    calendar: str = ""  # a calendar object (iTIP) whose `method` a mail program carries out
    method: str = ""
    id: str = field(default_factory=new_id, compare=False)


class NotSent(Exception):
    """The mail server did not accept an email this time."""


class Unsendable(Exception):
    """An email that no mail server would ever accept."""


class Mailer(Protocol):
    async def send(self, email: Email) -> None:
        """Hands an email to the mail server. Raises NotSent or Unsendable."""
        ...


class LogMailer:
    """Writes emails to the log: for the demonstration and development, without a mail server."""

    async def send(self, email: Email) -> None:
        log.warning("mail to %s: %s\n%s", email.to, email.subject, email.text)


class SmtpMailer:
    """Sends over SMTP. `url`: smtp://user:password@host:587 (with STARTTLS where it is offered) or smtps://host:465.

    `sender` is the address in From, with or without a name; `reply_to` a different address for replies. Raises ValueError for an
    invalid `url`.
    """

    def __init__(self, url: str, sender: str, reply_to: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError(f"not the address of a mail server: {url!r}")
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._tls else 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._sender = sender
        self._reply_to = reply_to

    async def send(self, email: Email) -> None:
        message = as_message(self._sender, self._reply_to, email)
        try:
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                timeout=20,
            )
        except (aiosmtplib.SMTPException, OSError) as fault:
            raise NotSent(str(fault)) from fault
        except ValueError as fault:  # the client could not write an address or a header
            raise Unsendable(str(fault)) from fault


def as_message(sender: str, reply_to: str, email: Email) -> EmailMessage:
    """Raises Unsendable."""
    message = EmailMessage()
    try:
        message["From"] = sender
        message["To"] = email.to
        # The library decodes encoded words in values; with CVE-2024-6923, a line break hidden in one ends the header.
        message["Subject"] = " ".join(email.subject.replace("=?", "= ?").split())
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = f"<{email.id}@{parseaddr(sender)[1].partition('@')[2] or 'localhost'}>"
        if reply_to:
            message["Reply-To"] = reply_to
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(email.text)
        if email.calendar:  # RFC 6047: the same message for people and for their calendar
            message.add_alternative(email.calendar, subtype="calendar", params={"method": email.method})
        message.as_bytes()
    except Exception as fault:  # its parsers raise many kinds of exceptions for odd input
        raise Unsendable(str(fault)) from fault
    if [each.addr_spec for each in message["To"].addresses] != [email.to]:
        raise Unsendable("the address is read as another one")
    return message


Compose = Callable[[], Awaitable[Email | None]]


class Postbox:
    """Composes and sends emails in the background, so that the response time does not reveal whether one was sent."""

    TRIES = (0, 5, 60)  # seconds before each
    AT_ONCE = 4  # connections to the mail server

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer
        self._tasks: set[asyncio.Task[None]] = set()
        self._lines = asyncio.Semaphore(self.AT_ONCE)

    def put(self, compose: Compose) -> None:
        """`compose` returns the email, or None if there is nothing to send."""
        task = asyncio.create_task(self._deliver(compose))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, compose: Compose) -> None:
        try:
            email = await compose()
        except Exception:
            log.exception("an email could not be composed")
            return
        if email is None:
            return
        for wait in self.TRIES:
            await asyncio.sleep(wait)
            try:
                async with self._lines:
                    await self._mailer.send(email)
            except NotSent as fault:
                log.warning("an email could not be sent: %s", fault)
            except Exception:
                log.exception("an email cannot be sent, and is not tried again")
                return
            else:
                return
        log.error("an email was given up after %d tries", len(self.TRIES))

    async def settled(self) -> None:
        """Returns when all emails queued so far have been processed."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self, patience: float = 5) -> None:
        """Waits some seconds for emails being sent, and drops the rest."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        for task in self._tasks:
            task.cancel()
