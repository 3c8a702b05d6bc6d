"""Changes during a session: SDP fragments for trickle ICE and ICE restart (RFC 8840), as WHIP (RFC 9725 §4.3) and WHEP use them."""

import re
from typing import NamedTuple

from signaling.stage.sdp import BadOffer, Transport

LONGEST = 8_000
KIND = "application/trickle-ice-sdpfrag"

_UFRAG = re.compile(r"^a=ice-ufrag:([A-Za-z0-9+/]{4,256})\r?$", re.MULTILINE)
_PASSWORD = re.compile(r"^a=ice-pwd:([A-Za-z0-9+/]{22,256})\r?$", re.MULTILINE)


class IceCredentials(NamedTuple):
    ufrag: str
    password: str


def read_fragment(text: str) -> IceCredentials:
    """The ICE credentials in a fragment. We are ICE-lite, so the candidates in it are not needed. Raises BadOffer."""
    ufrag, password = _UFRAG.search(text[:LONGEST]), _PASSWORD.search(text[:LONGEST])
    if ufrag is None or password is None:
        raise BadOffer("missing or unusable a=ice-ufrag or a=ice-pwd")
    return IceCredentials(ufrag[1], password[1])


def write_fragment(transport: Transport) -> str:
    """Our new credentials after an ICE restart, and where we are."""
    lines = ["a=ice-lite", f"a=ice-ufrag:{transport.ufrag}", f"a=ice-pwd:{transport.password}"]
    for priority, (address, port) in enumerate(transport.candidates):
        lines.append(f"a=candidate:{priority + 1} 1 udp {2130706431 - priority * 256} {address} {port} typ host")
    return "\r\n".join([*lines, "a=end-of-candidates", ""])
