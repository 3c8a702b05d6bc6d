"""Writing an entry: a new one, and the draft of one that exists."""

from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation import queries
from rooms.cooperation.editing import own_entry, said_of
from rooms.cooperation.messages import EntryCreated, TypeView
from rooms.core.commands.registry import read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.organisations.queries import mine
from rooms.people import rules
from web.choices import countries
from web.conference import Entered, enter
from web.forms import read_form, text
from web.pages.cooperation.values import TRANSLATED, check_countries, content_of, country_names, options_of
from web.site import site_of
from web.templating import go

NEW: dict[str, Any] = {"title": "", "about": "", "texts": {}, "country": "", "values": {}, "roles": []}


async def show_new(request: Request) -> Response:
    entered, types, own = await _beginning(request)
    return await _new_page(request, entered, types, own)


async def create(request: Request) -> Response:
    form = await read_form(request)
    entered, types, own = await _beginning(request)
    type = next((each for each in types if each.id == text(form, "type")), None)
    typed = content_of(form, type.fields if type else [], None)
    try:
        if type is None:
            raise Problem("invalid", N_("Choose what you offer or seek."), field="type")
        organisation = text(form, "organisation")
        check_countries(typed)
        command = read("entry.create", {**typed, "type": type.id, "organisation": organisation}, strict=False)
        done = await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await _new_page(request, entered, types, own, problem, typed, type)
    entry = msgspec.json.decode(done.reply, type=EntryCreated).entry
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    said = gettext(N_("The draft is saved. Check it, then ask for approval."))
    return go(request, f"{entered.path}/cooperation/{entry}", said=said)


async def _beginning(request: Request) -> tuple[Entered, list[TypeView], list[Any]]:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        types = await queries.types(connection, entered.conference.id)
        own = await mine(connection, entered.conference.id, entered.viewer.id) if entered.viewer.id else []
    return entered, types, [each for each, _ in own]


async def _new_page(
    request: Request,
    entered: Entered,
    types: list[TypeView],
    own: list[Any],
    problem: Problem | None = None,
    typed: dict[str, Any] | None = None,
    type: TypeView | None = None,
) -> Response:
    asked = type.id if type else request.query_params.get("type", "")
    chosen = next((each for each in types if each.id == asked), None)
    here = f"{entered.path}/cooperation/new"
    context = {"types": types, "own": own, "type": chosen, "said": typed or NEW, "here": here}
    return await _form(request, entered, "cooperation/new.html", problem=problem, **context)


async def edit(request: Request) -> Response:
    entered, row, type = await owned_entry(request)
    return await _edit_page(request, entered, row, type)


async def save(request: Request) -> Response:
    form = await read_form(request)
    entered, row, type = await owned_entry(request)
    typed = content_of(form, type.fields, queries.draft_of(row))
    try:
        check_countries(typed)
        command = read("entry.draft", {**typed, "entry": row.id}, strict=False)
        await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await _edit_page(request, entered, row, type, problem, typed)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    said = gettext(N_("The draft is saved. Check it, then ask for approval."))
    return go(request, f"{entered.path}/cooperation/{row.id}", said=said)


async def owned_entry(request: Request) -> tuple[Entered, Any, TypeView]:
    """An entry for those who may edit it. Raises Problem "not_found", "forbidden" or "not_signed_in"."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        row = await own_entry(connection, entered.actor, request.path_params["entry"])
        type = queries.type_of(await queries.type_row(connection, entered.conference.id, row.type))
    return entered, row, type


async def _edit_page(
    request: Request,
    entered: Entered,
    row: Any,
    type: TypeView,
    problem: Problem | None = None,
    typed: dict[str, Any] | None = None,
) -> Response:
    said = typed or said_of(queries.draft_of(row))
    here = f"{entered.path}/cooperation/{row.id}/edit"
    context = {"entry": row, "type": type, "said": said, "here": here}
    return await _form(request, entered, "cooperation/edit.html", problem=problem, **context)


async def _form(
    request: Request, entered: Entered, template: str, *, problem: Problem | None, **context: Any
) -> Response:
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    given = {"problem": problem, "translated": TRANSLATED, "countries": countries(locale)}
    given["country_names"] = partial(country_names, locale)
    return await entered.page(
        request, template, **given, **context, options=lambda field: options_of(field, locale, gettext)
    )


PATH = "/c/{conference}/cooperation"

routes = [
    Route(f"{PATH}/new", show_new, methods=["GET"]),
    Route(f"{PATH}/new", create, methods=["POST"]),
    Route(f"{PATH}/{{entry}}/edit", edit, methods=["GET"]),
    Route(f"{PATH}/{{entry}}/edit", save, methods=["POST"]),
]
