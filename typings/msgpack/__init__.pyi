"""The part of msgpack that Plenary uses; the package brings no types of its own."""

from collections.abc import Callable
from typing import Any

def packb(o: object, *, use_bin_type: bool = True, default: Callable[[Any], object] | None = None) -> bytes: ...
def unpackb(
    packed: bytes | bytearray | memoryview,
    *,
    raw: bool = False,
    use_list: bool = True,
    strict_map_key: bool = True,
    max_str_len: int = ...,
    max_bin_len: int = ...,
    max_array_len: int = ...,
    max_map_len: int = ...,
) -> Any: ...

class UnpackException(Exception): ...
