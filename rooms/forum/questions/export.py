"""Exports all questions of a session for its organisers, including dismissed ones, with the history of each. It does not reveal anonymous askers."""

from datetime import UTC, datetime
from typing import cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core import csv_export as sheets
from rooms.core.commands.audience import Audience
from rooms.core.store.journal import journal
from rooms.forum.questions import queries
from rooms.forum.questions.queries import Question
from rooms.programme.queries import session_view


class HistoryEntry(msgspec.Struct, frozen=True):
    """`act` is the type of its event, such as "question.dismissed"; `by` a name, None for the asker."""

    act: str
    by: str | None
    at: datetime


class QuestionRecord(msgspec.Struct, frozen=True):
    """`author` is None when asked anonymously; `into` is the id of the question it was merged into. `acts` reach back as far as the journal."""

    id: str
    state: str
    text: str
    original: str | None
    anonymous: bool
    author: str | None
    asked_at: datetime
    votes: int
    merged: int
    into: str | None
    pinned: bool
    labels: list[str]
    reason: str
    approved_at: datetime | None
    claimed_by: str | None
    answer: str | None
    answer_public: bool
    answered_by: str | None
    answered_at: datetime | None
    archived_at: datetime | None
    decided_by: str | None
    acts: list[HistoryEntry]


class QuestionExport(msgspec.Struct, frozen=True):
    session: str
    title: str
    starts_at: datetime
    exported_at: datetime
    questions: list[QuestionRecord]


async def export_questions(connection: AsyncConnection, session: str, room: str, now: datetime) -> QuestionExport:
    """In the order of asking."""
    view = await session_view(connection, session)
    acts = await _acts(connection, room)
    found = await queries.questions_of(connection, room)
    records = [_record(question, acts.get(question.id, [])) for question in sorted(found, key=lambda q: q.asked_at)]
    return QuestionExport(session, view.title, view.starts_at, now, records)


def _record(question: Question, acts: list[HistoryEntry]) -> QuestionRecord:
    return QuestionRecord(
        id=question.id,
        state=question.state.value,
        text=question.text,
        original=question.original,
        anonymous=question.anonymous,
        author=None if question.anonymous else question.author_name,
        asked_at=question.asked_at,
        votes=question.votes,
        merged=question.merged,
        into=question.into,
        pinned=question.pinned,
        labels=question.labels,
        reason=question.reason,
        approved_at=question.approved_at,
        claimed_by=question.claimed_name,
        answer=question.answer,
        answer_public=question.answer_public,
        answered_by=question.answered_name,
        answered_at=question.answered_at,
        archived_at=question.archived_at,
        decided_by=question.decided_name,
        acts=acts,
    )


class _By(msgspec.Struct):
    name: str


class _Of(msgspec.Struct):
    id: str


class _Moderated(msgspec.Struct):
    """The fields that the export reads from moderator events (rooms.forum.questions.moderation_messages.QuestionModerated)."""

    question: _Of
    by: _By | None = None


async def _acts(connection: AsyncConnection, room: str) -> dict[str, list[HistoryEntry]]:
    """The history of each question, oldest first."""
    j = journal.c
    moderated = sa.and_(j.room == room, j.audience == Audience.MODERATORS.value, j.type.like("question.%"))
    found: dict[str, list[HistoryEntry]] = {}
    for row in await connection.execute(sa.select(j.type, j.at, j.payload).where(moderated).order_by(j.seq)):
        event = msgspec.json.decode(bytes(row.payload), type=_Moderated)
        found.setdefault(event.question.id, []).append(
            HistoryEntry(row.type, event.by.name if event.by else None, row.at)
        )
    return found


def as_json(export: QuestionExport) -> bytes:
    return msgspec.json.format(msgspec.json.encode(export), indent=1)


def as_csv(export: QuestionExport) -> bytes:
    names = QuestionRecord.__struct_fields__
    return sheets.as_csv(names, ([_cell(getattr(record, name)) for name in names] for record in export.questions))


def _cell(value: object) -> object:
    return "; ".join(_item(item) for item in cast(list[object], value)) if isinstance(value, list) else value


def _item(item: object) -> str:
    if isinstance(item, HistoryEntry):
        return f"{item.at.astimezone(UTC).isoformat(timespec='seconds')} {item.act}" + (
            f" ({item.by})" if item.by else ""
        )
    return str(item)
