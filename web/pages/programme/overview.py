"""/c/…/organise: an overview of the conference for its organisers, and its programme as a schedule file."""

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.store.journal import rooms
from rooms.core.store.tables import roles
from rooms.forum.questions.messages import QuestionState
from rooms.forum.tables import questions
from rooms.programme import timetable
from rooms.programme.imports.stored import load
from rooms.programme.schedules.frab_export import write_json, write_xml
from rooms.programme.tables import speakers
from web import links
from web.conference import enter_as_organiser
from web.exports import export_file, export_format
from web.pages.programme.lobby import is_on, is_unstarted
from web.site import site_of

SCHEDULES = {"json": (write_json, "application/json"), "xml": (write_xml, "application/xml")}
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
        now=now,
        is_unstarted=is_unstarted,
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
    write, kind = export_format(SCHEDULES, request)
    site = site_of(request)
    async with site.engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        stored = await load(connection, entered.conference)
    slug = entered.conference.slug
    data = write(stored.schedule, site.link(links.path("programme", slug)))
    return export_file(data, kind, f"{slug}-schedule.{request.path_params['format']}")


routes = [
    Route("/c/{conference}/organise", overview),
    Route("/c/{conference}/organise/schedule.{format}", schedule),
]
