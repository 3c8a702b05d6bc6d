"""S14: no frame does more than be answered. A small budget here; scripts/soak gives Atheris hours, guided by coverage."""

import json
import random
from typing import Any

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.core.commands.registry import SPECS, read
from rooms.core.errors import Problem
from signaling.calls import TAGS, read_op
from tests.fuzz.budget import budget, examples
from tests.fuzz.decoder import AWKWARD, mutated, seeds, sound, take, take_bytes

VALUES = st.recursive(
    st.sampled_from(AWKWARD) | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def test_a_sound_message_of_each_kind_is_taken() -> None:
    ops = {message["op"] for message in sound()}
    assert ops >= SPECS.keys() | TAGS
    unfit: list[str] = []
    for message in sound():
        take(msgspec.json.encode(message).decode())
        take(msgpack.packb(message))
        if message["op"] in SPECS:
            try:
                read(message["op"], {k: v for k, v in message.items() if k not in {"op", "id", "room", "key"}})
            except Problem as problem:
                unfit.append(f"{message}: {problem}")
        elif message["op"] in TAGS:
            assert read_op(message).id == message["id"]
    assert len(unfit) < len(SPECS) / 10, unfit


def test_harmed_messages_are_answered() -> None:
    chance, sources = random.Random(20261122), seeds()
    for _ in range(examples(20_000)):
        take_bytes(mutated(chance, sources))


@budget(150)
@given(st.sampled_from(list(sound())), st.data())
def test_anything_in_the_place_of_a_field_is_answered(message: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(message)))
    odd = {**message, name: data.draw(VALUES)}
    take(json.dumps(odd, default=str))
    try:
        packed = msgpack.packb(odd)
    except (OverflowError, ValueError, TypeError, UnicodeEncodeError):
        return
    take(packed)


@budget(150)
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data: bytes) -> None:
    take_bytes(data)


def test_a_fault_of_ours_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr("server.live.connection.read", broken)
    with pytest.raises(AssertionError):
        test_a_sound_message_of_each_kind_is_taken()
