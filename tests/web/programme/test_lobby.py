"""The lobby as a way to everything: what waits for a person there, and the zones of the conference. The menu has the same zones."""

import re
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from rooms.contacts.messages import AskConnection
from rooms.core.waiting import FINDERS, waiting_for
from rooms.exhibition.requests.messages import AskContact, ContactAsked, ContactKind, TakeContact
from rooms.exhibition.tables import booths
from rooms.matchmaking.tables import match_settings
from rooms.people.messages import ReportPerson, ReportReason
from rooms.slices import SLICES
from tests.support import bookings, cooperation, meetups
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site
from web.waiting_texts import TEXTS
from web.zones import ZONES

LINES = re.compile(r'<ul class="channels waiting".*?</ul>', re.S)
MENU = re.compile(r'<nav class="shell-nav[ "].*?</nav>', re.S)


async def waits(site: Site, world: World, who: str) -> list[tuple[str, str]]:
    """(address, text) of what the lobby says waits for a person."""
    visitor = await Visitor(site).sign_in(world.people[who])
    await visitor.get("/c/forum")
    found = LINES.search(visitor.page)
    lines = re.findall(r'<a href="([^"]*)".*?<span dir="auto">(.*?)</span>', found[0], re.S) if found else []
    return [(address.removeprefix("/c/forum/"), text) for address, text in lines]


async def test_interest_waits_for_the_members_of_the_organisation(site: Site, world: World) -> None:
    entry = await cooperation.published(world)
    assert await waits(site, world, "staff") == []
    await cooperation.interested(world, entry)
    await cooperation.interested(world, entry, "other")
    assert await waits(site, world, "staff") == [("cooperation/requests", "2 requests about your entries to answer")]
    assert await waits(site, world, "attendee") == []


async def test_readers_and_second_looks_wait(site: Site, world: World) -> None:
    entry = await cooperation.asks_to_read(world)
    assert ("person asks to read" in text for _, text in await waits(site, world, "staff"))
    assert [address for address, _ in await waits(site, world, "staff")] == [f"cooperation/{entry}/documents"]
    _, review = await cooperation.reviewed(world, who="other")
    assert [address for address, _ in await waits(site, world, "other")] == [f"cooperation/reviews/{review}"]


async def test_reviews_and_reports_wait_for_organisers_alone(site: Site, world: World) -> None:
    await cooperation.waiting(world)
    await world.do("attendee", ReportPerson(world.people["other"], ReportReason.SPAM))
    async with world.engine.database.write() as connection:
        await connection.execute(booths.update().values(review="waiting"))
    assert await waits(site, world, "organiser") == [
        ("organise/cooperation", "1 entry in project cooperation to review"),
        (f"exhibition/{world.booth}/edit", "The texts of Lumen to approve"),
        ("organise/reports", "1 open report"),
    ]
    for who in ("attendee", "owner", "moderator"):
        assert await waits(site, world, who) == []


async def test_a_contact_request_waits_for_all_until_a_colleague_takes_it(site: Site, world: World) -> None:
    done = await world.do("attendee", AskContact(ContactKind.CONTACT, "Call me"), room=world.stand)
    line = (f"exhibition/{world.booth}", "1 contact request at Lumen")
    assert await waits(site, world, "staff") == [line]
    assert await waits(site, world, "owner") == [line]
    await world.do("staff", TakeContact(msgspec.json.decode(done.reply, type=ContactAsked).contact), room=world.stand)
    assert await waits(site, world, "staff") == [line]
    assert await waits(site, world, "owner") == []


async def test_requests_for_meetings_and_proposals_of_meet_ups_wait(site: Site, world: World) -> None:
    await meetups.proposed(world)
    assert await waits(site, world, "organiser") == [("organise/meetups", "1 meet-up to approve")]
    await bookings.open_times(world)
    await bookings.asked(world, 0)
    assert await waits(site, world, "other") == [("meetings", "1 meeting request to answer")]
    assert await waits(site, world, "attendee") == []
    world.clock.advance(hours=49)
    assert await waits(site, world, "other") == [], "it has lapsed"


async def test_a_request_for_contact_waits(site: Site, world: World) -> None:
    await world.do("attendee", AskConnection(world.people["other"], []), room=world.lobby)
    assert await waits(site, world, "other") == [("/contacts", "1 person asks for contact with you")]
    assert await waits(site, world, "attendee") == []


async def test_nothing_waits_for_a_stranger(site: Site, world: World) -> None:
    visitor = Visitor(site)
    await visitor.get("/c/forum")
    assert LINES.search(visitor.page) is None


async def test_every_kind_that_waits_has_a_text(world: World) -> None:
    assert FINDERS
    await cooperation.waiting(world)
    actor = await world.engine.actor(world.people["organiser"], world.lobby)
    async with world.engine.database.read() as connection:
        found = await waiting_for(connection, actor, world.clock())
    assert {each.kind for each in found} <= TEXTS.keys()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_menu_and_lobby_lead_to_the_zones_in_use(site: Site, world: World, language: str) -> None:
    stranger = Visitor(site, language=language)
    await stranger.get("/c/forum")
    assert "/c/forum/cooperation" not in stranger.page
    await cooperation.entry_type(world)
    async with world.engine.database.write() as connection:
        opened = {"conference": world.conference, "open": True, "most": 5, "together": False}
        await connection.execute(match_settings.insert().values(opened))
    await stranger.get("/c/forum")
    texts = site.languages.texts("en" if language == "en" else "zh_Hans")
    for zone in ZONES:
        if zone.name in {"programme", "exhibition", "cooperation"}:
            assert f'<a href="{zone.path("forum")}">{texts.gettext(zone.label)}</a>' in stranger.page
            assert texts.gettext(zone.line) in stranger.page
            assert (await stranger.get(zone.path("forum"))).status_code == 200
            menu = MENU.search(stranger.page)
            assert menu is not None
            assert f'<a href="{zone.path("forum")}" aria-current="page">' in menu[0], "one sees where one is"
            await stranger.get("/c/forum")
    assert "/c/forum/matchmaking" not in stranger.page, "it is for people who are signed in"
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    await attendee.get("/c/forum")
    assert attendee.page.count('href="/c/forum/matchmaking"') == 3, "in the row, in the small menu and in the lobby"
    assert "matchmaking" in SLICES


async def test_an_exhibition_without_open_booths_is_in_the_menu_because_one_applies_there(
    site: Site, world: World
) -> None:
    async with world.engine.database.write() as connection:
        await connection.execute(booths.update().values(open=sa.false()))
    visitor = Visitor(site)
    await visitor.get("/c/forum")
    menu = MENU.search(visitor.page)
    assert menu is not None
    assert "/c/forum/exhibition" in menu[0]
    assert "Booths, and video calls" not in visitor.page


def test_every_page_says_where_it_is_in_the_menu() -> None:
    known = {zone.name for zone in ZONES} | {"lobby", "organise", "session", "notifications", "people"}
    found: set[str] = set()
    for path in (Path(__file__).parents[3] / "web" / "templates").rglob("*.html"):
        found |= set(re.findall(r'set section = "(\w+)"', path.read_text("utf-8")))
    assert {"programme", "cooperation"} <= found, "the premise: they are found"
    assert found <= known
