"""The exhibition: the directory, its halls and its booths."""

from typing import cast
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.exhibition.booths import directory, queries
from rooms.exhibition.booths import staff as staffing
from rooms.exhibition.booths.directory import PAGE, Wanted
from rooms.exhibition.booths.snapshots import BoothOwn, BoothSnapshot, HallSnapshot
from rooms.exhibition.organisations import organisation_of
from rooms.exhibition.queue.waiting_time import expected
from rooms.exhibition.requests.messages import ContactState
from web.conference import Location, enter, enter_room
from web.forms import asked_number
from web.site import site_of


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
    waits = expected(line, now)
    at = line.tickets.index(own.place.ticket) if own.place and own.place.ticket in line.tickets else None
    path = f"{entered.path}/exhibition/{snapshot.booth.id}"
    async with entered.site.engine.database.read() as connection:
        stands_in = await queries.hall_of_booth(connection, snapshot.booth.id)
        organisation = await organisation_of(connection, snapshot.booth.id)
    return await entered.page(
        request,
        "exhibition/booth.html",
        page=Location(room, path),
        hall=stands_in,
        organisation=organisation,
        snapshot=snapshot,
        booth=snapshot.booth,
        own=own,
        line=line,
        floor=view.latest["floor"][snapshot.booth.id],
        ahead=at if at is not None else len(waits),
        wait=round(waits[at] / 60) if at is not None else None,
        now=now,
        zone=entered.viewer.zone_for(ZoneInfo(entered.conference.zone)),
        source=_source(snapshot, own),
    )


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
