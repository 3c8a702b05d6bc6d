"""One client's connection: its messages in order, and their answers. Knows no WebSocket; the socket gives it frames and a sink."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from rooms.core.commands.registry import read
from rooms.core.delivery.hub import Joined
from rooms.core.delivery.member import Member
from rooms.core.delivery.sink import EncodedMessage, Sink
from rooms.core.engine import Engine
from rooms.core.errors import Problem, ProblemView
from rooms.core.rate_limits import Rate
from rooms.core.store.journal import Entry, ReadPosition
from rooms.core.text import N_
from rooms.people import signins
from rooms.people.messages import RightsChanged, SignInRevoked
from rooms.people.tickets import read_ticket
from server.live import wire
from signaling import calls as rtc
from signaling.calls import Calls
from signaling.seats import CallConnection

log = logging.getLogger("plenary.live")

INBOUND_RATE = Rate(120, 10)
FAULTS = Rate(wire.MOST_FAULTS - 1, 600)
"""Messages of one connection that cannot be read; one more closes it."""

_greeting: Counter[str] = Counter()
"""Connections that are about to watch a desk: they count before the hub knows them."""

encode = msgspec.json.encode


class Connection:
    """`number` identifies the connection in this process; `translate` gives a message in the client's language."""

    __slots__ = (
        "_call_part",
        "_calls",
        "_desk",
        "_engine",
        "_joining",
        "_members",
        "_number",
        "_signin",
        "_sink",
        "_translate",
        "greeted",
        "person",
    )

    def __init__(self, engine: Engine, calls: Calls, sink: Sink, number: str, translate: Callable[[str], str]) -> None:
        self._engine = engine
        self._calls = calls
        self._call_part: CallConnection | None = None  # few connections are ever in a call
        self._sink = sink
        self._number = number
        self._translate = translate
        self.person: str | None = None
        self._signin: str | None = None
        self._desk: str | None = None
        self._members: dict[str, tuple[Member, str | None]] = {}  # by room, each with its conference
        self._joining: Member | None = None
        self.greeted = False

    async def receive(self, data: str | bytes) -> None:
        """Reads one frame and handles its message."""
        message = self.read(data)
        if message is not None:
            await self.handle(message)

    def read(self, data: str | bytes) -> dict[str, Any] | None:
        """Reads one frame. Returns the message, to be handled after the earlier ones, or None when it has been answered already. Heartbeats are
        answered at once: they must not wait for a command that waits for the database."""
        message: dict[str, Any] = {}
        try:
            self._engine.limits.take("frame", self._number, INBOUND_RATE)
            message = wire.decode(data)
            if message["op"] != "heartbeat" or not self.greeted:
                return message
            self._beat(wire.read_op(message))
        except Problem as problem:
            self._answer_problem(_request_of(message), problem)
        return None

    async def handle(self, message: dict[str, Any]) -> None:
        """Performs what a message asks for. Faults are answered; they end the connection only when their code says so, or after ten of them."""
        try:
            await self._perform(message)
        except Problem as problem:
            self._answer_problem(_request_of(message), problem)
        except Exception:
            log.exception("a message could not be handled")
            fault = Problem("internal", N_("Something went wrong on our side. It has been logged. You can try again."))
            self._answer_problem(_request_of(message), fault)

    def _beat(self, op: wire.Op) -> None:
        assert isinstance(op, wire.Heartbeat)
        seqs = self._engine.hub.seqs(list(self._members))
        self._answer(op.id, encode({"seqs": seqs, "time": self._engine.clock().isoformat()}))

    async def _perform(self, message: dict[str, Any]) -> None:
        if not self.greeted:
            await self._greet(message)
        elif message["op"] in wire.OPS:
            op = wire.read_op(message)
            match op:
                case wire.Join():
                    await self._join(op)
                case wire.Leave():
                    self._leave(op.room)
                    self._lose_call(op.room)
                    self._answer(op.id, b"null")
                case wire.Heartbeat():
                    self._beat(op)
                case wire.Hello():
                    raise Problem("malformed", N_("The first message, and only the first, is “hello”."))
        elif message["op"] in rtc.TAGS:
            await self._call(rtc.read_op(message))
        else:
            head, fields = wire.read_command_head(message)
            command = read(message["op"], fields)
            try:
                outcome = await self._engine.perform(self.person, head.room, command, head.key)
            except Problem as problem:
                # Not counted as a fault: a person may try ten things that are refused, and stay connected.
                self._refuse(head.id, problem)
            else:
                self._answer(head.id, outcome.reply, outcome.seq)

    async def _call(self, op: rtc.Op) -> None:
        if self._call_part is None:
            self._call_part = CallConnection(self._sink, self._follows)
        try:
            answer = await self._calls.handle(self._call_part, self.person, op)
        except Problem as problem:
            self._refuse(op.id, problem)
        else:
            self._answer(op.id, b"null" if answer is None else encode(answer))

    async def _greet(self, message: dict[str, Any]) -> None:
        if message["op"] != "hello":
            raise Problem("malformed", N_("The first message, and only the first, is “hello”."))
        hello = wire.read_op(message)
        assert isinstance(hello, wire.Hello)
        ticket = await read_ticket(self._engine, hello.ticket)
        view = None
        if ticket.signin is not None and ticket.desk is not None:
            if self._engine.hub.watching(ticket.desk) + _greeting[ticket.desk] >= wire.MOST_CONNECTIONS:
                raise Problem("rate_limited", N_("You have too many windows open. Close some of them."), retry_after=30)
            self.person, self._signin, self._desk = ticket.person, ticket.signin, ticket.desk
            _greeting[self._desk] += 1
            try:
                await self._engine.hub.watch(self._desk, self._on_desk)
            finally:
                _greeting[self._desk] -= 1
                if not _greeting[self._desk]:
                    del _greeting[self._desk]
            # Read again now that the desk is watched: a sign-out in between would otherwise go unnoticed.
            account = (await signins.find(self._engine, ticket.signin)).account
            view = wire.PersonView(account.id, account.name)
        self.greeted = True
        now = self._engine.clock().isoformat()
        self._write(encode(wire.Welcome(view, self._desk, wire.HEARTBEAT_SECONDS, wire.Limits(), now)))

    async def _join(self, op: wire.Join) -> None:
        if op.room not in self._members and len(self._members) >= wire.MOST_ROOMS:
            raise Problem(
                "conflict", N_("One connection can follow %(limit)s rooms."), values={"limit": wire.MOST_ROOMS}
            )
        self._leave(op.room)
        member = Member(self._sink, op.room, self.person, op.public, self._translate)
        after = ReadPosition(op.after.epoch, op.after.seq) if op.after else None

        def respond(joined: Joined) -> bytes:
            return b'{"id":%d,"ok":%b}' % (op.id, encode(joined))

        self._joining = member
        try:
            self._members[op.room] = (member, (await self._engine.hub.join(member, after, respond)).room.conference)
        except BaseException:
            self._lose_call(op.room)
            raise
        finally:
            self._joining = None

    def _lose_call(self, room: str) -> None:
        if self._call_part is not None:
            self._calls.lose(self._call_part, room)

    def _follows(self, room: str) -> bool:
        """Whether it has joined a room and was not removed since. A connection that is joining again counts as joined."""
        if self._joining is not None and self._joining.room == room:
            return True
        return room in self._members and not self._members[room][0].left

    def _leave(self, room: str) -> None:
        if room in self._members:
            self._engine.hub.leave(self._members.pop(room)[0])

    def _on_desk(self, entry: Entry) -> None:
        if entry.type == "signin.revoked":
            revoked = msgspec.json.decode(entry.payload, type=SignInRevoked)
            if revoked.signin == self._signin or (revoked.signin is None and revoked.spared != self._signin):
                self._sink.close(4401, self._translate(N_("You have been signed out. Sign in again.")))
        elif entry.type == "rights.changed":
            changed = msgspec.json.decode(entry.payload, type=RightsChanged)
            if self._joining is not None:
                # The rights of the join under way may have been read before the change.
                self._engine.hub.revisit(self._joining)
            for member, conference in list(self._members.values()):
                if changed.conference is None or conference == changed.conference:
                    self._engine.hub.revisit(member)

    def _answer(self, request: int, reply: bytes, seq: int | None = None) -> None:
        self._write(b'{"id":%d,"ok":%b%b}' % (request, reply, b"" if seq is None else b',"seq":%d' % seq))

    def _answer_problem(self, request: int | None, problem: Problem) -> None:
        view = self._refuse(request, problem)
        if not self.greeted or problem.code == "malformed" or (problem.code == "rate_limited" and request is None):
            self._sink.close(*_closing(problem, view))
        elif problem.meaning.status in {400, 422} and self._is_one_fault_too_many():
            self._sink.close(4400, view.message)

    def _is_one_fault_too_many(self) -> bool:
        """A client that is out of order all the time is stopped; a person who sends a text that is too long now and then is not."""
        try:
            self._engine.limits.take("fault", self._number, FAULTS)
        except Problem:
            return True
        return False

    def _refuse(self, request: int | None, problem: Problem) -> ProblemView:
        view = problem.view(self._translate)
        self._write(encode({"id": request, "error": view}))
        return view

    def _write(self, json: bytes) -> None:
        self._sink.write(EncodedMessage(json))

    def miss_hello(self) -> None:
        """Must be called when the first message does not come in time. A client that was only slow comes back with a new ticket."""
        self._sink.close(4408, self._translate(N_("No “hello” arrived in time.")))

    def end(self) -> None:
        """Must be called once, when the client is gone."""
        if self._call_part is not None:
            self._calls.disconnect(self._call_part)
            self._call_part = None
        for member, _ in self._members.values():
            self._engine.hub.leave(member)
        self._members.clear()
        if self._desk is not None:
            self._engine.hub.unwatch(self._desk, self._on_desk)


def _closing(problem: Problem, view: ProblemView) -> tuple[int, str]:
    """The close code and reason. It says "stop" only where a new ticket cannot help, and otherwise how long to wait if the problem says so."""
    if problem.code == "expired":
        return wire.FRESH, view.message
    if problem.meaning.retryable and problem.retry_after is not None:
        return problem.meaning.close or 4500, f"retry_after={problem.retry_after:g}"
    return problem.meaning.close or (4500 if problem.meaning.retryable else 4400), view.message


def _request_of(message: dict[str, Any]) -> int | None:
    """The request's id, if it is one that can be sent back: msgpack has no room for some numbers of JSON."""
    request = message.get("id")
    return request if type(request) is int and 0 <= request <= wire.LARGEST_ID else None
