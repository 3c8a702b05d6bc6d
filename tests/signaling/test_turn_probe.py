"""A TURN server tried: against a real coturn."""

import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest

from signaling import turn_probe
from signaling.ice import credentials, parse
from signaling.turn_probe import probe_server
from tests.support.components import free_port
from tests.support.coturn import TurnServer, running_coturn
from tests.support.waiting import until


async def test_a_relay_is_tried_and_its_open_doors_are_named(turn_server: TurnServer) -> None:
    """The coturn of the tests lets one reach this machine itself, and nothing else: just what the trial has to notice."""
    given = credentials(turn_server.secret, "doctor", datetime.now(UTC))
    tried = await probe_server(parse(turn_server.url), given)
    assert tried.fault == ""
    assert tried.relayed == "127.0.0.1"
    assert tried.mapped == "127.0.0.1"
    assert tried.relays_from_inside
    assert "127.0.0.1" in tried.reaches
    assert "0.0.0.0" not in tried.reaches


async def test_a_relay_is_reached_over_tcp_too(turn_server: TurnServer) -> None:
    given = credentials(turn_server.secret, "doctor", datetime.now(UTC))
    tried = await probe_server(parse(f"{turn_server.url}?transport=tcp"), given)
    assert tried.fault == ""
    assert tried.relayed == "127.0.0.1"


async def test_credentials_that_have_run_out_are_refused(turn_server: TurnServer) -> None:
    late = credentials(turn_server.secret, "doctor", datetime.now(UTC) - timedelta(days=1))
    assert "401" in (await probe_server(parse(turn_server.url), late)).fault
    wrong = credentials("another secret", "doctor", datetime.now(UTC))
    assert "401" in (await probe_server(parse(turn_server.url), wrong)).fault


async def test_a_stun_server_tells_our_own_address(turn_server: TurnServer) -> None:
    tried = await probe_server(parse(f"stun:127.0.0.1:{turn_server.port}"), None)
    assert (tried.fault, tried.mapped, tried.relayed) == ("", "127.0.0.1", None)


async def test_one_that_does_not_answer_is_given_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        tried = await probe_server(parse(f"stun:127.0.0.1:{silent.getsockname()[1]}"), None, patience=0.2)
    assert "no answer within 0.2 seconds" in tried.fault
    tried = await probe_server(parse(f"turn:127.0.0.1:{free_port()}?transport=tcp"), None, patience=1)
    assert "no connection" in tried.fault


async def test_nobody_waits_for_the_goodbye_of_a_relay(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_coturn() as server:
        trusting = ssl.create_default_context(cafile=str(server.certificate["cert"]))
        trusting.check_hostname = False
        monkeypatch.setattr(turn_probe.ssl, "create_default_context", lambda: trusting)
        given = credentials(server.secret, "doctor", datetime.now(UTC))
        async with turn_probe._connected(parse(server.tls_url), given, 5) as client:
            line = client.transport.get_extra_info("socket")
            assert line.fileno() != -1
            server.freeze()
        await until(lambda: line.fileno() == -1)  # a goodbye would take half a minute
