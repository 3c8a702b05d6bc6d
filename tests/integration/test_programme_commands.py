"""The command line that imports and exports a programme."""

import asyncio
import io
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from icalendar import Calendar

from rooms.core.delivery.bus.memory import MemoryBus
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.programme.schedules.frab import read
from rooms.programme.schedules.schedule import ScheduleFaults
from server.exporting import export_command
from server.import_report import report_faults
from server.importing import import_command
from tests.support.schedules import CAMP, EVENT, SECOND, camp, event, file
from tests.support.world import TestClock, create_tables, make_engine


class Finished(NamedTuple):
    code: int
    out: bytes
    printed: str
    complained: str


async def server(folder: Path, *arguments: str, given: bytes = b"") -> Finished:
    """Runs python -m server with a database of its own in a folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLENARY_")}
    environment |= {"PLENARY_DATA": str(folder), "PLENARY_URL": "https://plenary.example"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server",
        *arguments,
        cwd=Path(__file__).parents[2],
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, complained = await process.communicate(given)
    assert process.returncode is not None
    return Finished(process.returncode, out, out.decode(), complained.decode())


async def test_the_camp_in_and_out_again(tmp_path: Path):
    camp()
    into = ("import", str(CAMP), "--conference", "camp")
    refused = await server(tmp_path, *into)
    assert refused.code == 1
    assert "The conference “camp” does not exist. Add --create" in refused.complained
    first = await server(tmp_path, *into, "--create")
    assert first.code == 0, first.complained
    assert "Sessions: 79 added. Done." in first.printed
    assert "  + Opening Ceremony\n" in first.printed
    again = await server(tmp_path, *into)
    assert (again.code, again.printed) == (0, "Nothing to do: the conference is the same as the file.\n")
    for format in ("json", "xml"):
        exported = tmp_path / f"camp.{format}"
        asked = ("export", "--conference", "camp", "--format", format, "--output", str(exported))
        assert (await server(tmp_path, *asked)).code == 0
        back = await server(tmp_path, "import", str(exported), "--conference", "camp", "--dry-run")
        assert back.printed == "Nothing to do: the conference is the same as the file.\n"
    calendar = await server(tmp_path, "export", "--conference", "camp", "--format", "ics")
    assert len(Calendar.from_ical(calendar.out).walk("VEVENT")) == 79


async def test_what_is_refused_and_how(tmp_path: Path):
    broken = file(event(title=""), SECOND | {"guid": EVENT["guid"], "duration": "long"})
    refused = await server(tmp_path, "import", "-", "--conference", "forum", "--create", given=broken)
    assert refused.code == 1
    assert "Faults found: 3. Nothing was changed." in refused.complained
    assert "duration: “long” does not belong here." in refused.complained
    assert "Traceback" not in refused.complained
    absent = await server(tmp_path, "import", str(tmp_path / "none.json"), "--conference", "forum")
    assert absent.code == 1
    assert "none.json" in absent.complained


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncIterator[Engine]:
    """A engine without any conference."""
    await create_tables(sqlite_url)
    engine = make_engine(sqlite_url, MemoryBus(), TestClock())
    yield engine
    await engine.database.close()


async def imported(engine: Engine, data: bytes, **options: Any) -> str:
    """What the command prints."""
    out = io.StringIO()
    await import_command(engine, data, "forum", out=out, **options)
    return out.getvalue()


async def test_a_dry_run_lists_what_would_change(engine: Engine):
    await imported(engine, file(), create=True)
    later = event(date="2026-11-14T11:00:00+08:00", start="11:00")
    new = SECOND | {"guid": "new", "id": 3, "title": "Fair"}
    assert (await imported(engine, file(later, new), dry_run=True)).splitlines() == [
        "Sessions:",
        "  + Fair",
        "  > Opening (moved)",
        "      starts: “2026-11-14 09:30” → “2026-11-14 11:00”",
        "  - Talent centres (cancelled)",
        "Sessions: 1 added, 1 moved, 1 cancelled. This was a dry run; nothing was changed.",
    ]
    days = json.loads(await export_command(engine.database, "forum", "json", "https://x.example"))
    events = days["schedule"]["conference"]["days"][0]["rooms"]["Hall 1"]
    assert [event["title"] for event in events] == ["Opening", "Talent centres"]


async def test_a_conference_is_made_only_when_asked_for(engine: Engine):
    printed = await imported(engine, file(), create=True, dry_run=True)
    assert printed == "The conference forum would be created, with 2 sessions.\n"
    with pytest.raises(Problem, match="does not exist"):
        await imported(engine, file())
    with pytest.raises(Problem) as caught:
        await export_command(engine.database, "forum", "json", "https://x.example")
    assert caught.value.code == "not_found"
    with pytest.raises(Problem, match="cannot be part of an address"):
        await import_command(engine, file(), "A b", create=True)


async def test_a_zone_from_the_command_line(engine: Engine):
    local = file(event(date="2026-11-14T09:30:00"), time_zone_name=None)
    with pytest.raises(ScheduleFaults):
        await imported(engine, local, create=True)
    assert "1 added" in await imported(engine, local, create=True, zone="Asia/Shanghai")
    assert await imported(engine, local) == "Nothing to do: the conference is the same as the file.\n"


def test_a_long_report_names_how_much_it_leaves_out():
    with pytest.raises(ScheduleFaults) as caught:
        read(file(*[event(id=n, guid=f"g{n}", title="") for n in range(250)]))
    out = io.StringIO()
    report_faults(caught.value, out)
    assert out.getvalue().splitlines()[-1] == "  … and 50 more."
