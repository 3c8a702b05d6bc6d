"""The built-in engine with its stage process: aiortc publishes and views, and what happens when one of them, or the process, dies."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signaling.stage.builtin import BuiltinEngine, StageOptions
from signaling.stage.control import read_place
from signaling.stage.engine import Accepted, AirState, Publication, Refused
from signaling.stage.forwarding import MOST_HALF_OPEN, MOST_OF_PERSON
from tests.signaling.stage.test_sdp import OFFER
from tests.support.stage import Receiver, Send, accept, publishing, viewing

SECONDS = 15.0


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[BuiltinEngine]:
    engine = BuiltinEngine(StageOptions(tmp_path, host="127.0.0.1"))
    yield engine
    await engine.stop()
    if (place := read_place(tmp_path)) is not None:
        stop_process(place.pid)


def stop_process(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


class Followed:
    """The states of the stage "s", as the engine tells them."""

    def __init__(self, engine: BuiltinEngine) -> None:
        self.states: list[AirState] = []
        engine.listen(lambda stage, state: self.states.append(state) if stage == "s" else None)

    async def until(self, state: AirState) -> None:
        async with asyncio.timeout(SECONDS):
            while not self.states or self.states[-1] is not state:
                await asyncio.sleep(0.02)


def publisher(engine: BuiltinEngine, made: list[Accepted] | None = None, **options: object) -> Send:
    async def send(offer: str) -> str:
        accepted = await engine.publish(Publication("s", "speaker", "Ada", offer, **options))
        if made is not None:
            made.append(accepted)
        return accepted.description

    return send


def watcher(engine: BuiltinEngine, owner: str = "attendee") -> Send:
    async def send(offer: str) -> str:
        return (await engine.view("s", owner, offer)).description

    return send


async def test_a_viewer_sees_hears_and_goes_on_with_another_publisher(engine: BuiltinEngine) -> None:
    air, made = Followed(engine), list[Accepted]()
    async with viewing(watcher(engine)) as viewer, publishing(publisher(engine, made)):
        await air.until(AirState.LIVE)
        await viewer.frames_beyond(20)
        red, green, _ = viewer.colour
        assert green > 150 > 60 > red
        assert viewer.frames["audio"] > 20

        # A second one is refused, unless they take over. The viewer's connection stays the same.
        with pytest.raises(Refused, match="Ada"):
            async with publishing(publisher(engine)):
                pass
        seen = viewer.frames["video"]
        async with publishing(publisher(engine, made, take=True)):
            await viewer.frames_beyond(seen + 20)
            assert {peer.resource for peer in await engine.peers() if peer.publishes} == {made[1].resource}
            assert viewer.stamps == sorted(viewer.stamps), "time goes on for the viewer"

            await engine.end("s", made[1].resource)
            await air.until(AirState.OFF)
            with pytest.raises(Refused, match="gone"):
                await engine.end("s", made[1].resource)
    assert air.states == [AirState.LIVE, AirState.OFF]


async def test_the_death_of_the_process_and_of_a_publisher(engine: BuiltinEngine, tmp_path: Path) -> None:
    air = Followed(engine)
    async with publishing(publisher(engine)):
        await air.until(AirState.LIVE)
        first = read_place(tmp_path)
        assert first is not None
        stop_process(first.pid)
        await air.until(AirState.LOST)
        assert await engine.peers() == []
        async with publishing(publisher(engine)) as again:
            await air.until(AirState.LIVE)
            second = read_place(tmp_path)
            assert second is not None
            assert second.pid != first.pid
            # Dead without a farewell: nothing arrives any longer.
            for transceiver in again.getTransceivers():
                transceiver.sender.replaceTrack(None)
            await air.until(AirState.LOST)
            # Somebody else may take the place of a publisher who is lost.
            async with publishing(publisher(engine)):
                await air.until(AirState.LIVE)


async def test_two_processes_of_the_server_share_one_stage_process(engine: BuiltinEngine, tmp_path: Path) -> None:
    other = BuiltinEngine(StageOptions(tmp_path, host="127.0.0.1"))
    offer = OFFER.replace("sendonly", "recvonly")
    await asyncio.gather(engine.view("s", "a", offer), other.view("s", "b", offer))
    peers = await engine.peers()
    assert sorted(peer.owner for peer in peers) == ["a", "b"]
    assert sorted(await other.peers()) == sorted(peers)
    await engine.stop()
    assert len(await other.peers()) == 2, "the media goes on while one of them restarts"
    await other.stop()


async def test_connections_that_never_complete_are_bounded(engine: BuiltinEngine) -> None:
    for number in range(MOST_HALF_OPEN):
        await engine.view(f"s{number % 40}", f"owner{number}", OFFER.replace("sendonly", "recvonly"))
    with pytest.raises(Refused, match="full"):
        await engine.view("s", "one too many", OFFER.replace("sendonly", "recvonly"))


async def test_the_pages_of_one_person_are_bounded(engine: BuiltinEngine) -> None:
    made = [
        await engine.view("s", "reloader", OFFER.replace("sendonly", "recvonly")) for _ in range(MOST_OF_PERSON + 3)
    ]
    left = {peer.resource for peer in await engine.peers()}
    assert left == {accepted.resource for accepted in made[3:]}


async def test_a_wrong_certificate_and_noise_end_nothing_else(engine: BuiltinEngine) -> None:
    """S54: a DTLS fingerprint that does not match, and malformed SRTP and DTLS."""
    air = Followed(engine)
    async with publishing(publisher(engine)), viewing(watcher(engine)) as viewer:
        await viewer.frames_beyond(5)
        impostor = Receiver()
        offer = await impostor.offer()
        digits = next(line for line in offer.split("\r\n") if line.startswith("a=fingerprint:sha-256")).split(" ")[1]
        forged = ":".join(["00"] * 32)
        await accept(
            impostor.connection, (await engine.view("s", "impostor", offer.replace(digits, forged))).description
        )
        async with asyncio.timeout(SECONDS):
            while len(await engine.peers()) > 2:
                await asyncio.sleep(0.05)
        assert impostor.frames["video"] == 0
        await impostor.connection.close()

        # From the viewer's own address, which is that of a peer.
        transport = viewer.connection.getTransceivers()[0].receiver.transport.transport
        sender = transport._connection._nominated[1]
        for size in range(1, 200):
            for first in (0x80, 0x81, 0xBF, 0x14, 0x16, 0x00):
                sender.protocol.transport.sendto(bytes([first]) + os.urandom(size), sender.remote_addr)
        seen = viewer.frames["video"]
        await viewer.frames_beyond(seen + 20)
    assert AirState.LIVE in air.states


async def test_trickle_and_restart(engine: BuiltinEngine) -> None:
    made = await engine.view("s", "a", OFFER.replace("sendonly", "recvonly"))
    same = "a=ice-ufrag:abcd\r\na=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa\r\na=candidate:1 1 udp 1 192.0.2.9 9 typ host"
    assert (await engine.change("s", made.resource, same, made.etag)).description == ""
    with pytest.raises(Refused, match="stale"):
        await engine.change("s", made.resource, same, "another")
    fresh = same.replace("abcd", "efgh")
    with pytest.raises(Refused, match="stale"):
        await engine.change("s", made.resource, fresh, made.etag)
    restarted = await engine.change("s", made.resource, fresh, "*")
    assert restarted.etag != made.etag
    assert "a=ice-ufrag:" in restarted.description
    with pytest.raises(Refused, match="gone"):
        await engine.change("another stage", made.resource, fresh, "*")


async def test_strangers_on_the_control_port_are_not_heard(engine: BuiltinEngine, tmp_path: Path) -> None:
    await engine.view("s", "a", OFFER.replace("sendonly", "recvonly"))
    place = read_place(tmp_path)
    assert place is not None
    assert (tmp_path / "stage.json").stat().st_mode & 0o077 == 0
    for said in (
        b'{"type":"hello","secret":"guessed","version":""}\n{"type":"peers","id":1}\n',
        b"\0" * 500_000,
        b"\n",
    ):
        with socket.create_connection(("127.0.0.1", place.port), timeout=8) as stranger:
            stranger.sendall(said)
            try:
                assert await asyncio.to_thread(stranger.recv, 100) == b""
            except ConnectionResetError:
                continue
    assert len(await engine.peers()) == 1
