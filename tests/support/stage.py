"""Publishers and viewers of a stage: aiortc as a browser would be, PyAV's FFmpeg as OBS would be."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Send = Callable[[str], Awaitable[str]]
"""Sends an offer; returns the answer."""

ALONE = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)


class GreenTrack(VideoStreamTrack):
    """A green picture, 30 times a second."""

    async def recv(self) -> av.VideoFrame:
        pts, base = await self.next_timestamp()
        frame = av.VideoFrame.from_ndarray(numpy.full((180, 320, 3), (0, 200, 0), numpy.uint8), format="rgb24")
        frame.pts, frame.time_base = pts, base
        return frame


class Receiver:
    """A viewer that decodes: `frames` of each kind, and the mean colour of the last picture."""

    def __init__(self) -> None:
        self.connection = RTCPeerConnection(ALONE)
        self.frames: Counter[str] = Counter()
        self.colour = (0.0, 0.0, 0.0)
        self.stamps: list[int] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.connection.on("track", lambda track: self._tasks.append(asyncio.create_task(self._drain(track))))

    async def _drain(self, track: VideoStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                self.frames[track.kind] += 1
                if isinstance(frame, av.VideoFrame):
                    self.stamps.append(frame.pts or 0)
                    means = frame.to_ndarray(format="rgb24").mean(axis=(0, 1))
                    self.colour = tuple(map(float, means))

    async def offer(self) -> str:
        for kind in ("audio", "video"):
            self.connection.addTransceiver(kind, "recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def frames_beyond(self, count: int, seconds: float = 20, kind: str = "video") -> None:
        """Waits until more than `count` frames have come."""
        async with asyncio.timeout(seconds):
            while self.frames[kind] <= count:
                await asyncio.sleep(0.05)


async def accept(connection: RTCPeerConnection, answer: str) -> None:
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))


@asynccontextmanager
async def viewing(send: Send) -> AsyncIterator[Receiver]:
    viewer = Receiver()
    try:
        await accept(viewer.connection, await send(await viewer.offer()))
        yield viewer
    finally:
        await viewer.connection.close()


@asynccontextmanager
async def publishing(send: Send) -> AsyncIterator[RTCPeerConnection]:
    connection = RTCPeerConnection(ALONE)
    connection.addTrack(AudioStreamTrack())
    connection.addTrack(GreenTrack())
    try:
        await connection.setLocalDescription(await connection.createOffer())
        await accept(connection, await send(connection.localDescription.sdp))
        yield connection
    finally:
        await connection.close()


def make_clip(path: Path, seconds: float = 6.0) -> None:
    """A green film with a tone, in H.264 and Opus, with a keyframe every second."""
    with av.open(str(path), "w", format="matroska") as film:
        video = film.add_stream("libx264", rate=25, options={"g": "25", "profile": "baseline", "tune": "zerolatency"})
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        audio = film.add_stream("libopus", rate=48_000, layout="stereo")
        audio.bit_rate = 64_000
        for number in range(round(seconds * 25)):
            picture = numpy.full((180, 320, 3), (0, 200, number % 20), numpy.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            film.mux(video.encode(frame))
            tone = numpy.sin(numpy.arange(number * 1920, (number + 1) * 1920) * 2 * numpy.pi * 440 / 48_000) * 0.3
            sound = av.AudioFrame.from_ndarray(numpy.stack([tone, tone]).astype(numpy.float32), "fltp", "stereo")
            sound.sample_rate, sound.pts, sound.time_base = 48_000, number * 1920, Fraction(1, 48_000)
            film.mux(audio.encode(sound))
        film.mux(video.encode(None))
        film.mux(audio.encode(None))


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """For FFmpeg's WHIP muxer. Where FFmpeg is built with GnuTLS, as in PyAV, its own is on a curve of 224 bits, which OpenSSL 4 refuses."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    made = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, private


PUBLISH = """
import sys, time, av
clip, address, key, certificate, private = sys.argv[1:]
options = {"authorization": key, "cert_file": certificate, "key_file": private}
with av.open(clip) as film, av.open(address, "w", format="whip", options=options) as out:
    streams = {each.index: out.add_stream_from_template(each) for each in film.streams}
    began = time.monotonic()
    for packet in film.demux():
        if packet.dts is None:
            continue
        ahead = float(packet.dts * packet.time_base) - (time.monotonic() - began)
        if ahead > 0:
            time.sleep(ahead)
        packet.stream = streams[packet.stream.index]
        out.mux(packet)
"""
"""A program for a process of its own: FFmpeg's WHIP muxer waits for the network, and the test must run on."""
