"""The lobby: the room of a whole conference."""

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.audience import Audience
from rooms.forum import chat_queries
from rooms.forum.messages.snapshots import LobbyOwn, LobbySnapshot
from rooms.forum.own import own_of_people
from rooms.journal import Room
from rooms.kinds import LatestValues, RoomKind, register
from rooms.messages import View
from rooms.people import restraints
from rooms.programme import queries, stars
from rooms.programme.tables import sessions
from rooms.visit import Visit


async def snapshot(connection: AsyncConnection, room: Room, audience: Audience) -> LobbySnapshot:
    return LobbySnapshot(
        conference=room.subject,
        sessions=await queries.session_cards(connection, sessions.c.conference == room.subject),
        chat=await chat_queries.chat(connection, room.id),
        messages=await chat_queries.latest_messages(connection, room.id),
        restraints=await restraints.views(connection, room.subject, "") if audience is Audience.MODERATORS else None,
    )


async def own(connection: AsyncConnection, visits: list[Visit]) -> list[View]:
    bases = await own_of_people(connection, visits)
    people = {visit.person.id for visit in visits if visit.person}
    starred = await stars.starred_by(connection, people, {visit.room.subject for visit in visits})
    keys = [(visit.person.id if visit.person else "", visit.room.subject) for visit in visits]
    return [LobbyOwn(**base, stars=starred.get(key, [])) for base, key in zip(bases, keys, strict=True)]


async def latest(connection: AsyncConnection, room: Room, audience: Audience) -> LatestValues:
    return {}


register(RoomKind("lobby", snapshot, own, latest))
