"""A TURN server tried: against a real coturn."""

import socket
from datetime import UTC, datetime, timedelta

from signaling.ice import credentials, parse
from signaling.relay import check_turn
from tests.support.components import free_port
from tests.support.coturn import TurnServer


async def test_a_relay_is_tried_and_its_open_doors_are_named(turn_server: TurnServer) -> None:
    """The coturn of the tests lets one reach this machine itself, and nothing else: just what the trial has to notice."""
    given = credentials(turn_server.secret, "doctor", datetime.now(UTC))
    tried = await check_turn(parse(turn_server.url), given)
    assert tried.fault == ""
    assert tried.relayed == "127.0.0.1"
    assert tried.mapped == "127.0.0.1"
    assert tried.relays_from_inside
    assert "127.0.0.1" in tried.reaches
    assert "0.0.0.0" not in tried.reaches


async def test_a_relay_is_reached_over_tcp_too(turn_server: TurnServer) -> None:
    given = credentials(turn_server.secret, "doctor", datetime.now(UTC))
    tried = await check_turn(parse(f"{turn_server.url}?transport=tcp"), given)
    assert tried.fault == ""
    assert tried.relayed == "127.0.0.1"


async def test_credentials_that_have_run_out_are_refused(turn_server: TurnServer) -> None:
    late = credentials(turn_server.secret, "doctor", datetime.now(UTC) - timedelta(days=1))
    assert "401" in (await check_turn(parse(turn_server.url), late)).fault
    wrong = credentials("another secret", "doctor", datetime.now(UTC))
    assert "401" in (await check_turn(parse(turn_server.url), wrong)).fault


async def test_a_stun_server_tells_our_own_address(turn_server: TurnServer) -> None:
    tried = await check_turn(parse(f"stun:127.0.0.1:{turn_server.port}"), None)
    assert (tried.fault, tried.mapped, tried.relayed) == ("", "127.0.0.1", None)


async def test_one_that_does_not_answer_is_given_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        tried = await check_turn(parse(f"stun:127.0.0.1:{silent.getsockname()[1]}"), None, patience=0.2)
    assert "no answer within 0.2 seconds" in tried.fault
    tried = await check_turn(parse(f"turn:127.0.0.1:{free_port()}?transport=tcp"), None, patience=1)
    assert "no connection" in tried.fault
