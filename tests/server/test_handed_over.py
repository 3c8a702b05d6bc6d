"""A connection that the application has handed over: it goes on without its ASGI task."""

import asyncio
import asyncio.selector_events
import gc
import weakref
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from websockets.frames import Frame
from websockets.http11 import Request

from server.live.socket import FastSink
from tests.support.live_apps import HandingOver
from tests.support.raw import CLOSE, CONT, PONG, TEXT, Raw, frame, raw_websocket
from tests.support.serving import serving
from tests.support.waiting import until


@asynccontextmanager
async def opened_raw() -> AsyncGenerator[tuple[HandingOver, Raw]]:
    app = HandingOver()
    async with serving(app) as port, raw_websocket(port, "Cookie: " + "x" * 1000) as client:
        await asyncio.wait_for(app.accepted.wait(), 5)
        yield app, client


def kept(kind: type) -> int:
    gc.collect()
    return sum(isinstance(each, kind) for each in gc.get_objects())


async def test_a_connection_that_is_handed_over_goes_on_without_its_task_and_handshake() -> None:
    async with opened_raw() as (app, client):
        assert kept(Request) == 1, "websockets keeps it, with all its headers"
        await client.write(frame(TEXT, b"early"))
        await asyncio.wait_for(app.returned.wait(), 5)
        await until(lambda: not app.protocol.tasks)
        assert kept(Request) == 0
        assert app.protocol.conn.parser is None
        for text in (b"x" * 40_000, b"answer"):
            await client.write(frame(TEXT, text))
        assert (await client.frame()) == (0x80 | TEXT, b'{"from": "inbox"}')
        assert [len(message["text"]) for message in app.messages] == [5, 40_000, 6]
        await until(lambda: app.protocol.conn.parser is None)
        assert kept(Frame) == 0, "the last frame is not kept, either"
        await client.write(frame(CLOSE, b"\x03\xe8"))
        assert await client.closing() == 1000
        await asyncio.wait_for(app.ended.wait(), 5)
        assert app.messages[-1]["code"] == 1000


async def test_fragments_around_a_pong_are_one_message() -> None:
    """Each of them meets a new parser."""
    async with opened_raw() as (app, client):
        await asyncio.wait_for(app.returned.wait(), 5)
        for part in (
            frame(TEXT, b"an", fin=False),
            frame(PONG, b""),
            frame(CONT, b"sw", fin=False),
            frame(CONT, b"er"),
        ):
            await client.write(part)
            await asyncio.sleep(0.02)
        assert (await client.frame()) == (0x80 | TEXT, b'{"from": "inbox"}')
        await client.write(frame(CONT, b"of nothing"))
        assert await client.closing() == 1002
        await asyncio.wait_for(app.ended.wait(), 5)


async def test_nothing_is_read_while_a_connection_is_held_back() -> None:
    async with opened_raw() as (app, client):
        await asyncio.wait_for(app.returned.wait(), 5)
        app.protocol.hold_back()
        await client.write(frame(TEXT, b"answer"))
        await asyncio.sleep(0.05)
        assert app.messages == []
        app.protocol.go_on()
        assert (await client.frame()) == (0x80 | TEXT, b'{"from": "inbox"}')


async def test_a_held_back_connection_can_be_closed() -> None:
    async with opened_raw() as (app, client):
        await asyncio.wait_for(app.returned.wait(), 5)
        app.protocol.hold_back()
        app.protocol.close_now(4500, "")
        assert await client.closing() == 4500
        await client.write(frame(CLOSE, b"\x11\x94"))
        await until(lambda: app.protocol.disconnected)


async def test_the_server_waits_for_the_tasks_of_a_connection() -> None:
    done = False

    async def work() -> None:
        nonlocal done
        await asyncio.sleep(0.2)
        done = True

    async with opened_raw() as (app, _):
        app.protocol.spawn(work())
    assert done


@pytest.mark.parametrize("politely", [True, False])
async def test_of_a_client_who_has_gone_nothing_waits_for_the_collector(politely: bool) -> None:
    gc.collect()
    gc.disable()
    try:
        async with opened_raw() as (app, client):
            await asyncio.wait_for(app.returned.wait(), 5)
            sink = FastSink(app.protocol, binary=False)
            gone = [weakref.ref(each) for each in (sink, app.protocol, app.protocol.transport, app.protocol.conn)]
            if politely:
                await client.write(frame(CLOSE, b"\x03\xe8"))
                assert await client.closing() == 1000
            else:
                client.writer.transport.abort()
            await asyncio.wait_for(app.ended.wait(), 5)
            app.protocol = sink = None
            await until(lambda: [each for each in gone if each() is not None] == [])
    finally:
        gc.enable()


async def test_a_client_that_has_begun_a_frame_is_understood_all_the_same() -> None:
    """The parser is then inside a frame and must not be replaced."""
    async with opened_raw() as (app, client):
        text = frame(TEXT, b"answer")
        await client.write(text[:4])
        await until(lambda: not app.protocol._is_between_frames())
        await asyncio.wait_for(app.returned.wait(), 5)
        assert app.protocol.conn.parser is not None
        await client.write(text[4:])
        assert (await client.frame()) == (0x80 | TEXT, b'{"from": "inbox"}')
