"""Relay only, through a real coturn: the call works over UDP, TCP and TLS, and no address of a person reaches the other (S56)."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from rooms.core.store.tables import conferences, persons
from tests.signaling.conftest import Meeting, new_meeting
from tests.support.coturn import TurnServer
from tests.support.rtc import RtcPeer
from tests.support.server import Server, furnish, running_server
from tests.support.waiting import until
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module", params=["udp", "tcp", "tls"])
def server(request: pytest.FixtureRequest, turn_server: TurnServer) -> Iterator[Server]:
    """One that tells browsers of a relay alone, and of one way to it alone. Over TCP or TLS nothing of theirs goes by UDP."""
    ways = {way: f"{turn_server.url}?transport={way}" for way in ("udp", "tcp")} | {"tls": turn_server.tls_url}
    with running_server(turn=ways[request.param], turn_secret=turn_server.secret) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def furnished(server: Server) -> AsyncIterator[World]:
    world = await furnish(server)
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().values(relay_only=True))
    yield world
    await world.close()


@pytest.fixture(autouse=True)
def trusted(turn_server: TurnServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its certificate, which nobody has signed, counts here."""
    monkeypatch.setenv("SSL_CERT_FILE", str(turn_server.certificate["cert"]))


def candidates(peer: RtcPeer) -> list[str]:
    """The candidates of others that this peer received, in descriptions and separately."""
    lines = [
        line for each in peer.received("desc") for line in each["desc"]["sdp"].splitlines() if "candidate:" in line
    ]
    return lines + [each["cand"]["candidate"] for each in peer.received("cand") if each["cand"]]


async def test_two_peers_talk_through_the_relay_alone(meeting: Meeting) -> None:
    async with meeting.connected() as (ada, ben):
        await ada.call()
        await ben.call()
        assert ada.welcome["relay_only"]
        assert ben.welcome["relay_only"]
        await ada.hears_and_sees(ben.peer)
        await ben.hears_and_sees(ada.peer)
        assert ada.roster["relay_only"]
        for peer in (ada, ben):
            received = candidates(peer)
            assert received
            assert all(" typ relay" in each for each in received), received


async def test_what_a_client_tells_in_spite_of_it_is_held_back(server: Server, furnished: World) -> None:
    """One peer gathers everything, as a client might that was tampered with, or that is older."""
    meeting = await new_meeting(server, furnished)
    async with meeting.connected() as (ada, ben):
        await ada.call()
        ben.policy = "all"
        await ben.call()
        await until(lambda: ada.received("desc"))
        sent = ben.links[ada.peer].localDescription.sdp
        assert " typ host" in sent, "the address is sent"
        host = next(line.removeprefix("a=") for line in sent.splitlines() if " typ host" in line)
        await ben.give("rtc.cand", to=ada.peer, gen=0, cand={"candidate": host, "sdpMid": "0", "sdpMLineIndex": 0})
        await ben.give("rtc.cand", to=ada.peer, gen=0, cand=None)
        await until(lambda: ada.received("cand"))
        assert ada.received("cand")[0]["cand"] is None, "the host candidate was passed over"
        address = host.split()[4]
        assert address not in str(ada.heard)
        assert all(" typ relay" in each for each in candidates(ada))


async def test_a_personal_wish_hides_the_persons_addresses(server: Server, furnished: World) -> None:
    async with furnished.engine.database.write() as connection:
        await connection.execute(conferences.update().values(relay_only=False))
    try:
        meeting = await new_meeting(server, furnished)
        async with furnished.engine.database.write() as connection:
            shy = persons.update().where(persons.c.id == furnished.people[meeting.people[1]])
            await connection.execute(shy.values(relay_only=True))
        async with meeting.connected() as (ada, ben):
            await ada.call()
            ben.policy = "all"
            await ben.call()
            assert (ada.welcome["relay_only"], ben.welcome["relay_only"]) == (False, True)
            await ada.hears_and_sees(ben.peer)
            assert all(" typ relay" in each for each in candidates(ada))
            assert any(" typ host" in each for each in candidates(ben))
    finally:
        async with furnished.engine.database.write() as connection:
            await connection.execute(conferences.update().values(relay_only=True))
