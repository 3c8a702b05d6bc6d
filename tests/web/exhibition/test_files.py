"""A booth's files, as its owner brings them and a visitor takes them without JavaScript; and how they are served."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rooms.core.files.store import FolderStore
from tests.support import files as made
from tests.support.visitor import Outbox, Visitor, make_site
from tests.support.world import World
from web.site import Site
from web.stored_files import disposition


@pytest.fixture
def site(world: World, emails: Outbox, tmp_path: Path) -> Site:
    return make_site(world, emails, store=FolderStore(tmp_path / "files"))


@pytest.fixture
async def owner(site: Site, world: World) -> AsyncIterator[Visitor]:
    made = await Visitor(site).sign_in(world.people["owner"])
    yield made
    await made.http.aclose()


@pytest.fixture
def path(world: World) -> str:
    return f"/c/forum/exhibition/{world.booth}"


async def brought(owner: Visitor, path: str, kind: str, data: bytes, name: str, **fields: str) -> str:
    """The address under which it is served."""
    await owner.get(f"{path}/files")
    file = {"file": (name, data, "application/x-whatever-it-says")}
    answer = await owner.post(f"{path}/files", {"kind": kind, **fields}, files=file, follow=False)
    assert answer.status_code == 303, answer.text
    await owner.get(f"{path}/files")
    return re.findall(rf"/files/\w{{20}}/{kind}\.\w+", owner.page)[-1]


async def test_an_owner_brings_files_and_a_visitor_sees_and_takes_them(
    world: World, owner: Visitor, visitor: Visitor, path: str
) -> None:
    logo = await brought(owner, path, "logo", made.picture(), "logo.png")
    brochure = await brought(owner, path, "brochure", made.pdf(), "Lamps & more.pdf")
    film = await brought(owner, path, "film", made.mp4(), "film.mp4", title="How a lamp is made")
    await visitor.get(path)
    assert f'href="{brochure}"' in visitor.page
    assert "Lamps & more" in visitor.page
    assert f'src="{film}"' in visitor.page
    for listed in ("", f"/halls/{world.floor}"):
        assert f'src="{logo}"' in (await visitor.get(f"/c/forum/exhibition{listed}")).text
    answer = await visitor.get(brochure)
    assert (answer.status_code, answer.content) == (200, made.pdf())
    assert "1 download" in (await owner.get(f"{path}/files")).text


async def test_how_files_are_served(owner: Visitor, visitor: Visitor, path: str) -> None:
    addresses = {
        "logo": await brought(owner, path, "logo", made.picture(), "a.png"),
        "brochure": await brought(owner, path, "brochure", made.pdf(), "灯 :具.pdf"),
        "film": await brought(owner, path, "film", made.webm(), "a.webm"),
    }
    types = {"logo": "image/webp", "brochure": "application/pdf", "film": "video/webm"}
    for kind, address in addresses.items():
        answer = await visitor.get(address)
        headers = answer.headers
        assert headers["content-type"] == types[kind]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"].startswith("private")
        assert int(headers["content-length"]) == len(answer.content)
        again = await visitor.get(address, headers={"If-None-Match": headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        head = await visitor.http.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == headers["content-length"]
    attached = (await visitor.get(addresses["brochure"])).headers["content-disposition"]
    assert attached == "attachment; filename=\"_ __.pdf\"; filename*=UTF-8''%E7%81%AF%20_%E5%85%B7.pdf"
    assert (await visitor.get(addresses["film"])).headers["content-disposition"].startswith("inline;")


@pytest.mark.parametrize(
    ("asked", "status", "content", "received"),
    [
        ("bytes=0-3", 206, slice(0, 4), "bytes 0-3/{size}"),
        ("bytes=10-", 206, slice(10, None), "bytes 10-{last}/{size}"),
        ("bytes=-7", 206, slice(-7, None), None),
        ("bytes=5-99999999", 206, slice(5, None), "bytes 5-{last}/{size}"),
        ("bytes=0-", 200, slice(None), None),
        ("bytes=99999999-", 416, None, "bytes */{size}"),
        ("bytes=9-3", 416, None, "bytes */{size}"),
        ("bytes=-0", 416, None, "bytes */{size}"),
        ("bytes=0-1,4-5", 200, slice(None), None),
        ("lines=0-1", 200, slice(None), None),
        ("bytes=a-b", 200, slice(None), None),
        ("bytes=", 200, slice(None), None),
        ("bytes=-", 200, slice(None), None),
        ("bytes=" + "9" * 400 + "-", 200, slice(None), None),
    ],
)
async def test_one_range_is_served_and_no_other_request_is_a_fault(
    owner: Visitor, visitor: Visitor, path: str, asked: str, status: int, content: slice | None, received: str | None
) -> None:
    film = await brought(owner, path, "film", made.mp4(), "film.mp4")
    answer = await visitor.get(film, headers={"Range": asked})
    assert answer.status_code == status
    size = len(made.mp4())
    assert answer.content == (made.mp4()[content] if content is not None else b"")
    assert received is None or answer.headers["content-range"] == received.format(size=size, last=size - 1)
    changed = await visitor.get(film, headers={"Range": asked, "If-Range": '"another"'})
    assert (changed.status_code, changed.content) == (200, made.mp4())


async def test_each_visitor_counts_once_and_the_booths_own_people_do_not(
    site: Site, world: World, owner: Visitor, path: str
) -> None:
    brochure = await brought(owner, path, "brochure", made.pdf(), "a.pdf")
    for who in ("owner", "staff", "organiser", "attendee", "attendee", "other"):
        taker = await Visitor(site).sign_in(world.people[who])
        await taker.get(brochure)
        await taker.get(brochure, headers={"Range": "bytes=10-"})
        await taker.http.aclose()
    strangers = [Visitor(site) for _ in range(2)]
    for stranger in strangers:
        await stranger.get(path)
        await stranger.get(brochure, headers={"Sec-Purpose": "prefetch"})
    assert "2 downloads" in (await owner.get(f"{path}/files")).text
    for stranger in strangers:
        await stranger.get(brochure)
        await stranger.get(brochure)
        await stranger.http.aclose()
    assert "4 downloads" in (await owner.get(f"{path}/files")).text


async def test_a_visitor_chooses_once_whether_to_be_named(site: Site, world: World, owner: Visitor, path: str) -> None:
    brochure = await brought(owner, path, "brochure", made.pdf(), "a.pdf")
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    await attendee.get(path)
    assert "Downloads are counted without names." in attendee.page
    assert (await attendee.get(brochure)).status_code == 200, "nothing waits for the answer"
    assert "Shared their name" not in (await owner.get(f"{path}/files")).text
    given = {"room": world.stand, "key": "k1", "next": path}
    assert "staff can see your name" in (await attendee.post("/do/file.consent", {**given, "given": "true"})).text
    world.lift_limits()
    await attendee.get(brochure)
    await owner.get(f"{path}/files")
    assert re.search(r"Shared their name:.*Attendee", owner.page)
    await attendee.get(path)
    refused = await attendee.post("/do/file.consent", {**given, "given": "false", "key": "k2"})
    assert "counted without your name" in refused.text
    assert "Shared their name" not in (await owner.get(f"{path}/files")).text
    assert (await attendee.get(brochure)).status_code == 200
    await attendee.http.aclose()


async def test_titles_order_and_removal_by_forms_alone(
    world: World, owner: Visitor, visitor: Visitor, path: str
) -> None:
    first = await brought(owner, path, "brochure", made.pdf(), "first.pdf")
    second = await brought(owner, path, "brochure", made.pdf(), "second.pdf")
    id, other = (address.split("/")[2] for address in (first, second))
    form = {"title": "Lamps", "title-zh_Hans": "灯具", "key": "k1"}
    answer = await owner.post(f"{path}/files/{id}", form, follow=False)
    assert answer.status_code == 303
    await owner.post("/do/file.place", {"file": other, "position": "0", "room": world.stand, "key": "k2", "next": path})
    await visitor.get(path)
    assert visitor.page.index("second") < visitor.page.index("Lamps")
    chinese = await visitor.get(path, headers={"Accept-Language": "zh-CN"})
    assert "灯具" in chinese.text
    assert (await owner.post(f"{path}/files/{id}", {"title": "", "key": "k3"})).status_code == 422
    await owner.get(f"{path}/files")
    await owner.post("/do/file.remove", {"file": id, "room": world.stand, "key": "k4", "next": path})
    assert (await visitor.get(first)).status_code == 404
    assert (await visitor.get(second)).status_code == 200


async def test_a_replaced_file_is_served_under_a_new_address(owner: Visitor, visitor: Visitor, path: str) -> None:
    first = await brought(owner, path, "brochure", made.pdf(), "first.pdf")
    newer = await brought(owner, path, "brochure", made.picture(), "x.png", replaces=first.split("/")[2])
    assert newer.endswith("/brochure.png")
    assert newer != first
    assert (await visitor.get(first)).status_code == 404
    assert "first" in (await visitor.get(path)).text


async def test_why_a_file_is_refused_is_said_on_the_page_and_to_a_script(owner: Visitor, path: str) -> None:
    await owner.get(f"{path}/files")
    wrong = {"file": ("a.pdf", made.HTML, "application/pdf")}
    answer = await owner.post(f"{path}/files", {"kind": "brochure"}, files=wrong)
    assert (answer.status_code, "A brochure is a PDF" in owner.page) == (422, True)
    received = await owner.post(
        f"{path}/files", {"kind": "brochure"}, files=wrong, headers={"Accept": "application/json"}
    )
    assert received.json()["error"]["code"] == "invalid"
    right = {"file": ("a.pdf", made.pdf(), "text/html")}
    await owner.get(f"{path}/files")
    received = await owner.post(
        f"{path}/files", {"kind": "brochure"}, files=right, headers={"Accept": "application/json"}
    )
    assert received.json()["ok"]["said"] == "Brochure added."
    await owner.get(f"{path}/files")
    none = await owner.post(
        f"{path}/files", {"kind": "brochure"}, files={"file": ("", b"", "application/octet-stream")}
    )
    assert (none.status_code, "Choose a file first." in owner.page) == (422, True)


def test_a_name_in_a_header_is_nothing_but_a_name() -> None:
    assert "\r" not in disposition(True, "a\r\nSet-Cookie: x=1.pdf")
    assert disposition(True, 'a"; filename="b.exe') == (
        "attachment; filename=\"a_; filename=_b.exe\"; filename*=UTF-8''a_%3B%20filename%3D_b.exe"
    )
