"""/c/…/exhibition/<booth>/shifts: when the staff of a booth take visitors. Its owners plan it; all staff see it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.access import Actor
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.exhibition import rules
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.queue.crew import Shift, read_shifts
from rooms.exhibition.queue.crew_messages import NewShift, PlanShifts
from rooms.programme.moments import typed_moment
from web.forms import read_form, several, text
from web.pages.exhibition.enter import AtBooth, enter_booth
from web.site import site_of
from web.templating import go

MOST_DAYS = 14
MOST_AT_ONCE = 100
TYPED: Mapping[str, Any] = {"people": [], "days": [], "starts": "09:00", "ends": "17:00"}


class PlannedDay(NamedTuple):
    date: date
    shifts: list[Shift]


def _sees(actor: Actor) -> None:
    try:
        rules.owns(actor)
    except Problem:
        rules.serves(actor)


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        at = await enter_booth(request, connection, _sees)
    return await _page(request, at)


async def _page(
    request: Request, at: AtBooth, typed: Mapping[str, Any] = TYPED, problem: Problem | None = None
) -> Response:
    entered, zone = at.entered, at.entered.event_zone
    now = entered.site.engine.clock()
    async with entered.site.engine.database.read() as connection:
        shifts = (await read_shifts(connection, [at.booth.id]))[at.booth.id]
        staff = await queries.staff(connection, at.booth.id)
    planned = groupby(shifts, key=lambda each: each.hours.starts_at.astimezone(zone).date())
    return await at.page(
        request,
        "exhibition/shifts.html",
        planned=[PlannedDay(day, list(each)) for day, each in planned],
        people=[each.person for each in staff if each.duty is not Duty.CONTACT],
        days=_days(at),
        over=now,
        typed=typed,
        problem=problem,
        here=f"{at.path}/shifts",
    )


def _days(at: AtBooth) -> list[date]:
    """The days of the conference that are not over; today and tomorrow outside of it."""
    conference, now = at.entered.conference, at.entered.site.engine.clock()
    today = now.astimezone(at.entered.event_zone).date()
    begins, last = max(conference.starts_on, today), conference.ends_on
    if begins > last:
        begins, last = today, today + timedelta(days=1)
    return [begins + timedelta(days=number) for number in range(min((last - begins).days + 1, MOST_DAYS))]


async def plan(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        at = await enter_booth(request, connection, rules.owns)
    form, entered = await read_form(request), at.entered
    typed = {
        "people": several(form, "people"),
        "days": several(form, "days"),
        "starts": text(form, "starts"),
        "ends": text(form, "ends"),
    }
    try:
        command = PlanShifts(list(_shifts(typed, _days(at), entered.conference.zone)))
        await entered.site.engine.perform(entered.viewer.id, at.actor.room.id, command, text(form, "key"))
    except Problem as problem:
        if problem.code not in {"invalid", "conflict", "not_found"}:
            raise
        return await _page(request, at, typed, problem)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return go(request, f"{at.path}/shifts", said=gettext(N_("The shifts are planned.")))


def _shifts(typed: Mapping[str, Any], offered: list[date], zone: str) -> Iterable[NewShift]:
    """Everyone chosen, on every chosen day. A shift that ends before it begins ends on the next day. Raises Problem "invalid"."""
    if not typed["people"]:
        raise Problem("invalid", N_("Choose who takes visitors."), field="people")
    days = [day for day in offered if day.isoformat() in typed["days"]]
    if not days:
        raise Problem("invalid", N_("Choose a day."), field="days")
    if len(typed["people"]) * len(days) > MOST_AT_ONCE:
        raise Problem(
            "invalid", N_("Plan at most %(most)s shifts at a time."), field="people", values={"most": MOST_AT_ONCE}
        )
    for day in days:
        starts_at = typed_moment(f"{day}T{typed['starts']}", zone, "starts")
        ends_at = typed_moment(f"{day}T{typed['ends']}", zone, "ends")
        if ends_at <= starts_at:
            ends_at = typed_moment(f"{day + timedelta(days=1)}T{typed['ends']}", zone, "ends")
        for person in typed["people"]:
            yield NewShift(person, starts_at, ends_at)


PATH = "/c/{conference}/exhibition/{booth}/shifts"

routes = [Route(PATH, show), Route(PATH, plan, methods=["POST"])]
