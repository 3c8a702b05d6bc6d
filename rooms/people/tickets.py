"""Tickets for the live connection. A signed-in page fetches one and sends it in its first message, so no URL contains a cookie or token."""

from typing import NamedTuple

import msgspec
from itsdangerous import BadSignature, SignatureExpired

from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.signing import ClockSigner
from rooms.core.text import N_
from rooms.people import signins

LASTS_SECONDS = 60
NOTED_SECONDS = 3600
OLD = N_("This ticket has expired or was already used. Request a new one.")


class Ticket(NamedTuple):
    """The identity behind a ticket: all None without a sign-in. `desk` is the person's private room."""

    signin: str | None
    person: str | None
    desk: str | None


class _Content(msgspec.Struct, forbid_unknown_fields=True):
    signin: str | None
    nonce: str


def _signer(engine: Engine) -> ClockSigner:
    return ClockSigner(engine.secret, "live ticket", engine.clock)


def issue_ticket(engine: Engine, signin: str | None) -> str:
    content = msgspec.json.encode(_Content(signin, new_id()))
    return _signer(engine).sign(content).decode()


async def read_ticket(engine: Engine, ticket: str) -> Ticket:
    """Uses up a ticket. Raises Problem "malformed" if it is not genuine, "expired" if it is too old or already used, "not_signed_in" if its
    sign-in has ended."""
    try:
        signed = _signer(engine).unsign(ticket[:1000], max_age=LASTS_SECONDS)
        content = msgspec.json.decode(signed, type=_Content)
    except SignatureExpired:
        raise Problem("expired", OLD) from None
    except (BadSignature, msgspec.DecodeError, UnicodeEncodeError):
        raise Problem("malformed", N_("This is not a ticket.")) from None
    # Kept a little longer than the ticket is valid, because clocks of processes differ.
    if not await engine.bus.claim(f"ticket:{content.nonce}", LASTS_SECONDS * 2):
        if content.signin is not None:
            await _note_again(engine, content.signin)
        raise Problem("expired", OLD)
    if content.signin is None:
        return Ticket(None, None, None)
    known = await signins.find(engine, content.signin)
    return Ticket(content.signin, known.account.id, known.desk)


async def _note_again(engine: Engine, signin: str) -> None:
    """Our clients never use a ticket twice, so it may have been stolen. Logged once per hour and sign-in."""
    if await engine.bus.claim(f"ticket again:{signin}", NOTED_SECONDS):
        async with engine.transaction() as tx:
            account = await signins.who(tx.connection, signin, tx.now)
            if account is not None:
                tx.audit(None, None, "ticket.again", account.id)
