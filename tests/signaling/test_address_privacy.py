"""S56: what leaves of a person's addresses when they are to be hidden."""

import pytest

from signaling.address_privacy import relayed_candidate, relayed_description

HOST = "candidate:1 1 udp 2130706431 203.0.113.9 50000 typ host"
MDNS = "candidate:1 1 udp 2130706431 0b5c0b3e.local 50000 typ host generation 0"
SRFLX = "candidate:2 1 udp 1694498815 203.0.113.9 50000 typ srflx raddr 10.0.0.7 rport 50000"
PRFLX = "candidate:3 1 udp 1694498815 203.0.113.9 50000 typ prflx raddr 10.0.0.7 rport 50000"
TCP = "candidate:4 1 tcp 1518280447 203.0.113.9 9 typ host tcptype active"
RELAY = "candidate:5 1 udp 41885439 198.51.100.1 60000 typ relay raddr 203.0.113.9 rport 50000 generation 0"
BARE = "candidate:5 1 udp 41885439 198.51.100.1 60000 typ relay generation 0 raddr 0.0.0.0 rport 0"


@pytest.mark.parametrize(
    "candidate",
    [
        HOST,
        MDNS,
        SRFLX,
        PRFLX,
        TCP,
        HOST.upper(),
        HOST + " generation 0 ufrag relay",
        f"{RELAY}\r\na={HOST}",
        f"{RELAY}\n{HOST}",
        f"{RELAY}\r{HOST}",
        "typrelay",
    ],
)
def test_only_a_relayed_candidate_goes_on(candidate: str) -> None:
    assert relayed_candidate(candidate) is None


def test_a_relayed_one_goes_on_without_the_address_behind_it() -> None:
    assert relayed_candidate(RELAY) == BARE
    assert relayed_candidate(RELAY.replace("typ relay", "TYP  RELAY")) is not None
    assert relayed_candidate("") == ""


def test_a_description_keeps_nothing_else_that_tells_an_address() -> None:
    lines = [
        "v=0",
        "o=- 1 2 IN IP4 203.0.113.9",
        "s=-",
        "t=0 0",
        "m=audio 50000 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 203.0.113.9",
        "a=rtcp:50001 IN IP4 203.0.113.9",
        "a=ice-ufrag:abcd",
        *(f"a={each}" for each in (HOST, MDNS, SRFLX, PRFLX, TCP, RELAY)),
        f"A={HOST}",
        "a=end-of-candidates",
        "m=video 50000 UDP/TLS/RTP/SAVPF 96",
        "c=IN IP6 2001:db8::9",
        "a=remote-candidates:1 203.0.113.9 50000",
        "",
    ]
    for end in ("\r\n", "\n", "\r"):
        kept = relayed_description(end.join(lines))
        assert "203.0.113.9" not in kept
        assert "2001:db8::9" not in kept
        assert ".local" not in kept
        assert [line for line in kept.split("\r\n") if "candidate:" in line] == [f"a={BARE}"]
        assert "a=ice-ufrag:abcd\r\n" in kept
        assert kept.endswith("\r\n")
        assert kept.count("c=IN IP4 0.0.0.0\r\n") == 2
