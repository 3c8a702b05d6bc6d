"""The exhibition: the directory, its halls and its booths."""

from datetime import datetime
from math import inf
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.errors import Problem
from rooms.exhibition.booths import directory, queries
from rooms.exhibition.booths import staff as staffing
from rooms.exhibition.booths.directory import PAGE, Wanted
from rooms.exhibition.booths.snapshots import BoothOwn, BoothSnapshot, HallSnapshot
from rooms.exhibition.demos import demo_ids
from rooms.exhibition.organisations import organisation_of
from rooms.exhibition.queue.crew_messages import Hours
from rooms.exhibition.queue.messages import LineView
from rooms.exhibition.queue.opening import next_start, opening
from rooms.exhibition.queue.waiting_time import expected, is_late
from rooms.exhibition.requests.messages import ContactState
from rooms.recruitment.applications.booth_queue import candidates_here
from web.conference import Entered, Location, enter, enter_room
from web.forms import asked_number
from web.pages.exhibition.crew import crew_of
from web.site import site_of

NEXT = 1 << 30
"""Stands for the ticket that a visitor would get."""


async def show(request: Request) -> Response:
    asked = request.query_params
    wanted = Wanted(
        words=asked.get("words", "")[:100].strip(),
        country=asked.get("country", "")[:2],
        field=asked.get("field", "")[:80],
        language=asked.get("language", "")[:20],
        staffed=asked.get("staffed") == "1",
    )
    number = asked_number(request, "page") or 0
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        conference, now = entered.conference.id, entered.site.engine.clock()
        total = await directory.count(connection, conference, wanted)
        number = min(number, max(total - 1, 0) // PAGE)
        booths = await directory.page(connection, conference, wanted, number, now)
        facets = await directory.facets(connection, conference)
        halls = await directory.halls(connection, conference)
        pending = await directory.pending(connection, conference) if entered.may_organise else []
        mine = await staffing.booths_of(connection, conference, entered.viewer.id) if entered.viewer.id else []
    pages = (total + PAGE - 1) // PAGE
    return await entered.page(
        request,
        "exhibition/directory.html",
        wanted=wanted,
        booths=booths,
        facets=facets,
        halls=halls,
        pending=pending,
        mine=mine,
        total=total,
        number=number,
        pages=pages,
        link_to=lambda to: str(request.url.include_query_params(page=to).query),
    )


async def hall(request: Request) -> Response:
    entered, room, view = await enter_room(request, queries.hall_room, request.path_params["hall"])
    snapshot = cast(HallSnapshot, view.snapshot)
    return await entered.page(request, "exhibition/hall.html", room=room, snapshot=snapshot, floor=view.latest["floor"])


async def booth(request: Request) -> Response:
    entered, room, view = await enter_room(request, queries.booth_room, request.path_params["booth"])
    snapshot, own = cast(BoothSnapshot, view.snapshot), cast(BoothOwn, view.own)
    line, now = view.latest["line"][""], entered.site.engine.clock()
    shifts = view.latest["hours"][""].shifts
    waits = expected(line, now, shifts)
    at = line.tickets.index(own.place.ticket) if own.place and own.place.ticket in line.tickets else None
    wait = waits[at] if at is not None else inf
    path = f"{entered.path}/exhibition/{snapshot.booth.id}"
    async with entered.site.engine.database.read() as connection:
        stands_in = await queries.hall_of_booth(connection, snapshot.booth.id)
        organisation = await organisation_of(connection, snapshot.booth.id)
        named = await queries.listed_staff(connection, snapshot.booth.id, entered.conference.id)
        demos = len(await demo_ids(connection, snapshot.booth.id, now))
        candidates = await _candidates(connection, entered, snapshot) if "queue.call" in own.can else None
    return await entered.page(
        request,
        "exhibition/booth.html",
        page=Location(room, path),
        hall=stands_in,
        organisation=organisation,
        demos=demos,
        candidates=candidates,
        named=[each for each in named if each.id != entered.viewer.id],
        snapshot=snapshot,
        booth=snapshot.booth,
        own=own,
        line=line,
        floor=view.latest["floor"][snapshot.booth.id],
        ahead=at if at is not None else len(waits),
        wait=round(wait / 60) if wait < inf else None,
        **_hours(line, own, shifts, now),
        **_crew(snapshot, own, now),
        now=now,
        zone=entered.viewer.zone_for(ZoneInfo(entered.conference.zone)),
        source=_source(snapshot, own),
    )


async def _candidates(connection: AsyncConnection, entered: Entered, snapshot: BoothSnapshot) -> dict[str, str] | None:
    """The candidates in the queue, for a member of the employer whose booth it is; None for others."""
    try:
        return await candidates_here(connection, entered.conference.id, snapshot.booth.id, entered.actor.known.id)
    except Problem:
        return None


def _hours(line: LineView, own: BoothOwn, shifts: list[Hours], now: datetime) -> dict[str, Any]:
    """What the shifts mean for a visitor. `late`: their turn, or the one that they could join for, probably comes after the booth has closed."""
    current, ticket = opening(shifts, now), own.place.ticket if own.place else NEXT
    if own.place is None:
        line = msgspec.structs.replace(line, tickets=[*line.tickets, NEXT])
    return {
        "closed": bool(shifts) and current is None,
        "closes_at": current.ends_at if current else None,
        "late": current is not None and is_late(line, ticket, now, shifts),
        "opens_at": next_start(shifts, now),
    }


def _crew(snapshot: BoothSnapshot, own: BoothOwn, now: datetime) -> dict[str, Any]:
    """For the staff: those who take visitors, the viewer among them, and whom they serve now."""
    if snapshot.desk is None or own.person is None:
        return {"crew": [], "me": None, "serving": []}
    crew, me = crew_of(snapshot.desk, now), own.person.id
    served = [each for each in snapshot.desk.places if each.called_by and each.called_by.id == me]
    return {"crew": crew, "me": next((each for each in crew if each.person.id == me), None), "serving": served}


def _source(snapshot: BoothSnapshot, own: BoothOwn) -> str:
    """The source of a contact shared on the booth's page (rooms.exhibition.leads.messages.Source)."""
    asks = any(each.state is not ContactState.DONE for each in own.contacts)
    wrote = own.person is not None and any(each.author.id == own.person.id for each in snapshot.messages)
    return "queue" if own.place else "contact" if asks else "chat" if wrote else "booth"


routes = [
    Route("/c/{conference}/exhibition", show),
    Route("/c/{conference}/exhibition/halls/{hall}", hall),
    Route("/c/{conference}/exhibition/{booth}", booth),
]
