"""What comes over the wire: read strictly, refused calmly."""

import contextlib

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.core.delivery.sink import EncodedMessage
from rooms.core.errors import Problem
from server.live.wire import MAX_FRAME, CommandHead, Hello, Join, decode, read_command_head, read_op

ROOM = "a" * 20


def test_both_forms_say_the_same() -> None:
    message = {"op": "question.ask", "id": 2, "room": ROOM, "key": "k" * 8, "text": "为什么？"}
    assert decode(msgspec.json.encode(message).decode()) == message
    assert decode(msgpack.packb(message)) == message


def test_what_is_sent_packed_is_what_is_sent_as_json() -> None:
    outbound = EncodedMessage(
        msgspec.json.encode({"room": ROOM, "events": [{"seq": 1, "text": "为什么？"}], "x": None})
    )
    assert msgpack.unpackb(outbound.msgpack) == msgspec.json.decode(outbound.json)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "null",
        "[]",
        "{}",
        '{"op": 5}',
        '{"op": NaN}',
        "[" * 10_000 + "]" * 10_000,
        '{"op": ' + "[" * 50_000,
        '{"op":"x","id":1e999}',
        "\ud800",
        b"",
        b"\xc1",
        b"\x81",
        b"\xdf\xff\xff\xff\xff",
        b"\x91" * 10_000,
        msgpack.packb(["op"]),
        msgpack.packb({1: 2}),
        msgpack.packb({"op": "x"}) + b"\x00",
    ],
)
def test_what_is_no_message_is_malformed(data: str | bytes) -> None:
    with pytest.raises(Problem) as refused:
        decode(data)
    assert refused.value.code == "malformed"


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_no_bytes_do_more_than_be_refused(data: str | bytes) -> None:
    with contextlib.suppress(Problem):
        assert isinstance(decode(data)["op"], str)


@given(
    st.dictionaries(
        st.sampled_from(["op", "id", "room", "key", "ticket", "after", "x"]), st.from_type(object) | st.none()
    )
)
def test_no_fields_do_more_than_be_refused(fields: dict[str, object]) -> None:
    for op in ("hello", "join", "leave", "heartbeat"):
        with contextlib.suppress(Problem):
            assert read_op({**fields, "op": op})


def test_messages_of_the_connection_are_read() -> None:
    assert read_op({"op": "hello", "ticket": "t", "client": "web/1"}) == Hello("t", "web/1")
    joined = read_op({"op": "join", "id": 1, "room": ROOM, "after": {"epoch": "e", "seq": 4}})
    assert isinstance(joined, Join)
    assert joined.after is not None
    assert (joined.after.epoch, joined.after.seq) == ("e", 4)


@pytest.mark.parametrize(
    "message",
    [
        {"op": "join", "id": 1, "room": "no id"},
        {"op": "join", "id": -1, "room": ROOM},
        {"op": "join", "id": 2**54, "room": ROOM},
        {"op": "join", "id": 1, "room": ROOM, "role": "moderator"},
        {"op": "join", "id": 1, "room": ROOM, "after": {"epoch": "e", "seq": -1}},
        {"op": "hello", "ticket": "t" * 1001},
        {"op": "heartbeat"},
    ],
)
def test_what_does_not_fit_is_invalid(message: dict[str, object]) -> None:
    with pytest.raises(Problem) as refused:
        read_op(message)
    assert refused.value.code == "invalid"


def test_a_command_is_parted_into_its_head_and_its_own_fields() -> None:
    message = {"op": "chat.post", "id": 3, "room": ROOM, "key": "k" * 8, "text": "Hello"}
    assert read_command_head(message) == (CommandHead(3, ROOM, "k" * 8), {"text": "Hello"})
    for lacking in ("id", "room", "key"):
        with pytest.raises(Problem):
            read_command_head({name: value for name, value in message.items() if name != lacking})


def test_a_frame_is_bounded() -> None:
    assert MAX_FRAME == 65536
