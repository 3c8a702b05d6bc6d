"""Emails are sent over SMTP, in the background, with retries."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_string, policy

import pytest

from web.mail import Email, LogMailer, NotSent, Postbox, SmtpMailer, Unsendable

EMAIL = Email("ada@example.org", "Ihr Zugang — 登录", "Öffnen Sie:\n\nhttps://forum.example/sign-in/link/abc\n")


@asynccontextmanager
async def mail_server(accepts: Callable[[], bool] = lambda: True) -> AsyncIterator[tuple[int, list[str]]]:
    """A mail server of the simplest kind (RFC 5321 §4.5.1): its port, and what it was given."""
    taken: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 mail.example\r\n")
            while line := await reader.readline():
                verb = line.split()[0].upper() if line.split() else b""
                if verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    taken.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                    writer.write(b"250 taken\r\n")
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                elif verb == b"RCPT" and not accepts():
                    writer.write(b"451 later\r\n")
                else:
                    writer.write(b"250 yes\r\n")
            await writer.drain()
        finally:
            writer.close()  # also when the test is over before its client has gone

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], taken
    finally:
        server.close()


async def test_an_email_arrives_as_it_was_written() -> None:
    async with mail_server() as (port, taken):
        await SmtpMailer(f"smtp://127.0.0.1:{port}", "Plenary <no-reply@forum.example>").send(EMAIL)
    message = message_from_string(taken[0].replace("\r\n.\r\n", "\r\n"), policy=policy.default)
    assert message["To"] == "ada@example.org"
    assert message["From"] == "Plenary <no-reply@forum.example>"
    assert message["Subject"] == EMAIL.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] is None
    assert message.get_content().strip() == EMAIL.text.strip()  # type: ignore[attr-defined]


async def test_an_email_has_what_spam_filters_ask_for_and_answers_go_to_the_organisers() -> None:
    """users.md 31."""
    sent = datetime.now(UTC)
    async with mail_server() as (port, taken):
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}", "Forum <no-reply@forum.example>", "organisers@forum.example")
        await mailer.send(EMAIL)
        await mailer.send(EMAIL)
        await mailer.send(Email(EMAIL.to, EMAIL.subject, EMAIL.text))
    first, again, other = [message_from_string(each, policy=policy.default) for each in taken]
    assert first["Reply-To"] == "organisers@forum.example"
    assert abs((first["Date"].datetime - sent).total_seconds()) < 60  # type: ignore[attr-defined]
    assert re.fullmatch(r"<[a-z0-9]{10,}@forum\.example>", first["Message-ID"])
    assert again["Message-ID"] == first["Message-ID"], "another attempt at the same email"
    assert other["Message-ID"] != first["Message-ID"]


async def test_a_server_that_refuses_or_is_away_is_no_success() -> None:
    async with mail_server(accepts=lambda: False) as (port, taken):
        with pytest.raises(NotSent):
            await SmtpMailer(f"smtp://127.0.0.1:{port}", "no-reply@forum.example").send(EMAIL)
    assert taken == []
    with pytest.raises(NotSent):
        await SmtpMailer(f"smtp://127.0.0.1:{port}", "no-reply@forum.example").send(EMAIL)


@pytest.mark.parametrize("url", ["", "http://mail.example", "smtp://", "mail.example:25"])
def test_what_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not the address of a mail server"):
        SmtpMailer(url, "no-reply@forum.example")


class Moody:
    """Takes a email at the third try."""

    def __init__(self) -> None:
        self.tries = 0

    async def send(self, email: Email) -> None:
        self.tries += 1
        if self.tries < 3:
            raise NotSent("not now")


async def test_the_postbox_tries_again_and_gives_up_at_last(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Postbox, "TRIES", (0, 0, 0))
    moody = Moody()
    post = Postbox(moody)

    async def compose() -> Email:
        return EMAIL

    post.put(compose)
    await post.settled()
    assert moody.tries == 3
    assert "given up" not in caplog.text
    moody.tries = -10
    post.put(compose)
    await post.settled()
    assert moody.tries == -7
    assert "given up after 3 tries" in caplog.text


async def test_an_email_that_cannot_be_composed_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    moody = Moody()
    post = Postbox(moody)

    async def broken() -> Email:
        raise RuntimeError("no database")

    async def none() -> None:
        return None

    post.put(broken)
    post.put(none)
    await post.settled()
    assert moody.tries == 0
    assert "could not be composed" in caplog.text


async def test_without_a_mail_server_emails_are_printed(caplog: pytest.LogCaptureFixture) -> None:
    await LogMailer().send(EMAIL)
    assert "https://forum.example/sign-in/link/abc" in caplog.text


INJECTIONS = [
    "=?utf-8?q?Hello=0aBcc:_everybody@example.org?=",
    "=?utf-8?q?Hello=0d=0a=0d=0aAnother_body?=",
    "=?utf-8?b?SGVsbG8KQmNjOiBldmVyeWJvZHlAZXhhbXBsZS5vcmcKCkFub3RoZXIgYm9keQ==?=",
    "Plain =?us-ascii?q?a=0ab?= 展位 =?utf-8?q?c=0aX-Evil:_d?=",
    "Hello\r\nBcc: everybody@example.org",
]


@pytest.mark.parametrize("subject", INJECTIONS)
async def test_no_subject_reaches_another_header_or_the_body(subject: str) -> None:
    async with mail_server() as (port, taken):
        await SmtpMailer(f"smtp://127.0.0.1:{port}", "no-reply@forum.example").send(
            Email("ada@example.org", f"Your booth at the forum: {subject}", "The body.")
        )
    message = message_from_string(taken[0].replace("\r\n.\r\n", "\r\n"), policy=policy.default)
    assert set(message.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }
    assert message.get_content().strip() == "The body."  # type: ignore[attr-defined]
    assert message["Subject"].strip().startswith("Your booth at the forum: ")


@pytest.mark.parametrize(
    "address", ["=?utf-8?q?m=6fdC?=@t.example", "a@b.c.", "a@b..c", "not an address", "a@b.c, d@e.f"]
)
async def test_an_address_that_would_be_read_as_another_is_not_written_to(address: str) -> None:
    async with mail_server() as (port, taken):
        with pytest.raises(Unsendable):
            await SmtpMailer(f"smtp://127.0.0.1:{port}", "no-reply@forum.example").send(Email(address, "Hello", "Text"))
    assert taken == []


@pytest.mark.parametrize("address", ["a@b.c", "a.b+c@xn--bcher-kva.example", "o'neil@example.org", "a..b@example.org"])
async def test_usual_addresses_are_written_to(address: str) -> None:
    async with mail_server() as (port, taken):
        await SmtpMailer(f"smtp://127.0.0.1:{port}", "no-reply@forum.example").send(Email(address, "Hello", "Text"))
    assert len(taken) == 1


async def test_what_cannot_be_sent_is_not_tried_again_and_holds_nothing_up(caplog: pytest.LogCaptureFixture) -> None:
    class Strict(Moody):
        async def send(self, email: Email) -> None:
            self.tries += 1
            raise Unsendable("no address")

    mailer = Strict()
    postbox = Postbox(mailer)

    async def compose() -> Email:
        return EMAIL

    postbox.put(compose)
    await postbox.settled()
    assert mailer.tries == 1
    assert "cannot be sent" in caplog.text
