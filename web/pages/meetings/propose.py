"""/c/…/meetings/new: proposes a meeting to a person, or other times in answer to a request."""

from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation import queries as cooperation
from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.ids import is_id
from rooms.exhibition.booths.queries import listed_staff
from rooms.meetings.bookings import calendar, queries, slots
from rooms.meetings.bookings.acquaintance import entry_between, met
from rooms.meetings.bookings.messages import RequestView, SpotKind
from rooms.meetings.bookings.requests import GONE, check_may_ask, r
from rooms.people import accounts, rules
from web.conference import Entered, enter
from web.people_search import people_found
from web.site import site_of


class Proposal(NamedTuple):
    """What the page was opened for."""

    person: PersonView | None
    request: RequestView | None
    entry: Any | None


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        me, conference = rules.signed_in(entered.actor).id, entered.conference.id
        now = entered.site.engine.clock()
        asked = await _asked(connection, request, entered, me)
        free = await calendar.free_slots(connection, conference, [me, asked.person.id], now) if asked.person else []
        met_at = await met(connection, conference, me, asked.person.id, now) if asked.person else None
        spots, known = await slots.spots_of(connection, conference), await slots.rules_of(connection, conference)
        words, people = await people_found(request, connection, entered)
        booth = request.query_params.get("booth", "")
        staff = await listed_staff(connection, booth, conference) if is_id(booth) else []
    days: dict[Any, list[Any]] = {}
    for slot in free:
        days.setdefault(slot.starts_at.astimezone(entered.zone).date(), []).append(slot)
    return await entered.page(
        request,
        "meetings/propose.html",
        asked=asked,
        other=asked.person,
        days=days,
        met=met_at,
        tables=any(each.kind is SpotKind.PHYSICAL for each in spots),
        minutes=int(known.slot.total_seconds() // 60),
        words=words,
        found=[each for each in people if each.id != me],
        staff=[each for each in staff if each.id != me],
        now=now,
        here=f"{entered.path}/meetings/new",
    )


async def _asked(connection: Any, request: Request, entered: Entered, me: str) -> Proposal:
    """Raises Problem "not_found" for a person who cannot be asked."""
    query, conference, now = request.query_params, entered.conference.id, entered.site.engine.clock()
    if (id := query.get("request")) is not None:
        views = await queries.request_views(connection, conference, me, now, r.id == id[:20])
        if not views or not views[0].turn:
            raise Problem("not_found", GONE)
        return Proposal(views[0].person, views[0], None)
    person = query.get("person", "")
    if not is_id(person):
        return Proposal(None, None, None)
    await check_may_ask(connection, conference, me, person, now)
    entry = None
    if is_id(query.get("entry", "")):
        await entry_between(connection, conference, query["entry"], me, person)
        entry = cooperation.view_of(await cooperation.entry_row(connection, conference, query["entry"]))
    return Proposal(await accounts.person_named(connection, person), None, entry)


routes = [Route("/c/{conference}/meetings/new", show)]
