"""What our protocols rely upon in uvicorn, and what they add to it. A new uvicorn that changes any of it fails here, not under an audience."""

import ast
import asyncio
import asyncio.selector_events
import contextlib
import gc
import inspect
import socket
import weakref
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import Protocol as WebSocketProtocol
from websockets.protocol import Side

from rooms.core.delivery.sink import EncodedMessage
from server.live import request_protocol, uvicorn_internals
from server.live.request_protocol import RequestProtocol
from server.live.socket import FastSink
from server.live.uvicorn_internals import EXTENSION, UVICORN_STATE, LiveProtocol
from tests.support.raw import CLOSE, CONT, PONG, TEXT, Raw, frame, raw_websocket
from tests.support.serving import serving
from tests.support.waiting import until
from tests.support.wire import Wire, wire


def test_uvicorn_is_of_the_pinned_minor_version() -> None:
    assert uvicorn.__version__.startswith("0.54.")


def test_what_we_override_is_there_and_asks_for_the_same() -> None:
    for ours, theirs in ((LiveProtocol, WebSocketsSansIOProtocol), (RequestProtocol, HttpToolsProtocol)):
        for name, method in vars(ours).items():
            if inspect.isfunction(method) and hasattr(theirs, name):
                expected = list(inspect.signature(getattr(theirs, name)).parameters)
                assert list(inspect.signature(method).parameters) == expected, name
    for name in ("run_asgi", "shutdown", "stop_keepalive", "connection_lost"):
        assert inspect.isfunction(getattr(WebSocketsSansIOProtocol, name)), name
    for name in ("connection_made", "connection_lost", "on_headers_complete"):
        assert inspect.isfunction(getattr(HttpToolsProtocol, name)), name


class App:
    """Accepts one socket and waits for its end; `protocol` is what the extension gives."""

    def __init__(self) -> None:
        self.protocol: Any = None
        self.messages: list[dict[str, Any]] = []
        self.accepted = asyncio.Event()
        self.ended = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        self.protocol = scope["extensions"].get(EXTENSION)
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "plenary.v1.json"})
        self.accepted.set()
        while True:
            message = await receive()
            self.messages.append(message)
            if message["type"] == "websocket.disconnect":
                self.ended.set()
                return
            if message.get("text") == "answer":
                await send({"type": "websocket.send", "text": '{"from": "asgi"}'})


class HandingOver(App):
    """Hands its connection over as soon as it is open, and answers by frames."""

    def __init__(self) -> None:
        super().__init__()
        self.returned = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.protocol = scope["extensions"].get(EXTENSION)
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "plenary.v1.json"})
        self.accepted.set()
        await asyncio.sleep(0.05)  # a client that speaks at once is not overheard
        self.protocol.hand_over(self)
        self.returned.set()

    def put_nowait(self, message: dict[str, Any]) -> None:
        if self.ended.is_set():
            return
        self.messages.append(message)
        if message["type"] == "websocket.disconnect":
            self.ended.set()
        elif message.get("text") == "answer":
            self.protocol.write_frame(EncodedMessage(b'{"from": "inbox"}').frame)


@asynccontextmanager
async def opened() -> AsyncGenerator[tuple[App, Wire]]:
    app = App()
    async with serving(app) as port, wire(f"ws://127.0.0.1:{port}/live") as client:
        await asyncio.wait_for(app.accepted.wait(), 5)
        yield app, client


def relied_upon(ours: type) -> set[str]:
    """Every attribute that a class of ours uses of its base: by `self.…` unless it defines that itself, by `super().…`, or by overriding it."""
    (body,) = ast.parse(inspect.getsource(ours)).body
    uses = [node for node in ast.walk(body) if isinstance(node, ast.Attribute)]
    of_self = {use.attr for use in uses if ast.unparse(use.value) == "self"} - (vars(ours).keys() - {*UVICORN_STATE})
    of_super = {use.attr for use in uses if ast.unparse(use.value) == "super()"}
    return (of_self | of_super) - {"__init__"}


@pytest.mark.parametrize(
    ("theirs", "name"),
    [
        (theirs, name)
        for ours, theirs in ((LiveProtocol, WebSocketsSansIOProtocol), (RequestProtocol, HttpToolsProtocol))
        for name in sorted(relied_upon(ours))
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_uvicorn_has_each_attribute_that_we_use(theirs: type, name: str) -> None:
    assert hasattr(theirs, name) or f"self.{name}" in inspect.getsource(theirs)


@pytest.mark.parametrize("name", UVICORN_STATE)
def test_uvicorn_keeps_what_our_slots_hold(name: str) -> None:
    assert f"self.{name}" in inspect.getsource(WebSocketsSansIOProtocol)


async def test_slots_hold_all_that_uvicorn_keeps() -> None:
    async with opened() as (app, _):
        assert vars(app.protocol) == {}, "add these to UVICORN_STATE"


@pytest.mark.parametrize("name", ["parser", "parse", "send_close", "data_to_send"])
def test_websockets_has_each_attribute_that_we_use(name: str) -> None:
    protocol = WebSocketProtocol(Side.SERVER)
    assert hasattr(protocol, name)


def test_a_transport_of_asyncio_holds_its_own_method() -> None:
    """`connection_lost` breaks this cycle; without it nothing has to be broken."""
    assert "_read_ready_cb" in inspect.getsource(asyncio.selector_events)


async def test_a_new_connection_is_as_we_expect_it() -> None:
    async with opened() as (app, _):
        protocol = app.protocol
        assert isinstance(protocol, LiveProtocol)
        assert protocol.transport.get_write_buffer_size() == 0
        assert (protocol.close_sent, protocol.handshake_complete) == (False, True)
        assert protocol.close_timeout > 0


async def test_ready_frames_and_asgi_messages_come_in_the_order_of_their_writing() -> None:
    async with opened() as (app, client):
        frames = [
            EncodedMessage(b'{"number": %d, "x": "%b"}' % (number, b"y" * size))
            for number, size in enumerate((1, 200, 70_000))
        ]
        for frame in frames:
            assert app.protocol.write_frame(frame.frame)
        await client.send("answer")
        heard = [await client.receive() for _ in range(4)]
        assert [message.get("number") for message in heard] == [0, 1, 2, None]
        assert heard[3] == {"from": "asgi"}
        assert app.protocol.write_frame(EncodedMessage(b'{"last": true}').frame)
        assert await client.receive() == {"last": True}


async def test_a_close_of_ours_reaches_client_and_application_with_its_code() -> None:
    async with opened() as (app, client):
        app.protocol.close_now(4403, "x" * 200 + "é")
        code, reason = await client.closed()
        assert (code, len(reason.encode())) == (4403, 123)
        await asyncio.wait_for(app.ended.wait(), 5)
        assert app.messages[-1]["code"] == 4403
        app.protocol.close_now(4500, "again")  # changes nothing
        assert app.protocol.write_frame(b"\x81\x00"), "a closing connection takes frames in silence"


async def test_a_reader_that_does_not_read_is_given_up() -> None:
    async with opened() as (app, client):
        client.connection.transport.pause_reading()
        frame = EncodedMessage(b'"' + b"x" * 60_000 + b'"').frame
        for _ in range(1000):
            if not app.protocol.write_frame(frame):
                break
            await asyncio.sleep(0)
        else:
            pytest.fail("a thousand frames of 60 KB were taken")
        assert app.protocol.transport.get_write_buffer_size() > uvicorn_internals.BUFFER_LIMIT
        client.connection.transport.resume_reading()


async def test_at_its_end_the_server_says_that_it_drains() -> None:
    app = App()
    async with serving(app) as port:
        client_wire = wire(f"ws://127.0.0.1:{port}/live")
        client = await client_wire.__aenter__()
        await asyncio.wait_for(app.accepted.wait(), 5)
    assert (await client.closed())[0] == 4501
    await client_wire.__aexit__(None, None, None)


async def test_a_request_that_does_not_arrive_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """S3, with a shorter patience: also one that trickles."""
    monkeypatch.setattr(request_protocol, "REQUEST_SECONDS", 0.3)
    async with serving(App()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /live HTTP/1.1\r\nHost: x\r\n")
        for _ in range(4):
            await asyncio.sleep(0.1)
            if writer.is_closing():
                break
            writer.write(b"X: y\r\n")
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()


async def test_accepted_sockets_have_our_options() -> None:
    async with opened() as (app, _):
        accepted: socket.socket = app.protocol.transport.get_extra_info("socket")
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * uvicorn_internals.SEND_BUFFER


async def test_without_our_protocol_there_is_no_extension() -> None:
    app = App()
    async with serving(app, http="httptools", ws="websockets-sansio") as port, wire(f"ws://127.0.0.1:{port}/live"):
        await asyncio.wait_for(app.accepted.wait(), 5)
        assert app.protocol is None


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
