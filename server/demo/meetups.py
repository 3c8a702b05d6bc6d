"""Meet-ups in the demonstration: one on the site, one at a place with a waiting list, one that waits for an organiser; and rounds of short talks."""

from contextlib import suppress
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from rooms.core.commands.messages import Command
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store.journal import room_of
from rooms.meetings.meetups import messages as m
from rooms.meetings.meetups.queries import coming
from rooms.meetings.rounds.messages import CreateRound, RoundPreference
from rooms.meetings.rounds.queries import OPEN, listed
from rooms.people import accounts
from rooms.programme.queries import conference_by_id

SOFIA, LIN, KARIM = "attendee@demo.example", "speaker@demo.example", "organiser@demo.example"
GUESTS = [f"guest{number}@demo.example" for number in range(3)]


async def meet_up(engine: Engine, conference: str) -> None:
    """Proposes the meet-ups for tomorrow, unless there are some to come."""
    async with engine.database.read() as connection:
        if any(each.starts_at > engine.clock() for each in await coming(connection, conference, None)):
            return
        found = {email: await accounts.by_email(connection, email) for email in (SOFIA, LIN, KARIM, *GUESTS)}
        people = {email: account.id for email, account in found.items() if account is not None}
        if len(people) < len(found):
            return
        zone = ZoneInfo((await conference_by_id(connection, conference)).zone)
        lobby = await room_of(connection, "lobby", conference)
    tomorrow = engine.clock().astimezone(zone).date() + timedelta(days=1)

    async def do(email: str, command: Command) -> bytes:
        return (await engine.perform(people[email], lobby, command, new_id())).reply

    async def propose(email: str, title: str, text: str, at: time, capacity: int, place: str, language: str) -> str:
        starts = datetime.combine(tomorrow, at, zone)
        said = m.ProposeMeetup(
            title=title, text=text, starts_at=starts, minutes=45, capacity=capacity, place=place, language=language
        )
        return msgspec.json.decode(await do(email, said), type=m.MeetupProposed).meetup

    text = "Who tests photovoltaics below zero? Bring one result and one question. 欢迎带上一个结果和一个问题。"
    online = await propose(SOFIA, "Solar cells in the cold", text, time(19, 0), 8, "", "en")
    text = "与来自各地的博士生和青年研究者边喝咖啡边聊储能。English is welcome."
    table = await propose(LIN, "储能青年学者咖啡聚会", text, time(20, 15), 3, "Café, hall 2 · 二号馆咖啡厅", "zh")
    for meetup in (online, table):
        with suppress(Problem):
            await do(KARIM, m.ApproveMeetup(meetup, "A good addition to the programme."))
    for email, meetup in ((LIN, online), (GUESTS[0], online), (GUESTS[0], table), (GUESTS[1], table), (SOFIA, table)):
        with suppress(Problem):  # a session of theirs may be at the same time
            await do(email, m.JoinMeetup(meetup))
    text = "A walk to the river before the first session. Meet at the main entrance."
    await propose(GUESTS[2], "Morning walk", text, time(7, 30), 20, "Main entrance", "en")


async def take_turns(engine: Engine, conference: str) -> None:
    """Sets up rounds of short talks that begin in twenty minutes, unless some are still to come."""
    async with engine.database.read() as connection:
        if any(row.state in OPEN for row in await listed(connection, conference)):
            return
        organiser = await accounts.by_email(connection, KARIM)
        lobby = await room_of(connection, "lobby", conference)
    if organiser is None:
        return
    said = CreateRound(
        title="Meet ten people you did not know · 认识新朋友",
        text="Five minutes with each. Say what you work on, and what you seek. 每次五分钟：您在做什么，寻求什么？",
        starts_at=engine.clock() + timedelta(minutes=20),
        talk_minutes=5,
        pause_seconds=45,
        talks=10,
        prefers=RoundPreference.ORGANISATIONS,
    )
    await engine.perform(organiser.id, lobby, said, new_id())
