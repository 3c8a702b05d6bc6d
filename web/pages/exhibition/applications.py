"""/c/…/exhibition/apply: applying for a booth, and the state of the application."""

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.registry import permitted, read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.exhibition.applications import actions as applying
from rooms.exhibition.booths import directory
from rooms.exhibition.record_tables import exhibitor_applications
from web.choices import countries, spoken_languages
from web.conference import Entered, enter
from web.forms import read_form, several, text
from web.site import site_of
from web.templating import go

PLAIN = ("name", "tagline", "about", "website", "field", "hall", "remark")


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
    return await _page(request, entered)


async def _page(
    request: Request, entered: Entered, problem: Problem | None = None, typed: dict[str, str] | None = None
) -> Response:
    a = exhibitor_applications.c
    async with entered.site.engine.database.read() as connection:
        mine = sa.and_(a.conference == entered.conference.id, a.person == (entered.viewer.id or ""))
        applications = await applying.applications(connection, mine)
        halls = await directory.halls(connection, entered.conference.id)
    return await entered.page(
        request,
        "exhibition/apply.html",
        problem=problem,
        typed=typed or {},
        countries=countries(entered.viewer.locale),
        spoken=spoken_languages((typed or {}).get("languages", "").split(",") if typed and typed["languages"] else ()),
        applications=applications,
        halls=halls,
        can=permitted(entered.actor),
        here=f"{entered.path}/exhibition/apply",
    )


async def apply(request: Request) -> Response:
    form = await read_form(request)
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
    typed = {name: text(form, name) for name in (*PLAIN, "country", "tier")}
    languages = several(form, "languages")
    typed["languages"] = ",".join(languages)
    fields: dict[str, object] = {name: typed[name] for name in PLAIN}
    fields["country"] = typed["country"].strip().upper()
    fields["languages"] = languages
    fields["tier"] = typed["tier"] or "3"
    try:
        command = read("exhibitor.apply", fields, strict=False)
        await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    except Problem as problem:
        if problem.code not in {"invalid", "conflict", "forbidden"}:
            raise
        return await _page(request, entered, problem, typed)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    news = gettext(N_("Your application has been sent. You can follow its progress here."))
    return go(request, f"{entered.path}/exhibition/apply", said=news)


PATH = "/c/{conference}/exhibition/apply"

routes = [Route(PATH, show, methods=["GET"]), Route(PATH, apply, methods=["POST"])]
