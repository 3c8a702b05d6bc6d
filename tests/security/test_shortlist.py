"""S46, S50: the archive of a shortlist holds what is shared at this moment, under safe names and without formulas."""

import io
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from rooms.core.files.store import FolderStore
from rooms.core.store.tables import persons
from rooms.recruitment.applications import messages as am
from rooms.recruitment.applications.shortlist import archive, safe_name
from rooms.recruitment.candidates import messages as cm
from rooms.recruitment.tables import jobs
from tests.support.files import pdf
from tests.support.recruitment import SECRET, applied, candidate
from tests.support.visitor import Outbox, make_site
from tests.support.world import World
from web.site import Site


@pytest.fixture
def site(world: World, emails: Outbox, tmp_path: Path) -> Site:
    return make_site(world, emails, store=FolderStore(tmp_path / "files"))


async def contents(site: Site, job: str) -> dict[str, bytes]:
    data = b"".join([piece async for piece in archive(site.engine.database, site.store, job)])
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


async def test_the_shortlist_has_cvs_and_notes_safe_names_and_no_formulas(site: Site, world: World) -> None:
    share = await candidate(site, world)
    async with world.engine.database.write() as connection:
        theirs = persons.update().where(persons.c.id == world.people["other"])
        await connection.execute(theirs.values(name='=HYPERLINK("http://evil.example")/../../x'))
    async with world.engine.database.read() as connection:
        job = (await connection.execute(sa.select(jobs.c.id))).scalar_one()
    files = await contents(site, job)
    assert all(".." not in name and not name.startswith("/") and name.count("/") <= 1 for name in files), files.keys()
    [cv] = [name for name in files if name.endswith("/CV.pdf")]
    assert files[cv] == pdf()
    assert f"{SECRET} note".encode() in files[cv.replace("CV.pdf", "notes.txt")]
    assert "'=HYPERLINK" in files["index.csv"].decode("utf-8-sig")
    assert '"=HYPERLINK' not in files["index.csv"].decode("utf-8-sig")
    await world.do("other", cm.UnshareProfile(world.organisation), room=world.lobby)
    assert list(await contents(site, job)) == ["index.csv"]
    assert SECRET not in str(await contents(site, job))
    assert share


async def test_a_withdrawal_while_the_archive_is_sent_counts(site: Site, world: World) -> None:
    first = await candidate(site, world)
    async with world.engine.database.read() as connection:
        job = (await connection.execute(sa.select(jobs.c.id))).scalar_one()
    second = await applied(world, job)
    await world.do("staff", am.ShortlistApplication(second, True), room=world.lobby)
    sent = b""
    async for piece in archive(site.engine.database, site.store, job):
        if not sent:
            await world.do("attendee", cm.UnshareProfile(world.organisation), room=world.lobby)
        sent += piece
    with zipfile.ZipFile(io.BytesIO(sent)) as file:
        assert [name for name in file.namelist() if name.startswith("002")] == []
    assert first


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("../../etc/passwd", "etc_passwd"),
        ("林月华", "林月华"),
        ("...", "candidate"),
        ("CON\x00:", "CON"),
    ],
)
def test_names_of_files(name: str, safe: str) -> None:
    assert safe_name(name) == safe
