"""The lobby: the room of a whole conference."""

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat import queries as chat_queries
from rooms.chat.own import own_of_people
from rooms.core.commands.access import Actor
from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import View
from rooms.core.commands.room_kinds import LatestValues, RoomKind, register
from rooms.core.store.journal import Room
from rooms.people import restraints
from rooms.programme import queries, stars
from rooms.programme.messages import LobbyOwn, LobbySnapshot
from rooms.programme.tables import sessions


async def snapshot(connection: AsyncConnection, room: Room, audience: Audience) -> LobbySnapshot:
    return LobbySnapshot(
        conference=room.subject,
        sessions=await queries.session_cards(connection, sessions.c.conference == room.subject),
        chat=await chat_queries.chat(connection, room.id),
        messages=await chat_queries.latest_messages(connection, room.id),
        restraints=await restraints.views(connection, room.subject, "") if audience is Audience.MODERATORS else None,
    )


async def own(connection: AsyncConnection, actors: list[Actor]) -> list[View]:
    bases = await own_of_people(connection, actors)
    people = {actor.person.id for actor in actors if actor.person}
    starred = await stars.starred_by(connection, people, {actor.room.subject for actor in actors})
    keys = [(actor.person.id if actor.person else "", actor.room.subject) for actor in actors]
    return [LobbyOwn(**base, stars=starred.get(key, [])) for base, key in zip(bases, keys, strict=True)]


async def latest(connection: AsyncConnection, room: Room, audience: Audience) -> LatestValues:
    return {}


register(RoomKind("lobby", snapshot, own, latest))
