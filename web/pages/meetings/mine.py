"""/c/…/meetings: a person's own meetings and requests, and the times in which they are available."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.errors import Problem
from rooms.meetings.bookings import calendar, queries, slots
from rooms.meetings.bookings.agenda import Busy
from rooms.meetings.bookings.attendance import EARLY
from rooms.meetings.bookings.messages import BookingKind, BookingState, BookingView, RequestState, SeatState
from rooms.meetings.bookings.seats import colleagues
from rooms.meetings.bookings.slots import TimeSlot
from rooms.meetings.bookings.tables import absences, bookings
from rooms.people import rules
from web.conference import Entered, enter
from web.site import site_of

SEATED = (SeatState.BOOKED, SeatState.MISSED, SeatState.STANDBY, SeatState.OFFERED)

b = bookings.c


class MeetingDay(NamedTuple):
    date: date
    views: list[BookingView]


class Choice(NamedTuple):
    """A slot on the page of one's times: what else the person has in it, and whether they have switched it off."""

    slot: TimeSlot
    off: bool
    busy: list[Busy]


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        person, conference = rules.signed_in(entered.actor).id, entered.conference.id
        now = entered.site.engine.clock()
        here = sa.and_(b.conference == conference, queries.of_person(person, *SEATED))
        views = await queries.booking_views(connection, person, now, here)
        ahead = [each for each in views if each.ends_at > now and each.state is BookingState.BOOKED]
        ahead = await queries.with_clashes(connection, conference, person, ahead)
        requests = await queries.request_views(connection, conference, person, now)
        meets = await slots.is_open(connection, conference)
    seated = [each for each in ahead if each.mine and each.mine.state is SeatState.BOOKED]
    return await entered.page(
        request,
        "meetings/mine.html",
        next=seated[0] if seated else None,
        days=_by_day(ahead, entered.zone),
        past=[each for each in reversed(views) if each.id not in {one.id for one in ahead}],
        to_answer=[each for each in requests if each.turn],
        standby=[each for each in requests if each.state is RequestState.STANDBY],
        sent=[each for each in requests if each.state is RequestState.WAITING and not each.turn],
        closed=[each for each in requests if each.state in CLOSED][:20],
        early=EARLY,
        meets=meets,
        today=now.astimezone(entered.zone).date(),
        now=now,
        name_of=lambda view: view.name_for(person),
        slot_at=lambda start, minutes: TimeSlot(start, start + timedelta(minutes=minutes)),
        calendar_key=entered.viewer.person.calendar_key if entered.viewer.person else None,
        here=f"{entered.path}/meetings",
    )


CLOSED = {RequestState.DECLINED, RequestState.LAPSED}


async def times(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        person, conference = rules.signed_in(entered.actor).id, entered.conference.id
        known, now = await slots.rules_of(connection, conference), entered.site.engine.clock()
        windows = [each for each in await slots.windows(connection, conference) if each.ends_at > now]
        busy: list[Busy] = []
        if windows:
            span = windows[0].starts_at, max(each.ends_at for each in windows)
            busy = (await calendar.busy(connection, conference, [person], *span))[person]
        mine = sa.and_(absences.c.person == person, absences.c.conference == conference)
        off = [
            TimeSlot(*row)
            for row in await connection.execute(sa.select(absences.c.starts_at, absences.c.ends_at).where(mine))
        ]
    days = [
        (window, [_choice(slot, off, busy, known) for slot in slots.slots_in(window, known) if slot.starts_at > now])
        for window in windows
    ]
    return await entered.page(request, "meetings/times.html", days=days, now=now, here=f"{entered.path}/meetings/times")


def _choice(slot: TimeSlot, off: Iterable[TimeSlot], busy: Iterable[Busy], known: slots.Rules) -> Choice:
    away = any(each.starts_at < slot.ends_at and each.ends_at > slot.starts_at for each in off)
    return Choice(slot, away, [each for each in busy if each.kind != "away" and each.blocks(slot, known.buffer)])


async def booking(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        person, conference = rules.signed_in(entered.actor).id, entered.conference.id
        now, id = entered.site.engine.clock(), request.path_params["booking"]
        here = sa.and_(b.id == id, b.conference == conference)
        found = await queries.booking_views(connection, person, now, here)
        if not found or not _may_see(found[0]):
            raise Problem("not_found", calendar.GONE)
        view = (await queries.with_clashes(connection, conference, person, found))[0]
        people = [each.person.id for each in view.people if each.state is SeatState.BOOKED]
        inside = view.mine is not None and view.mine.state is SeatState.BOOKED
        free = await calendar.free_slots(connection, conference, people, now, without=view.id) if inside else []
        team = await _team(connection, entered, view, inside)
    return await entered.page(
        request,
        "meetings/booking.html",
        view=view,
        early=EARLY,
        inside=inside,
        free=[slot for slot in free if slot.starts_at != view.starts_at],
        team=team,
        now=now,
        name=view.name_for(person),
        here=f"{entered.path}/meetings/bookings/{view.id}",
    )


def _may_see(view: BookingView) -> bool:
    """Everyone sees a demo; other bookings only those in them."""
    return view.kind is BookingKind.DEMO or (view.mine is not None and view.mine.state is not SeatState.LEFT)


class FreeColleague(NamedTuple):
    id: str
    name: str
    free: bool


async def _team(
    connection: Any, entered: Entered, view: BookingView, inside: bool
) -> list[tuple[Any, list[FreeColleague]]]:
    """The seats that the viewer may give to a colleague, with the colleagues and whether each is free."""
    me = entered.viewer.id or ""
    found: list[tuple[Any, list[FreeColleague]]] = []
    if view.state is not BookingState.BOOKED or not inside:
        return found
    conference, here = entered.conference.id, {each.person.id for each in view.people}
    slot = TimeSlot(view.starts_at, view.ends_at)
    for seat in view.people:
        team = await colleagues(connection, conference, seat.person.id)
        if seat.state is not SeatState.BOOKED or me not in {seat.person.id, *(each.id for each in team)}:
            continue
        others = [each for each in team if each.id not in here]
        busy = await calendar.not_free(connection, conference, [each.id for each in others], slot)
        found.append((seat, [FreeColleague(each.id, each.name, each.id not in busy) for each in others]))
    return [(seat, team) for seat, team in found if team]


def _by_day(views: Iterable[BookingView], zone: ZoneInfo) -> list[MeetingDay]:
    days: dict[date, list[BookingView]] = {}
    for view in views:
        days.setdefault(view.starts_at.astimezone(zone).date(), []).append(view)
    return [MeetingDay(day, found) for day, found in days.items()]


routes = [
    Route("/c/{conference}/meetings", show),
    Route("/c/{conference}/meetings/times", times),
    Route("/c/{conference}/meetings/bookings/{booking}", booking),
]
