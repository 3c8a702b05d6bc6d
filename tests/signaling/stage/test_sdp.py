"""Offers are read strictly, and nothing of one reaches an answer unchecked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.stage.fragments import read_fragment
from signaling.stage.sdp import LONGEST, BadOffer, Media, SdpOffer, Transport, read_offer, write_answer

FINGERPRINT = ":".join(["AB"] * 32)
OFFER = f"""v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2
m=audio 9 UDP/TLS/RTP/SAVPF 111 0
a=ice-ufrag:abcd
a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa
a=fingerprint:sha-256 {FINGERPRINT}
a=setup:actpass
a=mid:0
a=sendonly
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
m=video 9 UDP/TLS/RTP/SAVPF 98 96 102 104
a=mid:1
a=sendonly
a=rtpmap:96 VP8/90000
a=rtpmap:98 VP9/90000
a=rtpmap:102 H264/90000
a=fmtp:102 packetization-mode=0;profile-level-id=42001f
a=rtpmap:104 H264/90000
a=fmtp:104 packetization-mode=1;profile-level-id=42e01f
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=mid:2
""".replace("\n", "\r\n")
OURS = Transport("us", "p" * 24, FINGERPRINT, [("203.0.113.5", 7000)])


def answer_to(offer: SdpOffer) -> str:
    audio, video = offer.first("audio"), offer.first("video")
    assert audio is not None
    assert video is not None
    opus, vp8 = audio.best(["opus"]), video.best(["vp8", "h264"])
    assert opus is not None
    assert vp8 is not None
    return write_answer(offer, OURS, [Media(audio, [opus], False), Media(video, [vp8], False)], 7)


def test_a_browsers_offer() -> None:
    offer = read_offer(OFFER)
    assert (offer.ufrag, offer.fingerprints) == ("abcd", [("sha-256", FINGERPRINT)])
    video = offer.first("video")
    assert video is not None
    assert [codec.number for codec in video.all(["vp8", "h264"])] == [96, 104], "H.264 in mode 1 only"
    lines = answer_to(offer).split("\r\n")
    assert "a=ice-lite" in lines
    assert "a=group:BUNDLE 0 1" in lines
    assert "a=candidate:1 1 udp 2130706431 203.0.113.5 7000 typ host" in lines
    assert "m=application 0 UDP/DTLS/SCTP webrtc-datachannel" in lines, "what we do not have is refused"
    assert lines.count("a=setup:passive") == 2
    assert "a=fmtp:111 minptime=10;useinbandfec=1" in lines


def test_a_peer_that_wants_us_to_begin() -> None:
    offer = read_offer(OFFER.replace("actpass", "passive"))
    assert "a=setup:active" in answer_to(offer)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa", "a=ice-pwd:short"),
        ("a=ice-ufrag:abcd\r\n", ""),
        ("sha-256", "sha-1"),
        (FINGERPRINT, "AB"),
        ("a=mid:1", "a=mid:0"),
        ("a=mid:1", "a=mid:1\x00"),
        ("m=video", "m=hologram"),
        ("v=0", "v=1"),
        ("a=mid:2", "a=mid:2\r\n" + "\r\n".join(f"m=audio 9 RTP/SAVPF 0\r\na=mid:x{n}" for n in range(10))),
        ("s=-", "s=" + "x" * LONGEST),
    ],
)
def test_what_cannot_be_used_is_refused(old: str, new: str) -> None:
    read_offer(OFFER)
    with pytest.raises(BadOffer):
        read_offer(OFFER.replace(old, new))


@given(st.text(alphabet=st.sampled_from("amvst=:-\r\n \x00;/0196abopusVP8H264"), max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_offer("v=0\r\n" + text)
    except BadOffer:
        return


@given(st.integers(0, len(OFFER)), st.text(max_size=40))
def test_a_damaged_offer_writes_no_lines_of_its_own(at: int, text: str) -> None:
    """Each line of an answer is one that we write: an offer cannot smuggle in a candidate or a fingerprint."""
    try:
        answer = answer_to(read_offer(OFFER[:at] + text + OFFER[at:]))
    except (BadOffer, AssertionError):
        return
    for line in answer.split("\r\n"):
        assert line.isprintable()
        if line.startswith("a=candidate"):
            assert "203.0.113.5" in line
        if line.startswith("a=fingerprint"):
            assert line == f"a=fingerprint:sha-256 {FINGERPRINT}"


def test_a_fragment_without_credentials_is_refused() -> None:
    assert read_fragment("a=ice-ufrag:abcd\r\na=ice-pwd:" + "b" * 22 + "\r\n") == ("abcd", "b" * 22)
    with pytest.raises(BadOffer):
        read_fragment("a=candidate:1 1 udp 1 192.0.2.1 9 typ host")
