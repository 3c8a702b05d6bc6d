"""Calls through a really running server: who may join, who connects to whom, and how lost participants come back."""

import asyncio

import pytest

from rooms.core.store.tables import conferences
from rooms.meetings.tables import invited
from rooms.people.messages import BlockPerson
from tests.signaling.conftest import Meeting, new_meeting
from tests.support.rtc import rtc_peer
from tests.support.server import Server, ticket_for
from tests.support.waiting import until
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

SDP = {"type": "offer", "sdp": "v=0\r\n"}


async def test_two_peers_hear_and_see_each_other(meeting: Meeting) -> None:
    """aiortc on both sides: an implementation that knows nothing of ours."""
    async with meeting.connected() as (ada, ben):
        await ada.call()
        assert ada.welcome["peers"] == []
        await ben.call()
        assert [each["person"]["name"] for each in ben.welcome["peers"]] == [meeting.people[0].title()]
        await ben.hears_and_sees(ada.peer)
        await ada.hears_and_sees(ben.peer)
        assert [each["type"] for each in ada.heard] == ["desc"]
        assert ada.heard[0]["desc"]["type"] == "offer"
        await until(lambda: ada.others == [ben.peer])
        assert ada.roster["ends_at"] is not None


async def test_a_third_joins_and_nobody_reconnects(server: Server, furnished: World) -> None:
    meeting = await new_meeting(server, furnished, 3)
    async with meeting.connected() as (ada, ben, eve):
        await ada.call()
        await ben.call()
        await ada.hears_and_sees(ben.peer)
        so_far = ada.frames[ben.peer]["audio"]
        await eve.call()
        for one in (ada, ben, eve):
            for other in {ada.peer, ben.peer, eve.peer} - {one.peer}:
                await one.hears_and_sees(other)
        await until(lambda: ada.frames[ben.peer]["audio"] > so_far)
        assert [each["from"] for each in ada.received("desc")] == [ben.peer, eve.peer], "one offer each"
        assert [len(each.links) for each in (ada, ben, eve)] == [2, 2, 2]


async def test_signals_come_in_order_and_name_their_sender(meeting: Meeting) -> None:
    async with meeting.connected() as (ada, ben):
        await ada.join()
        await ben.join()
        to = ada.peer
        await ben.give("rtc.desc", to=to, gen=1, desc=SDP)
        for number in range(10):
            cand = {"candidate": f"candidate:{number}", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": None}
            await ben.give("rtc.cand", to=to, gen=1, cand=cand)
        await ben.give("rtc.cand", to=to, gen=1, cand=None)
        await ben.give("rtc.reset", to=to, gen=2)
        await ben.give("rtc.sas", to=to, gen=2, commit="a" * 64)
        await until(lambda: len(ada.heard) == 14)
        assert {(each["from"]) for each in ada.heard} == {ben.peer}
        candidates = [each["cand"] for each in ada.received("cand")]
        assert [each["candidate"] for each in candidates[:-1]] == [f"candidate:{number}" for number in range(10)]
        assert candidates[-1] is None
        assert ada.heard[0] == {"type": "desc", "from": ben.peer, "gen": 1, "desc": SDP}
        assert ada.heard[-1] == {"type": "sas", "from": ben.peer, "gen": 2, "commit": "a" * 64, "reveal": None}
        assert ben.heard == []


async def test_the_state_of_a_participant_reaches_everybody_in_the_room(meeting: Meeting) -> None:
    async with meeting.connected() as (ada, ben):
        await ada.join()
        await ada.give("rtc.state", mic=True, cam=True, screen=False, hand=True, held=False)
        await until(lambda: ben.roster.get("peers") and ben.roster["peers"][0]["hand"])
        assert ben.roster["peers"][0] == {
            "peer": ada.peer,
            "person": {"id": meeting.world.people[meeting.people[0]], "name": meeting.people[0].title()},
            "mic": True,
            "cam": True,
            "screen": False,
            "hand": True,
            "held": False,
            "lost": False,
        }
        await ada.give("rtc.leave")
        await until(lambda: ben.roster["peers"] == [])
        assert (await ada.refused("rtc.leave"))["code"] == "conflict"


async def test_a_lost_connection_keeps_its_place_and_comes_back_to_it(meeting: Meeting) -> None:
    first, second = meeting.people
    async with meeting.connected(first) as (ada,):
        await ada.join()
        async with meeting.connected(second) as (ben,):
            token = (await ben.join())["token"]
            before = ben.peer
        await until(lambda: [each["lost"] for each in ada.roster["peers"]] == [False, True])
        assert (await ada.refused("rtc.desc", to=before, gen=0, desc=SDP))["code"] == "unavailable"
        async with meeting.connected(second) as (again,):
            welcome = await again.join(token)
            assert (welcome["resumed"], welcome["peer"], welcome["token"]) == (True, before, token)
            await until(lambda: [each["lost"] for each in ada.roster["peers"]] == [False, False])
            await ada.give("rtc.desc", to=before, gen=0, desc=SDP)
            await until(lambda: again.received("desc"))


async def test_joining_from_another_tab_replaces_the_first(meeting: Meeting) -> None:
    first, second = meeting.people
    async with meeting.connected(first, first, second) as (tab, other_tab, ben):
        await tab.join()
        await ben.join()
        await other_tab.join("not their token")
        assert other_tab.peer != tab.peer
        assert other_tab.welcome["resumed"] is False
        await until(lambda: tab.heard == [{"type": "replaced"}])
        await until(lambda: ben.others == [other_tab.peer])
        assert (await tab.refused("rtc.desc", to=ben.peer, gen=0, desc=SDP))["code"] == "conflict"


async def test_a_call_holds_as_many_as_its_conference_says(server: Server, furnished: World) -> None:
    meeting = await new_meeting(server, furnished, 4)
    async with furnished.engine.database.write() as connection:
        await connection.execute(conferences.update().values(call_limit=3))
    try:
        async with meeting.connected() as peers:
            answers = await asyncio.gather(*(peer.ask("rtc.join") for peer in peers))
            refused = [index for index, answer in enumerate(answers) if "error" in answer]
            assert len(refused) == 1, "of four at once, exactly three get in"
            problem = answers[refused[0]]["error"]
            assert (problem["code"], problem["present"]) == ("conflict", {"limit": 3})
            assert "full" in problem["message"]
            waiting = peers.pop(refused[0])
            await until(lambda: len(waiting.roster["peers"]) == waiting.roster["limit"] == 3)
            await peers[0].give("rtc.leave")
            await until(lambda: len(waiting.roster["peers"]) == 2)
            await waiting.join()
    finally:
        async with furnished.engine.database.write() as connection:
            await connection.execute(conferences.update().values(call_limit=4))


async def test_one_is_in_one_call_at_once(server: Server, meeting: Meeting, furnished: World) -> None:
    first = meeting.people[0]
    other = await new_meeting(server, furnished, 1)
    async with furnished.engine.database.write() as connection:
        await connection.execute(invited.insert().values(meeting=other.id, person=furnished.people[first]))
    async with meeting.connected(first) as (here,), other.connected(first) as (there,):
        await here.join()
        problem = await there.refused("rtc.join")
        assert problem["code"] == "conflict"
        assert "another call" in problem["message"]
        await here.give("rtc.leave")
        await there.join()


async def test_in_a_call_of_two_the_blocked_person_is_out(meeting: Meeting) -> None:
    second, world = meeting.people[1], meeting.world
    async with meeting.connected() as (ada, ben):
        await ada.join()
        await ben.join()
        answer = await ada.ask("person.block", key="k" * 10, person=world.people[second])
        assert "ok" in answer, answer
        await until(lambda: ben.heard == [{"type": "removed", "reason": "closed"}])
        await until(lambda: [each["peer"] for each in ben.roster["peers"]] == [ada.peer])
        assert (await ben.refused("rtc.join"))["message"] == "You cannot join this call."
        assert not any("block" in str(message) for message in ben.news)
        await ada.give("rtc.leave")
        await ben.join()
        assert "blocked" in (await ada.refused("rtc.join"))["message"]


async def test_in_a_larger_call_a_block_separates_the_two(server: Server, furnished: World) -> None:
    meeting = await new_meeting(server, furnished, 3)
    async with meeting.connected() as (ada, ben, eve):
        for peer in (ada, ben, eve):
            await peer.join()
        await furnished.do(
            meeting.people[0],
            BlockPerson(furnished.people[meeting.people[1]]),
            room=await furnished.desk(meeting.people[0]),
        )
        # Written by another process without a bus: it is found within seconds.
        await until(lambda: any("events" in message for message in ada.news))
        assert (await ben.refused("rtc.desc", to=ada.peer, gen=0, desc=SDP))["code"] == "not_found"
        assert (await ada.refused("rtc.desc", to=ben.peer, gen=0, desc=SDP))["code"] == "not_found"
        await ben.give("rtc.desc", to=eve.peer, gen=0, desc=SDP)
        await ada.give("rtc.desc", to=eve.peer, gen=0, desc=SDP)
        assert ada.heard == ben.heard == []


async def test_who_has_not_joined_the_room_or_the_call_is_refused(server: Server, meeting: Meeting) -> None:
    ticket = await ticket_for(meeting.world.engine, meeting.world.people[meeting.people[0]])
    async with rtc_peer(server.socket_url, ticket, meeting.room) as ada:
        assert (await ada.refused("rtc.state", mic=True, cam=False, screen=False, hand=False, held=False))[
            "code"
        ] == "conflict"
        assert (await ada.give("rtc.ice"))["relay_only"] is False
        await ada.give("leave")
        assert (await ada.refused("rtc.join"))["code"] == "not_found"
        ada.room = meeting.world.lobby
        await ada.join_room()
        assert (await ada.refused("rtc.join"))["code"] == "not_found"
        assert (await ada.refused("rtc.ice"))["code"] == "not_found"


def figure(server: Server, name: str) -> float:
    """A figure of the server, by its name with labels; 0 while there is none."""
    lines = server.get("/metrics")[2].decode().splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), 0.0)


async def test_what_became_of_links_is_counted(server: Server, meeting: Meeting) -> None:
    names = {
        "fast": 'plenary_call_setup_seconds_bucket{le="0.5",stage="ice"}',
        "slow": 'plenary_call_setup_seconds_bucket{le="+Inf",stage="ice"}',
        "took": 'plenary_call_setup_seconds_sum{stage="total"}',
        "relayed": 'plenary_call_links_total{event="connected",path="relay"}',
        "failed": 'plenary_call_failures_total{stage="ice"}',
        "refused": 'plenary_call_refusals_total{code="not_found",op="rtc.reset"}',
        "passed on": 'plenary_call_signals_total{op="rtc.reset"}',
        "resumed": "plenary_call_resumes_total",
    }
    before = {name: figure(server, line) for name, line in names.items()}
    async with meeting.connected() as (ada, ben):
        token = (await ada.join())["token"]
        await ada.join(token)
        await ben.join()
        assert figure(server, "plenary_call_peers") >= 2
        assert figure(server, "plenary_calls") >= 1
        to = ben.peer
        for ice, path in ((400, "host"), (1700, "relay")):
            stage = {"accept_ms": 10, "sdp_ms": 20, "ice_ms": ice, "dtls_ms": 5, "frame_ms": 5, "total_ms": 2000}
            await ada.give("rtc.stats", to=to, event="connected", path=path, stage=stage, rtt_ms=30, loss=0, kbps=900)
        await ada.give("rtc.stats", to=to, event="failed", stage={"accept_ms": 10, "sdp_ms": 20})
        await ada.give("rtc.reset", to=to, gen=1)
        await ada.refused("rtc.reset", to="x" * 20, gen=1)
    grown = {name: figure(server, line) - before[name] for name, line in names.items()}
    assert grown == {
        "fast": 1,
        "slow": 2,
        "took": 4,
        "relayed": 1,
        "failed": 1,
        "refused": 1,
        "passed on": 1,
        "resumed": 1,
    }
