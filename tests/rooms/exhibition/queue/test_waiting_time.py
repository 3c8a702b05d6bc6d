"""Forecasts of waiting times. The client's twin is tested with the same file (web/islands/src/exhibition/state/line.test.ts)."""

import json
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rooms.exhibition.queue.crew_messages import Hours
from rooms.exhibition.queue.messages import LineView
from rooms.exhibition.queue.opening import closed_at, is_on, opening, openings
from rooms.exhibition.queue.waiting_time import expected, is_late

CASES = json.loads(Path("tests/fixtures/waiting_times.json").read_text())
START = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize("case", CASES, ids=[case["about"] for case in CASES])
def test_waits_follow_from_talks_shifts_and_breaks(case: Any) -> None:
    line, now = msgspec.convert(case["line"], LineView), datetime.fromisoformat(case["now"])
    shifts = msgspec.convert(case["shifts"], list[Hours])
    assert expected(line, now, shifts) == [inf if wait is None else wait for wait in case["waits"]]
    assert [ticket for ticket in line.tickets if is_late(line, ticket, now, shifts)] == case["late"]
    current = opening(shifts, now)
    assert (current.ends_at if current else None) == (
        datetime.fromisoformat(case["closes_at"]) if case["closes_at"] else None
    )


def hours(hand: int, starts: float, ends: float) -> Hours:
    return Hours(hand, START + timedelta(hours=starts), START + timedelta(hours=ends))


def test_shifts_without_a_night_between_them_are_one_opening() -> None:
    shifts = [hours(1, 24, 32), hours(1, 0, 3), hours(2, 4, 8), hours(2, 1, 2)]
    spans = [((each.starts_at - START), (each.ends_at - START)) for each in openings(shifts)]
    assert [(starts.total_seconds() / 3600, ends.total_seconds() / 3600) for starts, ends in spans] == [
        (0, 8),
        (24, 32),
    ]
    assert closed_at(shifts, START + timedelta(hours=7)) is None
    assert closed_at(shifts, START + timedelta(hours=8)) == START + timedelta(hours=8)
    assert is_on(shifts, 1, START + timedelta(hours=2.9))
    assert not is_on(shifts, 1, START + timedelta(hours=3))
    assert not is_on(shifts, 3, START)
    assert is_on([], 0, START), "without a plan everyone takes visitors"
