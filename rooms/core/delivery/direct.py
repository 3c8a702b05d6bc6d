"""The direct lane: messages to one connection in a room, in this process or another, in order and never dropped.

A connection is known by an unguessable address. When a message for it is lost, or it does not read, it is closed; the client reconnects and
starts from a state in which nothing is missing.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from rooms.core.commands.transaction import DirectMessage
from rooms.core.delivery.sink import EncodedMessage, Sink

_START = b'{"room":"%b","rtc":'
COUNTED = 20_000
"""Addresses in other processes whose messages are counted; for a forgotten one, counting restarts under another name."""


def encode_direct(room: str, payload: bytes) -> bytes:
    """The whole JSON message for a connection, around the JSON of a direct message."""
    return _START % room.encode() + payload + b"}"


def decode_direct(room: str, message: bytes) -> bytes:
    """The inverse of `encode_direct`. Raises ValueError."""
    start = _START % room.encode()
    if not (message.startswith(start) and message.endswith(b"}")):
        raise ValueError("not a direct message")
    return message[len(start) : -1]


class DirectLane:
    """`send_away(room, kind, body)` publishes to the other processes that follow a room; `process` names this one."""

    def __init__(self, process: str, send_away: Callable[[str, str, Any], None]) -> None:
        self._process = process
        self._send_away = send_away
        self._sinks: dict[str, Sink] = {}
        self._sent: OrderedDict[str, tuple[str, int]] = (
            OrderedDict()
        )  # address → the name of the count, and how far it has come
        self._forgotten = 0
        self._heard: dict[str, dict[str, int]] = {}  # address → name of a count → how far it has come

    def attach(self, address: str, sink: Sink) -> None:
        """Messages for this address go to this sink."""
        self._sinks[address] = sink
        self._heard[address] = {}

    def detach(self, address: str, sink: Sink) -> None:
        if self._sinks.get(address) is sink:
            del self._sinks[address], self._heard[address]

    def is_here(self, address: str) -> bool:
        return address in self._sinks

    def send(self, room: str, address: str, payload: bytes) -> None:
        """`payload` is the JSON of the message. For an unknown address it is dropped."""
        message = encode_direct(room, payload)
        if self.is_here(address):
            self._sinks[address].write(EncodedMessage(message))
            return
        count, number = self._sent.pop(address, (f"{self._process}.{self._forgotten}", 0))
        self._sent[address] = count, number + 1
        if len(self._sent) > COUNTED:
            self._sent.popitem(last=False)
            self._forgotten += 1
        self._send_away(room, "direct", [count, number + 1, address, message])

    def deliver(self, messages: Iterable[DirectMessage]) -> None:
        """Delivers the direct messages of transactions, here or in another process."""
        for room, address, payload in messages:
            if address in self._sinks:
                self._sinks[address].write(EncodedMessage(encode_direct(room, payload)))

    def receive(self, body: Any) -> None:
        """Delivers what another process has sent. Raises ValueError for a malformed body."""
        count, number, address, message = body
        if not (isinstance(count, str) and type(number) is int and isinstance(message, bytes)):
            raise ValueError("not a direct message")
        heard = self._heard.get(address)
        if heard is None:
            return
        last = heard.get(count, number - 1)  # messages from before it was attached are not missing
        if number <= last:
            return  # the bus may deliver a message twice
        heard[count] = number
        if number > last + 1:
            self._sinks[address].close(4508, "messages were lost")
            return
        self._sinks[address].write(EncodedMessage(message))
