"""Refusals: what must not be done is refused with exactly one code."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from rooms.core.errors import Problem


@dataclass
class Refusal:
    """The problem, once it has been raised."""

    _problem: Problem | None = None

    @property
    def problem(self) -> Problem:
        assert self._problem is not None
        return self._problem


@contextmanager
def refused(code: str, field: str | None = None) -> Iterator[Refusal]:
    """The block must be refused with this code (and, where given, for this field)."""
    refusal = Refusal()
    with pytest.raises(Problem) as raised:
        yield refusal
    refusal._problem = raised.value
    assert raised.value.code == code, f"refused as {raised.value.code}: {raised.value}"
    if field is not None:
        assert raised.value.field == field
