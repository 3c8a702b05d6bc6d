"""Exports a whole conference as one ZIP file: the questions, polls and chat of every session, and the chat of the lobby."""

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from rooms.chat.transcript import transcript
from rooms.core import csv_export as sheets
from rooms.core.engine import Engine
from rooms.forum.polls import export as poll_export
from rooms.forum.questions import export as question_export
from rooms.programme import timetable
from rooms.programme.queries import Conference
from rooms.programme.timetable import TimetableEntry

INDEX = ("folder", "title", "starts_at", "ends_at", "hall", "state", "cancelled", "speakers", "questions", "polls")
TITLE = 50


class _Exported(NamedTuple):
    questions: question_export.QuestionExport
    polls: poll_export.PollExport
    chat: bytes


class _Sink:
    """What the ZIP writer has written since the last `take`. It cannot seek, so nothing but the current file is in memory."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


async def archive(engine: Engine, conference: Conference) -> AsyncGenerator[bytes]:
    """The file in parts. Each session is read in a transaction of its own, so that a slow download keeps no connection busy."""
    sink = _Sink()
    now = engine.clock()
    with ZipFile(sink, "w", ZIP_DEFLATED) as file:

        async def add(name: str, data: bytes) -> bytes:
            info = ZipInfo(name, now.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            await asyncio.to_thread(file.writestr, info, data)
            return sink.take()

        async with engine.database.read() as connection:
            entries = await timetable.entries(connection, conference.id)
            lobby = await transcript(connection, conference.room)
        yield await add("lobby/chat.csv", lobby)
        index: list[list[object]] = []
        for entry in entries:
            found = await _export(engine, entry)
            folder = folder_of(entry)
            yield await add(f"{folder}/questions.csv", question_export.as_csv(found.questions))
            yield await add(f"{folder}/questions.json", question_export.as_json(found.questions))
            yield await add(f"{folder}/polls.csv", poll_export.as_csv(found.polls))
            yield await add(f"{folder}/polls.json", poll_export.as_json(found.polls))
            yield await add(f"{folder}/chat.csv", found.chat)
            speakers = "; ".join(speaker.name for speaker in entry.speakers)
            facts = [entry.title, entry.starts_at, entry.ends_at, entry.place, entry.state.value, entry.cancelled]
            index.append([folder, *facts, speakers, len(found.questions.questions), len(found.polls.polls)])
        yield await add("sessions.csv", sheets.as_csv(INDEX, index))
    yield sink.take()


async def _export(engine: Engine, entry: TimetableEntry) -> _Exported:
    now = engine.clock()
    async with engine.database.read() as connection:
        return _Exported(
            await question_export.export_questions(connection, entry.id, entry.room, now),
            await poll_export.export_polls(connection, entry.id, entry.room, now),
            await transcript(connection, entry.room),
        )


def folder_of(entry: TimetableEntry) -> str:
    """Unique by the id, readable by time and title."""
    title = re.sub(r"\W+", "-", entry.title.lower())[:TITLE].strip("-")
    return (
        f"{entry.starts_at:%Y-%m-%d-%H%M}-{title}-{entry.id}"
        if title
        else f"{entry.starts_at:%Y-%m-%d-%H%M}-{entry.id}"
    )
