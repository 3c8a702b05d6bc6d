"""S55: signals to people outside the call, and too many or too large ones."""

import contextlib
import itertools
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from rooms.core.rate_limits import RateLimits
from server.live.wire import MAX_FRAME
from signaling.calls import Calls
from signaling.messages import SDP_LENGTH, CallWelcome, Candidate, JoinCall, SendCandidate
from signaling.seats import CallConnection
from signaling.signals import MOST_CANDIDATES
from tests.rooms.meetings.conftest import new_meeting as rooms_meeting
from tests.signaling.conftest import new_meeting
from tests.support.live_servers import shared_furnished, shared_server  # noqa: F401 - fixtures
from tests.support.refusals import refused
from tests.support.rtc import RtcPeer, rtc_peer
from tests.support.server import Server, ticket_for
from tests.support.waiting import until
from tests.support.wire import wire
from tests.support.world import ListSink, World

pytestmark = pytest.mark.asyncio(loop_scope="module")

SDP = {"type": "offer", "sdp": "v=0\r\n"}
CANDIDATE = {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}


async def test_a_person_without_an_invitation_receives_and_sends_nothing(server: Server, furnished: World) -> None:
    """Neither an uninvited person nor a participant of another call, even with the ids of room and peer."""
    meeting, elsewhere = await new_meeting(server, furnished), await new_meeting(server, furnished)
    async with meeting.connected() as (ada, ben), elsewhere.connected() as (eve, _):
        await ada.join()
        await ben.join()
        await eve.join()
        before = len(ada.heard)
        for op, fields in (
            ("rtc.join", {}),
            ("rtc.ice", {}),
            ("rtc.desc", {"to": ada.peer, "gen": 0, "desc": SDP}),
            ("rtc.cand", {"to": ada.peer, "gen": 0, "cand": CANDIDATE}),
            ("rtc.reset", {"to": ada.peer, "gen": 1}),
            ("rtc.sas", {"to": ada.peer, "gen": 0, "commit": "a" * 64}),
            ("rtc.state", {"mic": True, "cam": True, "screen": True, "hand": True, "held": True}),
            ("rtc.stats", {"to": ada.peer, "event": "failed"}),
            ("rtc.leave", {}),
        ):
            eve.room = meeting.room
            assert (await eve.refused(op, **fields))["code"] == "not_found", op
            if "to" in fields:
                # The other person is not in this person's call.
                eve.room = elsewhere.room
                if op != "rtc.stats":
                    assert (await eve.refused(op, **fields))["code"] == "not_found", op
        await ben.give("rtc.reset", to=ada.peer, gen=1)
        await until(lambda: len(ada.heard) > before)
        assert {each["from"] for each in ada.heard} == {ben.peer}


async def test_signals_need_a_signed_in_sender_and_another_receiver(server: Server, furnished: World) -> None:
    meeting = await new_meeting(server, furnished)
    async with wire(server.socket_url, await ticket_for(furnished.engine, None)) as nobody:
        answer = await nobody.ask("rtc.join", room=meeting.room)
        assert answer["error"]["code"] == "not_signed_in"
    async with meeting.connected() as (ada, _):
        await ada.join()
        assert (await ada.refused("rtc.desc", to=ada.peer, gen=0, desc=SDP))["code"] == "not_found"
        assert (await ada.refused("rtc.desc", to="x" * 20, gen=0, desc=SDP))["code"] == "not_found"


async def test_a_description_of_a_megabyte_ends_the_connection(server: Server, furnished: World) -> None:
    meeting = await new_meeting(server, furnished)
    async with meeting.connected() as (ada, ben):
        await ada.join()
        await ben.join()
        great = {"type": "offer", "sdp": "a" * (SDP_LENGTH + 1)}
        assert SDP_LENGTH + 1 < MAX_FRAME, "it fits into a frame"
        assert (await ben.refused("rtc.desc", to=ada.peer, gen=0, desc=great))["code"] == "invalid"
        await ben.give("rtc.desc", to=ada.peer, gen=0, desc={"type": "offer", "sdp": "a" * SDP_LENGTH})
        await until(lambda: len(ada.heard) == 1)
        await ben.connection.send('{"op":"rtc.desc","sdp":"%s"}' % ("a" * 1024 * 1024))
        await until(lambda: ben.closed is not None)
        assert ben.closed is not None
        assert ben.closed[0] == 1009
        assert len(ada.heard) == 1


async def test_of_ten_thousand_candidates_few_arrive(server: Server, furnished: World) -> None:
    """Sent as fast as one can, they end the connection."""
    meeting = await new_meeting(server, furnished)
    async with meeting.connected() as (ada, ben):
        await ada.join()
        await ben.join()
        await flood(ben, 10_000, to=ada.peer)
        await until(lambda: ben.closed is not None)
        assert ben.closed is not None
        assert ben.closed[0] == 4529
        assert len(ada.received("cand")) <= MOST_CANDIDATES
        assert await ada.give("rtc.leave") is None, "the other participant is as before"


async def flood(peer: RtcPeer, count: int, *, to: str) -> None:
    received = msgspec.json.encode(
        {"op": "rtc.cand", "id": 1, "room": peer.room, "gen": 0, "to": to, "cand": CANDIDATE}
    )
    with contextlib.suppress(ConnectionClosed):
        for _ in range(count):
            await peer.connection.send(received.decode())


async def test_of_candidates_sent_slowly_no_more_go_on_than_a_link_may_have(world: World) -> None:
    """With time between them, so that nothing but their number is against them."""
    moments = itertools.count(0, 3600)
    engine = replace(world.engine, limits=RateLimits(lambda: float(next(moments))))
    meeting = (await rooms_meeting(world, "attendee", "staff")).room
    calls = Calls(engine)
    sinks = {who: ListSink() for who in ("attendee", "staff")}
    connections = {who: CallConnection(sink, lambda room: True) for who, sink in sinks.items()}
    welcomes = {
        who: await calls.handle(connection, world.people[who], JoinCall(1, meeting))
        for who, connection in connections.items()
    }
    assert isinstance(welcomes["attendee"], CallWelcome)
    to = welcomes["attendee"].peer

    async def send(gen: int) -> None:
        candidate = SendCandidate(1, meeting, to, gen, Candidate("candidate:1"))
        await calls.handle(connections["staff"], world.people["staff"], candidate)

    for _ in range(MOST_CANDIDATES):
        await send(1)
    for _ in range(3):
        with refused("rate_limited"):
            await send(1)
    assert len(sinks["attendee"].messages) == MOST_CANDIDATES
    await send(2)
    assert len(sinks["attendee"].messages) == MOST_CANDIDATES + 1, "a new generation has its own"
    await send(1)
    assert len(sinks["attendee"].messages) == MOST_CANDIDATES + 1, "and an old one is out of date"


@pytest.mark.parametrize(
    ("op", "fields"),
    [
        ("rtc.desc", {"gen": 0, "desc": {"type": "rollback", "sdp": ""}}),
        ("rtc.desc", {"gen": 0, "desc": {**SDP, "from": "x" * 20}}),
        ("rtc.desc", {"gen": 0, "desc": SDP, "from": "x" * 20}),
        ("rtc.desc", {"gen": -1, "desc": SDP}),
        ("rtc.desc", {"gen": 1001, "desc": SDP}),
        ("rtc.desc", {"gen": 0.5, "desc": SDP}),
        ("rtc.cand", {"gen": 0, "cand": {"candidate": "x" * 1025}}),
        ("rtc.cand", {"gen": 0, "cand": "candidate"}),
        ("rtc.cand", {"gen": 0, "cand": {**CANDIDATE, "sdpMid": "x" * 300}}),
        ("rtc.sas", {"gen": 0, "commit": "A" * 64}),
        ("rtc.sas", {"gen": 0, "reveal": "a" * 63}),
        ("rtc.stats", {"event": "won"}),
        ("rtc.stats", {"event": "connected", "stage": {"ice_ms": -1}}),
    ],
)
async def test_what_is_no_signal_is_refused(server: Server, furnished: World, op: str, fields: dict[str, Any]) -> None:
    meeting = await new_meeting(server, furnished, 1)
    ticket = await ticket_for(furnished.engine, furnished.people[meeting.people[0]])
    async with rtc_peer(server.socket_url, ticket, meeting.room) as ada:
        await ada.join()
        assert (await ada.refused(op, to="x" * 20, **fields))["code"] == "invalid"
        assert await ada.give("rtc.leave") is None
