"""The programme as iCalendar: all of it, one session, or one person's own sessions under a private address."""

import hashlib

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.access import resolve
from rooms.core.store import journal
from rooms.core.text import N_
from rooms.meetings.bookings import feed
from rooms.meetings.bookings.messages import BookingKind
from rooms.meetings.meetups.feed import calendar_entries
from rooms.people import accounts
from rooms.programme import queries
from rooms.programme.calendars import feeds
from web.conference import enter
from web.meeting_invitations import KINDS
from web.site import site_of

MY_SESSIONS = N_("%(conference)s: my sessions")


async def programme(request: Request) -> Response:
    site = site_of(request)
    async with site.engine.database.read() as connection:
        entered = await enter(request, connection)
        data = await feeds.programme_calendar(connection, entered.conference, site.origin)
    return _calendar(request, data, entered.conference.slug)


async def session(request: Request) -> Response:
    site = site_of(request)
    async with site.engine.database.read() as connection:
        entered = await enter(request, connection)
        id = request.path_params["session"]
        data = await feeds.session_calendar(connection, entered.conference, id, site.origin)
    return _calendar(request, data, f"{entered.conference.slug}-{id}")


async def mine(request: Request) -> Response:
    """What the owner of the key has starred, speaks at or has joined. Calendar programs send no cookies, so the key in the address is the only credential."""
    async with site_of(request).engine.database.read() as connection:
        data = await _personal(request, connection)
    return _calendar(request, data, "my-sessions")


async def _personal(request: Request, connection: AsyncConnection) -> bytes:
    """Raises Problem "not_found" for a wrong key, and when its owner may no longer enter the conference."""
    site = site_of(request)
    person = await feeds.owner_of_calendar(connection, request.query_params.get("key", ""))
    conference = await queries.conference(connection, request.path_params["conference"])
    room = await journal.find_room(connection, conference.room)
    await resolve(connection, person, room, site.engine.clock())
    locale = site.languages.choose([(await accounts.get(connection, person)).locale])
    title = conference.texts.get(locale, {}).get("title") or conference.title
    name = site.languages.texts(locale).gettext(MY_SESSIONS) % {"conference": title}
    gettext = site.languages.texts(locale).gettext
    words = {kind: gettext(word) for kind, word in KINDS.items()}
    joined = await calendar_entries(connection, conference, person, site.origin, words[BookingKind.MEETUP])
    now = site.engine.clock()
    joined += await feed.calendar_entries(connection, conference, person, site.origin, words, now)
    return await feeds.personal_calendar(connection, conference, person, site.origin, name, joined)


def _calendar(request: Request, data: bytes, name: str) -> Response:
    """Calendar programs poll; without changes they get 304 Not Modified."""
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    # "private": no shared cache may store it, because access is personal.
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    given = request.headers.get("if-none-match", "")
    if tag in {each.strip().removeprefix("W/") for each in given.split(",")}:
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return Response(data, media_type="text/calendar", headers=headers)


routes = [
    Route("/c/{conference}/programme.ics", programme),
    Route("/c/{conference}/sessions/{session}.ics", session),
    Route("/c/{conference}/my.ics", mine),
]
