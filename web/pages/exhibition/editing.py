"""Editing a booth: organisers create it, owners write its texts, and organisers approve them."""

from typing import cast

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.registry import permitted, read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.exhibition import rules
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.messages import BoothCreated
from rooms.exhibition.booths.snapshots import BoothSnapshot
from rooms.people import accounts
from web.choices import countries, spoken_languages
from web.conference import Entered, enter, enter_as_organiser
from web.forms import read_form, several, text
from web.problems import KeptForm, respond
from web.site import site_of
from web.templating import go

TRANSLATED = "zh_Hans"
PLAIN = ("name", "tagline", "about", "website", "country", "field")
IN_TRANSLATION = ("name", "tagline", "about")


async def create(request: Request) -> Response:
    form = await read_form(request)
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        email = text(form, "email").strip()
        owner = await accounts.by_email(connection, email) if email else None
    try:
        if email and owner is None:
            raise Problem("not_found", N_("No account uses this address yet."), field="email")
        fields: dict[str, object] = {name: text(form, name) for name in ("name", "hall", "number", "tier")}
        if owner is not None:
            fields["owner"] = owner.id
        command = read("booth.create", fields, strict=False)
        done = await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await respond(request, problem, _kept(request, form))
    booth = msgspec.json.decode(done.reply, type=BoothCreated).booth
    return go(request, f"{entered.path}/exhibition/{booth}/edit")


async def edit(request: Request) -> Response:
    entered, room, snapshot, can = await _booth(request)
    assert snapshot.desk is not None
    draft = snapshot.desk.draft
    return await entered.page(
        request,
        "exhibition/edit.html",
        booth=snapshot.booth,
        draft=draft,
        said=draft.booth or snapshot.booth,
        room=room,
        countries=countries(entered.viewer.locale),
        spoken=spoken_languages((draft.booth or snapshot.booth).languages),
        translated=TRANSLATED,
        can=can,
    )


async def save(request: Request) -> Response:
    form = await read_form(request)
    entered, room, snapshot, _ = await _booth(request)
    assert snapshot.desk is not None
    said = snapshot.desk.draft.booth or snapshot.booth
    texts = {locale: dict(fields) for locale, fields in said.texts.items() if locale != TRANSLATED}
    texts[TRANSLATED] = {name: text(form, f"{TRANSLATED}-{name}") for name in IN_TRANSLATION}
    languages = several(form, "languages")
    fields: dict[str, object] = {name: text(form, name) for name in PLAIN}
    fields["country"] = text(form, "country").strip().upper()
    engine = entered.site.engine
    try:
        command = read("booth.draft", {**fields, "texts": texts, "languages": languages})
        await engine.perform(entered.viewer.id, room, command, text(form, "key"))
    except Problem as problem:
        return await respond(request, problem, _kept(request, form))
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    path = f"{entered.path}/exhibition/{snapshot.booth.id}/edit"
    return go(request, path, said=gettext(N_("Draft saved.")))


async def _booth(request: Request) -> tuple[Entered, str, BoothSnapshot, list[str]]:
    """A booth for the people who may edit it, with their rights there. Raises Problem "not_found", "forbidden" or "not_signed_in"."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        room = await queries.booth_room(connection, entered.conference.id, request.path_params["booth"])
    view = await entered.site.engine.view(entered.viewer.id, room)
    rules.owns(view.actor)
    return entered, room, cast(BoothSnapshot, view.snapshot), permitted(view.actor)


def _kept(request: Request, form: FormData) -> KeptForm:
    return KeptForm(
        request.url.path,
        [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name != "csrf"],
    )


PATH = "/c/{conference}/exhibition"

routes = [
    Route(f"{PATH}/booths", create, methods=["POST"]),
    Route(f"{PATH}/{{booth}}/edit", edit, methods=["GET"]),
    Route(f"{PATH}/{{booth}}/edit", save, methods=["POST"]),
]
