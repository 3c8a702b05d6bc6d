"""Messages that are encoded and framed once, and the sinks (connections) they are written to."""

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


class EncodedMessage:
    """A JSON message and, made on first use, its frames and its msgpack form."""

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


class Listener(Protocol):
    """Notified when the descriptor of a sink has changed (fanout.Slot)."""

    def refresh(self) -> None: ...


class Sink(Protocol):
    """Where a member's messages go: a connection. No method waits or raises.

    `binary`: it takes msgpack. `descriptor`: of the socket, while frames may be sent to it directly; -1 while bytes are buffered, or always.
    """

    @property
    def binary(self) -> bool: ...

    @property
    def descriptor(self) -> int: ...

    def write(self, message: EncodedMessage) -> None:
        """Queues a message after the earlier ones; a reader that is too slow is closed instead."""
        ...

    def write_rest(self, frame: bytes, sent: int) -> None:
        """Queues the rest of a frame of which the socket took only a part."""
        ...

    def close(self, code: int, reason: str) -> None: ...

    def placed(self, listener: Listener) -> None:
        """Notifies the listener of descriptor changes from now on."""
        ...

    def displaced(self, listener: Listener) -> None: ...


class DirectSink:
    """Base of sinks that are always written to one by one."""

    binary = False
    descriptor = -1

    def write_rest(self, frame: bytes, sent: int) -> None:
        raise AssertionError("nothing is sent directly to a sink without a descriptor")

    def placed(self, listener: Listener) -> None:
        pass

    def displaced(self, listener: Listener) -> None:
        pass
