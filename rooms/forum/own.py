"""What is one person's own in a room, read for many people at once. Most have asked, chosen and answered nothing yet: one statement finds who has what,
and only for those is more read."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.commands import permitted
from rooms.database import given, padded
from rooms.forum import poll_queries, queries, vote_queries
from rooms.forum.messages.asking import OwnQuestion
from rooms.forum.messages.polls import PollAnswer
from rooms.forum.messages.snapshots import Own
from rooms.forum.poll_tables import poll_answers, polls
from rooms.forum.tables import marks, questions, votes
from rooms.messages import View
from rooms.visit import Visit

Key = tuple[str, str]
"""Room and person; "" for nobody in particular."""


async def own(connection: AsyncConnection, visits: list[Visit]) -> list[View]:
    """For each visit to a session what is its person's own there."""
    read: dict[Key, int] = {}
    voted: dict[Key, list[str]] = {}
    asked: dict[Key, list[OwnQuestion]] = {}
    answered: dict[Key, dict[str, PollAnswer]] = {}
    for room, people in _people_by_room(visits).items():
        traces = await _traces(connection, room, people)
        read |= {(room, person): number for person, number in traces.read.items()}
        votes = await vote_queries.roots_of(connection, room, traces.voted)
        voted |= {(room, person): chosen for person, chosen in votes.items()}
        if traces.asked:
            for question in await queries.asked_by(connection, room, traces.asked):
                asked.setdefault((room, question.author), []).append(question.own())
        if traces.answered:
            answers = await poll_queries.answers_of(connection, room, traces.answered)
            answered |= {(room, person): given for person, given in answers.items()}
    return [
        Own(
            **_base(visit, read),
            questions=asked.get(_key(visit), []),
            votes=voted.get(_key(visit), []),
            answers=answered.get(_key(visit), {}),
        )
        for visit in visits
    ]


async def own_of_people(connection: AsyncConnection, visits: list[Visit]) -> list[dict[str, Any]]:
    """For each visit the fields of RoomOwn: what is a person's own in any room with a chat."""
    read: dict[Key, int] = {}
    for room, people in _people_by_room(visits).items():
        rows = await connection.execute(_READ, {"in_room": room, "people": padded(people)})
        read |= {(room, row.person): row.number for row in rows}
    return [_base(visit, read) for visit in visits]


def _key(visit: Visit) -> Key:
    return visit.room.id, visit.person.id if visit.person else ""


def _base(visit: Visit, read: dict[Key, int]) -> dict[str, Any]:
    return {
        "person": visit.person.view if visit.person else None,
        "roles": sorted(visit.roles),
        "can": permitted(visit),
        "listed": visit.person.listed if visit.person else False,
        "silenced": visit.silenced,
        "silenced_until": visit.silenced_until,
        "read": read.get(_key(visit), 0),
    }


def _people_by_room(visits: list[Visit]) -> dict[str, list[str]]:
    """The people who visit each room, but for those who are nobody in particular."""
    found: dict[str, list[str]] = {}
    for visit in visits:
        if visit.person is not None:
            found.setdefault(visit.room.id, []).append(visit.person.id)
    return found


@dataclass(slots=True)
class _Traces:
    """How far each has read; who chose which questions (and what these were merged into); who asked; who answered polls."""

    read: dict[str, int] = field(default_factory=dict[str, int])
    voted: list[vote_queries.Ballot] = field(default_factory=list[vote_queries.Ballot])
    asked: set[str] = field(default_factory=set[str])
    answered: set[str] = field(default_factory=set[str])


def _of(person: "sa.ColumnElement[str]", room: "sa.ColumnElement[str]") -> "sa.ColumnElement[bool]":
    return sa.and_(person.in_(given("people")), room == sa.bindparam("in_room"))


_READ = sa.select(marks.c.person, marks.c.number).where(_of(marks.c.person, marks.c.room))


def _select_traces() -> "sa.CompoundSelect[str, Any, Any, Any, Any]":
    def trace(kind: str, person: Any, question: Any, into: Any, number: Any) -> "sa.Select[str, Any, Any, Any, Any]":
        return sa.select(sa.literal(kind).label("kind"), person.label("person"), question, into, number)

    nothing = sa.null()
    read = trace("read", marks.c.person, nothing.label("question"), nothing.label("into"), marks.c.number)
    voted = trace("voted", votes.c.person, votes.c.question, questions.c.into, nothing)
    voted = voted.select_from(votes.join(questions, questions.c.id == votes.c.question))
    asked = trace("asked", questions.c.author, nothing, nothing, nothing)
    answered = trace("answered", poll_answers.c.person, nothing, nothing, nothing)
    answered = answered.select_from(poll_answers.join(polls, polls.c.id == poll_answers.c.poll))
    return sa.union_all(
        read.where(_of(marks.c.person, marks.c.room)),
        voted.where(_of(votes.c.person, questions.c.room)),
        asked.where(_of(questions.c.author, questions.c.room)),
        answered.where(_of(poll_answers.c.person, polls.c.room)),
    )


_TRACES = _select_traces()


async def _traces(connection: AsyncConnection, room: str, people: Collection[str]) -> _Traces:
    found = _Traces()
    for row in await connection.execute(_TRACES, {"in_room": room, "people": padded(people)}):
        match row.kind:
            case "read":
                found.read[row.person] = row.number
            case "voted":
                found.voted.append(vote_queries.Ballot(row.person, row.question, row.into))
            case "asked":
                found.asked.add(row.person)
            case _:
                found.answered.add(row.person)
    return found
