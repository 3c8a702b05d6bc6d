"""The room of a session: its snapshot for each audience, and what is one person's own in it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.audience import Audience
from rooms.commands import permitted
from rooms.forum import poll_queries, queries
from rooms.forum.messages.asking import OwnQuestion
from rooms.forum.messages.moderating import Moderation
from rooms.forum.messages.polls import PollAnswer
from rooms.forum.messages.snapshots import Own, SessionSnapshot
from rooms.journal import Room
from rooms.kinds import LatestValues, RoomKind, register
from rooms.messages import View
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
        screen_poll=forum.screen_poll,
        answering=forum.answering,
        questions=[question.public() for question in await queries.public_questions(connection, room.id)],
        messages=await queries.latest_messages(connection, room.id),
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


async def own(connection: AsyncConnection, visits: list[Visit]) -> list[View]:
    bases = await own_of_people(connection, visits)
    asked: dict[tuple[str, str], list[OwnQuestion]] = {}
    voted: dict[tuple[str, str], list[str]] = {}
    answered: dict[tuple[str, str], dict[str, PollAnswer]] = {}
    for room, people in people_by_room(visits).items():
        for question in await queries.asked_by(connection, room, people):
            asked.setdefault((room, question.author), []).append(question.own())
        votes = await queries.voted_by(connection, room, people)
        voted.update({(room, person): chosen for person, chosen in votes.items()})
        answers = await poll_queries.answers_of(connection, room, people)
        answered.update({(room, person): given for person, given in answers.items()})
    keys = [(visit.room.id, visit.person.id if visit.person else "") for visit in visits]
    return [
        Own(**base, questions=asked.get(key, []), votes=voted.get(key, []), answers=answered.get(key, {}))
        for base, key in zip(bases, keys, strict=True)
    ]


def people_by_room(visits: list[Visit]) -> dict[str, list[str]]:
    """The people who visit each room, but for those who are nobody in particular."""
    found: dict[str, list[str]] = {}
    for visit in visits:
        if visit.person is not None:
            found.setdefault(visit.room.id, []).append(visit.person.id)
    return found


async def own_of_people(connection: AsyncConnection, visits: list[Visit]) -> list[dict[str, Any]]:
    """For each visit the fields of RoomOwn: what is a person's own in any room with a chat."""
    marks: dict[tuple[str, str], int] = {}
    for room, people in people_by_room(visits).items():
        read = await queries.read_marks(connection, room, people)
        marks.update({(room, person): number for person, number in read.items()})
    return [
        {
            "person": visit.person.view if visit.person else None,
            "roles": sorted(visit.roles),
            "can": permitted(visit),
            "listed": visit.person.listed if visit.person else False,
            "silenced": visit.silenced,
            "silenced_until": visit.silenced_until,
            "read": marks.get((visit.room.id, visit.person.id if visit.person else ""), 0),
        }
        for visit in visits
    ]


async def latest(connection: AsyncConnection, room: Room, audience: Audience) -> LatestValues:
    votes = dict(await queries.votes_of(connection, room.id, public=audience is Audience.EVERYONE))
    return {"votes": votes, **await poll_queries.results_seen(connection, room.id, audience)}


register(RoomKind("session", snapshot, own, latest))
