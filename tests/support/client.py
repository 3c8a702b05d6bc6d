"""What a test's member keeps of a room: the messages they were sent, and the state that these add up to, as web/islands/src/live/room.ts keeps it."""

from copy import deepcopy
from typing import Any

import msgspec

from rooms.core.delivery.member import Member
from rooms.core.delivery.sink import DirectSink, EncodedMessage
from rooms.core.engine import Engine
from rooms.core.store.journal import ReadPosition
from tests.support.reducers import State, apply_event, apply_latest


class ListSink(DirectSink):
    """Keeps what it is given, decoded."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.closed: tuple[int, str] | None = None

    def write(self, message: EncodedMessage) -> None:
        self.messages.append(msgspec.json.decode(message.json))

    def close(self, code: int, reason: str) -> None:
        self.closed = self.closed or (code, reason)

    @property
    def joined(self) -> dict[str, Any]:
        """The answer to the join."""
        return self.messages[0]

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events received after the answer to the join, including hidden ones."""
        return [event for message in self.messages[1:] for event in message.get("events", [])]

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for event in self.events]

    @property
    def types(self) -> list[str]:
        """The types of the events that were not hidden."""
        return [event["type"] for event in self.events if "type" in event]

    def latest(self, name: str) -> dict[str, Any]:
        """What the latest values of a name have come to, the join's included."""
        values: dict[str, Any] = dict(self.joined.get("latest", {}).get(name, {}))
        for message in self.messages[1:]:
            values.update(message.get("latest", {}).get(name, {}))
        return values


class Client:
    """A member and the state to which all that they were sent adds up. `problem` says why they are out; `types` are the events that they saw."""

    def __init__(self, who: str | None, engine: Engine, kind: str, member: Member, sink: ListSink) -> None:
        self.who, self.engine, self.kind = who, engine, kind
        self.member, self.sink = member, sink
        self.epoch = ""
        self.seq = -1
        self.state: State = {}
        self.problem: dict[str, Any] | None = None
        self.types: list[str] = []
        self.snapshots = 0
        self._read = 0

    def __repr__(self) -> str:
        return f"<{self.who or 'anonymous'} in {self.kind}{' (public)' if self.member.public else ''}>"

    @property
    def position(self) -> ReadPosition:
        return ReadPosition(self.epoch, self.seq)

    @property
    def present(self) -> bool:
        """Whether they are still to be sent what happens."""
        return not self.member.left and self.sink.closed is None and self.problem is None

    @property
    def in_step(self) -> bool:
        """Whether a snapshot, or the state of an earlier connection, gives them something to add to."""
        return self.epoch != "" or "snapshot" in self.sink.joined

    def catch_up(self) -> "Client":
        """Takes in what was sent since the last time. An event that comes twice, or behind a hole, is a fault."""
        news = self.sink.messages[self._read :]
        self._read += len(news)
        if news:
            self.state = deepcopy(self.state)
        for message in news:
            self._take(message)
        return self

    def continue_from(self, earlier: "Client") -> None:
        """Takes over the state of a connection that ended, as a page does when it resumes."""
        self.epoch, self.seq, self.state = earlier.epoch, earlier.seq, earlier.state

    def _take(self, message: dict[str, Any]) -> None:
        if "left" in message:
            self.problem = message["left"]
            return
        assert self.problem is None, f"{self} was sent something after they were out: {message}"
        if "snapshot" in message:
            self.snapshots += 1
            self.epoch, self.seq = message["epoch"], message["seq"]
            self.state = deepcopy({name: message[name] for name in ("snapshot", "own", "latest")})
            return
        for event in message.get("events", []):
            assert event["seq"] == self.seq + 1, f"{self} was at {self.seq} and was sent {event}"
            self.seq = event["seq"]
            if "type" in event:
                self.types.append(event["type"])
                apply_event(self.kind, self.state, event)
        if message.get("resumed"):
            assert (message["epoch"], message["seq"]) == (self.epoch, self.seq), f"{self}: the tail has a hole"
            self.state |= {"own": message["own"], "latest": message["latest"]}
        elif "latest" in message:
            apply_latest(self.kind, self.state, message["latest"])

    async def truth(self) -> State:
        """What a fresh join would give now."""
        view = await self.engine.view(self.member.person, self.member.room, public=self.member.public)
        parts = {"snapshot": view.snapshot, "own": view.own, "latest": view.latest}
        return msgspec.json.decode(msgspec.json.encode(parts))

    async def verify(self) -> None:
        """What they were sent adds up to the truth (invariant 9)."""
        self.catch_up()
        if self.problem is None:
            assert seen(self.state) == seen(await self.truth()), f"{self} believes otherwise"


PASSING = {"present", "reactions"}
"""Latest values that no table holds."""


def seen(state: State) -> State:
    """What must agree with the tables."""
    return state | {"latest": {name: keyed for name, keyed in state["latest"].items() if name not in PASSING and keyed}}
