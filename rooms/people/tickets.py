"""Tickets for the live connection: a signed-in page fetches one and spends it in its first message, so no cookie or token stands in a URL."""

import hashlib
from typing import NamedTuple

import msgspec
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

from rooms.core.clock import Clock
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.text import N_
from rooms.people import signins

LASTS_SECONDS = 60
NOTED_SECONDS = 3600
OLD = N_("This ticket has expired or was already used. Request a new one.")


class Ticket(NamedTuple):
    """Who comes: all None for one who is not signed in. `desk` is his private room."""

    signin: str | None
    person: str | None
    desk: str | None


class _Content(msgspec.Struct, forbid_unknown_fields=True):
    signin: str | None
    nonce: str


class _Signer(TimestampSigner):
    """Takes the time from the house's clock."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        super().__init__(secret, salt="live ticket", digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())


def issue_ticket(engine: Engine, signin: str | None) -> str:
    content = msgspec.json.encode(_Content(signin, new_id()))
    return _Signer(engine.secret, engine.clock).sign(content).decode()


async def read_ticket(engine: Engine, ticket: str) -> Ticket:
    """Spends a ticket. Raises Problem "malformed" when it is none of ours, "expired" when it is too old or was spent, "not_signed_in" when its
    sign-in has ended since."""
    try:
        signed = _Signer(engine.secret, engine.clock).unsign(ticket[:1000], max_age=LASTS_SECONDS)
        content = msgspec.json.decode(signed, type=_Content)
    except SignatureExpired:
        raise Problem("expired", OLD) from None
    except (BadSignature, msgspec.DecodeError, UnicodeEncodeError):
        raise Problem("malformed", N_("This is not a ticket.")) from None
    # Kept a little longer than the ticket lasts, for processes whose clocks differ.
    if not await engine.bus.claim(f"ticket:{content.nonce}", LASTS_SECONDS * 2):
        if content.signin is not None:
            await _note_again(engine, content.signin)
        raise Problem("expired", OLD)
    if content.signin is None:
        return Ticket(None, None, None)
    known = await signins.find(engine, content.signin)
    return Ticket(content.signin, known.account.id, known.desk)


async def _note_again(engine: Engine, signin: str) -> None:
    """A client of ours never uses a ticket twice, so somebody may have got hold of another's. Noted once an hour for a sign-in."""
    if await engine.bus.claim(f"ticket again:{signin}", NOTED_SECONDS):
        async with engine.transaction() as tx:
            account = await signins.who(tx.connection, signin, tx.now)
            if account is not None:
                tx.audit(None, None, "ticket.again", account.id)
