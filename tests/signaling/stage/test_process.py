"""The life of the stage process: when it ends, who replaces it, and what happens when it cannot start."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from signaling.stage import builtin
from signaling.stage.builtin import BuiltinEngine, StageOptions
from signaling.stage.control import StagePlace, lock, read_place, write_place
from signaling.stage.engine import Refused
from tests.signaling.stage.test_sdp import OFFER

VIEW = OFFER.replace("sendonly", "recvonly")
SERVER = """
import asyncio, sys
from pathlib import Path
from signaling.stage.builtin import BuiltinEngine, StageOptions

async def main():
    await BuiltinEngine(StageOptions(Path(sys.argv[1]), host="127.0.0.1", linger=0.5)).view("s", "a", sys.argv[2])
    print("served", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


class Engines:
    """Engines of one data folder. Their stage process ends half a second after the last of them."""

    def __init__(self, folder: Path, opened: AsyncExitStack) -> None:
        self.folder = folder
        self._opened = opened

    def __call__(self, *, port: int = 0, **options: str) -> BuiltinEngine:
        engine = BuiltinEngine(StageOptions(self.folder, host="127.0.0.1", port=port, linger=0.5, **options))
        self._opened.push_async_callback(engine.stop)
        return engine

    @property
    def pid(self) -> int:
        place = read_place(self.folder)
        assert place is not None
        return place.pid

    @property
    def run(self) -> bool:
        """Whether a stage process runs: it holds the lock until its end."""
        held = lock(self.folder)
        if held is not None:
            held.close()
        return held is None


async def until(check: Callable[[], bool], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.05)


@pytest.fixture
async def engines(tmp_path: Path) -> AsyncIterator[Engines]:
    async with AsyncExitStack() as opened:
        engines = Engines(tmp_path, opened)
        yield engines
    await until(lambda: not engines.run)


def port_of(answer: str) -> str:
    return next(line for line in answer.splitlines() if line.startswith("a=candidate:")).split()[5]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_it_ends_after_the_last_server_whatever_ends_that_one(engines: Engines, number: int) -> None:
    command = [sys.executable, "-c", SERVER, str(engines.folder), VIEW]
    program = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert program.stdout is not None
    assert await program.stdout.readline() == b"served\n"
    assert engines.run
    program.send_signal(number)
    # The stage process has the same output, so this ends with both.
    await program.communicate()
    await until(lambda: not engines.run)


async def test_a_port_in_use_is_a_refusal_and_a_line_that_says_what_to_set(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(builtin, "START_SECONDS", 4.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        engine = engines(port=port)
        with pytest.raises(Refused, match="unavailable"):
            await engine.view("s", "a", VIEW)
    said = capfd.readouterr().err
    assert f"the stage cannot use UDP port {port}: " in said
    assert "Set PLENARY_STAGE_PORT to a free one." in said
    assert "Traceback" not in said
    assert (await engine.view("s", "a", VIEW)).description, "the port is free again"


async def test_new_settings_replace_a_process_that_nobody_uses(engines: Engines) -> None:
    before = engines()
    await before.view("s", "a", VIEW)
    old = engines.pid
    await before.stop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    after = engines(port=port)
    await after.start()  # finds the old one, which ends although somebody is connecting all the time
    async with asyncio.timeout(20):
        while (answer := await _view(after)) is None or engines.pid == old:
            await asyncio.sleep(0.1)
    assert port_of(answer) == str(port)


async def _view(engine: BuiltinEngine) -> str | None:
    try:
        return (await engine.view("s", "a", VIEW)).description
    except Refused:
        return None


@pytest.mark.parametrize("says", [b"", b"220 mail.example\r\n", None])
async def test_another_program_on_the_port_of_a_dead_process_is_no_stage(engines: Engines, says: bytes | None) -> None:
    """`says`: what it answers before it closes the connection; None: it keeps it and says nothing."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if says is None:
            await reader.read()
        else:
            writer.write(says)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        write_place(engines.folder, StagePlace(port, "a secret", 1))
        engine = engines()
        assert await engine.peers() == []
        assert (await engine.view("s", "a", VIEW)).description
        assert read_place(engines.folder) != StagePlace(port, "a secret", 1)
