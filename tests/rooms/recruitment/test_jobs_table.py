"""Jobs as a table."""

from typing import Any

import pytest

from rooms.recruitment.jobs import messages as jm
from rooms.recruitment.jobs import queries, table
from rooms.recruitment.jobs.table import JOBS
from tests.support.recruitment import job_draft, job_shown
from tests.support.tables import as_csv, cells, exported, imported, planned
from tests.support.world import World

HEADER = ("编号", "单位", "职位", "title:zh_Hans", "国家", "合同", "办公方式", "学科", "签证", "学历", "语言", "状态")


async def stored(world: World) -> dict[str, Any]:
    async with world.engine.database.read() as connection:
        rows = await queries.job_rows(connection, queries.j.conference == world.conference)
    return {row.title: row for row in rows}


async def test_a_list_is_imported_once(world: World) -> None:
    data = as_csv(
        HEADER,
        (
            "j-1",
            "Lumen",
            "Chemist",
            "化学家",
            "瑞典",
            "博士后",
            "混合",
            "Materials engineering; 1.4",
            "是",
            "硕士",
            "English, 中文",
            "已发布",
        ),
        ("j-2", "Lumen", "Intern", "", "", "internship", "", "", "no", "", "", ""),
    )
    plan = await planned(world, JOBS, data)
    assert [item.name for item in plan.items] == ["Chemist", "Intern"]
    assert await stored(world) == {}
    await imported(world, JOBS, data)
    found = await stored(world)
    chemist = found["Chemist"]
    assert (chemist.state, found["Intern"].state) == ("published", "draft")
    assert (chemist.contract, chemist.workplace, chemist.degree, chemist.visa) == ("postdoc", "hybrid", "master", True)
    assert (chemist.country, chemist.sciences, chemist.languages) == ("SE", ["2.5", "1.4"], ["en", "zh"])
    assert (await planned(world, JOBS, data)).empty


@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_what_is_exported_is_imported_without_a_change(world: World, format: str) -> None:
    question = jm.QuestionView("drives", "Do you drive?")
    await job_shown(world, title="=Engineer", questions=[question])
    await job_draft(world, title="Second", contract=jm.Contract.DOCTORAL, visa=False, permit=True)
    data = await exported(world, table.HEADER, table.rows, format)
    assert "'=Engineer" in str(cells(data))
    assert (await planned(world, JOBS, data)).empty
    changed = as_csv(("id", "title"), ((await stored(world))["=Engineer"].id, "Engineer"))
    await imported(world, JOBS, changed)
    assert (await stored(world))["Engineer"].questions[0]["text"] == "Do you drive?"


async def test_every_row_that_cannot_be_used_has_a_reason(world: World) -> None:
    data = as_csv(
        ("organisation", "title", "contract", "visa", "years", "sciences", "languages"),
        ("Nobody", "A", "", "", "", "", ""),
        ("Lumen", "B", "forever", "", "", "", ""),
        ("Lumen", "C", "", "maybe", "", "", ""),
        ("Lumen", "D", "", "", "many", "", ""),
        ("Lumen", "E", "", "", "99", "", ""),
        ("Lumen", "F", "", "", "", "Alchemy", ""),
        ("Lumen", "G", "", "", "", "", "Gibberish"),
        ("Lumen", "H", "", "", "", "", ""),
    )
    plan = await planned(world, JOBS, data)
    assert [item.name for item in plan.items] == ["H"]
    reasons = [fault.text() for fault in plan.left_out]
    for place, reason in (
        ("2 · A › organisation", "There is no organisation “Nobody”."),
        ("3 · B › contract", "“forever” is not on the list"),
        ("4 · C › visa", "Write “yes” or “no”."),
        ("5 · D › years", "Enter a whole number."),
        ("6 · E", "a value that a job cannot have"),
        ("7 · F › sciences", "fields of science"),
        ("8 · G › languages", "Choose languages"),
    ):
        assert any(each.startswith(place) and reason in each for each in reasons), (place, reasons)
