"""Importing and exporting a table in the browser without JavaScript."""

import re

from tests.support.tables import as_csv, as_xlsx, cells
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/organise/organisations/table"
LIST = (
    ("name", "name:zh_Hans", "country"),
    ("Uppsala <b> University", "乌普萨拉大学", "SE"),
    ("Nowhere", "", "Atlantis"),
)


async def test_a_table_is_looked_at_brought_in_and_taken_out(site: Site, world: World) -> None:
    organiser = await Visitor(site).sign_in(world.people["organiser"])
    assert f'href="{HERE}"' in (await organiser.get("/c/forum/organise/organisations")).text
    await organiser.get(HERE)
    assert "Columns: id, name, about, website, country, fields." in organiser.page
    answer = await organiser.post(HERE, files={"file": ("list.xlsx", as_xlsx(*LIST), "application/zip")})
    assert "The file has 2 rows." in organiser.page
    assert "“Atlantis” is not a country." in organiser.page
    assert "Uppsala &lt;b&gt; University" in answer.text
    upload, plan = answer.url.path, re.search(r'name="plan" value="(\w+)"', answer.text)[1]
    other = await Visitor(site).sign_in(world.people["admin"])
    assert (await other.get(upload)).status_code == 404, "an upload is its organiser's alone"
    await organiser.post(upload, {"plan": "other"})
    assert "Someone else has changed the conference." in organiser.page
    await organiser.post(upload, {"plan": plan})
    assert "The table was imported: 1 added, 0 changed." in organiser.page
    for format in ("csv", "xlsx"):
        answer = await organiser.get(f"{HERE}.{format}")
        assert answer.headers["content-disposition"] == f'attachment; filename="organisations.{format}"'
        assert "Uppsala <b> University" in [row[1] for row in cells(answer.content)]
    answer = await organiser.post(HERE, files={"file": ("again.csv", answer.content, "text/csv")})
    assert "everything already matches the file" in organiser.page
    await organiser.post(HERE, files={"file": ("x.csv", as_csv(("a",), ("b",)), "text/csv")})
    assert "The table has no column “name”." in organiser.page


async def test_only_organisers_import_and_export(site: Site, world: World) -> None:
    for tab in ("organisations", "cooperation", "people", "recruitment"):
        for who in ("attendee", "owner", "moderator", "stranger"):
            visitor = await Visitor(site).sign_in(world.people[who])
            for address in (f"/c/forum/organise/{tab}/table", f"/c/forum/organise/{tab}/table.csv"):
                assert (await visitor.get(address)).status_code == 403, (who, address)
