"""The stage process. Its options (control.StageArguments) come as JSON on standard input.

It is apart from the processes that serve rooms and pages, so media does not delay them, and a restart of one does not interrupt the media. It runs as long as
a server process is connected to it, and a few seconds longer. When processes of another version or with other settings connect, it ends soon after its
last peer.
"""

import asyncio
import contextlib
import gc
import hmac
import logging
import os
import secrets
import signal
import sys
from pathlib import Path

import msgspec

from signaling.stage import control as c
from signaling.stage.engine import Accepted, AirState, Publication, Refused
from signaling.stage.forwarding import StageTable
from signaling.stage.mux import Mux

log = logging.getLogger("plenary.stage")

TICK_SECONDS = 0.025
HELLO_SECONDS = 5.0
WAITING_BYTES = 4_000_000
"""What may wait for one server process to read it."""

_HELLO = msgspec.json.Decoder(c.StageHello)
_REQUEST = msgspec.json.Decoder(c.StageRequest)


class StageProcess:
    def __init__(self, options: c.StageArguments) -> None:
        self._options = options
        self._secret = secrets.token_urlsafe(32)
        self._mux = Mux(options.host, options.port, options.addresses)
        self._stages = StageTable(self._mux, self._announce)
        self._servers: set[asyncio.StreamWriter] = set()
        self._outdated = False
        self._ended = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ended.set)
        self._mux.start()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=c.LONGEST_LINE)
        port: int = server.sockets[0].getsockname()[1]
        c.write_place(Path(self._options.folder), c.StagePlace(port, self._secret, os.getpid()))
        log.info("the stage listens on UDP port %d, at %s", self._mux.port, self._mux.candidates)
        watching = asyncio.create_task(self._watch())
        ticking = asyncio.create_task(self._tick())
        await self._ended.wait()
        watching.cancel()
        ticking.cancel()
        server.close()
        self._stages.close()
        await asyncio.sleep(0.1)  # the peers' farewells
        self._mux.close()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                self._stages.tick()
            except Exception:
                log.exception("a tick failed")

    async def _watch(self) -> None:
        """Ends the process when nobody needs it."""
        idle = 0.0
        while True:
            await asyncio.sleep(0.5)
            needed = bool(self._servers) and (self._stages.in_use or not self._outdated)
            idle = 0.0 if needed else idle + 0.5
            if idle >= self._options.linger:
                self._ended.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = _HELLO.decode(await reader.readline())
            if not hmac.compare_digest(hello.secret, self._secret):
                return
            self._outdated = self._outdated or hello.version != self._options.version
            self._servers.add(writer)
            writer.write(c.encode(c.AcceptedReply(0)))
            for name, state in self._stages.on_air.items():
                writer.write(c.encode(c.AirReport(name, state)))
            while line := await reader.readline():
                writer.write(c.encode(self._answer(_REQUEST.decode(line))))
        except (TimeoutError, OSError, ValueError, msgspec.DecodeError) as reason:
            log.info("a control connection has ended: %s", reason or type(reason).__name__)
        finally:
            self._servers.discard(writer)
            writer.close()

    def _answer(self, request: c.StageRequest) -> c.StageReply:
        try:
            match request:
                case c.PublishRequest():
                    wish = Publication(
                        request.stage, request.owner, request.name, request.offer, request.replaces, request.take
                    )
                    return _accepted(request.id, self._stages.publish(wish))
                case c.ViewRequest():
                    return _accepted(request.id, self._stages.view(request.stage, request.owner, request.offer))
                case c.ChangeRequest():
                    changed = self._stages.change(request.stage, request.resource, request.fragment, request.etag)
                    return _accepted(request.id, changed)
                case c.EndRequest():
                    self._stages.end(request.stage, request.resource)
                    return c.AcceptedReply(request.id)
                case c.PeersRequest():
                    return c.PeersReply(request.id, self._stages.peers)
        except Refused as refusal:
            return c.RefusedReply(request.id, refusal.code, refusal.detail)
        except Exception:
            log.exception("a request failed")
            return c.RefusedReply(request.id, "unavailable")

    def _announce(self, stage: str, state: AirState) -> None:
        line = c.encode(c.AirReport(stage, state))
        for writer in list(self._servers):
            if writer.transport.get_write_buffer_size() > WAITING_BYTES:
                writer.transport.abort()
            else:
                writer.write(line)


def _accepted(id: int, accepted: Accepted) -> c.AcceptedReply:
    return c.AcceptedReply(id, *accepted)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("aioice").setLevel(logging.WARNING)
    options = msgspec.json.decode(sys.stdin.buffer.read(), type=c.StageArguments)
    folder = Path(options.folder)
    held = c.lock(folder)
    if held is None:
        return  # another stage process runs already, and the server finds it
    gc.collect()
    gc.freeze()
    with held, contextlib.suppress(KeyboardInterrupt):
        try:
            process = StageProcess(options)
        except OSError as fault:
            log.error(
                "the stage cannot use UDP port %d: %s. Set PLENARY_STAGE_PORT to a free one.", options.port, fault
            )
            return
        asyncio.run(process.run())
