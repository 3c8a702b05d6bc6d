"""The room of a session: its snapshot for each audience, and its latest values."""

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat import queries as chat_queries
from rooms.core.commands.audience import Audience
from rooms.core.commands.people import PersonView
from rooms.core.commands.room_kinds import LatestValues, RoomKind, register
from rooms.core.store.journal import Room
from rooms.forum.own import own
from rooms.forum.polls import queries as poll_queries
from rooms.forum.questions import queries
from rooms.forum.questions import votes as vote_queries
from rooms.forum.questions.moderation_messages import Moderation
from rooms.forum.snapshots import SessionSnapshot
from rooms.people import restraints, roles
from rooms.people.messages import RoleView
from rooms.programme.queries import session_view


async def snapshot(connection: AsyncConnection, room: Room, audience: Audience) -> SessionSnapshot:
    forum = await queries.forum(connection, room.subject)
    return SessionSnapshot(
        session=await session_view(connection, room.subject),
        stage=forum.stage_view if audience is Audience.MODERATORS else forum.public_stage,
        asking=forum.asking_view,
        chat=await chat_queries.chat(connection, room.id),
        screen=forum.screen,
        screen_poll=forum.screen_poll,
        answering=forum.answering,
        questions=[question.public() for question in await queries.public_questions(connection, room.id)],
        messages=await chat_queries.latest_messages(connection, room.id),
        polls=[poll.view() for poll in await poll_queries.polls_seen(connection, room.id, audience)],
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


async def latest(connection: AsyncConnection, room: Room, audience: Audience) -> LatestValues:
    votes = dict(await vote_queries.votes_of(connection, room.id, public=audience is Audience.EVERYONE))
    return {"votes": votes, **await poll_queries.results_seen(connection, room.id, audience)}


register(RoomKind("session", snapshot, own, latest))
