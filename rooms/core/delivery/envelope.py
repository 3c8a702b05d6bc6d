"""The envelope of bus messages: a small msgpack header around ready JSON bytes, sealed so that only processes that share the secret can write one.

Nothing is ever unpickled, and the events inside are not decoded on the way to the members.
"""

import hashlib
import hmac
from typing import Any

import msgpack

from rooms.core.commands.audience import Audience
from rooms.core.commands.transaction import DirectMessage, Nudge, Value
from rooms.core.delivery.direct import decode_direct, encode_direct
from rooms.core.store.journal import Entry

SEAL = 16  # bytes


class Forged(ValueError):
    """The bytes were not sealed with our secret, or are not an envelope."""


def seal(secret: bytes, kind: str, body: Any) -> bytes:
    """An envelope of a kind ("nudge", "presence" …) around what msgpack can carry."""
    packed = msgpack.packb([kind, body])
    return _mac(secret, packed) + packed


def unseal(secret: bytes, data: bytes) -> tuple[str, Any]:
    """The kind and body of an envelope. Raises Forged."""
    packed = data[SEAL:]
    if not hmac.compare_digest(_mac(secret, packed), data[:SEAL]):
        raise Forged("wrong seal")
    kind, body = msgpack.unpackb(packed)
    return kind, body


def _mac(secret: bytes, packed: bytes) -> bytes:
    return hashlib.blake2b(packed, key=secret[:64], digest_size=SEAL).digest()


def to_body(nudge: Nudge) -> list[Any]:
    return [
        nudge.room,
        nudge.epoch,
        nudge.values_version,
        [[e.seq, e.type, e.audience.value, e.person, e.payload] for e in nudge.entries],
        [[v.name, v.key, v.audience.value, v.person, v.payload] for v in nudge.values],
        [[d.address, encode_direct(d.room, d.payload)] for d in nudge.direct],
    ]


def from_body(body: Any) -> Nudge:
    room, epoch, values_version, entries, values, *direct = body
    if not (isinstance(room, str) and isinstance(epoch, str) and isinstance(values_version, int)):
        raise ValueError("not a nudge")
    return Nudge(
        room,
        epoch,
        values_version,
        [Entry(seq, type, Audience(audience), person, payload) for seq, type, audience, person, payload in entries],
        [Value(name, key, Audience(audience), person, payload) for name, key, audience, person, payload in values],
        tuple(
            DirectMessage(room, address, decode_direct(room, message))
            for address, message in (direct[0] if direct else ())
        ),  # older processes send none
    )
