"""The direct lane: to one connection in a room, in this process or another, in order and never dropped.

A connection is known by an address, which nobody can guess. When one of the messages for it is missing, or it does not read what is written to it, it is
closed: whoever stands behind it comes back, and begins where nothing has been lost.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from rooms.core.commands.transaction import DirectMessage
from rooms.core.delivery.sink import EncodedMessage, Sink

COUNTED = 20_000
"""Addresses in other processes whose messages are counted; for one that was forgotten, counting begins anew under another name."""


class DirectLane:
    """`tell(room, kind, body)` publishes to the other processes that follow a room; `process` names this one."""

    def __init__(self, process: str, tell: Callable[[str, str, Any], None]) -> None:
        self._process = process
        self._tell = tell
        self._sinks: dict[str, Sink] = {}
        self._sent: OrderedDict[str, tuple[str, int]] = (
            OrderedDict()
        )  # address → the name of the count, and how far it has come
        self._forgotten = 0
        self._heard: dict[str, dict[str, int]] = {}  # address → name of a count → how far it has come

    def attach(self, address: str, sink: Sink) -> None:
        """From now on a sink is written to under an address."""
        self._sinks[address] = sink
        self._heard[address] = {}

    def detach(self, address: str, sink: Sink) -> None:
        if self._sinks.get(address) is sink:
            del self._sinks[address], self._heard[address]

    def is_here(self, address: str) -> bool:
        return address in self._sinks

    def send(self, room: str, address: str, payload: bytes) -> None:
        """`payload` is a whole JSON message. One for an address that is nowhere goes nowhere."""
        if self.is_here(address):
            self._sinks[address].write(EncodedMessage(payload))
            return
        count, number = self._sent.pop(address, (f"{self._process}.{self._forgotten}", 0))
        self._sent[address] = count, number + 1
        if len(self._sent) > COUNTED:
            self._sent.popitem(last=False)
            self._forgotten += 1
        self._tell(room, "direct", [count, number + 1, address, payload])

    def deliver(self, words: Iterable[DirectMessage]) -> None:
        """What transactions had to say, here or in another process."""
        for word in words:
            if word.address in self._sinks:
                self._sinks[word.address].write(EncodedMessage(word.payload))

    def receive(self, body: Any) -> None:
        """What another process has sent. Raises ValueError for what cannot come from one."""
        count, number, address, payload = body
        if not (isinstance(count, str) and type(number) is int and isinstance(payload, bytes)):
            raise ValueError("no message of the direct lane")
        heard = self._heard.get(address)
        if heard is None:
            return
        last = heard.get(count, number - 1)  # of what went on before he was here nothing is missing
        if number <= last:
            return  # the bus may bring a message twice
        heard[count] = number
        if number > last + 1:
            self._sinks[address].close(4508, "messages were lost")
            return
        self._sinks[address].write(EncodedMessage(payload))
