"""The lobby: the room of a whole conference."""

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.audience import Audience
from rooms.forum import queries as forum_queries
from rooms.forum.kind import own_of_person
from rooms.forum.messages import LobbyOwn, LobbySnapshot
from rooms.journal import Room
from rooms.kinds import LatestValues, RoomKind, register
from rooms.people import restraints
from rooms.programme import queries, stars
from rooms.programme.tables import sessions
from rooms.visit import Visit


async def snapshot(connection: AsyncConnection, room: Room, audience: Audience) -> LobbySnapshot:
    return LobbySnapshot(
        conference=room.subject,
        sessions=await queries.session_cards(connection, sessions.c.conference == room.subject),
        chat=await forum_queries.chat(connection, room.id),
        messages=await forum_queries.latest_messages(connection, room.id),
        restraints=await restraints.views(connection, room.subject, "") if audience is Audience.MODERATORS else None,
    )


async def own(connection: AsyncConnection, visit: Visit) -> LobbyOwn:
    base = await own_of_person(connection, visit)
    starred = await stars.starred_by(connection, visit.person.id, visit.room.subject) if visit.person else []
    return LobbyOwn(**base, stars=starred)


async def latest(connection: AsyncConnection, room: Room, audience: Audience) -> LatestValues:
    return {}


register(RoomKind("lobby", snapshot, own, latest))
