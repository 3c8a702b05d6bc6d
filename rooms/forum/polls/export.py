"""Exports all polls of a session for its organisers, including drafts and archived ones, with the results. It does not reveal who gave which answer."""

from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core import csv_export as sheets
from rooms.forum.polls.messages import PollKind
from rooms.forum.polls.queries import Poll, polls_of, texts_of
from rooms.programme.queries import session_view


class Result(msgspec.Struct, frozen=True):
    """`answer` is an option, a rating from "1" to "5", or a text; `count` people gave it; `hidden`: hidden from everyone."""

    answer: str
    count: int
    hidden: bool = False


class PollRecord(msgspec.Struct, frozen=True):
    """`voters` is the number of people who have answered."""

    id: str
    kind: str
    title: str
    state: str
    reveal: str
    made_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    voters: int
    results: list[Result]


class PollExport(msgspec.Struct, frozen=True):
    session: str
    title: str
    starts_at: datetime
    exported_at: datetime
    polls: list[PollRecord]


async def export_polls(connection: AsyncConnection, session: str, room: str, now: datetime) -> PollExport:
    """In the order of creation."""
    view = await session_view(connection, session)
    records = [await _record(connection, poll) for poll in await polls_of(connection, room)]
    return PollExport(session, view.title, view.starts_at, now, records)


async def _record(connection: AsyncConnection, poll: Poll) -> PollRecord:
    return PollRecord(
        id=poll.id,
        kind=poll.kind.value,
        title=poll.title,
        state=poll.state.value,
        reveal=poll.reveal.value,
        made_at=poll.made_at,
        opened_at=poll.opened_at,
        closed_at=poll.closed_at,
        voters=poll.results.voters,
        results=await _results(connection, poll),
    )


async def _results(connection: AsyncConnection, poll: Poll) -> list[Result]:
    if poll.takes_text:
        return [
            Result(text, count, hidden)
            for hidden in (False, True)
            for text, count in await texts_of(connection, poll, hidden=hidden)
        ]
    names = [str(number + 1) for number in range(poll.size)] if poll.kind is PollKind.RATING else poll.options
    counts = poll.results.counts or [0] * poll.size  # a draft has no counts yet
    return [Result(name, count) for name, count in zip(names, counts, strict=True)]


def as_json(export: PollExport) -> bytes:
    return msgspec.json.format(msgspec.json.encode(export), indent=1)


def as_csv(export: PollExport) -> bytes:
    """A row for each result; a poll without any has one row."""
    of_poll = [name for name in PollRecord.__struct_fields__ if name != "results"]
    nothing = (None, None, None)
    return sheets.as_csv(
        [*of_poll, *Result.__struct_fields__],
        (
            [*(getattr(poll, name) for name in of_poll), *cells]
            for poll in export.polls
            for cells in ([msgspec.structs.astuple(result) for result in poll.results] or [nothing])
        ),
    )
