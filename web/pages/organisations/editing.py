"""Creating an organisation, and editing its profile and its members."""

from typing import Any

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.registry import permitted, read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.organisations import invitations, members, queries
from rooms.organisations.actions import check_owns
from rooms.organisations.messages import OrganisationCreated, OrganisationView
from rooms.people import rules
from web.choices import countries
from web.conference import Entered, enter
from web.forms import read_form, text
from web.people_search import people_found
from web.site import site_of
from web.templating import go

TRANSLATED = "zh_Hans"
PLAIN = ("name", "about", "website")


async def show_new(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
    return await _new_page(request, entered)


async def create(request: Request) -> Response:
    form = await read_form(request)
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
    typed = _typed(form)
    try:
        command = read("organisation.create", typed)
        done = await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await _new_page(request, entered, problem, typed)
    organisation = msgspec.json.decode(done.reply, type=OrganisationCreated).organisation
    return go(request, f"{entered.path}/organisations/{organisation}/edit")


async def _new_page(
    request: Request, entered: Entered, problem: Problem | None = None, typed: dict[str, Any] | None = None
) -> Response:
    return await entered.page(
        request,
        "organisations/new.html",
        problem=problem,
        said=typed or {"texts": {}},
        translated=TRANSLATED,
        countries=countries(entered.viewer.locale),
        can=permitted(entered.actor),
        here=f"{entered.path}/organisations/new",
    )


async def edit(request: Request) -> Response:
    entered, organisation = await _owned(request)
    return await _edit_page(request, entered, organisation)


async def save(request: Request) -> Response:
    form = await read_form(request)
    entered, organisation = await _owned(request)
    typed = _typed(form)
    typed["texts"] = {**{name: dict(said) for name, said in organisation.texts.items()}, **typed["texts"]}
    try:
        command = read("organisation.edit", {**typed, "organisation": organisation.id})
        await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await _edit_page(request, entered, organisation, problem, typed)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return go(request, f"{entered.path}/organisations/{organisation.id}", said=gettext(N_("The profile is saved.")))


async def _edit_page(
    request: Request,
    entered: Entered,
    organisation: OrganisationView,
    problem: Problem | None = None,
    typed: dict[str, Any] | None = None,
) -> Response:
    async with entered.site.engine.database.read() as connection:
        people = await members.members_of(connection, organisation.id)
        invited = await invitations.open_ones(connection, organisation.id)
        words, found = await people_found(request, connection, entered)
    return await entered.page(
        request,
        "organisations/edit.html",
        problem=problem,
        organisation=organisation,
        said=typed or msgspec.to_builtins(organisation),
        translated=TRANSLATED,
        countries=countries(entered.viewer.locale),
        members=people,
        invitations=invited,
        words=words,
        found=found,
        here=f"{entered.path}/organisations/{organisation.id}/edit",
    )


async def _owned(request: Request) -> tuple[Entered, OrganisationView]:
    """An organisation for the people who may edit it. Raises Problem "not_found", "forbidden" or "not_signed_in"."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        organisation = request.path_params["organisation"]
        await check_owns(connection, entered.actor, organisation)
        row = await queries.organisation_row(connection, entered.conference.id, organisation)
    return entered, queries.view_of(row)


def _typed(form: FormData) -> dict[str, Any]:
    typed: dict[str, Any] = {name: text(form, name) for name in PLAIN}
    typed["country"] = text(form, "country").strip().upper()
    typed["fields"] = [part.strip() for part in text(form, "fields").splitlines() if part.strip()]
    typed["texts"] = {TRANSLATED: {name: text(form, f"{TRANSLATED}-{name}") for name in ("name", "about")}}
    return typed


PATH = "/c/{conference}/organisations"

routes = [
    Route(f"{PATH}/new", show_new, methods=["GET"]),
    Route(f"{PATH}/new", create, methods=["POST"]),
    Route(f"{PATH}/{{organisation}}/edit", edit, methods=["GET"]),
    Route(f"{PATH}/{{organisation}}/edit", save, methods=["POST"]),
]
