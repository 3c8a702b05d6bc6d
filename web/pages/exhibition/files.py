"""/c/…/exhibition/<booth>/files: owners upload the logo, brochures and films, name them, and see the downloads."""

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rooms.core.commands.registry import read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.exhibition import rules
from rooms.exhibition.files import queries
from rooms.exhibition.files.actions import MOST
from rooms.exhibition.files.messages import FileKind
from rooms.exhibition.files.uploads import LIMITS, MEGABYTE
from web.forms import read_form, text
from web.languages import SOURCE
from web.pages.exhibition.enter import AtBooth, enter_booth
from web.receiving import drain, receive_file
from web.security import allow_body
from web.site import site_of
from web.templating import go, said

ENVELOPE = 100_000  # bytes for the form without the file
CHOOSE = N_("Choose a file first.")
KEPT = {
    FileKind.LOGO: N_("Logo added."),
    FileKind.BROCHURE: N_("Brochure added."),
    FileKind.FILM: N_("Video added."),
}


async def _entered(request: Request) -> AtBooth:
    async with site_of(request).engine.database.read() as connection:
        return await enter_booth(request, connection, rules.owns)


async def show(request: Request) -> Response:
    return await _page(request, await _entered(request))


async def _page(request: Request, at: AtBooth, problem: Problem | None = None) -> Response:
    async with at.entered.site.engine.database.read() as connection:
        kept = await queries.kept(connection, at.booth.id)
        logo = await queries.rows(connection, at.booth.id, FileKind.LOGO)
    return await at.page(
        request,
        "exhibition/files.html",
        problem=problem,
        brochures=[each for each in kept if each.view.kind is FileKind.BROCHURE],
        films=[each for each in kept if each.view.kind is FileKind.FILM],
        logo=logo[0].id if logo else None,
        megabytes={kind.value: limit // MEGABYTE for kind, limit in LIMITS.items()},
        most={kind.value: most for kind, most in MOST.items()},
        locales=[(code, name) for code, name in at.entered.site.languages.named() if code != SOURCE],
        here=f"{at.path}/files",
    )


async def bring(request: Request) -> Response:
    """Receives one file. A script that shows the progress asks for JSON: {"ok": {"file": id}} or {"error": …}."""
    at = await _entered(request)
    allow_body(request, max(LIMITS.values()) + ENVELOPE)
    try:
        kind, id = await _take(request, at)
    except Problem as problem:
        await drain(request)
        if _is_script(request):
            view = said(request, at.entered.viewer, problem)
            return Response(msgspec.json.encode({"error": view}), problem.meaning.status, media_type="application/json")
        return await _page(request, at, problem)
    words = at.entered.site.languages.texts(at.entered.viewer.locale).gettext(KEPT[kind])
    if _is_script(request):
        return JSONResponse({"ok": {"file": id, "said": words}})
    return go(request, f"{at.path}/files", said=words)


async def _take(request: Request, at: AtBooth) -> tuple[FileKind, str]:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        await read_form(request)
        raise Problem("invalid", CHOOSE, field="file")
    async with receive_file(request) as form:
        try:
            kind = FileKind(form.fields.get("kind", ""))
        except ValueError as fault:
            raise Problem("malformed", N_("This form cannot be read."), field="kind") from fault
        if not form.name:
            raise Problem("invalid", CHOOSE, field="file")
        called = {"title": form.fields.get("title", ""), "name": form.name, "old": form.fields.get("replaces", "")}
        files, person = at.entered.site.files, at.actor.known.id
        return kind, await files.take(person, at.actor.room.id, kind, form.pieces, **called)


def _is_script(request: Request) -> bool:
    return request.headers.get("accept", "") == "application/json"


async def name(request: Request) -> Response:
    """The titles of a file, in all languages of the site."""
    at = await _entered(request)
    form = await read_form(request)
    codes = [code for code in at.entered.site.languages.codes if code != SOURCE]
    try:
        titles = {code: text(form, f"title-{code}") for code in codes}
        given = {"file": request.path_params["file"], "title": text(form, "title"), "titles": titles}
        engine = at.entered.site.engine
        await engine.perform(at.entered.viewer.id, at.actor.room.id, read("file.change", given), text(form, "key"))
    except Problem as problem:
        return await _page(request, at, problem)
    words = at.entered.site.languages.texts(at.entered.viewer.locale).gettext(N_("Title saved."))
    return go(request, f"{at.path}/files", said=words)


PATH = "/c/{conference}/exhibition/{booth}/files"

routes = [
    Route(PATH, show, methods=["GET"]),
    Route(PATH, bring, methods=["POST"]),
    Route(f"{PATH}/{{file}}", name, methods=["POST"]),
]
