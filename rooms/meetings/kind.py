"""The room of a meeting."""

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.audience import Audience
from rooms.forum import chat_queries
from rooms.forum.own import own_of_people
from rooms.journal import Room
from rooms.kinds import LatestValues, RoomKind, register
from rooms.meetings import queries
from rooms.meetings.messages import MeetingOwn, MeetingSnapshot
from rooms.messages import View
from rooms.visit import Visit


async def snapshot(connection: AsyncConnection, room: Room, audience: Audience) -> MeetingSnapshot:
    meeting = await queries.meeting(connection, room.subject)
    return MeetingSnapshot(
        booth=meeting.booth,
        booth_name=meeting.booth_name,
        people=await queries.people(connection, room.subject),
        closed_at=meeting.closed_at,
        chat=await chat_queries.chat(connection, room.id),
        messages=await chat_queries.latest_messages(connection, room.id),
    )


async def own(connection: AsyncConnection, visits: list[Visit]) -> list[View]:
    bases = await own_of_people(connection, visits)
    at = {visit.room.subject for visit in visits}
    outcomes, blocked = await queries.outcomes(connection, at), await queries.blocked_here(connection, at)
    colleagues = await queries.colleagues(connection, at)
    owns: list[View] = []
    for visit, base in zip(visits, bases, strict=True):
        key = visit.room.subject, visit.person.id if visit.person else ""
        serving, free = colleagues.get(key[0], (set(), []))
        owns.append(
            MeetingOwn(
                **base,
                outcome=outcomes.get(key),
                blocked=blocked.get(key, []),
                colleagues=free if key[1] in serving else [],
            )
        )
    return owns


async def latest(connection: AsyncConnection, room: Room, audience: Audience) -> LatestValues:
    return {"call": {"": await queries.call(connection, room.subject)}}


register(RoomKind("meeting", snapshot, own, latest))
