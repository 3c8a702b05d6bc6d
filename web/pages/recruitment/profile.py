"""/c/…/recruitment/profile: a candidate's profile and CV, and who can see them."""

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.registry import read
from rooms.core.errors import Problem
from rooms.core.files.intake import MEGABYTE, StoredFile
from rooms.core.text import N_
from rooms.people import rules
from rooms.recruitment.candidates import queries
from rooms.recruitment.candidates.cv import CV_LIMIT, take_cv
from web.choices import countries, spoken_languages
from web.conference import Entered, enter
from web.forms import read_form, several, text, whole
from web.pages.recruitment.job import words_for
from web.pages.recruitment.words import DEGREES, options, sciences
from web.receiving import drain, receive_file
from web.security import allow_body
from web.site import site_of
from web.stored_files import file_response
from web.templating import go

ENVELOPE = 100_000  # bytes for the form without the file
NEW: dict[str, Any] = {
    "headline": "",
    "about": "",
    "links": [],
    "languages": [],
    "degree": "",
    "sciences": [],
    "country": "",
    "permits": [],
    "years": None,
    "invitable": False,
}


async def show(request: Request) -> Response:
    return await _page(request, await _entered(request))


async def save(request: Request) -> Response:
    form = await read_form(request)
    entered = await _entered(request)
    typed = _typed(form)
    try:
        years = whole(typed["years"], "years") if typed["years"] else None
        command = read("candidate.edit", {**typed, "years": years})
        await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        return await _page(request, entered, problem, typed)
    return _done(request, entered, N_("Your profile is saved."))


async def bring(request: Request) -> Response:
    """Receives the CV."""
    entered = await _entered(request)
    allow_body(request, CV_LIMIT + ENVELOPE)
    try:
        if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            await read_form(request)
            raise Problem("invalid", N_("Choose a file first."), field="file")
        async with receive_file(request) as form:
            if not form.name:
                raise Problem("invalid", N_("Choose a file first."), field="file")
            person = rules.signed_in(entered.actor).id
            await take_cv(entered.site.intake, person, entered.conference.room, form.pieces)
    except Problem as problem:
        await drain(request)
        return await _page(request, entered, problem)
    return _done(request, entered, N_("Your CV is saved."))


async def serve(request: Request) -> Response:
    """A CV, for its candidate and for members of the employers who may see it at this moment."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        viewer = entered.actor.known.id
        row = await queries.cv_for(connection, entered.conference.id, request.path_params["cv"], viewer)
    file = StoredFile(row.cv, "pdf", row.cv_size, row.cv_digest)
    attached = request.query_params.get("save") == "1"
    name, cache = f"CV {row.name}", "private, no-store"
    # A frame beside the call (templates/meetings/meeting.html) shows it.
    response, _ = await file_response(request, file, name, attached=attached, cache=cache, framed=not attached)
    return response


async def _entered(request: Request) -> Entered:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
    rules.takes_part(entered.actor)
    return entered


def _done(request: Request, entered: Entered, message: str) -> Response:
    said = entered.site.languages.texts(entered.viewer.locale).gettext(message)
    return go(request, f"{entered.path}/recruitment/profile", said=said)


def _typed(form: FormData) -> dict[str, Any]:
    return {
        **{name: text(form, name) for name in ("headline", "about", "degree", "years")},
        "country": text(form, "country").strip().upper(),
        "links": [line.strip() for line in text(form, "links").splitlines() if line.strip()],
        "languages": several(form, "languages"),
        "sciences": several(form, "sciences"),
        "permits": several(form, "permits"),
        "invitable": text(form, "invitable") == "on",
    }


async def _page(
    request: Request, entered: Entered, problem: Problem | None = None, typed: dict[str, Any] | None = None
) -> Response:
    conference, person = entered.conference.id, entered.actor.known.id
    async with entered.site.engine.database.read() as connection:
        profile = await queries.profile(connection, conference, person)
        shares = await queries.shares_of(connection, conference, person)
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    said = typed or (queries.content_of(profile) if profile else NEW)
    return await entered.page(
        request,
        "recruitment/profile.html",
        profile=profile,
        said=said,
        shares=[each for each in shares if each.withdrawn_at is None],
        withdrawn=[each for each in shares if each.withdrawn_at is not None],
        problem=problem,
        countries=countries(locale),
        spoken=spoken_languages(said["languages"]),
        sciences=sciences(gettext),
        degrees=options(DEGREES, gettext),
        megabytes=CV_LIMIT // MEGABYTE,
        guest=entered.actor.known.kind != "registered",
        **words_for(entered),
        here=f"{entered.path}/recruitment/profile",
    )


PATH = "/c/{conference}/recruitment"

routes = [
    Route(f"{PATH}/profile", show, methods=["GET"]),
    Route(f"{PATH}/profile", save, methods=["POST"]),
    Route(f"{PATH}/profile/cv", bring, methods=["POST"]),
    Route(f"{PATH}/cv/{{cv}}", serve, methods=["GET"]),
]
