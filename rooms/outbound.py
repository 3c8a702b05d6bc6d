"""A message on its way to many: encoded once, framed once, the same bytes to every member."""

from functools import cached_property
from typing import Protocol

import msgpack
import msgspec


def websocket_frame(payload: bytes, *, binary: bool = False) -> bytes:
    """One unfragmented, unmasked server frame (RFC 6455 §5.2)."""
    length = len(payload)
    first = 0x82 if binary else 0x81
    if length < 126:
        return bytes((first, length)) + payload
    if length < 65536:
        return bytes((first, 126)) + length.to_bytes(2, "big") + payload
    return bytes((first, 127)) + length.to_bytes(8, "big") + payload


class Outbound:
    """A JSON message and, made when first wanted, its frames and its msgpack form."""

    def __init__(self, json: bytes) -> None:
        self.json = json

    @cached_property
    def frame(self) -> bytes:
        return websocket_frame(self.json)

    @cached_property
    def msgpack(self) -> bytes:
        return msgpack.packb(msgspec.json.decode(self.json))

    @cached_property
    def msgpack_frame(self) -> bytes:
        return websocket_frame(self.msgpack, binary=True)


class Sink(Protocol):
    """Where a member's messages go: a connection. Neither method waits or raises."""

    def write(self, message: Outbound) -> None:
        """Queues a message behind the earlier ones; a reader that is too slow is closed instead."""
        ...

    def close(self, code: int, reason: str) -> None: ...
