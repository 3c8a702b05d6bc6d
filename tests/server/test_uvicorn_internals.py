"""What our protocols rely upon in uvicorn, and what they add to it. A new uvicorn that changes any of it fails here, not under an audience."""

import ast
import asyncio
import asyncio.selector_events
import contextlib
import inspect
import socket

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import Protocol as WebSocketProtocol
from websockets.protocol import Side

from rooms.core.delivery.sink import EncodedMessage
from server.live import request_protocol, uvicorn_internals
from server.live.request_protocol import RequestProtocol
from server.live.uvicorn_internals import UVICORN_STATE, LiveProtocol
from tests.support.live_apps import App, opened
from tests.support.serving import serving
from tests.support.wire import wire


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
