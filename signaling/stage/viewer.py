"""What a viewer receives. Each of its two outlets is one RTP stream that goes on without a gap when its source changes: another publisher,
or the same one after a reconnection."""

import random
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from aiortc import rtp as rtcp

from signaling.stage.dtls import LONGEST_PACKET, Identity, Memory, protect
from signaling.stage.mux import Mux
from signaling.stage.peer import StagePeer
from signaling.stage.rtp import HEADER, VERSION, Packet, newer
from signaling.stage.sdp import AUDIO, VIDEO, BadOffer, Media, SdpOffer, write_answer
from signaling.stage.source import Stream, read_rtcp

REPEATS = 400
"""Packets that one viewer may have repeated in a second."""

_MEMORY = Memory()


class _Splice(NamedTuple):
    """A part of an outlet from one stream: outgoing numbers are the stream's plus the steps, from `first` (of the stream) on."""

    stream: Stream
    first: int
    number: int
    seq_step: int
    timestamp_step: int

    def holds(self, packet: Packet) -> bool:
        return not newer(self.first, packet.seq)


class Outlet:
    """One outgoing stream of a viewer. `numbers`: the payload type of each codec that the viewer accepts."""

    def __init__(self, viewer: "StageViewer", kind: str, numbers: dict[str, int]) -> None:
        self.viewer = viewer
        self.kind = kind
        self.numbers = numbers
        self.ssrc = random.getrandbits(31) | 1
        self.part: _Splice | None = None
        self._earlier: _Splice | None = None
        self._next_seq = random.getrandbits(14)
        self._last_timestamp = random.getrandbits(31)
        self._last_at: float | None = None

    def take_from(self, stream: Stream, packet: Packet, now: float) -> None:
        """Continues with this packet of another stream. Numbers follow on; the timestamp grows with the time that has passed."""
        self.leave()
        passed = 0 if self._last_at is None else max(1, int((now - self._last_at) * stream.codec.rate))
        steps = (self._next_seq - packet.seq) & 0xFFFF, (self._last_timestamp + passed - packet.timestamp) & 0xFFFFFFFF
        self.part = _Splice(stream, packet.seq, self.numbers[stream.codec.name], *steps)

    def leave(self) -> None:
        """Ends the current part: its stream has ended, or another follows."""
        if (part := self.part) is not None:
            self._next_seq = (part.stream.seq + part.seq_step + 1) & 0xFFFF
            self._last_timestamp = (part.stream.timestamp + part.timestamp_step) & 0xFFFFFFFF
            self._last_at = part.stream.at
            self._earlier, self.part = part, None

    def repeat(self, seq: int) -> None:
        """The packet with this outgoing number, byte for byte as before: with AES-GCM, two packets with one number would reveal the key stream."""
        for part in (self.part, self._earlier):
            if part is not None:
                packet = part.stream.repeat((seq - part.seq_step) & 0xFFFF)
                if packet is not None and part.holds(packet):
                    forward(packet, [self], part)
                    return

    def report(self, stream: Stream) -> None:
        """The publisher's sender report with this outlet's timestamps, for lip sync."""
        if self.part is None or self.part.stream is not stream or stream.report is None:
            return
        info = stream.report
        timestamp = (info.rtp_timestamp + self.part.timestamp_step) & 0xFFFFFFFF
        sent = rtcp.RtcpSenderInfo(info.ntp_timestamp, timestamp, info.packet_count, info.octet_count)
        self.viewer.send_rtcp(bytes(rtcp.RtcpSrPacket(ssrc=self.ssrc, sender_info=sent)))


def forward(packet: Packet, outlets: Iterable[Outlet], only: _Splice | None = None) -> int:
    """Sends a packet to all outlets, each with its own header and key; returns how many. This loop is nearly all the work of a stage.
    `only`: under the numbers of this part instead of the current ones."""
    memory, start, length, view = _MEMORY.bytes, _MEMORY.start, _MEMORY.length, _MEMORY.view
    _, marker, seq, timestamp, _, payload = packet
    size = HEADER.size + len(payload)
    if size > LONGEST_PACKET:
        return 0
    pack, end, sent = HEADER.pack_into, HEADER.size, 0
    for outlet in outlets:
        part = only or outlet.part
        path = outlet.viewer.path
        if part is None or path is None:
            continue
        _, _, number, seq_step, timestamp_step = part
        pack(
            memory,
            0,
            VERSION,
            marker | number,
            (seq + seq_step) & 0xFFFF,
            (timestamp + timestamp_step) & 0xFFFFFFFF,
            outlet.ssrc,
        )
        memory[end:size] = payload
        length[0] = size
        if protect(outlet.viewer.channel.key, start, length) == 0:
            try:
                path.socket.sendto(view[: length[0]], path.address)
            except OSError:  # the buffer is full: the viewer asks again for what it misses
                continue
            sent += 1
    return sent


class StageViewer(StagePeer):
    """`joined`, `asked_keyframe`: callbacks of its stage. `lost`: the share of packets that its last report misses, 0 to 1."""

    def __init__(
        self,
        mux: Mux,
        identity: Identity,
        offer: SdpOffer,
        owner: str,
        gone: Callable[[StagePeer], None],
        joined: Callable[["StageViewer"], None],
        asked_keyframe: Callable[["StageViewer"], None],
    ) -> None:
        """Raises BadOffer."""
        self.outlets: dict[str, Outlet] = {}
        self._media: list[Media] = []
        for kind, names in (("audio", AUDIO), ("video", VIDEO)):
            section = offer.first(kind)
            codecs = section.all(names) if section is not None and section.receives else []
            if section is not None and codecs:
                outlet = Outlet(self, kind, {each.name: each.number for each in reversed(codecs)})
                self.outlets[kind] = outlet
                self._media.append(Media(section, codecs, sends=True, ssrc=outlet.ssrc))
        if not self.outlets:
            raise BadOffer("the offer receives neither Opus audio nor VP8 or H.264 (packetization mode 1) video")
        self._joined = joined
        self._asked_keyframe = asked_keyframe
        self._repeats = 0.0
        self._repeats_at = 0.0
        self.lost = 0.0
        super().__init__(mux, identity, offer, owner, gone)

    def answer(self, session: int) -> str:
        return write_answer(self.offer, self.transport, self._media, session)

    def connected(self) -> None:
        self._joined(self)

    def take_rtp(self, data: bytes) -> None:
        """A viewer has nothing to send."""

    def take_rtcp(self, data: bytes) -> None:
        for packet in read_rtcp(data):
            if isinstance(packet, rtcp.RtcpRtpfbPacket):
                if packet.fmt == rtcp.RTCP_RTPFB_NACK:
                    self._repeat(packet)
            elif isinstance(packet, rtcp.RtcpPsfbPacket):
                if packet.fmt in {rtcp.RTCP_PSFB_PLI, rtcp.RTCP_PSFB_FIR}:
                    self._asked_keyframe(self)
            elif isinstance(packet, rtcp.RtcpRrPacket):
                self._note_loss(packet.reports)

    def _note_loss(self, reports: Iterable[Any]) -> None:
        video = self.outlets.get("video")
        for report in reports:
            if video is not None and report.ssrc == video.ssrc:
                self.lost = report.fraction_lost / 256

    def _repeat(self, packet: Any) -> None:
        outlet = next((each for each in self.outlets.values() if each.ssrc == packet.media_ssrc), None)
        if outlet is None:
            return
        now = time.monotonic()
        self._repeats = max(0.0, self._repeats - (now - self._repeats_at) * REPEATS)
        self._repeats_at = now
        for seq in packet.lost:
            if self._repeats >= REPEATS:
                return
            self._repeats += 1
            outlet.repeat(seq)
