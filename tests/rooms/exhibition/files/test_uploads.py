"""How a booth's files come in, are changed, and go."""

import asyncio
import os
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa

from rooms.core.files import intake as receiving
from rooms.core.files.intake import Intake
from rooms.core.files.store import FolderStore
from rooms.core.store.audit import read
from rooms.exhibition.booths.snapshots import BoothSnapshot, HallSnapshot
from rooms.exhibition.files import messages as f
from rooms.exhibition.files import queries
from rooms.exhibition.files.actions import MOST, note_download
from rooms.exhibition.files.messages import FileKind
from rooms.exhibition.files.tables import file_takers
from rooms.exhibition.files.uploads import Files
from rooms.people.erasure import erase, export
from tests.rooms.exhibition.files.conftest import Bring, pieces
from tests.support import files as made
from tests.support.refusals import refused
from tests.support.world import World

LOGO, BROCHURE, FILM = FileKind.LOGO, FileKind.BROCHURE, FileKind.FILM


async def booth(world: World, who: str | None = None) -> BoothSnapshot:
    view = await world.engine.view(world.people[who] if who else None, world.stand)
    return cast(BoothSnapshot, view.snapshot)


def stored(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


async def test_a_brochure_is_there_for_everybody_at_once(
    world: World, store: FolderStore, folder: Path, bring: Bring
) -> None:
    _, sink = await world.join("attendee", room=world.stand)
    data = made.pdf()
    id = await bring(BROCHURE, data, name="C:\\Users\\me\\Our lamps.pdf")
    (view,) = (await booth(world)).files
    assert (view.id, view.title, view.ending, view.size) == (id, "Our lamps", "pdf", len(data))
    assert view.href == f"/files/{id}/brochure.pdf"
    assert sink.types == ["files.changed"]
    assert stored(folder) == {id}
    assert b"".join([piece async for piece in store.read(id, 0, len(data))]) == data
    assert b"".join([piece async for piece in store.read(id, 1, 4)]) == b"PDF"


async def test_a_logo_is_seen_in_the_hall_and_replaces_the_one_before(world: World, bring: Bring) -> None:
    _, hall = await world.join("attendee", room=world.hall)
    first = await bring(LOGO, made.picture())
    second = await bring(LOGO, made.picture("JPEG"))
    assert [event["booth"]["logo"] for event in hall.events] == [f"/files/{id}/logo.webp" for id in (first, second)]
    snapshot = cast(HallSnapshot, (await world.engine.view(None, world.hall)).snapshot)
    assert snapshot.booths[0].logo == (await booth(world)).booth.logo == f"/files/{second}/logo.webp"
    async with world.engine.database.read() as connection:
        assert [row.id for row in await queries.rows(connection, world.booth, LOGO)] == [second]
    await world.do("organiser", f.RemoveFile(second), room=world.stand)
    assert (await booth(world)).booth.logo == ""


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("../../etc/passwd", "passwd"),
        ("/absolute/lamps.pdf", "lamps"),
        ("a\0b.pdf", "ab"),
        ("x" * 5000, "x" * 120),
        ("\u202egpj.exe\u200b.pdf", "gpj.exe"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>"),
        ("..", "Brochure"),
        ("\x1b[31m.pdf", "Brochure"),
        ("灯具.pdf", "灯具"),
    ],
)
async def test_no_name_of_a_sender_reaches_the_disk(
    world: World, folder: Path, bring: Bring, name: str, title: str
) -> None:
    id = await bring(BROCHURE, made.pdf(), name=name)
    assert [view.title for view in (await booth(world)).files] == [title]
    assert stored(folder) == {id}
    assert [path for path in folder.parent.iterdir() if path.is_dir()] == [folder]


async def test_only_owners_of_the_booth_upload_files(world: World, folder: Path, bring: Bring) -> None:
    for who, code in (
        ("attendee", "forbidden"),
        ("staff", "forbidden"),
        ("exhibitor", "forbidden"),
        ("unverified", "unverified"),
    ):
        with refused(code):
            await bring(BROCHURE, made.pdf(), who)
    assert stored(folder) == set()
    await bring(BROCHURE, made.pdf(), "organiser")
    assert len(stored(folder)) == 1


async def test_what_is_refused_leaves_nothing(world: World, folder: Path, bring: Bring, files: Files) -> None:
    with refused("invalid"):
        await bring(BROCHURE, made.HTML)
    with refused("invalid"):
        await bring(LOGO, made.pixel_bomb())
    with refused("too_large"):
        await bring(LOGO, made.picture() + bytes(5_000_001))
    with refused("invalid", "title"):
        await bring(BROCHURE, made.pdf(), title="x" * 121)

    async def broken_off() -> object:
        yield made.pdf()[:100]
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        await files.take(world.people["owner"], world.stand, BROCHURE, broken_off())
    assert (folder / "arriving").is_dir(), "something had begun to arrive"
    assert stored(folder) == set()
    assert (await booth(world)).files == []


async def test_a_booth_shows_only_so_many(
    world: World, folder: Path, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOST, BROCHURE, 2)
    first, _ = [await bring(BROCHURE, made.pdf()) for _ in range(2)]
    with refused("conflict"):
        await bring(BROCHURE, made.pdf())
    assert len(stored(folder)) == 2
    await bring(BROCHURE, made.pdf(), old=first)
    await bring(FILM, made.mp4())
    assert [view.kind for view in (await booth(world)).files] == [BROCHURE, BROCHURE, FILM]


async def test_a_newer_edition_keeps_title_place_and_downloads(world: World, bring: Bring) -> None:
    first = await bring(BROCHURE, made.pdf(), title="Lamps")
    second = await bring(BROCHURE, made.pdf(), title="Prices")
    await world.do("owner", f.ChangeFile(first, "Lamps 2026", {"zh_Hans": "灯具"}), room=world.stand)
    await world.do("attendee", f.ConsentToName(True), room=world.stand)
    async with world.engine.database.write() as connection:
        actor = await world.engine.actor(world.people["attendee"], world.stand)
        await note_download(connection, await queries.file_row(connection, first), actor, world.clock())
    newer = await bring(BROCHURE, made.picture(), old=first, name="other.png")
    async with world.engine.database.read() as connection:
        kept = await queries.kept(connection, world.booth)
    assert [(each.view.id, each.view.title, each.downloads, len(each.takers)) for each in kept] == [
        (newer, "Lamps 2026", 1, 1),
        (second, "Prices", 0, 0),
    ]
    assert kept[0].view.texts == {"zh_Hans": {"title": "灯具"}}
    with refused("invalid"):
        await bring(FILM, made.mp4(), old=newer)
    with refused("not_found"):
        await bring(BROCHURE, made.pdf(), old=first)


async def test_the_order_is_the_owners(world: World, bring: Bring) -> None:
    ids = [await bring(BROCHURE, made.pdf(), title=title) for title in "ABC"]
    await world.do("owner", f.PlaceFile(ids[2], 0), room=world.stand)
    await world.do("owner", f.PlaceFile(ids[0], 2), room=world.stand)
    assert [view.title for view in (await booth(world)).files] == ["C", "B", "A"]


async def test_nobody_touches_the_files_of_another_booth(world: World, bring: Bring) -> None:
    from rooms.exhibition.booths.editing import make_booth

    id = await bring(BROCHURE, made.pdf())
    async with world.engine.database.write() as connection:
        _, elsewhere = await make_booth(connection, world.conference, world.floor, {"name": "Aurora"}, open=True)
    for command in (f.RemoveFile(id), f.ChangeFile(id, "Mine"), f.PlaceFile(id, 0)):
        with refused("not_found", "file"):
            await world.do("organiser", command, room=elsewhere)


@pytest.mark.parametrize(
    "address",
    ["http://films.example/1", "javascript:alert(1)", "https://a b", "https://x@evil.example", "//x", "https://"],
)
async def test_a_film_elsewhere_needs_a_whole_address(world: World, address: str) -> None:
    with refused("invalid", "address"):
        await world.do("owner", f.LinkFilm(address, "Video"), room=world.stand)
    await world.do("owner", f.LinkFilm("https://films.example/embed/1?a=b", "Video"), room=world.stand)
    assert [view.link for view in (await booth(world)).files] == ["https://films.example/embed/1?a=b"]


async def test_a_name_is_known_with_consent_alone_and_forgotten_when_it_is_taken_back(
    world: World, bring: Bring
) -> None:
    id = await bring(BROCHURE, made.pdf())

    async def take(who: str | None) -> None:
        actor = await world.engine.actor(world.people[who] if who else None, world.stand)
        async with world.engine.database.write() as connection:
            await note_download(connection, await queries.file_row(connection, id), actor, world.clock())

    async def known() -> tuple[int, list[str]]:
        async with world.engine.database.read() as connection:
            (kept,) = await queries.kept(connection, world.booth)
        return kept.downloads, [person.name for person in kept.takers]

    for who in (None, "attendee", "other"):
        await take(who)
    assert await known() == (3, [])
    await world.do("attendee", f.ConsentToName(True), room=world.stand)
    await world.do("other", f.ConsentToName(False), room=world.stand)
    for who in ("attendee", "attendee", "other"):
        await take(who)
    assert await known() == (6, ["Attendee"])
    async with world.engine.database.read() as connection:
        exported = await export(connection, world.people["attendee"])
    assert [(each["purpose"], each["given"]) for each in exported["file_consents"]] == [("brochures", True)]
    assert [each["file"] for each in exported["files_taken"]] == [id]
    await world.do("attendee", f.ConsentToName(False), room=world.stand)
    assert await known() == (6, [])


async def test_an_erased_person_is_no_taker(world: World, bring: Bring) -> None:
    id = await bring(BROCHURE, made.pdf())
    await world.do("attendee", f.ConsentToName(True), room=world.stand)
    async with world.engine.database.write() as connection:
        actor = await world.engine.actor(world.people["attendee"], world.stand)
        await note_download(connection, await queries.file_row(connection, id), actor, world.clock())
    await erase(world.engine, world.people["attendee"])
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(file_takers))).all() == []
        assert await queries.consents(connection, [world.people["attendee"]], [world.booth]) == {}


async def test_every_act_is_written_down(world: World, bring: Bring) -> None:
    id = await bring(BROCHURE, made.pdf())
    await world.do("owner", f.ChangeFile(id, "Lamps"), room=world.stand)
    await world.do("organiser", f.RemoveFile(id), room=world.stand)
    async with world.engine.database.read() as connection:
        entries = await read(connection, world.conference)
    acts = [(entry.act, entry.actor) for entry in entries if entry.subject == id]
    owner, organiser = world.people["owner"], world.people["organiser"]
    assert acts == [("file.remove", organiser), ("file.change", owner), ("file.add", owner)]


async def test_the_sweep_takes_what_nobody_knows_and_only_when_it_is_old(
    world: World, intake: Intake, folder: Path, bring: Bring
) -> None:
    assert await intake.delete_unknown() == 0, "there is no folder yet"
    kept, removed = [await bring(BROCHURE, made.pdf()) for _ in range(2)]
    await world.do("owner", f.RemoveFile(removed), room=world.stand)
    cut_off, young = folder / "arriving" / "cut-off", folder / "arriving" / "young"
    for path in (cut_off, young):
        path.write_bytes(b"half of a film")
    assert await intake.delete_unknown() == 0, "somebody may still be reading or sending them"
    for path in (folder / kept[:2] / kept, folder / removed[:2] / removed, cut_off):
        os.utime(path, (0, 0))
    assert await intake.delete_unknown() == 2
    assert stored(folder) == {kept, "young"}


async def test_many_at_once_take_turns(world: World, folder: Path, files: Files) -> None:
    world.lift_limits()
    owner = world.people["owner"]
    taking = [files.take(owner, world.stand, BROCHURE, pieces(made.pdf()), title=f"{n}") for n in range(8)]
    ids = await asyncio.gather(*taking)
    assert stored(folder) == set(ids)
    assert sorted(view.title for view in (await booth(world)).files) == [f"{n}" for n in range(8)]


async def test_owners_are_notified_when_organisers_remove_a_file(world: World, bring: Bring) -> None:
    _, desk = await world.join("owner", room=await world.desk("owner"))
    first, second = [await bring(BROCHURE, made.pdf(), title=title) for title in ("Prices", "Lamps")]
    await world.do("owner", f.RemoveFile(first), room=world.stand)
    await world.do("organiser", f.RemoveFile(second), room=world.stand)
    (notice,) = desk.events
    assert (notice["kind"], notice["values"]) == ("file.removed", {"booth": "Lumen", "file": "Lamps"})
    assert notice["href"] == f"/c/forum/exhibition/{world.booth}"


async def test_a_file_is_looked_at_only_for_those_who_may_bring_it(
    world: World, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def inspected(*_: object) -> None:
        raise AssertionError("a stranger's file is inspected")

    monkeypatch.setattr(receiving, "inspect", inspected)
    for who in ("attendee", "staff", "banned"):
        with refused("forbidden"):
            await bring(BROCHURE, made.pdf(), who=who)
