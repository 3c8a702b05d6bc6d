"""The built-in engine as the server sees it: a client of the stage process (worker.py), which it starts when nobody has."""

import asyncio
import itertools
import logging
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from signaling.stage import control as c
from signaling.stage.engine import Accepted, AirListener, AirState, PeerEntry, Publication, Refused

log = logging.getLogger("plenary.stage")

START = "import os\nif os.fork(): os._exit(0)\nimport plenary, signaling.stage.worker\nsignaling.stage.worker.main()"
"""The process leaves its parent at once, because it may outlive it. `import plenary` comes first, because in a wheel the other packages are inside it
(docs/decisions/0014-one-package-four-import-names.md)."""
START_SECONDS = 10.0
LAUNCH_SECONDS = 4.0
"""After this long without a connection another process is started."""
ANSWER_SECONDS = 10.0
HELLO_SECONDS = 2.0

R = TypeVar("R", bound=c.StageReply)

_REPLY = msgspec.json.Decoder(c.StageReply)


class StageOptions(NamedTuple):
    """`folder` holds the files by which the server's processes find the stage process. `port` 0 means any free one; without `addresses` it uses the
    machine's own. `host` "" listens everywhere. `linger`: seconds that the stage process outlives the last server process."""

    folder: Path
    host: str = ""
    port: int = 0
    addresses: Sequence[str] = ()
    version: str = ""
    linger: float = 10.0

    @property
    def edition(self) -> str:
        """What the stage process was started with: one with another edition ends when nobody uses it."""
        return " ".join([self.version, self.host, str(self.port), *self.addresses])


class _Link:
    """A connection to the stage process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.asked: dict[int, asyncio.Future[c.StageReply]] = {}
        self.on_air: dict[str, AirState] = {}


class BuiltinEngine:
    def __init__(self, options: StageOptions) -> None:
        self._options = options
        self._ids = itertools.count(1)
        self._link: _Link | None = None
        self._reading: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()
        self._launched = 0.0
        self._listeners: list[AirListener] = []
        self._stopped = False

    def listen(self, listener: AirListener) -> None:
        self._listeners.append(listener)

    async def start(self) -> None:
        await self._connect()

    async def stop(self) -> None:
        self._stopped = True
        if self._link is not None:
            self._link.writer.close()
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)

    async def publish(self, publication: Publication) -> Accepted:
        return _accepted(await self._ask(c.PublishRequest(next(self._ids), *publication), c.AcceptedReply))

    async def view(self, stage: str, owner: str, offer: str) -> Accepted:
        return _accepted(await self._ask(c.ViewRequest(next(self._ids), stage, owner, offer), c.AcceptedReply))

    async def change(self, stage: str, resource: str, fragment: str, etag: str) -> Accepted:
        asked = c.ChangeRequest(next(self._ids), stage, resource, fragment, etag)
        return _accepted(await self._ask(asked, c.AcceptedReply, start=False))

    async def end(self, stage: str, resource: str) -> None:
        await self._ask(c.EndRequest(next(self._ids), stage, resource), c.AcceptedReply, start=False)

    async def peers(self) -> list[PeerEntry]:
        try:
            answer = await self._ask(c.PeersRequest(next(self._ids)), c.PeersReply, start=False)
        except Refused:
            return []
        return answer.peers

    async def _ask(self, request: c.StageRequest, kind: type[R], *, start: bool = True) -> R:
        """Raises Refused. `start`: starts the stage process if none runs; without, what was asked for cannot exist."""
        link = self._link
        if link is None:
            link = await self._open() if start else await self._connect()
        if link is None:
            raise Refused("unavailable" if start else "gone")
        answer: asyncio.Future[c.StageReply] = asyncio.get_running_loop().create_future()
        link.asked[request.id] = answer
        try:
            link.writer.write(c.encode(request))
            async with asyncio.timeout(ANSWER_SECONDS):
                reply = await answer
        except (OSError, TimeoutError) as fault:
            raise Refused("unavailable") from fault
        finally:
            link.asked.pop(request.id, None)
        if isinstance(reply, c.RefusedReply):
            raise Refused(reply.code, reply.detail)
        if not isinstance(reply, kind):
            raise Refused("unavailable")
        return reply

    async def _open(self) -> _Link | None:
        """A connection to the stage process, which is started if necessary. Several processes of the server may do so at once: one stage process stays."""
        try:
            async with asyncio.timeout(START_SECONDS):
                while not self._stopped:
                    if (link := await self._connect()) is not None:
                        return link
                    if time.monotonic() - self._launched > LAUNCH_SECONDS:
                        self._launched = time.monotonic()
                        await asyncio.to_thread(self._launch)
                    await asyncio.sleep(0.1)
        except (OSError, subprocess.SubprocessError) as fault:
            log.error("the stage process does not start: %s", fault or f"no answer in {START_SECONDS:.0f} seconds")
        return None

    def _launch(self) -> None:
        self._options.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = c.StageArguments(
            str(self._options.folder),
            self._options.host,
            self._options.port,
            list(self._options.addresses),
            self._options.edition,
            self._options.linger,
        )
        # A session of its own: Ctrl-C and the renewal of a server process leave the media alone.
        subprocess.run(
            [sys.executable, "-c", START], input=msgspec.json.encode(place), start_new_session=True, check=True
        )

    async def _connect(self) -> _Link | None:
        """The connection to a stage process that runs, or None."""
        async with self._connecting:
            if self._link is not None or self._stopped:
                return self._link
            place = c.read_place(self._options.folder)
            if place is None:
                return None
            link = await self._greet(place)
            if link is not None and self._stopped:
                link.writer.close()
            elif link is not None:
                self._link = link
                self._launched = 0.0
                self._reading = asyncio.create_task(self._read(link))
            return self._link

    async def _greet(self, place: c.StagePlace) -> _Link | None:
        """A connection that the stage process has accepted. If it has crashed, another program may have its port, and accepts nothing."""
        try:
            link = _Link(*await asyncio.open_connection("127.0.0.1", place.port, limit=c.LONGEST_LINE))
        except OSError:
            return None
        accepted = False
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                link.writer.write(c.encode(c.StageHello(place.secret, self._options.edition)))
                accepted = isinstance(_REPLY.decode(await link.reader.readline()), c.AcceptedReply)
        except (OSError, ValueError, msgspec.DecodeError):
            return None
        finally:
            if not accepted:
                link.writer.close()
        return link if accepted else None

    async def _read(self, link: _Link) -> None:
        try:
            while line := await link.reader.readline():
                reply = _REPLY.decode(line)
                if isinstance(reply, c.AirReport):
                    link.on_air[reply.stage] = reply.state
                    self._tell(reply.stage, reply.state)
                elif (asked := link.asked.get(reply.id)) is not None and not asked.done():
                    asked.set_result(reply)
        except (OSError, ValueError, msgspec.DecodeError):
            log.warning("the connection to the stage process has failed", exc_info=True)
        finally:
            self._link = None
            link.writer.close()
            for asked in link.asked.values():
                if not asked.done():
                    asked.set_exception(ConnectionResetError())
            if not self._stopped:
                for stage, state in link.on_air.items():
                    if state is AirState.LIVE:
                        self._tell(stage, AirState.LOST)

    def _tell(self, stage: str, state: AirState) -> None:
        for listener in self._listeners:
            listener(stage, state)


def _accepted(answer: c.AcceptedReply) -> Accepted:
    return Accepted(answer.resource, answer.description, answer.etag)
