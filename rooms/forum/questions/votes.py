"""Reads votes. Votes for duplicates count for the question they were merged into."""

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.forum.questions.messages import QuestionState
from rooms.forum.questions.queries import are_public
from rooms.forum.tables import questions, votes


def family(question: "str | sa.BindParameter[str]") -> "sa.Select[tuple[str]]":
    """The ids of a question and of everything merged into it, directly or indirectly."""
    q = questions.c
    group = sa.select(q.id).where(q.id == question).cte("family", recursive=True)
    group = group.union(sa.select(q.id).where(q.into == group.c.id, q.state == QuestionState.MERGED.value))
    return sa.select(group.c.id)


def _select_tally() -> "sa.Select[int, int]":
    members = family(sa.bindparam("of_id", type_=sa.String)).subquery()
    q, v = questions.c, votes.c
    cast = sa.select(v.person).select_from(votes.join(questions, q.id == v.question))
    cast = cast.where(v.question.in_(sa.select(members.c.id)))
    # If an anonymous asker were counted with the other voters, the sum would reveal whether they had also voted. So all anonymous askers of a group
    # together count as one separate voter.
    unseen = sa.and_(q.anonymous, v.person == q.author)
    known = cast.where(sa.not_(unseen)).with_only_columns(sa.func.count(v.person.distinct())).scalar_subquery()
    anonymous = sa.case((cast.where(unseen).exists(), 1), else_=0)
    return sa.select(known + anonymous, sa.select(sa.func.count()).select_from(members).scalar_subquery())


_TALLY = _select_tally()


async def tally(connection: AsyncConnection, question: str) -> tuple[int, int]:
    """The number of distinct people who want a question answered, and of duplicates merged into it. A person who voted for both counts once."""
    row = (await connection.execute(_TALLY, {"of_id": question})).one()
    return row[0], row[1] - 1


async def voters(connection: AsyncConnection, question: str) -> list[str]:
    select = sa.select(votes.c.person).distinct().where(votes.c.question.in_(family(question)))
    return sorted((await connection.execute(select)).scalars())


async def votes_of(connection: AsyncConnection, room: str, *, public: bool) -> dict[str, int]:
    select = sa.select(questions.c.id, questions.c.votes).where(questions.c.room == room)
    if public:
        select = select.where(are_public(questions))
    return {row.id: row.votes for row in await connection.execute(select)}


class Ballot(NamedTuple):
    """`into`: the question into which it was merged."""

    person: str
    question: str
    into: str | None


async def roots_of(connection: AsyncConnection, room: str, ballots: Iterable[Ballot]) -> dict[str, list[str]]:
    """The questions that each person has voted for; for a duplicate, the question in which it ended up."""
    chosen = list(ballots)
    into: dict[str, str | None] = {}
    if any(ballot.into is not None for ballot in chosen):
        merged = sa.select(questions.c.id, questions.c.into).where(
            questions.c.room == room, questions.c.state == QuestionState.MERGED.value
        )
        into = {row.id: row.into for row in await connection.execute(merged)}
    found: dict[str, set[str]] = {}
    for ballot in chosen:
        found.setdefault(ballot.person, set()).add(_root(ballot.question, into))
    return {person: sorted(roots) for person, roots in found.items()}


def _root(question: str, into: dict[str, str | None]) -> str:
    while (above := into.get(question)) is not None:
        question = above
    return question
