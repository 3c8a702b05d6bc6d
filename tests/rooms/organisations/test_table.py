"""Organisations as a table."""

import pytest

from rooms.core.files.faults import FileFaults
from rooms.organisations import queries, table
from rooms.organisations.table import ORGANISATIONS
from tests.support.tables import as_csv, as_xlsx, cells, exported, imported, planned
from tests.support.world import World

LIST = (
    ("编号", "机构名称", "name:en", "网站", "国家", "领域", "简介"),
    ("u-1", "上海大学", "Shanghai University", "shu.edu.cn", "中国", "能源；生物", "'=HYPERLINK(1)"),
    ("u-2", "Uppsala Open University", "", "https://uu.example", "Sweden", "Physics", ""),
)


async def names(world: World) -> dict[str, str]:
    async with world.engine.database.read() as connection:
        return {each.view.name: each.view.country for each in await queries.page(connection, world.conference, "", 0)}


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
async def test_a_list_is_imported_once(world: World, write: object) -> None:
    data = write(*LIST)  # type: ignore[operator]
    plan = await planned(world, ORGANISATIONS, data)
    assert [item.name for item in plan.items] == ["上海大学", "Uppsala Open University"]
    before = await names(world)
    assert "上海大学" not in before, "a plan writes nothing"
    await imported(world, ORGANISATIONS, data)
    assert await names(world) == {**before, "上海大学": "CN", "Uppsala Open University": "SE"}
    assert (await planned(world, ORGANISATIONS, data)).empty
    changed = as_csv(LIST[0], ("u-1", "上海大学", "Shanghai University", "shu.edu.cn", "中国", "能源", ""))
    plan = await imported(world, ORGANISATIONS, changed)
    assert [(change.field, change.after) for change in plan.items[0].changes] == [("about", ""), ("fields", "能源")]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_what_is_exported_is_imported_without_a_change(world: World, format: str) -> None:
    await imported(world, ORGANISATIONS, as_csv(*LIST))
    data = await exported(world, table.HEADER, table.rows, format)
    rows = cells(data)
    assert rows[0] == list(table.HEADER)
    assert any("'=HYPERLINK(1)" in row for row in rows), "no cell begins a formula"
    assert (await planned(world, ORGANISATIONS, data)).empty


async def test_every_row_that_cannot_be_used_has_a_reason(world: World) -> None:
    data = as_csv(
        ("name", "country", "website"),
        ("A", "Atlantis", ""),
        ("B", "", "ftp://b.example"),
        ("", "SE", ""),
        ("C", "SE", ""),
        ("c", "NO", ""),
    )
    rows, notes = await ORGANISATIONS.read(data)
    plan = await planned(world, ORGANISATIONS, data)
    reasons = [fault.text() for fault in (*notes.left_out, *plan.left_out)]
    assert [item.name for item in plan.items] == ["C"]
    assert len(rows) == 3
    for place, reason in (
        ("4: ", "The column “name” is empty."),
        ("6 · c", "The same is already in row 5."),
        ("2 · A › country", "“Atlantis” is not a country."),
        ("3 · B › website", "Give the full address of a website"),
    ):
        assert any(each.startswith(place) and reason in each for each in reasons), (place, reasons)


async def test_a_file_without_a_usable_row_is_refused(world: World) -> None:
    for data in (b"website\nx.example\n", b"name,country\nA,Atlantis\n", b"name\n", b"%PDF-1.7"):
        with pytest.raises(FileFaults):
            await planned(world, ORGANISATIONS, data)


async def test_names_that_several_have_need_an_id(world: World) -> None:
    await imported(world, ORGANISATIONS, as_csv(("id", "name"), ("1", "Twin"), ("2", "TWIN, Inc.")))
    twice = as_csv(("name", "country"), ("twin", "SE"), ("Other", "SE"))
    plan = await planned(world, ORGANISATIONS, twice)
    assert [item.name for item in plan.items] == ["Other"]
    assert "Several organisations have this name" in plan.left_out[0].text()
    assert (await planned(world, ORGANISATIONS, as_csv(("id", "name"), ("2", "TWIN, Inc.")))).empty
