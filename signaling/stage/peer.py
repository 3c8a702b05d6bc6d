"""One peer of the stage process, publisher or viewer: its ICE credentials, its path, its keys and its life."""

import asyncio
import contextlib
import logging
import secrets
import time
from abc import abstractmethod
from collections.abc import Callable

from signaling.stage.dtls import Identity, SecureChannel
from signaling.stage.mux import Mux, Path
from signaling.stage.rtp import is_rtcp
from signaling.stage.sdp import SdpOffer, Transport

log = logging.getLogger("plenary.stage")

CONNECT_SECONDS = 15.0
SILENT_SECONDS = 30.0
"""RFC 7675: after this long without a sign of life a peer has gone."""


class StagePeer:
    """`resource` names it to those who control it, and cannot be guessed. `gone` is called once, when it has ended for any reason."""

    def __init__(
        self, mux: Mux, identity: Identity, offer: SdpOffer, owner: str, gone: Callable[["StagePeer"], None]
    ) -> None:
        self.resource = secrets.token_urlsafe(18)
        self.owner = owner
        self.offer = offer
        self.remote = offer.ufrag, offer.password
        self.path: Path | None = None
        self.seen = time.monotonic()
        self.etag = secrets.token_hex(8)
        self._mux = mux
        self._identity = identity
        self._gone = gone
        self._ended = False
        self.channel = SecureChannel(identity, self.send, begins=offer.passive)
        self._reached = asyncio.Event()
        self.credentials = mux.admit(self)
        self._life = asyncio.create_task(self._live())

    @property
    def ready(self) -> bool:
        return self.channel.ready

    @property
    def transport(self) -> Transport:
        return Transport(*self.credentials, self._identity.fingerprint, self._mux.candidates)

    def restart(self, ufrag: str, password: str) -> None:
        """An ICE restart: new credentials on both sides, the same keys. The path is used until the peer has proven another."""
        self.remote = ufrag, password
        self.credentials = self._mux.admit(self)
        self.etag = secrets.token_hex(8)

    @abstractmethod
    def connected(self) -> None: ...
    @abstractmethod
    def take_rtp(self, data: bytes) -> None: ...
    @abstractmethod
    def take_rtcp(self, data: bytes) -> None: ...

    def moved(self, path: Path) -> None:
        self.path = path
        self._reached.set()

    def take_dtls(self, data: bytes) -> None:
        self.channel.receive(data)

    def take_media(self, data: bytes) -> None:
        if not self.channel.ready or self._ended:
            return
        if is_rtcp(data):
            if (opened := self.channel.open_rtcp(data)) is not None:
                self.seen = time.monotonic()
                self.take_rtcp(opened)
        elif (opened := self.channel.open_rtp(data)) is not None:
            self.seen = time.monotonic()
            self.take_rtp(opened)

    def send(self, data: bytes) -> None:
        if self.path is not None:
            self.path.send(data)

    def send_rtcp(self, data: bytes) -> None:
        if self.channel.ready:
            self.send(self.channel.seal_rtcp(data))

    def end(self) -> None:
        """Ends it. May be called again."""
        if not self._ended:
            self._ended = True
            self._mux.forget(self)
            self._gone(self)
            if asyncio.current_task() is not self._life:
                self._life.cancel()

    async def _leaves(self) -> None:
        while time.monotonic() - self.seen < SILENT_SECONDS and not self.channel.closed_by_peer:  # noqa: ASYNC110 - silence is no event
            await asyncio.sleep(1)

    async def _live(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._reached.wait()
                await self.channel.handshake(self.offer.fingerprints)
            self.seen = time.monotonic()
            self.connected()
            await self._leaves()
        except (TimeoutError, ConnectionError) as reason:
            log.info("peer %s did not connect: %s", self.resource[:6], reason or "timeout")
        except Exception:
            log.exception("peer %s failed", self.resource[:6])
        finally:
            self.end()
            with contextlib.suppress(Exception):
                await self.channel.close()
