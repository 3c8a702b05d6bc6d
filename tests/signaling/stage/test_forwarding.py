"""What a viewer receives, packet by packet: numbers without gaps, the same bytes again, late packets, sender reports. And what a publisher is asked."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from aiortc import rtp as rtcp

from signaling.stage.engine import AirState, Publication
from signaling.stage.forwarding import StageTable
from signaling.stage.mux import Mux
from tests.support.stage_peers import AUDIO, VIDEO, PlainPeer

KEY, INTER = b"\x10\x00key", b"\x10\x01inter"


class Hall:
    """A stage table on a port of the loopback interface, with its peers."""

    def __init__(self) -> None:
        self.air: list[AirState] = []
        self.mux = Mux("127.0.0.1", 0, [])
        self.table = StageTable(self.mux, lambda stage, state: self.air.append(state))
        self.peers: list[PlainPeer] = []

    async def viewer(self) -> PlainPeer:
        peer = PlainPeer(keeps=True)
        self.peers.append(peer)
        await peer.connect(self.table.view("s", f"viewer{len(self.peers)}", peer.offer("recvonly")).description)
        await self.settle()
        return peer

    async def publisher(self, **options: bool) -> PlainPeer:
        peer = PlainPeer(keeps=True)
        self.peers.append(peer)
        wish = Publication("s", "speaker", "Ada", peer.offer("sendonly"), **options)
        await peer.connect(self.table.publish(wish).description)
        await self.settle()
        return peer

    async def settle(self, rounds: int = 6) -> None:
        for _ in range(rounds):
            await asyncio.sleep(0.01)
            self.table.tick()


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    hall = Hall()
    hall.mux.start()
    yield hall
    hall.table.close()
    await asyncio.sleep(0.05)
    for peer in hall.peers:
        await peer.channel.close()
        peer.close()
    hall.mux.close()


def video_of(peer: PlainPeer) -> list[tuple[int, bytes]]:
    return [(packet.seq, packet.payload) for packet in peer.packets if packet.number == VIDEO]


async def send_frames(publisher: PlainPeer, *frames: tuple[int, bytes], ssrc: int = 7) -> None:
    for seq, payload in frames:
        publisher.send_packet(VIDEO, seq & 0xFFFF, 3_000 * seq, payload, ssrc=ssrc)


async def test_a_viewer_begins_with_a_keyframe_and_the_numbers_go_on_across_publishers(hall: Hall) -> None:
    first, viewer = await hall.publisher(), await hall.viewer()
    await send_frames(first, (65_534, INTER), (65_535, KEY), (65_536, INTER))
    await hall.settle()
    payloads = [payload for _, payload in video_of(viewer)]
    assert payloads == [KEY, INTER], "what cannot be decoded is not sent"
    second = await hall.publisher(take=True)
    await send_frames(first, (65_537, INTER))
    await send_frames(second, (100, INTER), (101, KEY), (102, INTER), ssrc=99)
    await hall.settle()
    seen = video_of(viewer)
    assert [payload for _, payload in seen] == [KEY, INTER, KEY, INTER]
    assert [(seq - seen[0][0]) & 0xFFFF for seq, _ in seen] == [0, 1, 2, 3]
    stamps = [packet.timestamp for packet in viewer.packets]
    assert stamps == sorted(stamps)
    assert len({packet.ssrc for packet in viewer.packets}) == 1
    assert hall.air == [AirState.LIVE]


async def test_a_lost_packet_is_repeated_byte_for_byte_and_asked_for_once_more_upstream(hall: Hall) -> None:
    publisher, viewer = await hall.publisher(), await hall.viewer()
    await send_frames(publisher, (10, KEY), (11, INTER), (14, INTER))
    await hall.settle()
    asked = [seq for each in publisher.feedback if isinstance(each, rtcp.RtcpRtpfbPacket) for seq in each.lost]
    assert set(asked) == {12, 13}
    await send_frames(publisher, (13, b"\x10\x01late"), (12, b"\x10\x01later"))
    await hall.settle()
    seen = dict(video_of(viewer))
    base = min(seen)
    assert seen == {base: KEY, base + 1: INTER, base + 2: b"\x10\x01later", base + 3: b"\x10\x01late", base + 4: INTER}
    ssrc = viewer.packets[0].ssrc
    before = list(viewer.sealed)
    nack = rtcp.RtcpRtpfbPacket(fmt=rtcp.RTCP_RTPFB_NACK, ssrc=1, media_ssrc=ssrc, lost=[base + 2, base + 4])
    viewer.send_feedback(bytes(nack))
    await hall.settle()
    repeated = viewer.sealed[len(before) :]
    assert len(repeated) == 2
    assert set(repeated) <= set(before), "the same bytes"
    unknown = rtcp.RtcpRtpfbPacket(fmt=rtcp.RTCP_RTPFB_NACK, ssrc=1, media_ssrc=ssrc, lost=[(base + 500) & 0xFFFF])
    viewer.send_feedback(bytes(unknown))
    await hall.settle()
    assert len(viewer.sealed) == len(before) + 2


async def test_a_packet_from_before_a_viewers_first_is_not_sent(hall: Hall) -> None:
    """It would get the number of another packet, under the same key."""
    publisher, viewer = await hall.publisher(), await hall.viewer()
    await send_frames(publisher, (20, INTER), (22, KEY), (21, b"\x10\x01old"), (23, INTER))
    await hall.settle()
    assert [payload for _, payload in video_of(viewer)] == [KEY, INTER]


async def test_many_requests_for_a_keyframe_become_one(hall: Hall) -> None:
    publisher = await hall.publisher()
    viewers = [await hall.viewer() for _ in range(3)]
    await send_frames(publisher, (1, KEY))
    await hall.settle()
    publisher.feedback.clear()
    ssrc = viewers[0].packets[0].ssrc
    for viewer in viewers * 4:
        viewer.send_feedback(bytes(rtcp.RtcpPsfbPacket(fmt=rtcp.RTCP_PSFB_PLI, ssrc=1, media_ssrc=ssrc)))
    await hall.settle(30)
    asked = [
        each for each in publisher.feedback if isinstance(each, rtcp.RtcpPsfbPacket) and each.fmt == rtcp.RTCP_PSFB_PLI
    ]
    assert len(asked) <= 1


async def test_a_sender_report_has_the_viewers_timestamps(hall: Hall) -> None:
    publisher, viewer = await hall.publisher(), await hall.viewer()
    await send_frames(publisher, (50, KEY))
    publisher.send_packet(AUDIO, 3, 48_000, b"sound", ssrc=8)
    await hall.settle()
    info = rtcp.RtcpSenderInfo(ntp_timestamp=1 << 40, rtp_timestamp=3_000 * 50 + 900, packet_count=1, octet_count=5)
    publisher.send_feedback(bytes(rtcp.RtcpSrPacket(ssrc=7, sender_info=info)))
    await hall.settle()
    [report] = [each for each in viewer.feedback if isinstance(each, rtcp.RtcpSrPacket)]
    picture = next(packet for packet in viewer.packets if packet.number == VIDEO)
    assert (report.ssrc, report.sender_info.ntp_timestamp) == (picture.ssrc, 1 << 40)
    assert (report.sender_info.rtp_timestamp - picture.timestamp) & 0xFFFFFFFF == 900


async def test_the_publisher_hears_of_its_loss_and_its_limit(hall: Hall) -> None:
    publisher = await hall.publisher()
    await send_frames(publisher, *[(seq, INTER) for seq in range(100) if seq % 4])
    await hall.settle()
    await until(hall, lambda: any(isinstance(each, rtcp.RtcpRrPacket) and each.reports for each in publisher.feedback))
    report = next(
        each.reports[0] for each in publisher.feedback if isinstance(each, rtcp.RtcpRrPacket) and each.reports
    )
    assert (report.ssrc, report.highest_sequence) == (7, 99)
    assert report.packets_lost == 24, "of 99 since the first"
    limits = [
        each for each in publisher.feedback if isinstance(each, rtcp.RtcpPsfbPacket) and each.fmt == rtcp.RTCP_PSFB_APP
    ]
    bitrate, ssrcs = rtcp.unpack_remb_fci(limits[0].fci)
    assert (round(bitrate / 1e5), ssrcs) == (25, [7])


async def until(hall: Hall, check: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not check():
            await hall.settle(1)


async def test_a_publisher_with_many_streams_is_bounded(hall: Hall) -> None:
    publisher, viewer = await hall.publisher(), await hall.viewer()
    for ssrc in range(1, 300):
        publisher.send_packet(VIDEO, 1, 1, KEY, ssrc=ssrc)
    await hall.settle()
    source = hall.table.stages["s"].source
    assert source is not None
    assert len(source.streams) <= 8
    assert len(viewer.packets) <= 2
