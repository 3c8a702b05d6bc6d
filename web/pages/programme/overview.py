"""/c/…/organise: how the conference stands, and its exports: the programme as a schedule, the questions and polls of a session."""

from collections import Counter
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.core.store.journal import rooms
from rooms.core.store.tables import roles
from rooms.forum.polls import export as poll_export
from rooms.forum.questions import export
from rooms.forum.questions.messages import QuestionState
from rooms.forum.tables import questions
from rooms.programme import queries, timetable
from rooms.programme.imports.stored import load
from rooms.programme.schedules.frab_export import write_json, write_xml
from rooms.programme.tables import speakers
from web.conference import enter_as_organiser
from web.pages.programme.lobby import is_on
from web.site import site_of

SCHEDULES = {"json": (write_json, "application/json"), "xml": (write_xml, "application/xml")}
QUESTIONS = {"json": (export.as_json, "application/json"), "csv": (export.as_csv, "text/csv")}
POLLS = {"json": (poll_export.as_json, "application/json"), "csv": (poll_export.as_csv, "text/csv")}
AHEAD = 6


async def overview(request: Request) -> Response:
    site = site_of(request)
    now = site.engine.clock()
    async with site.engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        conference = entered.conference.id
        entries = await timetable.entries(connection, conference)
        waiting = await _waiting(connection, conference)
        counts = {
            "halls": len(await timetable.hall_names(connection, conference)),
            "tracks": len(await timetable.track_names(connection, conference)),
            "speakers": await _count(connection, speakers, speakers.c.conference == conference),
            "roles": await _count(connection, roles, roles.c.conference == conference),
        }
    held = [entry for entry in entries if not entry.cancelled]
    coming = [entry for entry in held if entry.state == "scheduled" and entry.starts_at > now]
    return await entered.page(
        request,
        "programme/overview.html",
        counts=counts,
        states=Counter("cancelled" if entry.cancelled else entry.state.value for entry in entries),
        total=len(entries),
        on=[entry for entry in held if is_on(entry, now)],
        coming=coming[:AHEAD],
        waiting=waiting,
    )


async def _waiting(connection: AsyncConnection, conference: str) -> dict[str, int]:
    """How many questions wait for a moderator, by room."""
    joined = questions.join(rooms, rooms.c.id == questions.c.room)
    pending = sa.and_(rooms.c.conference == conference, questions.c.state == QuestionState.PENDING.value)
    select = sa.select(questions.c.room, sa.func.count().label("waiting")).select_from(joined).where(pending)
    return {row.room: row.waiting for row in await connection.execute(select.group_by(questions.c.room))}


async def _count(connection: AsyncConnection, table: sa.Table, condition: "sa.ColumnElement[bool]") -> int:
    return (await connection.execute(sa.select(sa.func.count()).select_from(table).where(condition))).scalar_one()


async def schedule(request: Request) -> Response:
    """The programme as frab and pretalx write it; imported again, it changes nothing."""
    write, kind = _of(SCHEDULES, request)
    site = site_of(request)
    async with site.engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        stored = await load(connection, entered.conference)
    slug = entered.conference.slug
    data = write(stored.schedule, site.link(f"/c/{slug}/programme"))
    return _file(data, kind, f"{slug}-schedule.{request.path_params['format']}")


async def session_questions(request: Request) -> Response:
    return await _of_session(request, "questions", export.export_questions, QUESTIONS)


async def session_polls(request: Request) -> Response:
    return await _of_session(request, "polls", poll_export.export_polls, POLLS)


async def _of_session(request: Request, name: str, exported: Callable, formats: dict) -> Response:
    write, kind = _of(formats, request)
    site, session = site_of(request), request.path_params["session"]
    async with site.engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        room = await queries.session_room(connection, entered.conference.id, session)
        found = await exported(connection, session, room, site.engine.clock())
    return _file(write(found), kind, f"{entered.conference.slug}-{session}-{name}.{request.path_params['format']}")


def _of(formats: dict, request: Request) -> tuple:
    known = formats.get(request.path_params["format"])
    if known is None:
        raise Problem("not_found", ABSENT)
    return known


def _file(data: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=f"{kind}; charset=utf-8" if kind == "text/csv" else kind, headers=headers)


routes = [
    Route("/c/{conference}/organise", overview),
    Route("/c/{conference}/organise/schedule.{format}", schedule),
    Route("/c/{conference}/organise/questions/{session}.{format}", session_questions),
    Route("/c/{conference}/organise/polls/{session}.{format}", session_polls),
]
