"""/c/…/meetups: meet-ups that attendees propose, in the programme once an organiser has approved them."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.access import ABSENT
from rooms.core.commands.registry import permitted, read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.meetings.meetups import queries
from rooms.meetings.meetups.messages import MeetupProposed, MeetupState, MeetupView
from rooms.people import rules
from rooms.programme.moments import typed_moment
from web.choices import spoken_languages
from web.conference import Entered, enter, enter_as_organiser
from web.forms import read_form, text
from web.site import site_of
from web.templating import go

MINUTES = (15, 20, 30, 45, 60, 90, 120, 180, 240)
NEW: dict[str, str] = {
    "title": "",
    "text": "",
    "language": "",
    "place": "",
    "capacity": "8",
    "minutes": "30",
    "starts_at": "",
}


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        viewer = entered.viewer.id
        listed = await queries.coming(connection, entered.conference.id, viewer)
        mine = queries.m.proposer == (viewer or "")
        here = queries.m.conference == entered.conference.id
        own = await queries.views(connection, viewer, here, mine, ~queries.APPROVED) if viewer else []
        waiting = await queries.waiting(connection, entered.conference.id) if entered.may_organise else 0
    now = entered.site.engine.clock()
    return await entered.page(
        request,
        "meetings/meetups.html",
        coming=[each for each in listed if each.ends_at > now],
        past=[each for each in listed if each.ends_at <= now],
        own=own,
        waiting=waiting,
        can=permitted(entered.actor),
        here=f"{entered.path}/meetups",
    )


async def one(request: Request) -> Response:
    """A proposal is shown to its proposer and the organisers alone. Names of people are shown to those who have a place."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        viewer = entered.viewer.id
        row = await queries.meetup_row(connection, entered.conference.id, request.path_params["meetup"])
        [meetup] = await queries.views(connection, viewer, queries.m.id == row.id)
        proposer = row.proposer == viewer
        if row.booking is None and not proposer and not entered.may_organise:
            raise Problem("not_found", ABSENT)
        inside = proposer or entered.may_organise or meetup.mine == queries.TAKEN
        people = await queries.people_in(connection, row.booking, [queries.TAKEN]) if row.booking and inside else []
    return await entered.page(
        request,
        "meetings/meetup.html",
        meetup=meetup,
        proposer=proposer,
        people=people,
        over=meetup.ends_at <= entered.site.engine.clock(),
        call_limit=entered.conference.call_limit,
        can=permitted(entered.actor),
        here=f"{entered.path}/meetups/{meetup.id}",
    )


async def show_new(request: Request) -> Response:
    return await _form(request, await _entered(request))


async def propose(request: Request) -> Response:
    form, entered = await read_form(request), await _entered(request)
    typed = {name: text(form, name) for name in NEW}
    try:
        command = read("meetup.propose", _fields(typed, entered), strict=False)
        done = await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await _form(request, entered, typed, problem)
    meetup = msgspec.json.decode(done.reply, type=MeetupProposed).meetup
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    said = gettext(N_("Your proposal is with the organisers. You are notified of their answer."))
    return go(request, f"{entered.path}/meetups/{meetup}", said=said)


async def edit(request: Request) -> Response:
    entered, meetup = await _own(request)
    return await _form(request, entered, _typed(meetup, entered), meetup=meetup)


async def save(request: Request) -> Response:
    form = await read_form(request)
    entered, meetup = await _own(request)
    typed = {name: text(form, name) for name in NEW}
    try:
        command = read("meetup.edit", {"meetup": meetup.id, **_fields(typed, entered)}, strict=False)
        await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await _form(request, entered, typed, problem, meetup)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return go(request, f"{entered.path}/meetups/{meetup.id}", said=gettext(N_("Saved.")))


async def organise(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        here = queries.m.conference == entered.conference.id
        listed = await queries.views(connection, entered.viewer.id, here)
    return await entered.page(
        request,
        "meetings/organise_meetups.html",
        waiting=[each for each in listed if each.state is MeetupState.WAITING],
        approved=[each for each in listed if each.state is MeetupState.APPROVED],
        here=f"{entered.path}/organise/meetups",
    )


async def _entered(request: Request) -> Entered:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
    rules.speaks_up(entered.actor)
    return entered


async def _own(request: Request) -> tuple[Entered, MeetupView]:
    """A meet-up for the person who proposed it. Raises Problem "not_found"."""
    entered = await _entered(request)
    async with entered.site.engine.database.read() as connection:
        row = await queries.meetup_row(connection, entered.conference.id, request.path_params["meetup"])
        [meetup] = await queries.views(connection, entered.viewer.id, queries.m.id == row.id)
    if row.proposer != entered.viewer.id:
        raise Problem("not_found", ABSENT)
    return entered, meetup


async def _form(
    request: Request,
    entered: Entered,
    typed: dict[str, str] | None = None,
    problem: Problem | None = None,
    meetup: MeetupView | None = None,
) -> Response:
    given = typed or NEW
    zone = entered.event_zone
    days = entered.conference
    return await entered.page(
        request,
        "meetings/meetup_form.html",
        given=given,
        meetup=meetup,
        problem=problem,
        minutes=MINUTES,
        first=f"{days.starts_on:%Y-%m-%d}T00:00",
        last=f"{days.ends_on:%Y-%m-%d}T23:59",
        spoken=spoken_languages([given["language"]] if given["language"] else []),
        held=(datetime.combine(days.starts_on, datetime.min.time(), zone),) * 2,
        call_limit=days.call_limit,
        here=f"{entered.path}/meetups/{meetup.id}/edit" if meetup else f"{entered.path}/meetups/new",
    )


def _typed(meetup: MeetupView, entered: Entered) -> dict[str, str]:
    minutes = (meetup.ends_at - meetup.starts_at) // timedelta(minutes=1)
    typed = {name: getattr(meetup, name) for name in ("title", "text", "language", "place")}
    starts = f"{meetup.starts_at.astimezone(entered.event_zone):%Y-%m-%dT%H:%M}"
    return {**typed, "capacity": str(meetup.capacity), "minutes": str(minutes), "starts_at": starts}


def _fields(typed: dict[str, str], entered: Entered) -> dict[str, Any]:
    return {**typed, "starts_at": typed_moment(typed["starts_at"], entered.conference.zone, "starts_at").isoformat()}


PATH = "/c/{conference}/meetups"

routes = [
    Route(PATH, show),
    Route(f"{PATH}/new", show_new, methods=["GET"]),
    Route(f"{PATH}/new", propose, methods=["POST"]),
    Route(f"{PATH}/{{meetup}}", one),
    Route(f"{PATH}/{{meetup}}/edit", edit, methods=["GET"]),
    Route(f"{PATH}/{{meetup}}/edit", save, methods=["POST"]),
    Route("/c/{conference}/organise/meetups", organise),
]
