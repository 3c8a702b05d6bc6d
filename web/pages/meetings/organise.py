"""/c/…/organise/meetings: when and where people can meet, what came of it, and the plan of the tables to print."""

from collections import Counter
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.meetings.bookings import queries, slots
from rooms.meetings.bookings.messages import BookingState
from rooms.meetings.bookings.tables import bookings, meeting_requests
from web.conference import enter_as_organiser
from web.site import site_of

b, r = bookings.c, meeting_requests.c


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        conference, now = entered.conference.id, entered.site.engine.clock()
        rules = await slots.rules_of(connection, conference)
        windows = await slots.windows(connection, conference)
        spots = await slots.spots_of(connection, conference, archived=True)
        views = await queries.booking_views(connection, "", now, b.conference == conference)
        by_state = sa.select(r.state, sa.func.count()).where(r.conference == conference).group_by(r.state)
        requests: dict[str, int] = {row[0]: row[1] for row in await connection.execute(by_state)}
    days = [entered.conference.starts_on + timedelta(days=n) for n in range(_days(entered.conference))]
    return await entered.page(
        request,
        "meetings/organise.html",
        rules=rules,
        windows=windows,
        days=days,
        spots=spots,
        requests=requests,
        booked=sum(each.state is not BookingState.CANCELLED for each in views),
        cancelled=sum(each.state is BookingState.CANCELLED for each in views),
        missed=_missed(views),
        slots=sum(len(slots.slots_in(window, rules)) for window in windows),
        zone=entered.event_zone,
        here=f"{entered.path}/organise/meetings",
    )


def _days(conference: Any) -> int:
    return min((conference.ends_on - conference.starts_on).days + 1, 60)


def _missed(views: list[Any]) -> list[tuple[str, int]]:
    """Who did not come although somebody waited for them, most often first."""
    names = Counter((seat.person.id, seat.person.name) for view in views for seat in view.people if seat.missed)
    return [(name, number) for (_, name), number in names.most_common(50)]


async def plan(request: Request) -> Response:
    """The meetings at each table and in calls, by day, to print."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        conference, now = entered.conference.id, entered.site.engine.clock()
        booked = sa.and_(b.conference == conference, b.state == BookingState.BOOKED.value)
        views = await queries.booking_views(connection, "", now, booked)
    places: dict[Any, dict[str, list[Any]]] = {}
    for view in views:
        day = view.starts_at.astimezone(entered.event_zone).date()
        places.setdefault(day, {}).setdefault(view.place or "", []).append(view)
    return await entered.page(
        request,
        "meetings/plan.html",
        days=[(day, sorted(found.items(), key=lambda one: (not one[0], one[0]))) for day, found in places.items()],
        zone=entered.event_zone,
        now=now,
        here=f"{entered.path}/organise/meetings/plan",
    )


routes = [
    Route("/c/{conference}/organise/meetings", show),
    Route("/c/{conference}/organise/meetings/plan", plan),
]
