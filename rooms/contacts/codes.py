"""Codes that are shown at a real table. A code is signed and short-lived; it says who shows it and what they give. Opening it and agreeing connects the two.

The person who shows a code has agreed by showing it: the page says what they give. Nothing is stored until somebody agrees.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec
from itsdangerous import BadSignature, SignatureExpired

from rooms.contacts.connecting import connect_at_table
from rooms.contacts.messages import CardField
from rooms.core.commands.access import resolve
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.signing import ClockSigner
from rooms.core.store.journal import find_room
from rooms.core.text import N_
from rooms.people import rules
from rooms.people.desk import desks_of

LASTS_SECONDS = 15 * 60
ATTEMPTS = Rate(30, 600)

_FIELDS = list(CardField)


class Code(NamedTuple):
    """Who shows the code, what they give, and when it was signed."""

    person: str
    fields: list[CardField]
    at: datetime


def _signer(engine: Engine, conference: str) -> ClockSigner:
    return ClockSigner(engine.secret, f"contact code of {conference}", engine.clock)


def issue(engine: Engine, conference: str, person: str, fields: Iterable[CardField]) -> str:
    """Short, because every character makes the picture of the code denser."""
    chosen = "".join(str(_FIELDS.index(name)) for name in dict.fromkeys(fields))
    return _signer(engine, conference).sign(f"{person}{chosen}").decode()


def read(engine: Engine, conference: str, code: str) -> Code:
    """Raises Problem "expired", or "not_found" for a code that is not genuine."""
    try:
        signed, at = _signer(engine, conference).unsign(code[:200], max_age=LASTS_SECONDS, return_timestamp=True)
        content = signed.decode()
    except SignatureExpired:
        raise Problem("expired", N_("This code is no longer valid. Ask for a new one.")) from None
    except (BadSignature, UnicodeError):
        raise Problem("not_found", N_("This is not a valid code.")) from None
    return Code(content[:20], [_FIELDS[int(digit)] for digit in content[20:]], at)


async def redeem(engine: Engine, person: str | None, room: str, code: str, fields: list[str]) -> None:
    """Connects a person with the one who shows the code. `room`: the lobby of the conference. Raises Problem."""
    try:
        own = msgspec.convert(fields, list[CardField])
    except msgspec.ValidationError:
        raise Problem("invalid", N_("This form cannot be read."), field="fields") from None
    async with engine.database.read() as connection:
        lobby = await find_room(connection, room)
        rules.speaks_up(await resolve(connection, person, lobby, engine.clock()))
        engine.limits.take("contacts.code", person or "", ATTEMPTS)
        shown = read(engine, lobby.subject if lobby else "", code)
        desks = await desks_of(connection, [shown.person, person or ""])
    async with engine.transaction([room, *desks]) as tx:
        actor = await resolve(tx.connection, person, tx.rooms[room], tx.now)
        rules.speaks_up(actor)
        await connect_at_table(tx, actor, shown.person, shown.fields, own, shown.at)
