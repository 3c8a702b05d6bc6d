"""The servers and credentials that a browser receives."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from signaling.ice import IceAddress, credentials, ice_servers, parse

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("stun:stun.example", (False, "stun.example", 3478, "udp", False)),
        ("stuns:stun.example:443", (False, "stun.example", 443, "tcp", True)),
        ("turn:relay.example:3479", (True, "relay.example", 3479, "udp", False)),
        ("turn:relay.example?transport=tcp", (True, "relay.example", 3478, "tcp", False)),
        ("turns:relay.example", (True, "relay.example", 5349, "tcp", True)),
        ("turns:[2001:db8::1]:443?transport=tcp", (True, "2001:db8::1", 443, "tcp", True)),
    ],
)
def test_addresses_are_read_as_the_rfcs_say(address: str, expected: tuple[bool, str, int, str, bool]) -> None:
    assert parse(address) == IceAddress(address, *expected)


@pytest.mark.parametrize(
    "address",
    ["", "turn:", "turn://relay.example", "http:relay.example", "turn:relay.example:0", "turn:a:70000", "turn:a?x=1"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not the address"):
        parse(address)


def test_credentials_are_one_persons_and_run_out() -> None:
    username, password = credentials("shared", "ada", NOW, timedelta(hours=1))
    expiry, _, person = username.partition(":")
    assert person == "ada"
    assert datetime.fromtimestamp(int(expiry), UTC) == NOW + timedelta(hours=1)
    # By the draft's own words: base64(hmac(secret, username)) with HMAC-SHA1.
    assert base64.b64decode(password) == hmac.new(b"shared", username.encode(), hashlib.sha1).digest()
    assert credentials("shared", "ben", NOW).password != credentials("shared", "ada", NOW).password


def test_a_browser_gets_every_server_and_credentials_only_for_relays() -> None:
    received = ice_servers(["stun:a.example", "turn:b.example", "turns:b.example:443"], "shared", "ada", NOW)
    assert [server.urls for server in received] == [["stun:a.example"], ["turn:b.example", "turns:b.example:443"]]
    assert msgspec.to_builtins(received[0]) == {"urls": ["stun:a.example"]}
    assert received[1].username.endswith(":ada")
    assert received[1].credential
    assert ice_servers([], "", "ada", NOW) == []
