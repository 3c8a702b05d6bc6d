"""Keep-alive rounds: silent connections are pinged; those that answer stay open, the others are asked to resume elsewhere."""

import asyncio

import pytest

from server.live import keepalive
from server.live.keepalive import KeepAlive
from tests.server.test_uvicorn_internals import App
from tests.support.raw import PONG, frame, raw_websocket
from tests.support.serving import serving
from tests.support.waiting import until

SECONDS = 0.2


async def test_one_who_answers_stays_and_one_who_is_silent_is_closed() -> None:
    app = App()
    async with (
        serving(app, ws_ping_interval=SECONDS) as port,
        raw_websocket(port) as answering,
        raw_websocket(port) as silent,
    ):

        async def answer() -> None:
            while (each := await answering.frame()) is not None and each.payload == b"":
                await answering.write(frame(PONG, b""))

        answers = asyncio.create_task(answer())
        assert await silent.closing() == 4509
        assert not answers.done(), "the other one is still connected"
        answers.cancel()


async def test_anything_that_is_sent_counts_as_an_answer() -> None:
    """A client that is heard in every round is not even pinged; when it is silent, it is."""
    app = App()
    async with serving(app, ws_ping_interval=2.0) as port, raw_websocket(port) as talking:
        await app.accepted.wait()
        rounds = app.protocol._keep_alive
        for _ in range(8):
            await talking.write(frame(1, b"answer"))
            answer = await talking.frame()
            assert answer is not None
            assert answer.payload == b'{"from": "asgi"}'
            rounds._round()
        rounds._round()
        pinged = await talking.frame()
        assert pinged is not None
        assert (pinged.opcode & 0x0F, pinged.payload) == (9, b"")


async def test_a_round_over_many_connections_lets_others_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keepalive, "TURN_SECONDS", 0.0)
    rounds = KeepAlive(60.0)
    connections = [Counting() for _ in range(3)]
    for connection in connections:
        rounds.add(connection)
    rounds._round()
    assert sorted(connection.silent_rounds for connection in connections) == [0, 0, 1]
    await until(lambda: all(connection.silent_rounds == 1 for connection in connections))
    for connection in connections:
        rounds.discard(connection)


class Counting:
    silent_rounds = 0

    def write_frame(self, frame: bytes) -> bool:
        raise AssertionError

    def keepalive_timeout(self) -> None:
        raise AssertionError


async def test_rounds_end_with_the_last_connection() -> None:
    app = App()
    async with serving(app, ws_ping_interval=SECONDS) as port:
        async with raw_websocket(port):
            await app.accepted.wait()
            rounds = app.protocol._keep_alive
            assert rounds._connections == {app.protocol}
            assert rounds._timer is not None
        await until(lambda: not rounds._connections)
        assert rounds._timer is None


async def test_a_pong_that_arrives_within_a_message_is_part_of_it() -> None:
    """The payload of a message may look like a pong when it arrives alone."""
    app = App()
    async with serving(app) as port, raw_websocket(port) as client:
        whole = frame(2, b"\x0a\x00abcd")
        head, payload = whole[:-6], whole[-6:]
        mask = whole[-10:-6]
        lookalike = b"\x8a\x80wxyz"
        unmasked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(lookalike))
        await client.write(head)
        await until(lambda: app.protocol is not None and not app.protocol._is_between_frames())
        await client.write(lookalike)
        await until(lambda: app.messages)
        assert app.messages[0]["bytes"] == unmasked
        assert len(payload) == len(lookalike)
        await client.write(frame(PONG, b"") + frame(1, b"after"))
        await until(lambda: len(app.messages) == 2)
        assert app.messages[1]["text"] == "after"
