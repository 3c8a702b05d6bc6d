"""/notifications and the bell: what a person was notified of, without JavaScript."""

import ast
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from rooms.core.commands.people import Role
from rooms.core.links import Target
from rooms.core.store.tables import conferences
from rooms.people import messages as p
from rooms.people import notices
from rooms.people.desk import notify
from rooms.people.tables import notices as table
from tests.support.client import Client
from tests.support.clients import enter
from tests.support.visitor import Visitor
from tests.support.waiting import until
from tests.support.world import World
from web.notice_texts import TEXTS, text_of
from web.site import Site


async def tell(world: World, who: str, kind: str, target: Target | None, **values: str) -> str:
    """Notifies a person; returns the notification's id."""
    world.clock.advance(seconds=1)
    async with world.engine.transaction([await world.desk(who)]) as tx:
        await notify(tx, world.people[who], kind, values, target)
    async with world.engine.database.read() as connection:
        newest = sa.select(table.c.id).order_by(table.c.at.desc()).limit(1)
        return (await connection.execute(newest)).scalar_one()


def unread_of(client: Client) -> int:
    return client.catch_up().state["snapshot"]["unread"]


async def read_ids(world: World) -> set[str]:
    async with world.engine.database.read() as connection:
        return set((await connection.execute(sa.select(table.c.id).where(table.c.read_at.is_not(None)))).scalars())


async def test_the_bell_counts_on_every_page_and_a_notification_leads_to_its_page(site: Site, world: World) -> None:
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    await visitor.get("/notifications")
    assert "Nothing yet." in visitor.page
    first = await tell(
        world, "attendee", "session.cancelled", Target("session", world.conference, world.session), session="A"
    )
    second = await tell(world, "attendee", "report", None)
    await visitor.get("/account")
    assert "2 unread" in visitor.page
    await visitor.get("/notifications?conference=forum")
    assert visitor.page.index("Someone has been reported") < visitor.page.index("“A” is cancelled.")
    assert "Today" in visitor.page
    answer = await visitor.get(f"/notifications/{first}")
    assert answer.url.path == f"/c/forum/sessions/{world.session}"
    assert "1 unread" in visitor.page
    assert await read_ids(world) == {first}
    assert (await visitor.get(f"/notifications/{second}")).url.path == "/notifications", (
        "it is about nothing that has a page"
    )
    assert " unread" not in visitor.page


async def test_reading_on_one_device_clears_the_bell_on_the_others(site: Site, world: World) -> None:
    elsewhere = await enter(world, "attendee", room=await world.desk("attendee"))
    first = await tell(world, "attendee", "report", None)
    await tell(world, "attendee", "report", None)
    await until(lambda: unread_of(elsewhere) == 2)
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    await visitor.get("/notifications")
    form = {"room": "desk", "key": "a" * 8, "next": "/notifications"}
    await visitor.post("/do/notice.read", {**form, "notice": first})
    await until(lambda: unread_of(elsewhere) == 1)
    seen = world.clock().isoformat()
    later = await tell(world, "attendee", "report", None)
    await visitor.post("/do/notice.read_all", {**form, "key": "b" * 8, "until": seen})
    await until(lambda: unread_of(elsewhere) == 1)  # what came after the page was made stays unread
    assert later not in await read_ids(world)
    assert "1 unread" in visitor.page


async def test_nobody_reads_the_notifications_of_another(site: Site, world: World) -> None:
    id = await tell(world, "attendee", "report", None)
    other = await Visitor(site).sign_in(world.people["other"])
    assert (await other.get(f"/notifications/{id}")).status_code == 404
    await other.post("/do/notice.read", {"room": "desk", "key": "a" * 8, "next": "/notifications", "notice": id})
    assert await read_ids(world) == set()
    assert (await Visitor(site).get("/notifications")).status_code == 401


async def test_what_is_gone_is_said_on_a_clear_page(site: Site, world: World) -> None:
    gone = await tell(world, "attendee", "entry.comment", Target("entry", world.conference, "gone"), entry="Batteries")
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    answer = await visitor.get(f"/notifications/{gone}")
    assert answer.status_code == 404
    for words in ("No longer available", "has been withdrawn or removed", "Back to your notifications"):
        assert words in visitor.page
    await visitor.get("/c/forum/cooperation/gone")
    assert "No longer available" not in visitor.page
    here = await tell(world, "attendee", "answer", Target("room", subject=world.room), question="Why?")
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().values(access="members"))
    await visitor.get(f"/notifications/{here}")
    assert "No longer available" in visitor.page, "the conference has closed its doors to them"


async def test_many_notifications_have_pages(site: Site, world: World) -> None:
    for number in range(notices.ON_A_PAGE + 1):
        await tell(world, "attendee", "session.cancelled", None, session=f"Talk {number}")
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    await visitor.get("/notifications")
    assert "Talk 1”" in visitor.page
    assert "Talk 0”" not in visitor.page
    await visitor.get("/notifications?page=1")
    assert "Talk 0”" in visitor.page
    await visitor.get("/notifications?page=99")
    assert "There are no notifications on this page." in visitor.page


async def test_old_notifications_are_deleted_and_no_longer_counted(world: World) -> None:
    desk = await enter(world, "attendee", room=await world.desk("attendee"))
    old = await tell(world, "attendee", "report", None)
    world.clock.advance(days=notices.KEPT.days, hours=-1)
    new = await tell(world, "attendee", "report", None)
    assert await notices.forget_old_notices(world.engine) == 0
    world.clock.advance(hours=2)
    assert await notices.forget_old_notices(world.engine) == 1
    await until(lambda: unread_of(desk) == 1)
    async with world.engine.database.read() as connection:
        kept = set((await connection.execute(sa.select(table.c.id))).scalars())
    assert new in kept
    assert old not in kept


def test_a_text_says_when_and_where(site: Site) -> None:
    values = {
        "session": "Opening",
        "starts_at": "2026-12-06T10:30:00+00:00",
        "ends_at": "2026-12-06T11:10:00+00:00",
        "zone": "Europe/Vienna",
        "place": "Hall A",
    }
    now = datetime.fromisoformat("2026-11-30T08:00:00+00:00")
    english = text_of("session.moved", values, site.languages.texts("en"), "en", now)
    assert english == "“Opening” has moved: Sun, Dec 6, 11:30–12:10 CET, Hall A"
    chinese = text_of("session.moved", values, site.languages.texts("zh_Hans"), "zh_Hans", now)
    assert "12月6日" in chinese
    assert text_of("session.moved", {}, site.languages.texts("en"), "en", now) == "“” has moved: "
    assert text_of("of.tomorrow", {}, site.languages.texts("en"), "en", now) == "There is news for you."


async def test_every_page_holds_the_texts_for_the_toasts(site: Site, world: World) -> None:
    visitor = await Visitor(site, language="zh-CN").sign_in(world.people["attendee"])
    await visitor.get("/")
    texts = site.languages.texts("zh_Hans")
    assert texts.gettext(TEXTS["role"]) in (await visitor.get("/")).text
    assert 'id="notice-texts"' not in (await Visitor(site).get("/")).text


async def test_a_role_leads_to_its_session(site: Site, world: World) -> None:
    await world.do("organiser", p.GrantRole(world.people["attendee"], Role.SPEAKER))
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    await visitor.get("/notifications")
    id = visitor.page.partition('href="/notifications/')[2].partition('"')[0]
    assert (await visitor.get(f"/notifications/{id}")).url.path == f"/c/forum/sessions/{world.session}"


def test_every_kind_of_notification_has_a_text() -> None:
    """For kinds that are written out where `notify` or `notify_all` is called."""
    kinds: set[str] = set()
    for path in (Path(__file__).parents[3] / "rooms").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in {"notify", "notify_all"}
            ):
                kind = call.args[2]
                if isinstance(kind, ast.Constant):
                    kinds.add(str(kind.value))
    assert {"role", "call", "interest.new"} <= kinds, "the premise: they are found"
    assert kinds <= TEXTS.keys()
