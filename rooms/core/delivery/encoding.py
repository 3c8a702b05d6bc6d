"""Encodes the news of a room as JSON, once for each audience."""

from collections.abc import Iterable

from rooms.core.commands.audience import Audience, sees
from rooms.core.commands.transaction import Value
from rooms.core.store.journal import Entry


def encode_events(entries: Iterable[Entry], audience: Audience, person: str | None) -> bytes:
    """The JSON array of events as one reader sees them; an event they may not see is a bare seq."""
    parts = [
        b'{"seq":%d,%b' % (entry.seq, entry.payload[1:])
        if sees(audience, person, entry.audience, entry.person)
        else b'{"seq":%d}' % entry.seq
        for entry in entries
    ]
    return b"[" + b",".join(parts) + b"]"


def encode_batch(
    room: str, entries: list[Entry], values: Iterable[Value], audience: Audience, person: str | None
) -> bytes | None:
    """One message with all news of a tick, or None when there is nothing for this reader."""
    seen: dict[str, list[bytes]] = {}
    for value in values:
        if sees(audience, person, value.audience, value.person):
            seen.setdefault(value.name, []).append(b'"%b":%b' % (value.key.encode(), value.payload))
    if not entries and not seen:
        return None
    parts = [b'{"room":"%b"' % room.encode()]
    if entries:
        parts.append(b',"events":' + encode_events(entries, audience, person))
    if seen:
        latest = b",".join(b'"%b":{%b}' % (name.encode(), b",".join(pairs)) for name, pairs in seen.items())
        parts.append(b',"latest":{' + latest + b"}")
    parts.append(b"}")
    return b"".join(parts)
