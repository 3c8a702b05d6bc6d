"""A peer of a call that is no browser: it speaks our protocol over a real WebSocket, and media by aiortc."""

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
from av import VideoFrame
from websockets.exceptions import ConnectionClosed

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
    """`heard` are the messages of the direct lane, in order; `frames` counts what came from each peer, by kind; `roster` is the latest value.

    `policy`: which candidates it gathers, "all" or "relay"; as the welcome says while it is empty.
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
        self.links: dict[str, RTCPeerConnection] = {}
        self.frames: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._describing: set[asyncio.Task[None]] = set()
        self._counting: set[asyncio.Task[None]] = set()
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

    def told(self, type: str) -> list[dict[str, Any]]:
        return [each for each in self.heard if each["type"] == type]

    # Media

    async def call(self) -> None:
        """Joins, and offers its sound and picture to everybody who is there already. From now on it answers whoever offers."""
        self._media = True
        welcome = await self.join()
        for other in welcome["peers"]:
            link = self._link(other["peer"])
            for track in (AudioStreamTrack(), SmallPicture()):
                link.addTrack(track)
            await link.setLocalDescription(await link.createOffer())
            await self._send_description(other["peer"], link)

    async def hears_and_sees(self, other: str, frames: int = 5) -> None:
        """Returns when so many frames of each kind have come from another."""
        await until(lambda: all(self.frames[other][kind] >= frames for kind in ("audio", "video")), PATIENCE)

    def _link(self, other: str) -> RTCPeerConnection:
        servers = [RTCIceServer(**server) for server in self.welcome["ice_servers"]]
        policy = self.policy or ("relay" if self.welcome["relay_only"] else "all")
        configuration = RTCConfiguration(servers, RTCIceTransportPolicy(policy), RTCBundlePolicy.MAX_BUNDLE)
        link = RTCPeerConnection(configuration)
        self.links[other] = link
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
        await self.give("rtc.desc", to=other, gen=0, desc={"type": local.type, "sdp": local.sdp})

    async def _described(self, other: str, desc: dict[str, str]) -> None:
        if desc["type"] == "answer":
            await self.links[other].setRemoteDescription(RTCSessionDescription(**desc))
            return
        link = self._link(other)
        await link.setRemoteDescription(RTCSessionDescription(**desc))
        for track in (AudioStreamTrack(), SmallPicture()):
            link.addTrack(track)
        await link.setLocalDescription(await link.createAnswer())
        await self._send_description(other, link)

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
                if self._media and message["rtc"]["type"] == "desc":
                    _keep(self._describing, self._described(message["rtc"]["from"], message["rtc"]["desc"]))
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
