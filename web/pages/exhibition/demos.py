"""Demos of booths: all of a conference, and those of one booth with the form in which its staff publish another."""

from datetime import timedelta

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.exhibition import demos
from rooms.exhibition.booths.queries import booth_room
from rooms.exhibition.tables import booths
from rooms.meetings.bookings.attendance import EARLY
from rooms.meetings.bookings.queries import booking_views
from rooms.meetings.bookings.tables import bookings
from web.conference import enter, enter_room
from web.site import site_of

MOST_DAYS = 60

b = bookings.c


async def everywhere(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        conference, now = entered.conference.id, entered.site.engine.clock()
        shown = sa.select(booths.c.id).where(booths.c.conference == conference, booths.c.open)
        conditions = (b.conference == conference, demos.ahead(now), b.about.in_(shown))
        views = await booking_views(connection, entered.viewer.id or "", now, *conditions)
        named = sa.select(booths.c.id, booths.c.name, booths.c.texts).where(booths.c.id.in_({v.about for v in views}))
        names = {row.id: row for row in await connection.execute(named)}
    return await entered.page(
        request,
        "exhibition/demos.html",
        views=views,
        names=names,
        booth=None,
        early=EARLY,
        now=now,
        here=f"{entered.path}/demos",
    )


async def at_booth(request: Request) -> Response:
    entered, room, view = await enter_room(request, booth_room, request.path_params["booth"])
    booth, now = view.snapshot.booth, entered.site.engine.clock()  # type: ignore[attr-defined]
    async with entered.site.engine.database.read() as connection:
        conditions = (demos.of_booth(booth.id), demos.ahead(now))
        views = await booking_views(connection, entered.viewer.id or "", now, *conditions)
    conference = entered.conference
    days = min((conference.ends_on - conference.starts_on).days + 1, MOST_DAYS)
    return await entered.page(
        request,
        "exhibition/demos.html",
        views=views,
        names={},
        booth=booth,
        booth_path=f"{entered.path}/exhibition/{booth.id}",
        room=room,
        can=view.own.can,  # type: ignore[attr-defined]
        most=conference.call_limit - 1,
        days=[conference.starts_on + timedelta(days=number) for number in range(days)],
        early=EARLY,
        now=now,
        here=f"{entered.path}/exhibition/{booth.id}/demos",
    )


routes = [
    Route("/c/{conference}/demos", everywhere),
    Route("/c/{conference}/exhibition/{booth}/demos", at_booth),
]
