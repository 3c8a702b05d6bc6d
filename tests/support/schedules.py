"""Schedule files for tests: the real one of a camp, and small ones that a test can spoil in one place."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[3] / "shared/data"
CAMP = DATA / "frab-camp2019.json"


def shared(name: str) -> bytes:
    """A real schedule from the folder of data beside the project; the test is skipped where it is absent."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the real schedule is not here: {path}")
    return path.read_bytes()


def camp() -> bytes:
    """The schedule of Chaos Communication Camp 2019 as frab exported it."""
    return shared("frab-camp2019.json")


def camp_events() -> list[dict[str, Any]]:
    """Its events as in the file."""
    days = json.loads(camp())["schedule"]["conference"]["days"]
    return [event for day in days for room in day["rooms"].values() for event in room]


EVENT: dict[str, Any] = {
    "id": 1,
    "guid": "8079583e-8321-506c-95af-fd2903a5f075",
    "date": "2026-11-14T09:30:00+08:00",
    "start": "09:30",
    "duration": "00:45",
    "room": "Hall 1",
    "title": "Opening",
    "subtitle": "",
    "track": "Forum",
    "type": "talk",
    "language": "en",
    "abstract": "Welcome.",
    "description": None,
    "persons": [{"id": 7, "public_name": "Li Wei"}],
    "links": [],
    "attachments": [],
}
SECOND = EVENT | {
    "id": 2,
    "guid": "2d64f8e2-26ee-529f-b5ab-3b3f326e31b9",
    "date": "2026-11-14T10:30:00+08:00",
    "start": "10:30",
    "title": "Talent centres",
}


def document(*events: dict[str, Any], **conference: Any) -> dict[str, Any]:
    """A schedule of one day in Hall 1 (without events given: of two sessions); `conference` replaces fields, None takes one away."""
    fields: dict[str, Any] = {
        "acronym": "ciep",
        "title": "Conference on International Exchange of Professionals",
        "start": "2026-11-14",
        "end": "2026-11-15",
        "daysCount": 2,
        "time_zone_name": "Asia/Shanghai",
        "days": [{"index": 1, "date": "2026-11-14", "rooms": {"Hall 1": list(events or (EVENT, SECOND))}}],
    }
    kept = {name: value for name, value in (fields | conference).items() if value is not None}
    return deepcopy({"schedule": {"version": "1", "conference": kept}})


def file(*events: dict[str, Any], **conference: Any) -> bytes:
    return json.dumps(document(*events, **conference)).encode()


def event(**changes: Any) -> dict[str, Any]:
    """The first session with fields replaced; `...` takes one away."""
    return {name: value for name, value in (EVENT | changes).items() if value is not ...}
