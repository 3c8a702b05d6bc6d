"""A peer of a call that is no browser, written from docs/protocol.md: signals over a real WebSocket, media by aiortc."""

import asyncio
import contextlib
import gc
import itertools
from asyncio.sslproto import SSLProtocol, SSLProtocolState
from collections import defaultdict
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from fractions import Fraction
from typing import Any

import msgspec
from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp
from av import VideoFrame
from websockets.exceptions import ConnectionClosed

from tests.support.safety_code import SafetyCode, fingerprint_of, one_fingerprint
from tests.support.waiting import until
from tests.support.wire import wire

PATIENCE = 15.0


class SmallPicture(VideoStreamTrack):
    """A picture that changes, small enough to be encoded by the way."""

    async def recv(self) -> VideoFrame:
        pts, base = await self.next_timestamp()
        frame = VideoFrame(64, 48, "yuv420p")
        for number, plane in enumerate(frame.planes):
            plane.update(bytes([(pts // 3000 + 40 * number) % 256]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, Fraction(base)
        return frame


class RtcPeer:
    """`heard`: direct messages in order; `frames`: received from each peer, by kind; `roster`: the latest value; `safety`: by peer.

    `policy`: which candidates it gathers, "all" or "relay"; empty: as the welcome says. `compares`: it takes part in safety codes.
    """

    def __init__(self, room: str) -> None:
        self.room = room
        self.connection: Any = None
        self.welcome: dict[str, Any] = {}
        self.heard: list[dict[str, Any]] = []
        self.news: list[dict[str, Any]] = []
        self.roster: dict[str, Any] = {}
        self.closed: tuple[int, str] | None = None
        self.policy = ""
        self.compares = False
        self.links: dict[str, RTCPeerConnection] = {}
        self.gens: dict[str, int] = {}
        self.safety: dict[str, SafetyCode] = {}
        self.frames: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._describing: set[asyncio.Task[None]] = set()
        self._counting: set[asyncio.Task[None]] = set()
        self._taking = asyncio.Lock()
        self._early: list[dict[str, Any]] = []
        self._media = False

    @property
    def peer(self) -> str:
        return self.welcome["peer"]

    @property
    def others(self) -> list[str]:
        return [each["peer"] for each in self.roster["peers"] if each["peer"] != self.peer]

    async def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """Sends a request about the room and gives the whole answer."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self.connection.send(msgspec.json.encode({"op": op, "id": number, "room": self.room, **fields}).decode())
        return await asyncio.wait_for(self._waiting[number], PATIENCE)

    async def give(self, op: str, **fields: Any) -> Any:
        """Sends what must succeed."""
        answer = await self.ask(op, **fields)
        assert "ok" in answer, answer
        return answer["ok"]

    async def refused(self, op: str, **fields: Any) -> dict[str, Any]:
        answer = await self.ask(op, **fields)
        assert "error" in answer, answer
        return answer["error"]

    async def join_room(self) -> dict[str, Any]:
        joined = await self.give("join")
        self.roster = joined["latest"].get("call", {}).get("", {})
        return joined

    async def join(self, resume: str | None = None) -> dict[str, Any]:
        self.welcome = await self.give("rtc.join", resume=resume)
        return self.welcome

    def received(self, type: str) -> list[dict[str, Any]]:
        return [each for each in self.heard if each["type"] == type]

    # Media

    async def call(self) -> None:
        """Joins, and offers its sound and picture to everyone already there. From then on it answers every offer."""
        self._media = True
        welcome = await self.join()
        for other in welcome["peers"]:
            await self._offer(other["peer"], 1)

    async def _offer(self, other: str, gen: int) -> None:
        link = self._link(other, gen)
        for source in (AudioStreamTrack(), SmallPicture(), "video"):
            link.addTransceiver(source, direction="sendrecv")
        await link.setLocalDescription(await link.createOffer())
        await self._send_description(other, link)

    async def hears_and_sees(self, other: str, frames: int = 5) -> None:
        """Returns when so many frames of each kind have come from another."""
        await until(lambda: all(self.frames[other][kind] >= frames for kind in ("audio", "video")), PATIENCE)

    def _link(self, other: str, gen: int) -> RTCPeerConnection:
        servers = [RTCIceServer(**server) for server in self.welcome["ice_servers"]]
        policy = self.policy or ("relay" if self.welcome["relay_only"] else "all")
        configuration = RTCConfiguration(servers, RTCIceTransportPolicy(policy), RTCBundlePolicy.MAX_BUNDLE)
        link = RTCPeerConnection(configuration)
        self.links[other], self.gens[other] = link, gen
        self.safety.pop(other, None)
        link.on("track", lambda track: _keep(self._counting, self._count(other, track)))
        return link

    async def _count(self, other: str, track: MediaStreamTrack) -> None:
        try:
            while True:
                await track.recv()
                self.frames[other][track.kind] += 1
        except MediaStreamError:
            return

    async def _send_description(self, other: str, link: RTCPeerConnection) -> None:
        local = link.localDescription
        await self.give(
            "rtc.desc", to=other, gen=self.gens[other], desc={"type": local.type, "sdp": one_fingerprint(local.sdp)}
        )

    async def _take(self, signal: dict[str, Any]) -> None:
        """In order: a candidate must not overtake its description."""
        async with self._taking:
            other, gen = signal["from"], signal["gen"]
            if gen < self.gens.get(other, 1):
                return
            match signal["type"]:
                case "desc":
                    await self._described(other, gen, signal["desc"])
                case "cand" if signal["cand"] and signal["cand"]["candidate"]:
                    await self._candidate(other, signal["cand"])
                case "sas" if other in self.safety:
                    await self._compare(other, signal["commit"], signal["reveal"])
                case "sas":
                    self._early.append(signal)
                case "reset" if gen > self.gens[other]:
                    await self.links[other].close()
                    await self._offer(other, gen)

    async def _described(self, other: str, gen: int, desc: dict[str, str]) -> None:
        description = RTCSessionDescription(**desc)
        if desc["type"] == "answer":
            await self.links[other].setRemoteDescription(description)
        else:
            if other in self.links:
                await self.links[other].close()
            link = self._link(other, gen)
            await link.setRemoteDescription(description)
            for track in (AudioStreamTrack(), SmallPicture()):
                link.addTrack(track)
            for transceiver in link.getTransceivers():
                transceiver.direction = "sendrecv"
            await link.setLocalDescription(await link.createAnswer())
            await self._send_description(other, link)
        if not self.compares:
            return
        link = self.links[other]
        ours, theirs = fingerprint_of(link.localDescription.sdp), fingerprint_of(link.remoteDescription.sdp)
        self.safety[other] = SafetyCode((self.peer, ours), (other, theirs))
        await self.give("rtc.sas", to=other, gen=gen, commit=self.safety[other].commit, reveal=None)
        for signal in [each for each in self._early if (each["from"], each["gen"]) == (other, gen)]:
            self._early.remove(signal)
            await self._compare(other, signal["commit"], signal["reveal"])

    async def _candidate(self, other: str, cand: dict[str, Any]) -> None:
        candidate = candidate_from_sdp(cand["candidate"].removeprefix("candidate:"))
        candidate.sdpMid, candidate.sdpMLineIndex = cand["sdpMid"], cand["sdpMLineIndex"]
        await self.links[other].addIceCandidate(candidate)

    async def _compare(self, other: str, commit: str | None, reveal: str | None) -> None:
        nonce = self.safety[other].hear(commit, reveal)
        if nonce is not None:
            await self.give("rtc.sas", to=other, gen=self.gens[other], commit=None, reveal=nonce)

    # The connection

    async def listen(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            await self._listen()
        self.closed = self.connection.close_code, self.connection.close_reason

    async def _listen(self) -> None:
        async for data in self.connection:
            message = msgspec.json.decode(data)
            if message.get("id") in self._waiting:
                self._waiting.pop(message["id"]).set_result(message)
            elif "rtc" in message:
                self.heard.append(message["rtc"])
                if self._media and "from" in message["rtc"]:
                    _keep(self._describing, self._take(message["rtc"]))
            else:
                self.news.append(message)
                self.roster = message.get("latest", {}).get("call", {}).get("", self.roster)

    async def stop(self) -> None:
        self._media = False  # and answers nobody any more
        # A link that is closed while it gathers leaves its line to the relay open, and so does one whose gathering is cancelled.
        await asyncio.gather(*self._describing, return_exceptions=True)
        for link in self.links.values():
            await link.close()
        for task in self._counting:
            task.cancel()
        await asyncio.gather(*self._counting, return_exceptions=True)
        await until(lambda: not lines_that_end())


def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def lines_that_end() -> list[SSLProtocol]:
    """Lines over TLS that wait for the other side's goodbye, and would be left open by a loop that ends before it."""
    ending, loop = (SSLProtocolState.FLUSHING, SSLProtocolState.SHUTDOWN), asyncio.get_running_loop()
    lines = [each for each in gc.get_objects() if type(each) is SSLProtocol and each._loop is loop]
    return [each for each in lines if each._state in ending]


@asynccontextmanager
async def rtc_peer(url: str, ticket: str, room: str) -> AsyncGenerator[RtcPeer]:
    """Connected, and in the room; not in the call yet."""
    peer = RtcPeer(room)
    async with wire(url, ticket) as opened:
        peer.connection = opened.connection
        listening = asyncio.create_task(peer.listen())
        try:
            await peer.join_room()
            yield peer
        finally:
            await peer.stop()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
