"""Reads offers and writes answers: only what a stage needs of SDP (RFC 8866, RFC 8829).

Nothing of an offer reaches an answer unless a pattern below allows it, so one peer cannot write lines into the description of another.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

LONGEST = 64_000
"""Bytes of an offer. A browser's has about 8,000."""
MOST_LINES = 2_000
MOST_SECTIONS = 8

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}")
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_FINGERPRINT = re.compile(r"([A-Za-z0-9-]{3,12}) ([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){15,63})")
_RTPMAP = re.compile(r"(\d{1,3}) ([A-Za-z0-9-]{1,32})/(\d{1,6})(?:/(\d))?")
_FMTP = re.compile(r"(\d{1,3}) ([\x20-\x7e]{1,300})")

FEEDBACK = ("nack", "nack pli", "ccm fir", "goog-remb")
"""What we answer to of RTCP feedback (RFC 4585, RFC 5104)."""


class BadOffer(ValueError):
    """An offer that cannot be used. Its text is for the programmer of the client."""


class Codec(NamedTuple):
    """`name` in lower case; `channels` is 0 where none are given."""

    number: int
    name: str
    rate: int
    channels: int
    parameters: dict[str, str]

    @property
    def lines(self) -> Iterator[str]:
        channels = f"/{self.channels}" if self.channels else ""
        yield f"a=rtpmap:{self.number} {_NAMES[self.name]}/{self.rate}{channels}"
        if self.parameters:
            yield f"a=fmtp:{self.number} {';'.join(f'{key}={value}' for key, value in self.parameters.items())}"
        if self.name in VIDEO:
            yield from (f"a=rtcp-fb:{self.number} {kind}" for kind in FEEDBACK)

    @property
    def usable(self) -> bool:
        """H.264 must come in packetization mode 1; a keyframe does not fit the single packets of mode 0."""
        if self.name == "h264":
            return self.parameters.get("packetization-mode") == "1"
        return self.name in _NAMES


VIDEO = ("vp8", "h264")
"""In order of preference: every browser can send and show VP8."""
AUDIO = ("opus",)
_NAMES = {"vp8": "VP8", "h264": "H264", "opus": "opus"}


@dataclass
class Section:
    """One m= section. `sends`, `receives`: the directions that the offer allows to the one who made it."""

    kind: str
    protocol: str
    mid: str = ""
    formats: list[int] = field(default_factory=list[int])
    codecs: dict[int, Codec] = field(default_factory=dict[int, Codec])
    sends: bool = True
    receives: bool = True
    refused: bool = False

    def best(self, names: Sequence[str]) -> Codec | None:
        """The first codec of the first name that the offer has."""
        usable = [self.codecs[number] for number in self.formats if number in self.codecs]
        return next((codec for name in names for codec in usable if codec.name == name and codec.usable), None)

    def all(self, names: Sequence[str]) -> list[Codec]:
        usable = [self.codecs[number] for number in self.formats if number in self.codecs]
        return [codec for codec in usable if codec.name in names and codec.usable]


@dataclass
class SdpOffer:
    """`fingerprints`: (algorithm, value) of the certificates that the DTLS handshake may show. `passive`: the other side wants us to
    begin the handshake, as FFmpeg does. Offers should leave the choice to us (RFC 9725 §4.4)."""

    ufrag: str
    password: str
    fingerprints: list[tuple[str, str]]
    sections: list[Section]
    passive: bool = False

    def first(self, kind: str) -> Section | None:
        return next((section for section in self.sections if section.kind == kind and not section.refused), None)


class Transport(NamedTuple):
    """Our end: ICE credentials, the fingerprint of our certificate (SHA-256), and the addresses of the mux."""

    ufrag: str
    password: str
    fingerprint: str
    candidates: Sequence[tuple[str, int]]


class Media(NamedTuple):
    """How one section is answered. `sends`: we send; `ssrc` is then the source that we send under."""

    section: Section
    codecs: Sequence[Codec]
    sends: bool
    ssrc: int = 0


def read_offer(text: str) -> SdpOffer:
    """Raises BadOffer."""
    if len(text) > LONGEST:
        raise BadOffer("the offer is too long")
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MOST_LINES or not lines[0].startswith("v=0"):
        raise BadOffer("this is not SDP")
    sections: list[Section] = []
    found: dict[str, list[str]] = {"ice-ufrag": [], "ice-pwd": [], "fingerprint": [], "setup": []}
    for line in lines:
        if line.startswith("m="):
            if len(sections) == MOST_SECTIONS:
                raise BadOffer("the offer has too many media sections")
            sections.append(_section(line[2:]))
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            if name in found:
                # The attributes of the first section are those of the whole bundle (RFC 8843 §7).
                if len(sections) <= 1:
                    found[name].append(value)
            elif sections:
                _attribute(sections[-1], name, value)
    if not sections:
        raise BadOffer("the offer has no media")
    if len({section.mid for section in sections}) < len(sections):
        raise BadOffer("two media sections have the same a=mid")
    return SdpOffer(
        _only(found["ice-ufrag"], _UFRAG, "a=ice-ufrag"),
        _only(found["ice-pwd"], _PASSWORD, "a=ice-pwd"),
        _fingerprints(found["fingerprint"]),
        sections,
        "passive" in found["setup"],
    )


def _section(line: str) -> Section:
    kind, port, protocol, *formats = [*line.split(), "", "", ""]
    if kind not in {"audio", "video", "application"} or not _TOKEN.fullmatch(protocol.replace("/", "-")):
        raise BadOffer(f"unknown media: m={line[:60]}")
    section = Section(kind, protocol, refused=port == "0" or kind == "application")
    section.formats = [int(each) for each in formats if each.isdecimal() and len(each) <= 3]
    return section


def _attribute(section: Section, name: str, value: str) -> None:
    if name == "mid":
        if not _TOKEN.fullmatch(value):
            raise BadOffer("unusable a=mid")
        section.mid = value
    elif name == "bundle-only":
        section.refused = False  # its port is 0 (RFC 8843 §6)
    elif name in {"sendonly", "recvonly", "inactive"}:
        section.sends, section.receives = name == "sendonly", name == "recvonly"
    elif name == "rtpmap" and (match := _RTPMAP.fullmatch(value)):
        number, codec, rate, channels = match.groups()
        section.codecs[int(number)] = Codec(int(number), codec.lower(), int(rate), int(channels or 0), {})
    elif name == "fmtp" and (match := _FMTP.fullmatch(value)) and int(match[1]) in section.codecs:
        pairs = (pair.strip().partition("=") for pair in match[2].split(";"))
        section.codecs[int(match[1])].parameters.update({key: given for key, _, given in pairs if key and given})


def _only(values: Iterable[str], pattern: re.Pattern[str], name: str) -> str:
    value = next(iter(values), "")
    if not pattern.fullmatch(value):
        raise BadOffer(f"missing or unusable {name}")
    return value


def _fingerprints(values: Iterable[str]) -> list[tuple[str, str]]:
    found = [(match[1].lower(), match[2].upper()) for each in values if (match := _FINGERPRINT.fullmatch(each.strip()))]
    # SHA-1 is known and refused: it must not be the only proof of who the peer is (RFC 8122 §5).
    strong = [each for each in found if each[0] in {"sha-256", "sha-384", "sha-512"}]
    if not strong:
        raise BadOffer("missing or unusable a=fingerprint")
    return strong


def write_answer(offer: SdpOffer, transport: Transport, media: Sequence[Media], session: int) -> str:
    """The answer to an offer: sections in `media` are accepted, the others refused."""
    accepted = {id(each.section): each for each in media}
    bundle = " ".join(each.section.mid for each in media)
    lines = ["v=0", f"o=- {session} 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-lite", f"a=group:BUNDLE {bundle}"]
    lines += ["a=msid-semantic: WMS *"]
    for section in offer.sections:
        answered = accepted.get(id(section))
        setup = "active" if offer.passive else "passive"
        lines += _refusal(section) if answered is None else _answer(answered, transport, setup)
    return "\r\n".join([*lines, ""])


def _refusal(section: Section) -> Iterator[str]:
    formats = " ".join(map(str, section.formats[:1])) or (
        "webrtc-datachannel" if section.kind == "application" else "0"
    )
    yield f"m={section.kind} 0 {section.protocol} {formats}"
    yield from ("c=IN IP4 0.0.0.0", f"a=mid:{section.mid}", "a=inactive")


def _answer(media: Media, transport: Transport, setup: str) -> Iterator[str]:
    section = media.section
    yield f"m={section.kind} 9 {section.protocol} {' '.join(str(codec.number) for codec in media.codecs)}"
    yield from ("c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0")
    yield from (f"a=ice-ufrag:{transport.ufrag}", f"a=ice-pwd:{transport.password}")
    yield from (f"a=fingerprint:sha-256 {transport.fingerprint}", f"a=setup:{setup}", f"a=mid:{section.mid}")
    yield from ("a=sendonly" if media.sends else "a=recvonly", "a=rtcp-mux", "a=rtcp-rsize")
    for codec in media.codecs:
        yield from codec.lines
    if media.sends:
        yield from (f"a=msid:stage {section.kind}", f"a=ssrc:{media.ssrc} cname:stage")
        yield f"a=ssrc:{media.ssrc} msid:stage {section.kind}"
    for priority, (address, port) in enumerate(transport.candidates):
        yield f"a=candidate:{priority + 1} 1 udp {2130706431 - priority * 256} {address} {port} typ host"
    yield "a=end-of-candidates"
