"""What a publisher sends: its RTP streams, the packets kept for repetition, and the feedback that it gets (RFC 3550, RFC 4585)."""

import struct
import time
from collections.abc import Callable
from typing import Any

from aiortc import rtp as rtcp

from signaling.stage.dtls import Identity
from signaling.stage.mux import Mux
from signaling.stage.peer import StagePeer
from signaling.stage.rtp import Packet, read_packet
from signaling.stage.sdp import AUDIO, VIDEO, BadOffer, Codec, Media, SdpOffer, write_answer

KEPT = 1_024
"""Packets of a stream kept for repetition: about seven seconds of video."""
MOST_STREAMS = 8
MOST_MISSING = 128
JUMP = 1_000
"""A step in the sequence numbers from which on the stream counts as begun again."""
ASKS = 4
ASK_SECONDS = 0.08
REPORT_SECONDS = 1.0
KEYFRAME_SECONDS = 0.5
"""Requests for a keyframe that come sooner after the last one wait, so that many viewers cause one keyframe."""
LOST_SECONDS = 3.0
"""After this long without media a publisher counts as lost, and somebody else may publish in its place."""
BITRATE = 2_500_000
"""What a publisher may send, in bits per second. Without such a report a browser stays at 300,000; loss lowers it by itself."""
OURS = 1
"""Our SSRC in feedback."""

RtcpPackets = list[Any]


def read_rtcp(data: bytes) -> RtcpPackets:
    """Empty for something that cannot be read."""
    try:
        return rtcp.RtcpPacket.parse(data)
    except (ValueError, IndexError, AssertionError, struct.error):
        return []


class Stream:
    """One RTP stream of a publisher. `seq`, `timestamp`, `at`: of its newest packet, whose number is extended beyond 16 bits."""

    def __init__(self, kind: str, codec: Codec, packet: Packet, now: float) -> None:
        self.kind = kind
        self.codec = codec
        self.ssrc = packet.ssrc
        self.seq = packet.seq
        self.timestamp = packet.timestamp
        self.at = now
        self.kept: list[Packet | None] = [None] * KEPT
        self.missing: dict[int, tuple[int, float]] = {}
        """Sequence number → how often it was asked for, and when next."""
        self.report: rtcp.RtcpSenderInfo | None = None
        self._reported_at = 0.0
        self._first = packet.seq
        self._received = 0
        self._before = 0, 0
        self._transit: float | None = None
        self._jitter = 0.0

    def take(self, packet: Packet, now: float) -> bool:
        """Notes a packet; returns whether it is the newest."""
        self._received += 1
        step = (packet.seq - self.seq) & 0xFFFF
        if step < 0x8000 or 0x10000 - step < KEPT:
            self.kept[packet.seq % KEPT] = packet
        if step >= 0x8000 or (step == 0 and self._received > 1):
            self.missing.pop(packet.seq, None)
            return False
        if step > JUMP:
            self.missing.clear()
        elif step > 1:
            for lost in range(max(1, step - MOST_MISSING), step):
                self.missing[(self.seq + lost) & 0xFFFF] = 0, now
            while len(self.missing) > MOST_MISSING:
                del self.missing[next(iter(self.missing))]
        self._note_jitter(packet, now)
        self.seq += step  # extended: it is compared modulo 2^16
        self.timestamp, self.at = packet.timestamp, now
        return True

    def _note_jitter(self, packet: Packet, now: float) -> None:
        """RFC 3550 §6.4.1."""
        transit = now * self.codec.rate - packet.timestamp
        if self._transit is not None:
            change = abs(transit - self._transit) % (1 << 32)
            self._jitter += (min(change, self.codec.rate) - self._jitter) / 16
        self._transit = transit

    def repeat(self, seq: int) -> Packet | None:
        packet = self.kept[seq % KEPT]
        return packet if packet is not None and packet.seq == seq & 0xFFFF else None

    def asked_again(self, now: float) -> list[int]:
        """The missing packets to ask for now."""
        due: list[int] = []
        for seq, (asks, at) in list(self.missing.items()):
            if at > now:
                continue
            if asks == ASKS:
                del self.missing[seq]
            else:
                self.missing[seq] = asks + 1, now + ASK_SECONDS
                due.append(seq)
        return due

    def noted_report(self, info: rtcp.RtcpSenderInfo, now: float) -> None:
        self.report, self._reported_at = info, now

    def receiver_report(self, now: float) -> rtcp.RtcpReceiverInfo:
        expected = self.seq - self._first + 1
        lost = max(0, expected - self._received)
        recently, lost_recently = expected - self._before[0], lost - self._before[1]
        self._before = expected, lost
        fraction = 0 if recently <= 0 or lost_recently <= 0 else min(255, 256 * lost_recently // recently)
        middle = (self.report.ntp_timestamp >> 16) & 0xFFFFFFFF if self.report else 0
        return rtcp.RtcpReceiverInfo(
            ssrc=self.ssrc,
            fraction_lost=fraction,
            packets_lost=min(lost, (1 << 23) - 1),
            highest_sequence=self.seq & 0xFFFFFFFF,
            jitter=int(self._jitter),
            lsr=middle,
            dlsr=int((now - self._reported_at) * 65536) & 0xFFFFFFFF if self.report else 0,
        )


class Publisher(StagePeer):
    """A publisher. `forward(source, stream, packet, newest)` is called for each of its packets."""

    def __init__(
        self,
        mux: Mux,
        identity: Identity,
        offer: SdpOffer,
        owner: str,
        gone: Callable[[StagePeer], None],
        forward: Callable[["Publisher", Stream, Packet, bool], None],
        reported: Callable[[Stream], None],
        joined: Callable[["Publisher"], None],
    ) -> None:
        """Raises BadOffer."""
        self._media = list(_media(offer))
        self._kinds = {each.codecs[0].number: (each.section.kind, each.codecs[0]) for each in self._media}
        self.streams: dict[int, Stream] = {}
        self._forward = forward
        self._reported = reported
        self._joined = joined
        self._keyframe_at: dict[int, float] = {}
        self._report_at = 0.0
        super().__init__(mux, identity, offer, owner, gone)

    def answer(self, session: int) -> str:
        return write_answer(self.offer, self.transport, self._media, session)

    def connected(self) -> None:
        self._joined(self)

    def flows(self, now: float) -> bool:
        """Whether media has come lately."""
        return any(now - stream.at < LOST_SECONDS for stream in self.streams.values())

    def take_rtp(self, data: bytes) -> None:
        packet = read_packet(data)
        known = self._kinds.get(packet.number) if packet is not None else None
        if packet is None or known is None:
            return
        now = self.seen
        stream = self.streams.get(packet.ssrc)
        if stream is None:
            if len(self.streams) >= MOST_STREAMS:
                return
            stream = self.streams[packet.ssrc] = Stream(*known, packet, now)
        newest = stream.take(packet, now)
        self._forward(self, stream, packet, newest)

    def take_rtcp(self, data: bytes) -> None:
        for packet in read_rtcp(data):
            if isinstance(packet, rtcp.RtcpSrPacket) and (stream := self.streams.get(packet.ssrc)) is not None:
                stream.noted_report(packet.sender_info, self.seen)
                self._reported(stream)
            elif isinstance(packet, rtcp.RtcpByePacket):
                for ssrc in packet.sources:
                    self.streams.pop(ssrc, None)

    def ask_keyframe(self, stream: Stream, now: float | None = None) -> None:
        """At most one request in KEYFRAME_SECONDS goes out."""
        now = time.monotonic() if now is None else now
        if now - self._keyframe_at.get(stream.ssrc, 0.0) >= KEYFRAME_SECONDS:
            self._keyframe_at[stream.ssrc] = now
            self._feedback(bytes(rtcp.RtcpPsfbPacket(fmt=rtcp.RTCP_PSFB_PLI, ssrc=OURS, media_ssrc=stream.ssrc)))

    def tick(self, now: float) -> None:
        """Asks for missing packets, and reports once a second. To be called every few hundredths of a second."""
        if not self.ready:
            return
        for stream in self.streams.values():
            if lost := stream.asked_again(now):
                packet = rtcp.RtcpRtpfbPacket(
                    fmt=rtcp.RTCP_RTPFB_NACK, ssrc=OURS, media_ssrc=stream.ssrc, lost=sorted(lost)
                )
                self._feedback(bytes(packet))
        if now - self._report_at >= REPORT_SECONDS:
            self._report_at = now
            reports = [each.receiver_report(now) for each in self.streams.values()]
            report = bytes(rtcp.RtcpRrPacket(ssrc=OURS, reports=reports))
            video = [each.ssrc for each in self.streams.values() if each.kind == "video"]
            if video:
                fci = rtcp.pack_remb_fci(BITRATE, video)
                report += bytes(rtcp.RtcpPsfbPacket(fmt=rtcp.RTCP_PSFB_APP, ssrc=OURS, media_ssrc=0, fci=fci))
            self.send_rtcp(report)

    def _feedback(self, packet: bytes) -> None:
        # A compound packet begins with a report (RFC 3550 §6.1), if only an empty one.
        self.send_rtcp(bytes(rtcp.RtcpRrPacket(ssrc=OURS)) + packet)


def _media(offer: SdpOffer) -> list[Media]:
    """One audio and one video stream, or one of them."""
    found: list[Media] = []
    for kind, names in (("audio", AUDIO), ("video", VIDEO)):
        section = offer.first(kind)
        codec = section.best(names) if section is not None and section.sends else None
        if section is not None and codec is not None:
            found.append(Media(section, [codec], sends=False))
    if not found:
        raise BadOffer("the offer sends neither Opus audio nor VP8 or H.264 (packetization mode 1) video")
    return found
