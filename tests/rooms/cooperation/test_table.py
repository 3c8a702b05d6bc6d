"""Entries as a table."""

from typing import Any

import pytest

from rooms.cooperation import messages as m
from rooms.cooperation import queries, search, table_export
from rooms.cooperation.search import Query
from rooms.cooperation.table import ENTRIES
from tests.support.cooperation import ROLES, documented, drafted, entry_type, idea, published
from tests.support.tables import as_csv, cells, exported, imported, planned
from tests.support.world import World

HEADER = ("编号", "类型", "机构", "标题", "title:zh_Hans", "国家", "状态", "Readiness", "资金", "Notes")
FUNDING = m.FieldView(
    "funding",
    m.FieldKind.CHOICE,
    "Funding",
    options=["Public", "Private"],
    texts={"zh_Hans": {"name": "资金"}},
    option_texts={"zh_Hans": {"Public": "公共"}},
)
FIELDS = [m.FieldView("stage", m.FieldKind.MATURITY, "Readiness", required=True), FUNDING]


async def stored(world: World) -> list[Any]:
    async with world.engine.database.read() as connection:
        return await queries.entry_rows(connection, queries.e.conference == world.conference)


async def test_a_list_is_imported_once(world: World) -> None:
    await entry_type(world, fields=FIELDS)
    data = as_csv(
        HEADER,
        ("p-1", "Technology offer", "lumen", "Solar cells", "太阳能电池", "瑞典", "已发布", "4", "公共", "x"),
        ("p-2", "technology offer", "Lumen", "Wind", "", "SE", "draft", "", "Private", ""),
    )
    plan = await planned(world, ENTRIES, data)
    assert [item.name for item in plan.items] == ["Solar cells", "Wind"]
    assert "“Notes”" in plan.warnings[0].text()
    assert await stored(world) == []
    await imported(world, ENTRIES, data)
    found = {row.title: row for row in await stored(world)}
    assert (found["Solar cells"].state, found["Wind"].state, found["Wind"].review) == ("published", "hidden", "draft")
    assert found["Solar cells"].values == {"stage": "4", "funding": "Public"}
    async with world.engine.database.read() as connection:
        assert await search.count(connection, world.conference, Query(words="太阳能")) == 1
    assert (await planned(world, ENTRIES, data)).empty
    later = as_csv(("id", "title", "state", "stage"), ("p-2", "Wind at sea", "published", "5"))
    plan = await imported(world, ENTRIES, later)
    assert [change.field for change in plan.items[0].changes] == ["title", "stage", "state"]
    assert (await planned(world, ENTRIES, later)).empty


@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_what_is_exported_is_imported_without_a_change(world: World, format: str) -> None:
    type = await entry_type(world, fields=FIELDS)
    await drafted(world, type, title="=1+1", about="One\n+two; -three", values={"stage": "4"})
    world.clock.advance(seconds=1)
    gone = await published(world, type, title="'=quoted", values={"stage": "5"}, texts={"zh_Hans": {"title": "标题"}})
    await world.do("staff", m.WithdrawEntry(gone), room=world.lobby)
    await idea(world, roles=ROLES)
    await documented(world, title="With a document")
    data = await exported(world, table_export.header, table_export.rows, format)
    rows = cells(data)
    assert "paper" not in rows[0], "documents are not in the table"
    assert "Our paper" not in str(rows)
    assert all(not str(cell).startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    plan = await planned(world, ENTRIES, data)
    assert (plan.items, plan.left_out) == ((), ())


async def test_an_idea_is_imported_with_its_roles(world: World) -> None:
    await entry_type(world, side=m.EntrySide.IDEA, name="Idea", fields=[])
    roles = "| Maker of cells | 电芯制造商 | Germany, 中国 | 1\nsite | Test site | | | 2"
    row = ("Idea", "Lumen", "Storage", roles, "published")
    data = as_csv(("type", "organisation", "title", "roles", "state"), row)
    await imported(world, ENTRIES, data)
    (entry,) = await stored(world)
    found = [(each.name, each.countries, each.number) for each in queries.view_of(entry).roles]
    assert found == [("Maker of cells", ["DE", "CN"], 1), ("Test site", [], 2)]
    assert (await planned(world, ENTRIES, data)).empty


async def test_every_row_that_cannot_be_used_has_a_reason(world: World) -> None:
    await entry_type(world, fields=FIELDS)
    offer = "Technology offer"
    data = as_csv(
        ("type", "organisation", "title", "state", "stage"),
        ("Other", "Lumen", "A", "", "4"),
        (offer, "Nobody", "B", "", "4"),
        (offer, "Lumen", "C", "published", ""),
        (offer, "Lumen", "D", "", "eleven"),
        (offer, "Lumen", "E", "", ""),
    )
    plan = await planned(world, ENTRIES, data)
    assert [item.name for item in plan.items] == ["E"]
    reasons = [fault.text() for fault in plan.left_out]
    for place, reason in (
        ("2 · A › type", "There is no type “Other”."),
        ("3 · B › organisation", "There is no organisation “Nobody”."),
        ("4 · C › stage", "“Readiness” is required."),
        ("5 · D › stage", "Choose one of the options"),
    ):
        assert any(each.startswith(place) and reason in each for each in reasons), (place, reasons)


async def test_documents_stay_with_their_entry(world: World) -> None:
    entry, document = await documented(world, title="With a document")
    await imported(world, ENTRIES, as_csv(("id", "title", "paper"), (entry, "Renamed", "stolen")))
    (row,) = await stored(world)
    assert (row.title, row.values) == ("Renamed", {"paper": document})
