"""/c/…/rounds: rounds of short talks, their waiting room, and whom one met."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.registry import permitted, read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.meetings.bookings.slots import TimeSlot
from rooms.meetings.rounds import queries
from rooms.meetings.rounds.messages import RoundAudience, RoundCreated, RoundPreference, RoundState
from rooms.programme.moments import typed_moment
from web.conference import Entered, enter, enter_as_organiser
from web.forms import read_form, text
from web.site import site_of
from web.templating import go

NAMES = ("title", "text", "starts_at", "talk_minutes", "pause_seconds", "talks", "audience", "prefers")
NEW = {"title": "", "text": "", "starts_at": "", "talk_minutes": "5", "pause_seconds": "60", "talks": "6"}
NEW |= {"audience": RoundAudience.EVERYONE.value, "prefers": RoundPreference.NOTHING.value}
AUDIENCES = {
    RoundAudience.EVERYONE: N_("Everyone who takes part in the conference"),
    RoundAudience.MEMBERS: N_("Members of an organisation"),
}
PREFERENCES = {
    RoundPreference.NOTHING: N_("Anybody"),
    RoundPreference.ORGANISATIONS: N_("People of different organisations, where possible"),
    RoundPreference.COUNTRIES: N_("People from different countries, where possible"),
}


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        listed = await queries.listed(connection, entered.conference.id)
    return await entered.page(
        request,
        "meetings/rounds.html",
        coming=[row for row in listed if row.state != RoundState.ENDED],
        past=[row for row in listed if row.state == RoundState.ENDED],
        slot=_slot,
        here=f"{entered.path}/rounds",
    )


async def one(request: Request) -> Response:
    engine = site_of(request).engine
    async with engine.database.read() as connection:
        entered = await enter(request, connection)
        person = entered.viewer.id or ""
        row = await queries.round_row(connection, entered.conference.id, request.path_params["round"])
        inside = await queries.is_here(connection, row.id, person)
        here = await queries.entered(connection, row.id)
        now = (await queries.now_in(connection, row.id, [person])).get(person)
        met = await queries.met_by(connection, row.id, person)
    return await entered.page(
        request,
        "meetings/round.html",
        row=row,
        slot=_slot(row),
        inside=inside,
        number=len(here),
        now_view=now,
        met=met,
        open=row.state in queries.OPEN,
        can=permitted(entered.actor),
        here=f"{entered.path}/rounds/{row.id}",
    )


async def organise(request: Request) -> Response:
    entered, listed = await _organised(request)
    return await _form(request, entered, listed)


async def create(request: Request) -> Response:
    form = await read_form(request)
    entered, listed = await _organised(request)
    typed = {name: text(form, name) for name in NAMES}
    try:
        command = read("round.create", _fields(typed, entered), strict=False)
        done = await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await _form(request, entered, listed, typed, problem)
    round = msgspec.json.decode(done.reply, type=RoundCreated).round
    return go(request, f"{entered.path}/rounds/{round}")


async def edit(request: Request) -> Response:
    entered, row = await _row(request)
    return await _form(request, entered, [], _typed(row, entered), row=row)


async def save(request: Request) -> Response:
    form = await read_form(request)
    entered, row = await _row(request)
    typed = {name: text(form, name) for name in NAMES}
    try:
        command = read("round.edit", {"round": row.id, **_fields(typed, entered)}, strict=False)
        await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await _form(request, entered, [], typed, problem, row)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return go(request, f"{entered.path}/rounds/{row.id}", said=gettext(N_("Saved.")))


async def _organised(request: Request) -> tuple[Entered, list[Any]]:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        return entered, await queries.listed(connection, entered.conference.id)


async def _row(request: Request) -> tuple[Entered, Any]:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        return entered, await queries.round_row(connection, entered.conference.id, request.path_params["round"])


async def _form(
    request: Request,
    entered: Entered,
    listed: list[Any],
    typed: dict[str, str] | None = None,
    problem: Problem | None = None,
    row: Any = None,
) -> Response:
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    zone = entered.event_zone
    days = entered.conference
    return await entered.page(
        request,
        "meetings/organise_rounds.html",
        given={**NEW, **(typed or {})},
        listed=listed,
        row=row,
        problem=problem,
        slot=_slot,
        audiences=[(each.value, gettext(AUDIENCES[each])) for each in RoundAudience],
        preferences=[(each.value, gettext(PREFERENCES[each])) for each in RoundPreference],
        held=(datetime.combine(days.starts_on, datetime.min.time(), zone),) * 2,
        here=f"{entered.path}/organise/rounds{f'/{row.id}' if row else ''}",
    )


def _slot(row: Any) -> TimeSlot:
    """The planned start and end."""
    length = timedelta(minutes=row.talk_minutes, seconds=row.pause_seconds) * row.talks
    return TimeSlot(row.starts_at, row.starts_at + length)


def _typed(row: Any, entered: Entered) -> dict[str, str]:
    typed = {name: str(getattr(row, name)) for name in NAMES}
    return {**typed, "starts_at": f"{row.starts_at.astimezone(entered.event_zone):%Y-%m-%dT%H:%M}"}


def _fields(typed: dict[str, str], entered: Entered) -> dict[str, Any]:
    return {**typed, "starts_at": typed_moment(typed["starts_at"], entered.conference.zone, "starts_at").isoformat()}


PATH = "/c/{conference}/rounds"
ORGANISE = "/c/{conference}/organise/rounds"

routes = [
    Route(PATH, show),
    Route(f"{PATH}/{{round}}", one),
    Route(ORGANISE, organise, methods=["GET"]),
    Route(ORGANISE, create, methods=["POST"]),
    Route(f"{ORGANISE}/{{round}}", edit, methods=["GET"]),
    Route(f"{ORGANISE}/{{round}}", save, methods=["POST"]),
]
