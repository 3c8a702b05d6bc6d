"""The front door and the lobby, as somebody without JavaScript reads them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from rooms.chat.messages import PostMessage, ReadChat
from rooms.core.commands.people import Role
from rooms.core.store.tables import conferences
from rooms.people import roles
from rooms.programme.actions import create_conference, create_session
from rooms.programme.messages import CancelSession, StarSession, StartSession
from tests.rooms.meetings.conftest import new_meeting
from tests.support.visitor import Visitor, make_site
from tests.support.world import START, World
from web.site import Site


@pytest.fixture
async def attendee(site: Site, world: World) -> Visitor:
    return await Visitor(site).sign_in(world.people["attendee"])


async def another(world: World, slug: str, title: str, **fields: object) -> str:
    days = {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 2), "now": world.clock()}
    async with world.engine.database.write() as connection:
        conference, _ = await create_conference(connection, slug=slug, title=title, zone="UTC", **days, **fields)
    return conference


async def session(world: World, title: str, hours: float) -> tuple[str, str]:
    times = {"starts_at": START + timedelta(hours=hours), "ends_at": START + timedelta(hours=hours + 1)}
    async with world.engine.database.write() as connection:
        return await create_session(connection, world.conference, title=title, now=world.clock(), **times)


async def test_where_there_is_one_conference_the_front_door_leads_into_it(visitor: Visitor) -> None:
    answer = await visitor.get("/", follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/c/forum")


async def test_an_administrator_stays_to_begin_another(site: Site, world: World) -> None:
    admin = await Visitor(site).sign_in(world.people["admin"])
    answer = await admin.get("/", follow=False)
    assert answer.status_code == 200
    assert 'href="/conferences/new"' in admin.page


async def test_the_front_door_shows_what_is_open_to_the_viewer(world: World, site: Site, visitor: Visitor) -> None:
    hidden = await another(world, "members", "Members alone", access="members")
    await another(world, "open", "Open to all")
    await visitor.get("/")
    assert "Open to all" in visitor.page
    assert "The Forum" in visitor.page
    assert "Members alone" not in visitor.page
    async with world.engine.database.write() as connection:
        granted = {"session": None, "role": Role.ATTENDEE, "by": None, "at": world.clock()}
        await roles.grant(connection, person=world.people["other"], conference=hidden, **granted)
    member = await Visitor(site).sign_in(world.people["other"])
    await member.get("/")
    assert "Members alone" in member.page


@pytest.mark.parametrize("end", ["", "/programme", "/programme.ics", "/unread", "/organise", "/organise/programme"])
async def test_for_all_others_a_members_conference_does_not_exist(
    site: Site, world: World, attendee: Visitor, end: str
) -> None:
    # The stranger organises that conference: there is something to hide.
    organiser = await Visitor(site).sign_in(world.people["stranger"])
    assert (await organiser.get(f"/c/elsewhere{end}")).status_code == 200
    assert (await attendee.get(f"/c/elsewhere{end}")).status_code == 404
    assert (await Visitor(site).get(f"/c/elsewhere{end}")).status_code == 404
    assert (await attendee.get(f"/c/nowhere{end}")).status_code == 404


async def test_the_lobby_speaks_the_viewers_language(world: World, site: Site) -> None:
    texts = {"zh_Hans": {"title": "论坛", "tagline": "人才与创新", "description": "欢迎。"}}
    async with world.engine.database.write() as connection:
        await connection.execute(update(conferences).where(conferences.c.slug == "forum").values(texts=texts))
    chinese = Visitor(site, language="zh-CN")
    await chinese.get("/c/forum")
    assert all(words in chinese.page for words in ("论坛", "人才与创新", "欢迎。"))
    english = Visitor(site)
    await english.get("/c/forum")
    assert "The Forum" in english.page


async def test_now_next_and_what_is_cancelled(world: World, visitor: Visitor) -> None:
    await session(world, "Next one", 3)
    await session(world, "Later one", 5)
    gone, _ = await session(world, "Gone one", 2)
    await world.do("organiser", CancelSession(gone), room=world.lobby)
    await visitor.get("/c/forum")
    now, _, rest = visitor.page.partition('id="lobby-next"')
    assert "Opening" in now  # its time has come, though nobody has started it
    assert "Next one" in rest
    assert "Later one" not in rest
    assert "Gone one" not in visitor.page


async def test_a_started_session_is_live_whatever_the_clock_says(world: World, visitor: Visitor) -> None:
    world.clock.advance(hours=20)
    await visitor.get("/c/forum")
    assert "No session is live at the moment." in visitor.page
    await world.do("moderator", StartSession())
    await visitor.get("/c/forum")
    assert "No session is live at the moment." not in visitor.page
    assert "badge-live" in visitor.page


async def test_starred_sessions_are_in_the_lobby_of_their_owner(world: World, site: Site, attendee: Visitor) -> None:
    await session(world, "Next one", 3)
    chosen, _ = await session(world, "Chosen one", 5)
    await world.do("attendee", StarSession(chosen), room=world.lobby)
    await attendee.get("/c/forum")
    assert "Chosen one" in attendee.page
    other = await Visitor(site).sign_in(world.people["other"])
    await other.get("/c/forum")
    assert "Chosen one" not in other.page


async def test_unread_marks_of_each_channel(world: World, attendee: Visitor) -> None:
    chosen, room = await session(world, "Chosen one", 5)
    await world.do("attendee", StarSession(chosen), room=world.lobby)
    for text in ("One", "Two"):
        await world.do("other", PostMessage(text), room=room)
    await world.do("other", PostMessage("Hello"), room=world.lobby)
    await world.do("attendee", PostMessage("Mine does not count"), room=room)
    asked = [("room", room), ("room", world.lobby), ("room", world.room)]
    assert (await attendee.get("/c/forum/unread", params=asked)).json() == {"unread": {room: 2, world.lobby: 1}}
    await attendee.get("/c/forum")
    assert attendee.page.count("count-new") == 2
    async with world.engine.database.read() as connection:
        from rooms.core.store.journal import find_room

        seen = await find_room(connection, room)
    assert seen is not None
    await world.do("attendee", ReadChat(seen.seq), room=room)
    assert (await attendee.get("/c/forum/unread", params=asked)).json() == {"unread": {world.lobby: 1}}


async def test_the_chat_of_a_booth_is_followed_by_its_staff_and_its_readers(
    world: World, site: Site, attendee: Visitor
) -> None:
    await world.do("other", PostMessage("Is anybody there?"), room=world.stand)
    staff = await Visitor(site).sign_in(world.people["staff"])
    await staff.get("/c/forum")
    assert f'href="/c/forum/exhibition/{world.booth}#panel-chat"' in staff.page
    assert staff.page.count("count-new") == 1
    await attendee.get("/c/forum")
    assert f"{world.booth}#panel-chat" not in attendee.page
    await world.do("attendee", ReadChat(1), room=world.stand)
    await attendee.get("/c/forum")
    assert f"{world.booth}#panel-chat" in attendee.page


async def test_unread_messages_of_a_closed_room_are_not_counted(world: World, site: Site) -> None:
    staff, owner, stranger = [await Visitor(site).sign_in(world.people[who]) for who in ("staff", "owner", "stranger")]
    meeting = await new_meeting(world, "attendee", "staff")
    await world.do("attendee", PostMessage("Between us"), room=meeting.room)
    asked = {"room": meeting.room}
    assert (await staff.get("/c/forum/unread", params=asked)).json() == {"unread": {meeting.room: 1}}
    for other in (owner, stranger):
        assert (await other.get("/c/forum/unread", params=asked)).json() == {"unread": {}}


async def test_nobody_counts_the_messages_of_another_conference(world: World, site: Site) -> None:
    await world.do("other", PostMessage("Hello"), room=world.lobby)
    stranger = await Visitor(site).sign_in(world.people["stranger"])
    there = await stranger.get("/c/forum/unread", params={"room": world.lobby})
    assert there.json() == {"unread": {world.lobby: 1}}
    elsewhere = await stranger.get("/c/elsewhere/unread", params={"room": world.lobby})
    assert elsewhere.json() == {"unread": {}}


async def test_the_lobby_leads_moderators_and_speakers_to_their_work(world: World) -> None:
    """users.md 6: the lobby did not show their roles."""
    site = make_site(world)
    session = f"/c/forum/sessions/{world.session}"
    moderator = await Visitor(site).sign_in(world.people["moderator"], next="/c/forum")
    assert "Your duties" in moderator.page
    assert f'href="{session}/moderate"' in moderator.page
    speaker = await Visitor(site).sign_in(world.people["speaker"], next="/c/forum")
    assert f'href="{session}/speak"' in speaker.page
    assert f'href="{session}/moderate"' not in speaker.page
    everywhere = await Visitor(site).sign_in(world.people["colleague"], next="/c/forum")
    assert "You moderate every session" in everywhere.page
    attendee = await Visitor(site).sign_in(world.people["attendee"], next="/c/forum")
    assert "Your duties" not in attendee.page


async def test_a_stranger_at_a_private_conference_can_sign_in(world: World) -> None:
    """users.md 27: the invited saw a page without a way to sign in, the same as for an address that does not exist."""
    visitor = Visitor(make_site(world))
    for path in ("/c/elsewhere", "/c/no-such-conference"):
        answer = await visitor.get(path)
        assert answer.status_code == 404
        assert "If this is a private conference, sign in to see it." in visitor.page
        assert f'href="/sign-in?next={path}"' in visitor.page
    await visitor.sign_in(world.people["attendee"], next="/c/elsewhere")
    assert "If this is a private conference" not in visitor.page
