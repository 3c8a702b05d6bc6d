"""Booked meetings in the demonstration: times, tables, a few requests, and meetings that have been accepted."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from rooms.core.commands.messages import Command
from rooms.core.engine import Engine, Outcome
from rooms.core.ids import new_id
from rooms.core.store.journal import room_of
from rooms.exhibition.booths.staff import booths_of
from rooms.exhibition.demos import PublishDemo
from rooms.meetings.bookings import calendar, slots
from rooms.meetings.bookings import messages as m
from rooms.people import accounts

ZONE = ZoneInfo("Asia/Shanghai")
PEOPLE = ("organiser", "attendee", "speaker", "exhibitor", "colleague", "moderator")
SPOTS = (
    m.CreateSpot("Table 1 · 会面桌 1", m.SpotKind.PHYSICAL),
    m.CreateSpot("Table 2 · 会面桌 2", m.SpotKind.PHYSICAL),
    m.CreateSpot("Round table · 圆桌", m.SpotKind.PHYSICAL, seats=6),
    m.CreateSpot("Video calls · 视频通话", m.SpotKind.VIRTUAL, meetings=40, seats=4),
)


class DemoWish(msgspec.Struct, frozen=True):
    """A request of the demonstration. `slot` counts the slots that are free for both."""

    asker: str
    asked: str
    slot: int
    text: str
    accepted: bool = False
    place: m.SpotKind = m.SpotKind.VIRTUAL


WISHES = (
    DemoWish("attendee", "exhibitor", 0, "I would like to see the lamp for hospitals.", accepted=True),
    DemoWish("attendee", "speaker", 3, "您的报告很有启发，想请教两个问题。", accepted=True, place=m.SpotKind.PHYSICAL),
    DemoWish("colleague", "attendee", 5, "You asked about the interpreters. Shall we talk?"),
    DemoWish("moderator", "attendee", 7, "关于明天圆桌会议的安排，想与您沟通。"),
    DemoWish("attendee", "organiser", 9, "May I bring a guest to the round table?"),
)


async def arrange(engine: Engine, conference: str) -> None:
    """Opens times for meetings, unless some are still ahead."""
    now = engine.clock()
    async with engine.database.read() as connection:
        if any(each.ends_at > now for each in await slots.windows(connection, conference)):
            return
        found = {who: await accounts.by_email(connection, f"{who}@demo.example") for who in PEOPLE}
        people = {who: account.id for who, account in found.items() if account is not None}
        lobby = await room_of(connection, "lobby", conference)
        fresh = not await slots.spots_of(connection, conference, archived=True)

    async def do(who: str, command: Command) -> Outcome:
        return await engine.perform(people[who], lobby, command, new_id())

    if fresh:
        await do("organiser", m.SetMeetings(20, 10, 48, 20))
        for spot in SPOTS:
            await do("organiser", spot)
    here = now.astimezone(ZONE)
    soon = here + timedelta(minutes=15 - here.minute % 5)
    if soon.date() == here.date() and soon.hour < 22:
        await do("organiser", m.AddWindow(here.date().isoformat(), f"{soon:%H:%M}", "23:30"))
    for days in (1, 2):
        await do("organiser", m.AddWindow((here.date() + timedelta(days=days)).isoformat(), "09:00", "17:00"))
    if not fresh:
        return
    await _show_demo(engine, conference, people["exhibitor"], here)
    for wish in WISHES:
        async with engine.database.read() as connection:
            both = [people[wish.asker], people[wish.asked]]
            free = await calendar.free_slots(connection, conference, both, now)
        times = [slot.starts_at for slot in free[wish.slot : wish.slot + (1 if wish.accepted else 3)]]
        made = await do(wish.asker, m.RequestMeeting(people[wish.asked], times, wish.text, wish.place))
        if wish.accepted:
            request = msgspec.json.decode(made.reply, type=m.MeetingRequested).request
            await do(wish.asked, m.AcceptRequest(request, times[0]))


async def _show_demo(engine: Engine, conference: str, person: str, here: datetime) -> None:
    """The exhibitor shows something tomorrow."""
    async with engine.database.read() as connection:
        own = await booths_of(connection, conference, person)
        room = await room_of(connection, "booth", own[0][0]) if own else ""
    if room:
        day = (here.date() + timedelta(days=1)).isoformat()
        text = "Three visitors at a time, so that everyone can ask. 每场限三位访客，便于提问。"
        demo = PublishDemo("Live demo · 现场演示", day, "14:00", 20, 3, text)
        await engine.perform(person, room, demo, new_id())
