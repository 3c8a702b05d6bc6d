"""Reads a session's forum: its questions for each audience, and its state."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store.database import in_param, pad_to_power_of_two
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.forum.hosting_messages import Asking, AskingView, StageAir, StageKind, StageView
from rooms.forum.questions.messages import OwnQuestion, PublicQuestion, QuestionState
from rooms.forum.questions.moderation_messages import ModeratedQuestion
from rooms.forum.tables import questions
from rooms.programme.messages import SessionState
from rooms.programme.tables import forums

NO_QUESTION = N_("This question does not exist.")


class Forum(NamedTuple):
    """The state of a session's forum."""

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
    def stage_is_public(self) -> bool:
        """What plays is prepared and tried out before its session; everyone sees it from the lobby on."""
        return self.state != SessionState.SCHEDULED or self.stage["kind"] == StageKind.SLATE

    @property
    def public_stage(self) -> StageView:
        return self.stage_view if self.stage_is_public else StageView(StageKind.SLATE, "", "")

    @property
    def stage_salt(self) -> str:
        """Part of every stream key of the session; see signaling/stage/keys.py."""
        return self.stage.get("salt", "")

    @property
    def stage_view(self) -> StageView:
        air = StageAir(self.stage.get("air", StageAir.OFF))
        return StageView(StageKind(self.stage["kind"]), self.stage["address"], self.stage["title"], air)


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
    """A question that has just been inserted, without reading it from the database."""
    fields: dict[str, Any] = {**_UNTOUCHED, **row, "state": QuestionState(row["state"])}
    return Question(**fields)


def are_public(table: "sa.FromClause") -> "sa.ColumnElement[bool]":
    """The condition for questions that everyone may read."""
    return sa.and_(table.c.state == QuestionState.APPROVED.value, table.c.archived_at.is_(None))


def _columns() -> "list[sa.ColumnElement[Any]]":
    """The fields of `Question`, as columns that a SELECT can read and an UPDATE can return."""
    q, target = questions.c, questions.alias("target")
    # The target of a merge may still be pending. Then the duplicate's asker must not read it.
    into_text = sa.select(target.c.text).where(target.c.id == q.into, are_public(target))
    columns = {
        **{f"{role}_name": _name_of(q[f"{role}_by"]) for role in ("claimed", "answered", "decided")},
        "into_text": into_text.correlate(questions).scalar_subquery(),
    }
    return [columns[name].label(name) if name in columns else q[name] for name in Question._fields]


def _name_of(person: "sa.ColumnElement[Any]") -> "sa.ScalarSelect[Any]":
    return sa.select(persons.c.name).where(persons.c.id == person).correlate(questions).scalar_subquery()


def _row(row: Sequence[Any]) -> Question:
    question = Question(*row)
    return question._replace(state=QuestionState(question.state))


_COLUMNS = _columns()
_QUESTIONS = sa.select(*_COLUMNS).order_by(questions.c.asked_at, questions.c.id)
_ASKED_BY = _QUESTIONS.where(questions.c.room == sa.bindparam("in_room"), questions.c.author.in_(in_param("people")))


_QUESTION = _QUESTIONS.where(questions.c.room == sa.bindparam("in_room"), questions.c.id == sa.bindparam("of_id"))


async def asked_by(connection: AsyncConnection, room: str, people: Collection[str]) -> list[Question]:
    """The questions of these people in a room, oldest first."""
    return [
        _row(row)
        for row in await connection.execute(_ASKED_BY, {"in_room": room, "people": pad_to_power_of_two(people)})
    ]


async def questions_of(connection: AsyncConnection, room: str, *conditions: "sa.ColumnElement[bool]") -> list[Question]:
    """The questions of a room that meet the conditions, oldest first."""
    return [_row(row) for row in await connection.execute(_QUESTIONS.where(questions.c.room == room, *conditions))]


async def public_questions(connection: AsyncConnection, room: str) -> list[Question]:
    return await questions_of(connection, room, are_public(questions))


async def public_page(
    connection: AsyncConnection, room: str, limit: int, after: tuple[datetime, str] | None
) -> list[Question]:
    """Some public questions in the order of asking; `after`: the time and id of the last one before them."""
    q = questions.c
    select = _QUESTIONS.where(q.room == room, are_public(questions))
    if after is not None:
        select = select.where(sa.or_(q.asked_at > after[0], sa.and_(q.asked_at == after[0], q.id > after[1])))
    return [_row(row) for row in await connection.execute(select.limit(limit))]


async def count_by_author(connection: AsyncConnection, room: str, people: Collection[str]) -> dict[str, int]:
    """How many questions each of these people has asked in a room."""
    q = questions.c
    select = sa.select(q.author, sa.func.count()).where(q.room == room, q.author.in_(people)).group_by(q.author)
    return {row[0]: row[1] for row in await connection.execute(select)}


async def count_open(connection: AsyncConnection, room: str) -> int:
    """The number of pending and public questions of a room that have not been answered."""
    q, states = questions.c, (QuestionState.PENDING.value, QuestionState.APPROVED.value)
    select = sa.select(sa.func.count()).where(q.room == room, q.state.in_(states), q.archived_at.is_(None))
    return (await connection.execute(select.where(q.answered_at.is_(None)))).scalar_one()


async def question(connection: AsyncConnection, room: str, id: str) -> Question:
    """Raises Problem "not_found", also for a question of another room."""
    row = (await connection.execute(_QUESTION, {"in_room": room, "of_id": id})).one_or_none()
    if row is None:
        raise Problem("not_found", NO_QUESTION, field="question")
    return _row(row)


async def change(connection: AsyncConnection, before: Question, values: Mapping[str, Any]) -> Question:
    """Changes a question's row and returns it as it is afterwards."""
    update = questions.update().where(questions.c.id == before.id).values(**values).returning(*_COLUMNS[:-1])
    row = (await connection.execute(update)).one()
    if row.into is not None:  # in RETURNING, SQLite cannot read another row of the same table
        return await question(connection, before.room, before.id)
    return _row((*row, None))


async def root(connection: AsyncConnection, room: str, id: str) -> Question:
    """The question that a merged one ended up in; for other questions, the question itself. Raises Problem "not_found"."""
    found = await question(connection, room, id)
    while found.into is not None:
        found = await question(connection, room, found.into)
    return found
