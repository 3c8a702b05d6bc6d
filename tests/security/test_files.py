"""S29, S41-S45 for what exhibitors bring: through the pages, as an attacker would send it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from rooms.core.files.store import FolderStore
from rooms.core.store.tables import conferences
from rooms.exhibition.booths.editing import make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.files.tables import files
from rooms.exhibition.tables import booths
from tests.rooms.core.files.test_inspection import BOMBS, WRONG
from tests.support import files as made
from tests.support.visitor import Outbox, Visitor, make_site
from tests.support.world import World
from web.site import Site

MANY = 10_000
BOUNDARY = "a-boundary"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def site(world: World, emails: Outbox, folder: Path) -> Site:
    world.lift_limits()
    return make_site(world, emails, store=FolderStore(folder))


@pytest.fixture
async def owner(site: Site, world: World) -> AsyncIterator[Visitor]:
    made = await Visitor(site).sign_in(world.people["owner"])
    await made.get(f"/c/forum/exhibition/{world.booth}/files")
    yield made
    await made.http.aclose()


@pytest.fixture
def page(world: World) -> str:
    return f"/c/forum/exhibition/{world.booth}/files"


async def bring(
    owner: Visitor, page: str, kind: str, data: bytes, name: str = "a.pdf", **options: str
) -> httpx.Response:
    file = {"file": (name, data, "application/pdf")}
    return await owner.post(page, {"kind": kind}, files=file, follow=False, **options)


async def nothing_is_kept(world: World, folder: Path) -> bool:
    async with world.engine.database.read() as connection:
        rows = (await connection.execute(sa.select(files.c.id))).all()
    return not rows and not [path for path in folder.rglob("*") if path.is_file()]


async def test_s41_what_is_none_of_its_kind_is_refused(world: World, owner: Visitor, page: str, folder: Path) -> None:
    statuses = {
        name: (await bring(owner, page, kind.value, data)).status_code for name, (kind, data, _) in WRONG.items()
    }
    assert statuses == dict.fromkeys(WRONG, 422)
    assert await nothing_is_kept(world, folder)


@pytest.mark.parametrize("data", [made.picture() + made.HTML, made.picture("JPEG", comment=made.HTML)])
async def test_s41_a_picture_that_is_a_page_too_is_served_as_pixels_alone(
    owner: Visitor, page: str, visitor: Visitor, data: bytes
) -> None:
    assert made.HTML in data
    for kind in ("logo", "brochure"):
        assert (await bring(owner, page, kind, data, "a.html")).status_code == 303
        async with owner.site.engine.database.read() as connection:
            row = (await connection.execute(sa.select(files).where(files.c.kind == kind))).one()
        answer = await visitor.get(f"/files/{row.id}/{row.kind}.{row.ending}")
        assert answer.headers["content-type"].startswith("image/")
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert made.HTML not in answer.content


async def test_s42_a_bomb_is_refused(world: World, owner: Visitor, page: str, folder: Path) -> None:
    statuses = {name: (await bring(owner, page, kind.value, data)).status_code for name, (kind, data) in BOMBS.items()}
    assert statuses == dict.fromkeys(BOMBS, 422)
    assert await nothing_is_kept(world, folder)


async def test_s42_what_is_too_large_is_refused(world: World, owner: Visitor, page: str, folder: Path) -> None:
    for kind, megabytes in (("logo", 5), ("brochure", 20)):
        data = made.picture() + bytes(megabytes * 1_000_000)
        assert (await bring(owner, page, kind, data)).status_code == 413
    declared = {"Content-Length": str(10**12)}
    assert (await owner.post(page, files={"file": ("a", b"x")}, headers=declared)).status_code == 413
    assert await nothing_is_kept(world, folder)


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "/etc/passwd", "..\\..\\evil.exe", "a\0b.pdf", "n" * 5000, "%2e%2e%2f", "CON", " "]
)
async def test_s43_a_name_is_made_by_the_server(
    owner: Visitor, page: str, folder: Path, visitor: Visitor, name: str
) -> None:
    assert (await bring(owner, page, "brochure", made.pdf(), name)).status_code == 303
    async with owner.site.engine.database.read() as connection:
        id = (await connection.execute(sa.select(files.c.id))).scalar_one()
    assert [path for path in folder.parent.rglob("*") if path.is_file() and path.name != id] == [
        path for path in folder.parent.iterdir() if path.is_file()
    ]
    assert (folder / id[:2] / id).read_bytes() == made.pdf()
    for guess in ("brochure.exe", "a.pdf", "..%2fbrochure.pdf", "brochure.pdf%00"):
        assert (await visitor.get(f"/files/{id}/{guess}")).status_code == 404
    assert (await visitor.get(f"/files/{id}/brochure.pdf")).status_code == 200


@pytest.mark.parametrize("id", ["..", "%2e%2e%2f%2e%2e", "a" * 20, "A" * 20, "a" * 5000, "%00", "'--"])
async def test_s43_a_guessed_file_is_absent(visitor: Visitor, id: str) -> None:
    assert (await visitor.get(f"/files/{id}/brochure.pdf")).status_code == 404


def parts(*given: tuple[str, bytes]) -> bytes:
    """A multipart body of headers and contents."""
    head = f"--{BOUNDARY}\r\n".encode()
    ended = b"".join(head + f"Content-Disposition: {about}\r\n\r\n".encode() + data + b"\r\n" for about, data in given)
    return ended + f"--{BOUNDARY}--\r\n".encode()


async def send(owner: Visitor, page: str, body: bytes, kind: str = "") -> int:
    """The status of the answer to a body that no browser would send."""
    kind = kind or f"multipart/form-data; boundary={BOUNDARY}"
    headers = {"Origin": owner.site.origin, "Content-Type": kind}
    return (await owner.http.post(page, content=body, headers=headers)).status_code


def field(name: str, value: str) -> tuple[str, bytes]:
    return f'form-data; name="{name}"', value.encode()


def file(data: bytes, name: str = "a.pdf") -> tuple[str, bytes]:
    return f'form-data; name="file"; filename="{name}"', data


async def test_s44_ten_thousand_parts_or_fields_are_refused(
    world: World, owner: Visitor, page: str, folder: Path
) -> None:
    mine = [field("csrf", owner.csrf), field("kind", "brochure")]
    many_fields = parts(*mine, *(field(f"f{number}", "x") for number in range(MANY)), file(made.pdf()))
    assert await send(owner, page, many_fields) == 413
    for address in (page, "/do/chat.post", "/account"):
        many = "&".join([f"csrf={owner.csrf}", *(f"f{number}=x" for number in range(MANY))]).encode()
        assert await send(owner, address, many, "application/x-www-form-urlencoded") == 413
    for address in ("/do/chat.post", "/account"):
        assert await send(owner, address, many_fields) == 413
        assert await send(owner, address, parts(*mine, *(file(b"x") for _ in range(MANY)))) == 413
    assert await send(owner, page, parts(*mine, field("title", "x" * 30_000), file(made.pdf()))) == 413
    assert await send(owner, page, parts(*mine, file(made.pdf()))) == 303, "so it was the number"
    assert not await nothing_is_kept(world, folder)


async def test_a_form_that_is_not_whole_is_refused(world: World, owner: Visitor, page: str, folder: Path) -> None:
    mine = [field("csrf", owner.csrf), field("kind", "brochure")]
    whole = parts(*mine, file(made.pdf()))
    for broken in (
        whole[: -len(BOUNDARY) - 8],
        whole[:-200],
        parts(*mine, file(made.pdf()), file(made.pdf())),
        parts(*mine, file(made.pdf()), field("kind", "film")),
        parts(*mine, field("kind", "film"), file(made.pdf())),
        parts(mine[0], field("kind", "../evil"), file(made.pdf())),
        parts(mine[0], file(made.pdf())),
        b"--" + BOUNDARY.encode() + b"\r\n" + b"X-A: b\r\n" * 100 + b"\r\n\r\n",
        b"nothing of the kind",
        b"",
    ):
        assert await send(owner, page, broken) in {400, 403}, broken[:200]
    assert await send(owner, page, whole, "multipart/form-data") == 400
    assert await nothing_is_kept(world, folder)


async def test_nothing_is_taken_without_the_token(world: World, owner: Visitor, page: str, folder: Path) -> None:
    kind = field("kind", "brochure")
    for body in (
        parts(kind, file(made.pdf())),
        parts(field("csrf", "x" * 40), kind, file(made.pdf())),
        parts(kind, file(made.pdf()), field("csrf", owner.csrf)),
    ):
        assert await send(owner, page, body) == 403
    assert await nothing_is_kept(world, folder)


async def test_s45_ten_thousand_ranges_are_refused(owner: Visitor, page: str, visitor: Visitor) -> None:
    await bring(owner, page, "film", made.mp4(), "a.mp4")
    async with owner.site.engine.database.read() as connection:
        id = (await connection.execute(sa.select(files.c.id))).scalar_one()
    many = "bytes=" + ",".join(f"{number}-{number}" for number in range(MANY))
    for asked in (many, "bytes=" + "0-," * MANY):
        answer = await visitor.get(f"/files/{id}/film.mp4", headers={"Range": asked})
        assert (answer.status_code, answer.content) == (416, b"")


async def test_s29_a_name_of_a_file_is_text_and_nothing_else(
    world: World, owner: Visitor, page: str, visitor: Visitor
) -> None:
    name = '"><script>alert(1)</script><img src=x onerror=alert(1)>.pdf'
    await bring(owner, page, "brochure", made.pdf(), name)
    for reader, address in ((visitor, f"/c/forum/exhibition/{world.booth}"), (owner, page)):
        answer = await reader.get(address)
        assert "alert(1)" in answer.text
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


async def test_who_may_not_enter_a_booth_gets_none_of_its_files(site: Site, world: World) -> None:
    async with world.engine.database.write() as connection:
        hidden, _ = await make_booth(connection, world.conference, world.floor, {"name": "Soon"})
        await set_duty(connection, hidden, world.people["owner"], Duty.OWNER, world.clock())
    addresses: dict[str, str] = {}
    owner = await Visitor(site).sign_in(world.people["owner"])
    for booth in (world.booth, hidden):
        page = f"/c/forum/exhibition/{booth}/files"
        await owner.get(page)
        assert (await bring(owner, page, "brochure", made.pdf())).status_code == 303
        async with world.engine.database.read() as connection:
            row = (await connection.execute(sa.select(files).where(files.c.booth == booth))).one()
        addresses[booth] = f"/files/{row.id}/brochure.pdf"
    expected = {
        None: (200, 404),
        "attendee": (200, 404),
        "staff": (200, 404),
        "banned": (403, 404),
        "organiser": (200, 200),
        "owner": (200, 200),
    }
    for who, statuses in expected.items():
        visitor = Visitor(site)
        if who:
            await visitor.sign_in(world.people[who])
        found = tuple([(await visitor.get(addresses[booth])).status_code for booth in (world.booth, hidden)])
        assert found == statuses, who
        await visitor.http.aclose()
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().where(conferences.c.slug == "forum").values(access="members"))
        await connection.execute(booths.update().where(booths.c.id == hidden).values(open=True))
    for who, status in ((None, 404), ("stranger", 404), ("organiser", 200)):
        visitor = Visitor(site)
        if who:
            await visitor.sign_in(world.people[who])
        assert (await visitor.get(addresses[hidden])).status_code == status
        await visitor.http.aclose()
    await owner.http.aclose()
