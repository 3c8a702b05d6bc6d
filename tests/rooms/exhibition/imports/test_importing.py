"""Exhibitors from a table: all of it or nothing, once, and everybody who follows a booth learns of it."""

import io
import sys
from typing import Any

import pytest
import sqlalchemy as sa

from rooms.core.imports.plan import Act
from rooms.core.store.tables import audit
from rooms.exhibition.booths import directory, queries
from rooms.exhibition.imports.columns import ExhibitorFaults
from rooms.exhibition.imports.importing import ExhibitorPlan, import_exhibitors, plan_import, read_exhibitors
from rooms.exhibition.tables import booth_staff, booths, exhibition_halls
from rooms.programme.queries import conference
from server.__main__ import main
from server.importing_exhibitors import import_command
from tests.support.clients import audience_everywhere
from tests.support.exhibitor_tables import TABLE, book, read
from tests.support.waiting import settled
from tests.support.world import World


async def bring(world: World, data: bytes | str, *, dry: bool = False) -> ExhibitorPlan:
    async with world.engine.database.read() as connection:
        found = await conference(connection, "forum")
    listed = await read(data)
    if dry:
        return await plan_import(world.engine, found, listed)
    return await import_exhibitors(world.engine, found, listed, by=world.people["organiser"])


async def everything(world: World) -> list[Any]:
    async with world.engine.database.read() as connection:
        tables = (booths, booth_staff, exhibition_halls, audit)
        return [(await connection.execute(sa.select(table))).all() for table in tables]


async def booth(world: World, name: str) -> Any:
    async with world.engine.database.read() as connection:
        id = (await connection.execute(sa.select(booths.c.id).where(booths.c.name == name))).scalar_one()
        return await queries.booth_row(connection, id)


@pytest.mark.parametrize("data", [TABLE.encode(), b"\xef\xbb\xbf" + TABLE.encode(), book()], ids=["csv", "bom", "xlsx"])
async def test_dry_run_then_all_of_it_then_nothing_more(world: World, data: bytes) -> None:
    before = await everything(world)
    plan = await bring(world, data, dry=True)
    assert [(item.act, item.name) for item in plan.booths] == [(Act.ADDED, "Aurora AB"), (Act.ADDED, "Zenit")]
    assert (plan.halls, plan.strangers) == (("Hall 2",), ("nobody@example.org",))
    assert await everything(world) == before, "a dry run changes nothing"
    assert await bring(world, data) == plan
    row = await booth(world, "Aurora AB")
    assert (row.hall_name, row.number, row.tier, row.country, row.open) == ("Hall 2", "B7", 1, "SE", True)
    assert (row.languages, row.texts) == (["sv", "en"], {"zh_Hans": {"name": "极光"}})
    async with world.engine.database.read() as connection:
        staff = await queries.staff(connection, row.id)
    assert [(each.person.name, each.duty.value) for each in staff] == [("Other", "owner")]
    after = await everything(world)
    again = await bring(world, data)
    assert again.empty
    assert await everything(world) == after, "a second time there is nothing to do"


async def test_progress_is_reported_row_by_row(world: World) -> None:
    async with world.engine.database.read() as connection:
        found = await conference(connection, "forum")
    listed = await read(TABLE)
    steps: list[tuple[int, int]] = []
    await import_exhibitors(world.engine, found, listed, by=None, progress=lambda *step: steps.append(step))
    assert steps == [(done, len(listed)) for done in range(1, len(listed) + 1)]


async def test_changes_are_listed_by_field_and_published_to_members(each_world: World) -> None:
    world = each_world
    await bring(world, TABLE)
    _, hall = await world.join("attendee", room=world.hall)
    _, stand = await world.join("attendee", room=world.stand)
    plan = await bring(world, "name,tagline,number\nlumen,Light for everybody,A9\nZenit,Up there,C1\n")
    assert {item.name: [(c.field, c.before, c.after) for c in item.changes] for item in plan.booths} == {
        "Lumen": [
            ("name", "Lumen", "lumen"),
            ("tagline", "Light for all", "Light for everybody"),
            ("number", "A1", "A9"),
        ],
        "Zenit": [("tagline", "", "Up there")],
    }
    await settled(world.engine)
    assert hall.types == ["booth.listed", "booth.listed"]
    assert stand.types == ["booth.changed"]
    row = await booth(world, "lumen")
    assert (row.country, row.field, row.hall_name) == ("SE", "Energy", "Hall 1"), (
        "of what has no column nothing changes"
    )


async def test_a_booth_that_moves_is_gone_from_its_old_hall(each_world: World) -> None:
    world = each_world
    await bring(world, TABLE)
    _, hall = await world.join("attendee", room=world.hall)
    await bring(world, "id,name,hall\nA-2,Zenit,Hall 2\n")
    await settled(*world.engines)
    shown = [message["snapshot"] for message in hall.messages if "snapshot" in message][-1]
    assert [card["name"] for card in shown["booths"]] == ["Lumen"]


async def test_an_id_is_taken_on_and_outlives_the_name(world: World) -> None:
    await bring(world, "id,name\nL-1,Lumen\n")
    await bring(world, "id,name\nL-1,Lumen International\n")
    assert (await booth(world, "Lumen International")).id == world.booth


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "has no column “name”"),
        ("name\n", "has no exhibitors"),
        ("colour,size\nred,4\n", "has no column “name”"),
        ("name,name\nA,B\n", "appears twice"),
        ("name,hall\n,Hall 1\n", "Write something first"),
        ("name\nA\n", "without a hall"),
        ("name,hall\n" + "A" * 121 + ",Hall 1\n", "The limit is 120"),
    ],
)
async def test_every_fault_is_reported_and_nothing_is_changed(world: World, table: str, said: str) -> None:
    before = await everything(world)
    with pytest.raises(ExhibitorFaults) as faults:
        await bring(world, table)
    assert said in " ".join(fault.text() for fault in faults.value.faults)
    assert await everything(world) == before


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("name,hall,colour\nA,Hall 1,red\n", "These columns are ignored: “colour”."),
        ("name,hall,country\nA,Hall 1,Swodon\n", "“Swodon” is not a country"),
        ("name,hall,languages\nA,Hall 1,swodish!\n", "“swodish!” is not a language"),
        ("name,hall,tier\nA,Hall 1,gold\n", "“gold” is not a tier"),
        ("name,hall,website\nA,Hall 1,javascript:alert(1)\n", "2 · A › website: Give the full address of a website"),
        ("name,hall,owner\nA,Hall 1,me\n", "“me” is not an email address"),
        ("name,hall,number\nA,Hall 1,123456789012345678901\n", "2 · A › number: This text is 21 characters long"),
        ("name,company,hall\nA,B,Hall 1\n", "“company” and another column mean the same."),
    ],
)
async def test_a_cell_that_cannot_be_used_is_ignored_with_a_warning(world: World, table: str, said: str) -> None:
    _, notes = await read_exhibitors(table.encode())
    assert [said in fault.text() for fault in notes.warnings] == [True], [fault.text() for fault in notes.warnings]
    await bring(world, table)
    row = await booth(world, "A")
    assert (row.country, row.languages, row.tier, row.website, row.number) == ("", [], 3, "", "")


async def test_a_cell_that_cannot_be_used_leaves_the_booth_as_it_was(world: World) -> None:
    await bring(world, "name,country,website,tier\nLumen,Swodon,no address at all,gold\n")
    row = await booth(world, "Lumen")
    assert (row.country, row.tier) == ("SE", 3)


async def test_rows_that_cannot_be_used_are_left_out_and_the_others_come_in(world: World) -> None:
    rows = [f"Booth {number},Hall 1" for number in range(50)]
    rows[30] = ",Hall 1"
    rows[40] = "booth 1,Hall 2"
    rows[41] = "Nowhere,"
    table = "name,hall\n" + "\n".join(rows)
    _, notes = await read_exhibitors(table.encode())
    assert [fault.text().partition(":")[0] for fault in notes.left_out] == ["32 › name", "42 · booth 1"]
    plan = await bring(world, table)
    assert [fault.where for fault in plan.left_out] == ["43 · Nowhere"]
    assert plan.count(Act.ADDED) == 47
    assert (await booth(world, "Booth 49")).hall_name == "Hall 1"


async def test_two_booths_of_one_name_need_an_id(world: World) -> None:
    await bring(world, "id,name,hall\n1,Twin,Hall 1\n2,Twin,Hall 1\n")
    with pytest.raises(ExhibitorFaults) as faults:
        await bring(world, "name,tagline\nTwin,Us both\n")
    assert "Several booths have this name" in faults.value.faults[0].text()
    assert (await bring(world, "id,name,tagline\n2,Twin,Me\n")).count(Act.CHANGED) == 1


@pytest.mark.parametrize("words", ["Fidencio", "FIDÊNCIO", "grosse", "große", "λόγος", "ΛΟΓΟΣ"])
async def test_imported_booths_are_found_whatever_their_case_and_accents(world: World, words: str) -> None:
    await bring(world, "name,hall,tagline\nFidêncio,Hall 1,Große Λόγος\n")
    async with world.engine.database.read() as connection:
        assert await directory.count(connection, world.conference, directory.Wanted(words=words)) == 1


# The command line


async def test_on_the_command_line(world: World) -> None:
    out = io.StringIO()
    await import_command(world.engine, TABLE.encode(), "forum", dry_run=True, out=out)
    assert out.getvalue().splitlines() == [
        "New hall: Hall 2",
        "+ Aurora AB",
        "+ Zenit",
        "Owners without an account: nobody@example.org",
        "Exhibitors: 2 added, 0 changed. This was a dry run; nothing was changed.",
    ]
    await import_command(world.engine, TABLE.encode(), "forum", out=out)
    assert out.getvalue().endswith("Exhibitors: 2 added, 0 changed. Done.\n")
    await import_command(world.engine, TABLE.encode(), "forum", out=out)
    assert out.getvalue().endswith("Nothing to do: the exhibition is the same as the file.\n")


def test_the_verb_takes_both_kinds_of_file(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLENARY_DATABASE", f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite3'}")
    file = tmp_path / "list.csv"
    file.write_text("colour,size\nred,4\n")
    monkeypatch.setattr(sys, "argv", ["plenary", "import", "exhibitors", str(file), "--conference", "forum"])
    assert main() == 1
    assert "The table has no column “name”." in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["plenary", "import", str(file), "--conference", "forum"])
    assert main() == 1
    assert "The schedule cannot be imported" in capsys.readouterr().err


async def test_a_new_owner_of_an_existing_booth_is_shown_to_its_staff_and_has_the_rights_at_once(world: World) -> None:
    here = await audience_everywhere(world, ["staff", "other"])
    await bring(world, "name,owner\nLumen,other@example.org\n")
    await here.verify()
    assert "staff.changed" in here.of("staff", "booth").types
    assert "rights.changed" in here.of("other", "desk").types
    owner = here.of("other", "booth").state["snapshot"]
    assert "Other" in [each["person"]["name"] for each in owner["desk"]["staff"]], "and sees what its staff see"
