"""Hides a person's addresses from other peers: keeps only relayed candidates (RFC 8839). No I/O."""

import re

NOWHERE = "0.0.0.0"

_RELAYED = re.compile(r"\styp\s+relay(?:\s|$)", re.IGNORECASE)
_RELATED = re.compile(r"\s(?:raddr|rport)\s+\S+", re.IGNORECASE)
_CANDIDATE = re.compile(r"a=candidate:", re.IGNORECASE)
_ADDRESS_LINE = re.compile(r"a=(?:remote-candidates|rtcp):", re.IGNORECASE)
_ADDRESSED = re.compile(r"^(c=|o=.*?)IN IP[46] \S+", re.IGNORECASE)


def relayed_candidate(candidate: str) -> str | None:
    """The candidate without the address behind the relay; None if it is not relayed. "" (end of candidates) is kept."""
    if not candidate.strip():
        return ""
    # A line break could inject a second candidate line.
    if not _RELAYED.search(candidate) or "\n" in candidate or "\r" in candidate:
        return None
    return f"{_RELATED.sub('', candidate).rstrip()} raddr {NOWHERE} rport 0"


def relayed_description(sdp: str) -> str:
    """The description with only relayed candidates, and no other addresses."""
    lines: list[str] = []
    for line in re.split(r"\r\n|\r|\n", sdp):
        if _CANDIDATE.match(line):
            kept = relayed_candidate(line)
            if kept is not None:
                lines.append(kept)
        elif not _ADDRESS_LINE.match(line):
            lines.append(_ADDRESSED.sub(rf"\1IN IP4 {NOWHERE}", line))
    return "\r\n".join(lines)
