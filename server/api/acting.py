"""Operations that change data."""

from datetime import timedelta

import msgspec

from rooms.core.commands.registry import read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.people.tickets import LASTS_SECONDS, issue_ticket
from server.api.contract import Call, operation
from server.api.views import Done, LiveTicket


@operation(
    "POST",
    "/rooms/{room}/commands",
    answer=Done,
    takes="command",
    signed_in=True,
    codes=(
        "unknown_op",
        "forbidden",
        "unverified",
        "silenced",
        "not_found",
        "stale",
        "conflict",
        "closed",
        "invalid",
        "key_reused",
        "too_large",
    ),
)
async def command(call: Call) -> Done:
    """Performs a command of docs/protocol.md in a room.

    The body is the command as the live connection takes it, without `id` and `room`: {"op": "question.ask", "key": "…", "text": "…"}. The key is the
    caller's own, at most 64 characters, and makes a retry harmless: the same command with the same key is performed once and gets the same response.
    """
    op, key, fields = _command(call.body)
    outcome = await call.engine.perform(call.person, call.path["room"], read(op, fields), key)
    return Done(msgspec.Raw(outcome.reply), outcome.seq)


@operation("POST", "/live/ticket", answer=LiveTicket, codes=("forbidden",))
async def live_ticket(call: Call) -> LiveTicket:
    """A ticket for the live connection at /live, for programs; pages fetch theirs at POST /live/ticket.

    Without a sign-in, the connection may read public rooms.
    """
    expires = call.engine.clock() + timedelta(seconds=LASTS_SECONDS)
    return LiveTicket(issue_ticket(call.engine, call.signin), expires)


def _command(body: bytes) -> tuple[str, str, dict[str, object]]:
    """Op, key and fields. Raises Problem "malformed" or "invalid"."""
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Problem("malformed", N_("The body is not JSON.")) from error
    if not isinstance(given, dict):
        raise Problem("malformed", N_("The body is an object with “op” and “key”."))
    op, key = given.pop("op", None), given.pop("key", None)
    if not isinstance(op, str):
        raise Problem("invalid", N_("The body is an object with “op” and “key”."), field="op")
    if not isinstance(key, str):
        raise Problem("invalid", N_("The body is an object with “op” and “key”."), field="key")
    return op, key, given
