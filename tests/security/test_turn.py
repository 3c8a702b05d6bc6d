"""S52, S53: the relay as deploy/turnserver.conf sets it up lets nobody into the networks behind it, and nobody relay whose credentials have run out."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aioice import stun

from signaling import turn_probe
from signaling.ice import credentials, parse
from signaling.turn_probe import PRIVATE_PEERS, PRIVATE_PEERS_6, probe_server
from tests.support.coturn import TurnServer, running_coturn

SHIPPED = Path(__file__).parents[2] / "deploy" / "turnserver.conf"


@pytest.fixture(scope="module")
def shipped() -> Iterator[TurnServer]:
    """A coturn of the very settings that we tell operators to use."""
    with running_coturn(SHIPPED.read_text("utf-8")) as server:
        yield server


async def answers(server: TurnServer, family: int | None, peers: tuple[str, ...]) -> dict[str, int]:
    """The error codes with which permission for each of these peers is refused; 0: it is given."""
    given = credentials(server.secret, "stranger", datetime.now(UTC))
    codes: dict[str, int] = {}
    async with turn_probe._connected(parse(server.url), given, 5) as client:
        await turn_probe._request_allocation(client, family)
        for peer in peers:
            asked = stun.Message(message_method=stun.Method.CREATE_PERMISSION, message_class=stun.Class.REQUEST)
            asked.attributes["XOR-PEER-ADDRESS"] = (peer, 9)
            try:
                await turn_probe.ask(client, asked)
                codes[peer] = 0
            except stun.TransactionFailed as refusal:
                codes[peer] = refusal.response.error_code
        await client.delete()
    return codes


async def test_no_inner_address_is_reached_over_ipv4(shipped: TurnServer) -> None:
    found = await answers(shipped, None, (*PRIVATE_PEERS, "93.184.216.34"))
    assert found.pop("93.184.216.34") == 0, "the relay does relay"
    assert found == dict.fromkeys(PRIVATE_PEERS, 403)


async def test_no_inner_address_is_reached_over_ipv6_however_it_is_written(shipped: TurnServer) -> None:
    found = await answers(shipped, turn_probe.IPV6, (*PRIVATE_PEERS_6, "2606:2800:220:1::1"))
    assert found.pop("2606:2800:220:1::1") == 0, "the relay does relay"
    assert found == dict.fromkeys(PRIVATE_PEERS_6, 403)


async def test_the_doctor_finds_nothing_to_complain_of(shipped: TurnServer) -> None:
    given = credentials(shipped.secret, "doctor", datetime.now(UTC))
    tried = await probe_server(parse(shipped.url), given)
    assert (tried.fault, tried.reaches) == ("", [])


async def test_the_doctor_finds_what_is_open_over_ipv6_too(turn_server: TurnServer) -> None:
    given = credentials(turn_server.secret, "doctor", datetime.now(UTC))
    tried = await probe_server(parse(turn_server.url), given)
    assert {"127.0.0.1", "::1"} <= set(tried.reaches)


async def test_it_relays_over_tls_as_a_web_page_would_be_fetched(
    shipped: TurnServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = credentials(shipped.secret, "stranger", datetime.now(UTC))
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    server = parse(f"turns:127.0.0.1:{shipped.tls_port}?transport=tcp")
    assert "no connection" in (await probe_server(server, given)).fault, "a certificate that nobody signed"
    monkeypatch.setattr(turn_probe.ssl, "create_default_context", lambda: trusting)
    tried = await probe_server(server, given)
    assert (tried.fault, tried.relayed) == ("", "127.0.0.1")


async def test_credentials_that_have_run_out_open_nothing(shipped: TurnServer) -> None:
    """401, and so are those of another person's name, or made with another secret."""
    now = datetime.now(UTC)
    good = credentials(shipped.secret, "ada", now)
    assert (await probe_server(parse(shipped.url), good)).fault == "", "those in force do"
    forged = good._replace(username=good.username.replace(":ada", ":eve"))
    later = int(good.username.partition(":")[0]) + 86_400
    for bad in (
        credentials(shipped.secret, "ada", now - timedelta(hours=13)),
        credentials(shipped.secret, "ada", now, timedelta(seconds=-1)),
        credentials("another secret", "ada", now),
        good._replace(username=f"{later}:ada"),
        forged,
    ):
        assert "401" in (await probe_server(parse(shipped.url), bad)).fault
