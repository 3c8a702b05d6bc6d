"""The room of a meeting."""

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat import queries as chat_queries
from rooms.chat.own import own_of_people
from rooms.core.commands.access import Actor
from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import View
from rooms.core.commands.room_kinds import LatestValues, RoomKind, register
from rooms.core.store.journal import Room
from rooms.meetings import queries
from rooms.meetings.access import gate
from rooms.meetings.hosts import NO_HOST, host_of, hosts_of
from rooms.meetings.messages import MeetingOwn, MeetingSnapshot


async def snapshot(connection: AsyncConnection, room: Room, audience: Audience) -> MeetingSnapshot:
    meeting = await queries.meeting(connection, room.subject)
    return MeetingSnapshot(
        booth=meeting.booth,
        booth_name=(await host_of(connection, room.subject)).name,
        people=await queries.people(connection, room.subject),
        closed_at=meeting.closed_at,
        chat=await chat_queries.chat(connection, room.id),
        messages=await chat_queries.latest_messages(connection, room.id),
    )


async def own(connection: AsyncConnection, actors: list[Actor]) -> list[View]:
    bases = await own_of_people(connection, actors)
    at = {actor.room.subject for actor in actors}
    outcomes, blocked = await queries.outcomes(connection, at), await queries.blocked_here(connection, at)
    hosts = await hosts_of(connection, at)
    owns: list[View] = []
    for actor, base in zip(actors, bases, strict=True):
        key = actor.room.subject, actor.person.id if actor.person else ""
        host = hosts.get(key[0], NO_HOST)
        owns.append(
            MeetingOwn(
                **base,
                outcome=outcomes.get(key),
                blocked=blocked.get(key, []),
                colleagues=host.free if key[1] in host.staff else [],
            )
        )
    return owns


async def latest(connection: AsyncConnection, room: Room, audience: Audience) -> LatestValues:
    return {"call": {"": await queries.call(connection, room.subject)}}


register(RoomKind("meeting", snapshot, own, latest, gate))
