"""The room of a session: its snapshot for each audience, and what is one person's own in it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.audience import Audience
from rooms.commands import permitted
from rooms.forum import queries
from rooms.forum.messages import Moderation, Own, SessionSnapshot
from rooms.forum.tables import questions
from rooms.journal import Room
from rooms.kinds import LatestValues, RoomKind, register
from rooms.people import restraints, roles
from rooms.people.messages import PersonView, RoleView
from rooms.programme.queries import session_view
from rooms.visit import Visit


async def snapshot(connection: AsyncConnection, room: Room, audience: Audience) -> SessionSnapshot:
    forum = await queries.forum(connection, room.subject)
    return SessionSnapshot(
        session=await session_view(connection, room.subject),
        stage=forum.stage_view,
        asking=forum.asking_view,
        chat=await queries.chat(connection, room.id),
        screen=forum.screen,
        answering=forum.answering,
        questions=[question.public() for question in await queries.public_questions(connection, room.id)],
        messages=await queries.latest_messages(connection, room.id),
        moderation=await _moderation(connection, room) if audience is Audience.MODERATORS else None,
    )


async def _moderation(connection: AsyncConnection, room: Room) -> Moderation:
    assert room.conference is not None
    granted = await roles.grants(connection, room.conference, room.subject)
    return Moderation(
        questions=[question.moderated() for question in await queries.questions_of(connection, room.id)],
        restraints=await restraints.views(connection, room.conference, room.subject),
        roles=[RoleView(PersonView(grant.person, grant.name), grant.role) for grant in granted],
    )


async def own(connection: AsyncConnection, visit: Visit) -> Own:
    base = await own_of_person(connection, visit)
    if visit.person is None:
        return Own(**base, questions=[], votes=[])
    asked = await queries.questions_of(connection, visit.room.id, questions.c.author == visit.person.id)
    votes = await queries.voted_by(connection, visit.room.id, visit.person.id)
    return Own(**base, questions=[question.own() for question in asked], votes=votes)


async def own_of_person(connection: AsyncConnection, visit: Visit) -> dict[str, Any]:
    """The fields of RoomOwn: what is a person's own in any room with a chat."""
    person = visit.person
    return {
        "person": person.view if person else None,
        "roles": sorted(visit.roles),
        "can": permitted(visit),
        "listed": person.listed if person else False,
        "silenced": visit.silenced,
        "silenced_until": visit.silenced_until,
        "read": await queries.read_mark(connection, person.id, visit.room.id) if person else 0,
    }


async def latest(connection: AsyncConnection, room: Room, audience: Audience) -> LatestValues:
    return {"votes": dict(await queries.votes_of(connection, room.id, public=audience is Audience.EVERYONE))}


register(RoomKind("session", snapshot, own, latest))
