"""Packets are read without trust, and keyframes are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.stage.rtp import begins_keyframe, newer, read_packet
from signaling.stage.source import read_rtcp

PLAIN = bytes.fromhex("80e00010 00000abc 12345678".replace(" ", ""))


def test_extensions_sources_and_padding_are_removed() -> None:
    packet = read_packet(PLAIN + b"payload")
    assert packet is not None
    assert (packet.number, packet.marker, packet.seq, packet.timestamp, packet.ssrc) == (
        0x60,
        0x80,
        16,
        2748,
        0x12345678,
    )
    full = bytes([0xB1]) + PLAIN[1:] + bytes(4) + bytes.fromhex("bede0001") + bytes(4) + b"payload" + b"\0\0\3"
    stripped = read_packet(full)
    assert stripped is not None
    assert stripped.payload == b"payload"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    packet = read_packet(data)
    assert packet is None or packet.payload in data
    for codec in ("vp8", "h264", "opus"):
        begins_keyframe(codec, data)
    read_rtcp(data)


@given(st.binary(max_size=120), st.sampled_from([200, 201, 202, 203, 205, 206]), st.integers(0, 31))
def test_any_feedback_is_read_or_refused(data: bytes, kind: int, count: int) -> None:
    whole = data[: len(data) // 4 * 4]
    read_rtcp(bytes([0x80 | count, kind]) + (len(whole) // 4).to_bytes(2, "big") + whole)


@pytest.mark.parametrize(
    ("codec", "payload", "key"),
    [
        ("vp8", "10 00", True),
        ("vp8", "10 01", False),
        ("vp8", "00 00", False),  # not the first packet
        ("vp8", "11 00", False),  # another partition
        ("vp8", "90 80 92 34 00", True),  # a picture number of 15 bits
        ("vp8", "90 e0 12 05 20 00", True),
        ("vp8", "90 e0 12 05 20 01", False),
        ("h264", "67 42", True),
        ("h264", "65 88", True),
        ("h264", "61 88", False),
        ("h264", "78 00 04 67 42 00 1f", True),
        ("h264", "78 00 02 61 88", False),
        ("h264", "7c 85 00", True),
        ("h264", "7c 05 00", False),  # a later fragment
        ("h264", "7c 81 00", False),
    ],
)
def test_keyframes(codec: str, payload: str, key: bool) -> None:
    assert begins_keyframe(codec, bytes.fromhex(payload)) is key


def test_numbers_wrap() -> None:
    assert newer(1, 65535)
    assert not newer(65535, 1)
    assert not newer(5, 5)
