"""What forwarding costs the stage process: a publisher and many viewers over the loopback interface, with DTLS, SRTP and reports as browsers send them.

    python -m bench.stage [--viewers 5 50 200] [--seconds 8] [--bitrate 1000000]

The publisher sends video in packets of 1,100 bytes with a keyframe of 24 packets every two seconds, and 50 packets of sound a second. The viewers are
sockets that count what arrives. CPU is that of the stage process alone, from /proc, less what it needs for the publisher without viewers.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import statistics
import tempfile
import time
from pathlib import Path

from signaling.stage.builtin import BuiltinEngine, StageOptions
from signaling.stage.control import read_place
from signaling.stage.engine import Publication, Refused
from tests.support.stage_peers import AUDIO, VIDEO, PlainPeer

SETTLE_SECONDS = 2.0
VIDEO_BYTES, AUDIO_BYTES, KEYFRAME = 1_100, 160, 24
FRAMES_PER_SECOND, KEYFRAME_SECONDS = 25, 2


class BenchPublisher(PlainPeer):
    def __init__(self, bitrate: int) -> None:
        super().__init__()
        self.per_frame = max(1, round(bitrate / 8 / VIDEO_BYTES / FRAMES_PER_SECOND))
        self._seqs = {VIDEO: 0, AUDIO: 0}

    async def run(self) -> None:
        began, frame = time.monotonic(), 0
        while True:
            await asyncio.sleep(max(0, began + frame / FRAMES_PER_SECOND - time.monotonic()))
            key = frame % (FRAMES_PER_SECOND * KEYFRAME_SECONDS) == 0
            count = KEYFRAME if key else self.per_frame
            for number in range(count):
                head = b"\x10\x00" if number == 0 and key else b"\x10\x01" if number == 0 else b"\x00\x00"
                self._packet(VIDEO, frame * 90_000 // FRAMES_PER_SECOND, head + bytes(VIDEO_BYTES), number == count - 1)
            for half in range(2):
                self._packet(AUDIO, frame * 1_920 + half * 960, bytes(AUDIO_BYTES), False)
            frame += 1

    def _packet(self, number: int, timestamp: int, payload: bytes, marker: bool) -> None:
        self._seqs[number] = seq = (self._seqs[number] + 1) & 0xFFFF
        self.send_packet(number, seq, timestamp, payload, ssrc=number, marker=marker)


def cpu_seconds(pid: int) -> float:
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9


def memory_megabytes(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def lag_of(engine: BuiltinEngine, seconds: float) -> list[float]:
    """How long the stage process takes to answer a question, in milliseconds: mostly the lag of its loop."""
    found: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        with contextlib.suppress(Refused):
            await engine.end("no stage", "nobody")
        found.append((time.perf_counter() - began) * 1_000)
        await asyncio.sleep(0.02)
    return found


async def keep_alive(peers: list[PlainPeer]) -> None:
    while True:
        for peer in list(peers):
            peer.consent()
            peer.report()
            await asyncio.sleep(1 / max(1, len(peers)))


async def measure(counts: list[int], seconds: float, bitrate: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = BuiltinEngine(StageOptions(Path(folder), host="127.0.0.1"))
        publisher = BenchPublisher(bitrate)
        accepted = await engine.publish(Publication("bench", "publisher", "", publisher.offer("sendonly")))
        place = read_place(Path(folder))
        assert place is not None
        peers: list[PlainPeer] = [publisher]
        tasks: list[asyncio.Task[None]] = []
        try:
            await publisher.connect(accepted.description)
            tasks += [asyncio.create_task(publisher.run()), asyncio.create_task(keep_alive(peers))]
            await asyncio.sleep(SETTLE_SECONDS)
            began = cpu_seconds(place.pid)
            await asyncio.sleep(seconds)
            idle = (cpu_seconds(place.pid) - began) / seconds
            memory = memory_megabytes(place.pid)
            print(f"publisher alone: {idle * 100:.1f} % of a core, {memory:.0f} MB")
            print("viewers  µs/packet  core  received  join ms  KB/viewer  lag p50  p99 ms")
            for count in counts:
                await row(engine, place.pid, peers, count, seconds, idle, memory)
        finally:
            for task in tasks:
                task.cancel()
            for peer in peers:
                peer.close()
            await engine.stop()
            os.kill(place.pid, signal.SIGTERM)


async def row(
    engine: BuiltinEngine, pid: int, peers: list[PlainPeer], count: int, seconds: float, idle: float, memory: float
) -> None:
    joining, began = cpu_seconds(pid), time.monotonic()
    new = count - (len(peers) - 1)
    for number in range(new):
        viewer = PlainPeer()
        accepted = await engine.view("bench", f"viewer{len(peers)}.{number}", viewer.offer("recvonly"))
        await viewer.connect(accepted.description)
        peers.append(viewer)
    spent = cpu_seconds(pid) - joining - idle * (time.monotonic() - began)
    await asyncio.sleep(SETTLE_SECONDS)
    before, began, cpu = sum(peer.received for peer in peers), time.monotonic(), cpu_seconds(pid)
    lags = sorted(await lag_of(engine, seconds))
    elapsed, used = time.monotonic() - began, cpu_seconds(pid) - cpu
    received = sum(peer.received for peer in peers) - before
    sent_to_one = (KEYFRAME + (FRAMES_PER_SECOND * KEYFRAME_SECONDS - 1) * _rate(peers)) / KEYFRAME_SECONDS + 50
    print(
        f"{count:7}  {(used - idle * elapsed) / max(1, received) * 1e6:9.2f}  {used / elapsed:4.2f}"
        f"  {received / (sent_to_one * elapsed * count):8.1%}  {spent / max(1, new) * 1_000:7.2f}"
        f"  {(memory_megabytes(pid) - memory) * 1_024 / count:9.0f}  {statistics.median(lags):7.1f}  {lags[int(len(lags) * 0.99)]:6.1f}"
    )


def _rate(peers: list[PlainPeer]) -> int:
    publisher = peers[0]
    assert isinstance(publisher, BenchPublisher)
    return publisher.per_frame


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.stage")
    parser.add_argument("--viewers", type=int, nargs="+", default=[5, 50, 200])
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--bitrate", type=int, default=1_000_000)
    given = parser.parse_args()
    asyncio.run(measure(sorted(given.viewers), given.seconds, given.bitrate))


if __name__ == "__main__":
    main()
