"""RTP packets (RFC 3550) and the beginnings of keyframes, read from plain bytes: an object for each packet would cost more than forwarding it."""

import struct
from typing import NamedTuple

HEADER = struct.Struct("!BBHLL")
VERSION = 0x80
_EXTENDED, _PADDED = 0x10, 0x20


class Packet(NamedTuple):
    """An RTP packet without header extensions, contributing sources and padding. `marker` is 0 or 128, as it is combined with a payload type."""

    number: int
    marker: int
    seq: int
    timestamp: int
    ssrc: int
    payload: bytes


def is_rtcp(data: bytes) -> bool:
    """RFC 5761 §4."""
    return 192 <= data[1] <= 223


def read_packet(data: bytes) -> Packet | None:
    """None for something that is not a complete RTP packet."""
    if len(data) < HEADER.size:
        return None
    first, second, seq, timestamp, ssrc = HEADER.unpack_from(data)
    if first & 0xC0 != VERSION:
        return None
    start, end = HEADER.size + 4 * (first & 0x0F), len(data)
    if first & _EXTENDED:
        if start + 4 > end:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if first & _PADDED:
        end -= data[-1]
    if start > end:
        return None
    return Packet(second & 0x7F, second & 0x80, seq, timestamp, ssrc, data[start:end])


def begins_keyframe(codec: str, payload: bytes) -> bool:
    """Whether a decoder can begin with this packet."""
    try:
        return _KEYFRAMES[codec](payload)
    except (IndexError, KeyError):
        return codec not in _KEYFRAMES


def _vp8(payload: bytes) -> bool:
    """RFC 7741 §4.2: the first packet of the first partition of a frame whose header says “key”."""
    first, at = payload[0], 1
    if first & 0x80:
        extension, at = payload[1], 2
        if extension & 0x80:
            at += 2 if payload[at] & 0x80 else 1
        at += bool(extension & 0x40) + bool(extension & 0x30)
    return first & 0x1F == 0x10 and payload[at] & 1 == 0


_PARAMETERS, _IDR, _AGGREGATE, _FRAGMENT = 7, 5, 24, 28


def _h264(payload: bytes) -> bool:
    """RFC 6184: parameters, the first fragment of an IDR picture, or an aggregate that begins with one of these."""
    kind = payload[0] & 0x1F
    if kind == _FRAGMENT:
        return payload[1] & 0x9F == 0x80 | _IDR
    if kind == _AGGREGATE:
        kind = payload[3] & 0x1F
    return kind in {_PARAMETERS, _IDR}


_KEYFRAMES = {"vp8": _vp8, "h264": _h264}


def newer(seq: int, than: int) -> bool:
    """Whether one sequence number comes after another, modulo 2^16."""
    return 0 < (seq - than) & 0xFFFF < 0x8000
