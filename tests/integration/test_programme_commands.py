"""The command line that imports and exports a programme, in processes of its own."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

from icalendar import Calendar

from tests.support.schedules import CAMP, EVENT, SECOND, camp, event, file


class Finished(NamedTuple):
    code: int
    out: bytes
    told: str
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
    assert "There is no conference “camp”. Add --create" in refused.complained
    first = await server(tmp_path, *into, "--create")
    assert first.code == 0, first.complained
    assert "Sessions: 79 added. Done." in first.told
    assert "  + Opening Ceremony\n" in first.told
    again = await server(tmp_path, *into)
    assert (again.code, again.told) == (0, "Nothing to do: the conference is as the file says.\n")
    for format in ("json", "xml"):
        exported = tmp_path / f"camp.{format}"
        asked = ("export", "--conference", "camp", "--format", format, "--output", str(exported))
        assert (await server(tmp_path, *asked)).code == 0
        back = await server(tmp_path, "import", str(exported), "--conference", "camp", "--dry-run")
        assert back.told == "Nothing to do: the conference is as the file says.\n"
    calendar = await server(tmp_path, "export", "--conference", "camp", "--format", "ics")
    assert len(Calendar.from_ical(calendar.out).walk("VEVENT")) == 79


async def test_a_dry_run_lists_what_would_change(tmp_path: Path):
    await server(tmp_path, "import", "-", "--conference", "forum", "--create", given=file())
    later = event(date="2026-11-14T11:00:00+08:00", start="11:00")
    new = SECOND | {"guid": "new", "id": 3, "title": "Fair"}
    dry = await server(tmp_path, "import", "-", "--conference", "forum", "--dry-run", given=file(later, new))
    assert dry.code == 0
    assert dry.told.splitlines() == [
        "Sessions:",
        "  + Fair",
        "  > Opening (moved)",
        "      starts: “2026-11-14 09:30” → “2026-11-14 11:00”",
        "  - Talent centres (cancelled)",
        "Sessions: 1 added, 1 moved, 1 cancelled. This was a dry run; nothing was changed.",
    ]
    exported = await server(tmp_path, "export", "--conference", "forum")
    days = json.loads(exported.out)["schedule"]["conference"]["days"]
    assert [event["title"] for event in days[0]["rooms"]["Hall 1"]] == ["Opening", "Talent centres"]


async def test_a_dry_run_of_a_new_conference_makes_none(tmp_path: Path):
    dry = await server(tmp_path, "import", "-", "--conference", "forum", "--create", "--dry-run", given=file())
    assert dry.told == "The conference forum would be made, with 2 sessions.\n"
    assert (await server(tmp_path, "export", "--conference", "forum")).code == 1


async def test_faults_are_listed_and_nothing_is_made(tmp_path: Path):
    broken = file(event(title=""), SECOND | {"guid": EVENT["guid"], "duration": "long"})
    refused = await server(tmp_path, "import", "-", "--conference", "forum", "--create", given=broken)
    assert refused.code == 1
    assert "3 faults were found. Nothing was changed." in refused.complained
    assert "duration: “long” does not belong here." in refused.complained
    assert "Traceback" not in refused.complained
    assert (await server(tmp_path, "export", "--conference", "forum")).code == 1


async def test_a_file_that_is_not_there_and_a_name_that_does_not_fit(tmp_path: Path):
    absent = await server(tmp_path, "import", str(tmp_path / "none.json"), "--conference", "forum")
    assert absent.code == 1
    assert "none.json" in absent.complained
    unfit = await server(tmp_path, "import", "-", "--conference", "A b", "--create", given=file())
    assert unfit.code == 1
    assert "“A b” does not fit an address" in unfit.complained


async def test_a_zone_from_the_command_line(tmp_path: Path):
    local = file(event(date="2026-11-14T09:30:00"), time_zone_name=None)
    into = ("import", "-", "--conference", "forum", "--create")
    assert "time_zone_name: This field is missing" in (await server(tmp_path, *into, given=local)).complained
    assert (await server(tmp_path, *into, "--zone", "Asia/Shanghai", given=local)).code == 0
