"""What is read of a session's forum: its questions for each audience, its state, its chat."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.database import given, padded
from rooms.errors import Problem
from rooms.forum.messages.asking import OwnQuestion, PublicQuestion, QuestionState
from rooms.forum.messages.chat import ChatView, MessageView
from rooms.forum.messages.moderating import ModeratedQuestion
from rooms.forum.messages.session import Asking, AskingView, SessionState, StageKind, StageView
from rooms.forum.tables import chats, forums, marks, messages, questions, votes
from rooms.people.messages import PersonView
from rooms.people.tables import persons
from rooms.text import N_

MESSAGES_SHOWN = 100
NO_QUESTION = N_("This question does not exist here.")


class Forum(NamedTuple):
    """How a session's forum stands."""

    state: str
    started_at: datetime | None
    ended_at: datetime | None
    stage: dict[str, str]
    asking: Asking
    review: bool
    anonymous: bool
    screen: str | None
    screen_poll: str | None
    answering: str | None

    @property
    def asking_view(self) -> AskingView:
        return AskingView(self.asking, self.review, self.anonymous)

    @property
    def stage_view(self) -> StageView:
        return StageView(StageKind(self.stage["kind"]), self.stage["address"], self.stage["title"])


_f = forums.c
_FORUM = sa.select(
    *(_f.state, _f.started_at, _f.ended_at, _f.stage, _f.asking, _f.review, _f.anonymous),
    *(_f.screen, _f.screen_poll, _f.answering),
).where(_f.session == sa.bindparam("of_session"))


async def forum(connection: AsyncConnection, session: str) -> Forum:
    row = (await connection.execute(_FORUM, {"of_session": session})).one()
    return Forum(
        row.state,
        row.started_at,
        row.ended_at,
        row.stage,
        Asking(row.asking),
        row.review,
        row.anonymous,
        row.screen,
        row.screen_poll,
        row.answering,
    )


async def live_among(connection: AsyncConnection, sessions: Collection[str]) -> set[str]:
    """Those of the sessions that are live."""
    select = sa.select(forums.c.session).where(
        forums.c.session.in_(sessions), forums.c.state == SessionState.LIVE.value
    )
    return set((await connection.execute(select)).scalars())


class Question(NamedTuple):
    """A question's row, with the names of those who work on it and the number of duplicates merged into it."""

    id: str
    room: str
    author: str
    author_name: str
    anonymous: bool
    text: str
    original: str | None
    state: QuestionState
    held: bool
    into: str | None
    pinned: bool
    labels: list[str]
    reason: str
    claimed_by: str | None
    claimed_name: str | None
    answer: str | None
    answer_public: bool
    answered_name: str | None
    answered_at: datetime | None
    archived_at: datetime | None
    approved_at: datetime | None
    decided_name: str | None
    votes: int
    merged: int
    version: int
    asked_at: datetime
    into_text: str | None

    @property
    def is_public(self) -> bool:
        return self.state is QuestionState.APPROVED and self.archived_at is None

    @property
    def public_text(self) -> str | None:
        return self.text if self.is_public else None

    def public(self) -> PublicQuestion:
        assert self.approved_at is not None
        return PublicQuestion(
            id=self.id,
            text=self.text,
            author=None if self.anonymous else self.author_name,
            asked_at=self.asked_at,
            approved_at=self.approved_at,
            pinned=self.pinned,
            edited=self.original is not None,
            merged=self.merged,
            answer=self.answer if self.answer_public else None,
            answered_by=self.answered_name if self.answer_public else None,
            answered_at=self.answered_at,
        )

    def moderated(self) -> ModeratedQuestion:
        claimed = PersonView(self.claimed_by, self.claimed_name or "") if self.claimed_by else None
        return ModeratedQuestion(
            id=self.id,
            version=self.version,
            state=self.state,
            text=self.text,
            original=self.original,
            author=None if self.anonymous else PersonView(self.author, self.author_name),
            asked_at=self.asked_at,
            approved_at=self.approved_at,
            held=self.held,
            into=self.into,
            pinned=self.pinned,
            labels=self.labels,
            claimed_by=claimed,
            answer=self.answer,
            answer_public=self.answer_public,
            answered_at=self.answered_at,
            archived_at=self.archived_at,
            reason=self.reason,
            decided_by=self.decided_name,
        )

    def own(self) -> OwnQuestion:
        return OwnQuestion(
            id=self.id,
            state=self.state,
            text=self.text,
            original=self.original,
            anonymous=self.anonymous,
            asked_at=self.asked_at,
            into=self.into,
            into_text=self.into_text,
            answer=self.answer,
            answer_public=self.answer_public,
            answered_at=self.answered_at,
            reason=self.reason,
        )


_ABSENT = ("original", "into", "into_text", "claimed_by", "claimed_name", "decided_name", "archived_at")
_UNTOUCHED: dict[str, Any] = {
    **dict.fromkeys((*_ABSENT, "answer", "answered_name", "answered_at")),
    "pinned": False,
    "reason": "",
    "answer_public": False,
    "merged": 0,
    "version": 1,
}


def as_asked(row: Mapping[str, Any]) -> Question:
    """A question that has just been inserted, as it would be read again."""
    fields: dict[str, Any] = {**_UNTOUCHED, **row, "state": QuestionState(row["state"])}
    return Question(**fields)


_claimer, _answerer, _decider = persons.alias("claimer"), persons.alias("answerer"), persons.alias("decider")
_target = questions.alias("target")


def _public(table: "sa.FromClause") -> "sa.ColumnElement[bool]":
    return sa.and_(table.c.state == QuestionState.APPROVED.value, table.c.archived_at.is_(None))


def _select() -> "sa.Select[Any]":
    q = questions.c
    columns = {
        "claimed_name": _claimer.c.name,
        "answered_name": _answerer.c.name,
        "decided_name": _decider.c.name,
        # What a duplicate was merged into may still wait for its approval, and is then not for the duplicate's asker to read.
        "into_text": sa.case((_public(_target), _target.c.text)),
    }
    wanted = [columns[name].label(name) if name in columns else q[name] for name in Question._fields]
    joined = (
        questions.outerjoin(_claimer, _claimer.c.id == q.claimed_by)
        .outerjoin(_answerer, _answerer.c.id == q.answered_by)
        .outerjoin(_decider, _decider.c.id == q.decided_by)
        .outerjoin(_target, _target.c.id == q.into)
    )
    return sa.select(*wanted).select_from(joined).order_by(q.asked_at, q.id)


def _row(row: Sequence[Any]) -> Question:
    question = Question(*row)
    return question._replace(state=QuestionState(question.state))


_QUESTIONS = _select()
_ASKED_BY = _QUESTIONS.where(questions.c.room == sa.bindparam("in_room"), questions.c.author.in_(given("people")))


_QUESTION = _QUESTIONS.where(questions.c.room == sa.bindparam("in_room"), questions.c.id == sa.bindparam("of_id"))


async def asked_by(connection: AsyncConnection, room: str, people: Collection[str]) -> list[Question]:
    """The questions of these people in a room, oldest first."""
    return [_row(row) for row in await connection.execute(_ASKED_BY, {"in_room": room, "people": padded(people)})]


async def questions_of(connection: AsyncConnection, room: str, *conditions: "sa.ColumnElement[bool]") -> list[Question]:
    """The questions of a room that meet the conditions, oldest first."""
    return [_row(row) for row in await connection.execute(_QUESTIONS.where(questions.c.room == room, *conditions))]


async def public_questions(connection: AsyncConnection, room: str) -> list[Question]:
    return await questions_of(connection, room, _public(questions))


async def question(connection: AsyncConnection, room: str, id: str) -> Question:
    """Raises Problem "not_found", also for a question of another room."""
    row = (await connection.execute(_QUESTION, {"in_room": room, "of_id": id})).one_or_none()
    if row is None:
        raise Problem("not_found", NO_QUESTION, field="question")
    return _row(row)


async def root(connection: AsyncConnection, room: str, id: str) -> Question:
    """The question that a merged one ended up in; another one itself. Raises Problem "not_found"."""
    found = await question(connection, room, id)
    while found.into is not None:
        found = await question(connection, room, found.into)
    return found


def family(question: "str | sa.BindParameter[str]") -> "sa.Select[tuple[str]]":
    """The ids of a question and of all that was merged into it, at any remove."""
    q = questions.c
    group = sa.select(q.id).where(q.id == question).cte("family", recursive=True)
    group = group.union(sa.select(q.id).where(q.into == group.c.id, q.state == QuestionState.MERGED.value))
    return sa.select(group.c.id)


def _select_tally() -> "sa.Select[int, int]":
    members = family(sa.bindparam("of_id", type_=sa.String)).subquery()
    voters = sa.select(sa.func.count(votes.c.person.distinct()))
    voters = voters.where(votes.c.question.in_(sa.select(members.c.id))).scalar_subquery()
    return sa.select(voters, sa.select(sa.func.count()).select_from(members).scalar_subquery())


_TALLY = _select_tally()


async def tally(connection: AsyncConnection, question: str) -> tuple[int, int]:
    """How many different people want a question answered (voters of merged duplicates are united, never added up), and how many were merged."""
    row = (await connection.execute(_TALLY, {"of_id": question})).one()
    return row[0], row[1] - 1


async def voters(connection: AsyncConnection, question: str) -> list[str]:
    select = sa.select(votes.c.person).distinct().where(votes.c.question.in_(family(question)))
    return sorted((await connection.execute(select)).scalars())


async def votes_of(connection: AsyncConnection, room: str, *, public: bool) -> dict[str, int]:
    select = sa.select(questions.c.id, questions.c.votes).where(questions.c.room == room)
    if public:
        select = select.where(_public(questions))
    return {row.id: row.votes for row in await connection.execute(select)}


class Ballot(NamedTuple):
    """`into`: what the question was merged into."""

    person: str
    question: str
    into: str | None


async def roots_of(connection: AsyncConnection, room: str, ballots: Iterable[Ballot]) -> dict[str, list[str]]:
    """The questions that each person wants answered; for a duplicate of his choice, the question that it ended up in."""
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


# Chat


_CHAT = sa.select(chats.c.open, chats.c.slow_seconds).where(chats.c.room == sa.bindparam("in_room"))


async def chat(connection: AsyncConnection, room: str) -> ChatView:
    row = (await connection.execute(_CHAT, {"in_room": room})).one()
    return ChatView(row.open, row.slow_seconds)


async def latest_messages(
    connection: AsyncConnection, room: str, *, before: int | None = None, limit: int = MESSAGES_SHOWN
) -> list[MessageView]:
    """The newest messages of a room (before a number), oldest first."""
    m = messages.c
    select = sa.select(m.id, m.number, m.author, m.author_name, m.text, m.at).where(
        m.room == room, m.removed_by.is_(None)
    )
    if before is not None:
        select = select.where(m.number < before)
    rows = (await connection.execute(select.order_by(m.number.desc()).limit(limit))).all()
    return [MessageView(r.id, r.number, PersonView(r.author, r.author_name), r.text, r.at) for r in reversed(rows)]


async def unread(connection: AsyncConnection, person: str, rooms: Iterable[str]) -> dict[str, int]:
    """How many messages of others a person has not read, by room; rooms with none are left out."""
    mark = sa.func.coalesce(marks.c.number, 0)
    joined = messages.outerjoin(marks, sa.and_(marks.c.room == messages.c.room, marks.c.person == person))
    select = sa.select(messages.c.room, sa.func.count()).select_from(joined)
    select = select.where(
        messages.c.room.in_(list(rooms)),
        messages.c.number > mark,
        messages.c.author != person,
        messages.c.removed_by.is_(None),
    )
    return {row[0]: row[1] for row in await connection.execute(select.group_by(messages.c.room))}
