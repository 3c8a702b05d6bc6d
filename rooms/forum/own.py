"""Per-person state of a session, loaded for many members at once. Most have asked, voted and answered nothing yet: one query finds who has what,
and further queries only read for those."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.own import Key, base_fields, in_room, key_of, people_by_room
from rooms.chat.tables import marks
from rooms.core.commands.access import Actor
from rooms.core.commands.messages import View
from rooms.core.store.database import pad_to_power_of_two
from rooms.forum.polls import queries as poll_queries
from rooms.forum.polls.messages import PollAnswer
from rooms.forum.polls.tables import poll_answers, polls
from rooms.forum.questions import queries
from rooms.forum.questions import votes as vote_queries
from rooms.forum.questions.messages import OwnQuestion
from rooms.forum.snapshots import Own
from rooms.forum.tables import questions, votes


async def own(connection: AsyncConnection, actors: list[Actor]) -> list[View]:
    """The per-person state for each actor in a session."""
    read: dict[Key, int] = {}
    voted: dict[Key, list[str]] = {}
    asked: dict[Key, list[OwnQuestion]] = {}
    answered: dict[Key, dict[str, PollAnswer]] = {}
    for room, people in people_by_room(actors).items():
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
            **base_fields(actor, read),
            questions=asked.get(key_of(actor), []),
            votes=voted.get(key_of(actor), []),
            answers=answered.get(key_of(actor), {}),
        )
        for actor in actors
    ]


@dataclass(slots=True)
class _Traces:
    """Who has asked, voted or answered polls, and how far each has read the chat. Votes for merged questions count for the question they ended up in."""

    read: dict[str, int] = field(default_factory=dict[str, int])
    voted: list[vote_queries.Ballot] = field(default_factory=list[vote_queries.Ballot])
    asked: set[str] = field(default_factory=set[str])
    answered: set[str] = field(default_factory=set[str])


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
        read.where(in_room(marks.c.person, marks.c.room)),
        voted.where(in_room(votes.c.person, questions.c.room)),
        asked.where(in_room(questions.c.author, questions.c.room)),
        answered.where(in_room(poll_answers.c.person, polls.c.room)),
    )


_TRACES = _select_traces()


async def _traces(connection: AsyncConnection, room: str, people: Collection[str]) -> _Traces:
    found = _Traces()
    for row in await connection.execute(_TRACES, {"in_room": room, "people": pad_to_power_of_two(people)}):
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
