"""/c/…/organise/cooperation/types: what can be offered and sought, with the fields that an entry has."""

import re
from typing import Any

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation import queries
from rooms.cooperation.fields import RESERVED
from rooms.cooperation.messages import FieldKind, TypeView
from rooms.cooperation.type_messages import TypeCreated
from rooms.core.commands.registry import read
from rooms.core.errors import Problem
from rooms.core.search import fold
from rooms.core.text import N_
from web.conference import Entered, enter_as_organiser
from web.forms import read_form, text
from web.pages.cooperation.values import TRANSLATED
from web.site import site_of
from web.templating import go

SPARE = 4
"""Empty rows for new fields."""
MOST_ROWS = 24
KINDS = {
    FieldKind.TEXT: N_("Text"),
    FieldKind.NUMBER: N_("Numeric value"),
    FieldKind.CHOICE: N_("Choice from a list"),
    FieldKind.COUNTRY: N_("Country"),
    FieldKind.SCIENCE: N_("Field of science"),
    FieldKind.MATURITY: N_("Technology readiness level"),
    FieldKind.BUDGET: N_("Budget"),
    FieldKind.FILE: N_("Document (PDF or picture)"),
}
NEW: dict[str, Any] = {"side": "offer", "name": "", "texts": {}, "fields": [], "days": 180}


async def show_new(request: Request) -> Response:
    return await _page(request, await _entered(request), None)


async def create(request: Request) -> Response:
    form = await read_form(request)
    entered = await _entered(request)
    typed = _typed(form)
    try:
        command = read("entry_type.create", typed, strict=False)
        done = await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await _page(request, entered, None, problem, typed)
    return _saved(request, entered, msgspec.json.decode(done.reply, type=TypeCreated).type)


async def edit(request: Request) -> Response:
    entered = await _entered(request)
    return await _page(request, entered, await _type(request, entered))


async def save(request: Request) -> Response:
    form = await read_form(request)
    entered = await _entered(request)
    type = await _type(request, entered)
    typed = _typed(form)
    try:
        command = read("entry_type.edit", {**typed, "type": type.id}, strict=False)
        await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await _page(request, entered, type, problem, typed)
    return _saved(request, entered, type.id)


async def _entered(request: Request) -> Entered:
    async with site_of(request).engine.database.read() as connection:
        return await enter_as_organiser(request, connection)


async def _type(request: Request, entered: Entered) -> TypeView:
    async with entered.site.engine.database.read() as connection:
        row = await queries.type_row(connection, entered.conference.id, request.path_params["type"])
    return queries.type_of(row)


def _saved(request: Request, entered: Entered, type: str) -> Response:
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    path = f"{entered.path}/organise/cooperation/types/{type}"
    return go(request, path, said=gettext(N_("The type is saved. There is room for more fields below.")))


async def _page(
    request: Request,
    entered: Entered,
    type: TypeView | None,
    problem: Problem | None = None,
    typed: dict[str, Any] | None = None,
) -> Response:
    end = type.id if type else "new"
    said = typed or (msgspec.to_builtins(type) if type else NEW)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return await entered.page(
        request,
        "cooperation/type.html",
        problem=problem,
        type=type,
        said=said,
        rows=[*said["fields"], *[{} for _ in range(SPARE)]],
        kinds=[(kind.value, gettext(name)) for kind, name in KINDS.items()],
        translated=TRANSLATED,
        here=f"{entered.path}/organise/cooperation/types/{end}",
    )


def _typed(form: FormData) -> dict[str, Any]:
    """The type that somebody has entered. Rows without a name are left out; a new field gets a key made from its name."""
    fields: list[dict[str, Any]] = []
    taken = {text(form, f"{at}-key") for at in range(MOST_ROWS)} | RESERVED
    for at in range(MOST_ROWS):
        if not (name := text(form, f"{at}-name").strip()):
            continue
        key = text(form, f"{at}-key") or _new_key(name, taken)
        taken.add(key)
        options, translated = _lines(form, f"{at}-options"), _lines(form, f"{at}-{TRANSLATED}-options")
        fields.append(
            {
                "key": key,
                "kind": text(form, f"{at}-kind") or "text",
                "name": name,
                "required": text(form, f"{at}-required") == "on",
                "options": options,
                "texts": {TRANSLATED: {"name": text(form, f"{at}-{TRANSLATED}")}},
                "option_texts": {TRANSLATED: dict(zip(options, translated, strict=False))},
            }
        )
    return {
        "side": text(form, "side") or "offer",
        "name": text(form, "name"),
        "texts": {TRANSLATED: {"name": text(form, f"{TRANSLATED}-name")}},
        "fields": fields,
        "days": text(form, "days") or "180",
    }


def _lines(form: FormData, name: str) -> list[str]:
    return [line.strip() for line in text(form, name).splitlines() if line.strip()]


def _new_key(name: str, taken: set[str]) -> str:
    base = re.sub("[^a-z0-9]+", "_", fold(name)).strip("_")[:30]
    base = base if base[:1].isalpha() else "field"
    return next(key for key in (base, *(f"{base}_{number}" for number in range(2, 100))) if key not in taken)


PATH = "/c/{conference}/organise/cooperation/types"

routes = [
    Route(f"{PATH}/new", show_new, methods=["GET"]),
    Route(f"{PATH}/new", create, methods=["POST"]),
    Route(f"{PATH}/{{type}}", edit, methods=["GET"]),
    Route(f"{PATH}/{{type}}", save, methods=["POST"]),
]
