"""Whatever a file holds, it is read or reported; nothing else comes of it."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rooms.programme.schedules.frab import read, read_json, read_xml
from rooms.programme.schedules.frab_export import write_xml
from rooms.programme.schedules.schedule import Schedule, ScheduleFaults
from tests.support.schedules import document, file

SOUND = document()
SOUND_XML = write_xml(read_json(file()))
awkward = st.sampled_from(
    [None, True, -1, 1e308, 2**70, "", "\ud800", "\u202e", "9999-12-31T23:59:59-23:59", "x" * 400]
)
values = st.recursive(
    awkward | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def paths(tree: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [here, *(path for key, value in inside for path in paths(value, (*here, key)))]


def spoilt(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of the tree with another value at a path."""
    if not path:
        return value
    copied = dict(tree) if isinstance(tree, dict) else list(tree)
    copied[path[0]] = spoilt(tree[path[0]], path[1:], value)
    return copied


def read_or_reported(data: bytes, reader: Any) -> None:
    found: Schedule | ScheduleFaults
    try:
        found = reader(data)
    except ScheduleFaults as report:
        found = report
    if isinstance(found, ScheduleFaults):
        assert found.count > 0
        assert all(fault.text() for fault in found.faults)
    else:
        assert isinstance(found, Schedule)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(paths(SOUND)), values)
def test_any_value_anywhere(path: tuple[Any, ...], value: Any):
    read_or_reported(json.dumps(spoilt(SOUND, path, value)).encode("utf-8", "surrogatepass"), read_json)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, len(SOUND_XML)), st.integers(0, 40), st.binary(max_size=12) | st.sampled_from([b"<", b"&x;", b"]]>"])
)
def test_any_bytes_in_xml(start: int, length: int, instead: bytes):
    read_or_reported(SOUND_XML[:start] + instead + SOUND_XML[start + length :], read_xml)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes):
    read_or_reported(data, read)
