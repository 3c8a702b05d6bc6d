"""/c/…/organise/settings: the settings of a conference; /conferences/new, for administrators."""

import functools
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.programme import conferences
from rooms.programme.conferences import ConferenceSettings
from rooms.programme.queries import Conference
from web import links
from web.conference import Entered, enter_as_organiser
from web.forms import read_form, text, whole
from web.languages import SOURCE
from web.pages.programme import consequences
from web.site import site_of
from web.templating import go, page
from web.viewer import Viewer, viewer_of

TRANSLATED = ("title", "tagline", "description")
CHECKED = ("guests", "relay_only")


async def _entered(request: Request) -> Entered:
    async with site_of(request).engine.database.read() as connection:
        return await enter_as_organiser(request, connection)


@functools.cache
def _zones() -> list[str]:
    """UTC and the zones of all countries, without the obsolete names in zoneinfo."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    named = [line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#")]
    return ["UTC", *sorted(named)]


def _common(request: Request, problem: Problem | None = None) -> dict[str, Any]:
    site = site_of(request)
    return {
        "problem": problem,
        "zones": _zones(),
        "translations": [(code, name) for code, name in site.languages.named() if code != SOURCE],
    }


def _typed(request: Request, form: FormData) -> dict[str, str]:
    codes = [code for code in site_of(request).languages.codes if code != SOURCE]
    names = ["slug", *ConferenceSettings._fields, *(f"{code}.{name}" for code in codes for name in TRANSLATED)]
    return {name: text(form, name) for name in names if name != "texts"}


def _about(typed: dict[str, str], kept: Conference | None) -> ConferenceSettings:
    """Reads the form. Values that it does not show, such as translations into other languages, come from `kept`. Raises Problem "invalid"."""
    texts = {code: dict(fields) for code, fields in kept.texts.items()} if kept else {}
    for name, value in typed.items():
        code, dot, field = name.partition(".")
        if dot:
            texts.setdefault(code, {})[field] = value
    return ConferenceSettings(
        title=typed["title"],
        tagline=typed["tagline"],
        description=typed["description"],
        texts=texts,
        zone=typed["zone"].strip(),
        starts_on=_day(typed, "starts_on"),
        ends_on=_day(typed, "ends_on"),
        access=typed["access"],
        guests=typed["guests"] == "on",
        call_limit=_number(typed, "call_limit", kept.call_limit if kept else 4),
        relay_only=typed["relay_only"] == "on",
        talk_minutes=_number(typed, "talk_minutes", kept.talk_minutes if kept else 10),
    )


def _number(typed: dict[str, str], name: str, kept: int) -> int:
    given = typed[name].strip()
    return whole(given, name) if given else kept


def _day(typed: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        raise Problem("invalid", N_("Enter a date, such as 2026-11-20."), field=name) from None


async def _settings_page(
    request: Request,
    entered: Entered,
    typed: dict[str, str],
    problem: Problem | None = None,
    asks: Sequence[str] = (),
) -> Response:
    here = f"{entered.path}/organise/settings"
    return await entered.page(
        request,
        "programme/settings.html",
        typed=typed,
        asks=asks,
        agreed=consequences.seal(asks),
        here=here,
        **_common(request, problem),
    )


def _as_typed(entered: Entered) -> dict[str, str]:
    conference = entered.conference
    typed = {
        name: str(getattr(conference, name)) for name in ConferenceSettings._fields if name not in {"texts", *CHECKED}
    }
    typed |= {name: "on" if getattr(conference, name) else "" for name in CHECKED}
    for code, fields in conference.texts.items():
        typed |= {f"{code}.{name}": value for name, value in fields.items()}
    return typed


async def show_settings(request: Request) -> Response:
    entered = await _entered(request)
    return await _settings_page(request, entered, _as_typed(entered))


async def change_settings(request: Request) -> Response:
    entered, form = await _entered(request), await read_form(request)
    typed = _typed(request, form)
    try:
        about = conferences.clean_about(_about(typed, entered.conference))
        async with entered.site.engine.database.read() as connection:
            asks = await consequences.of_settings(connection, entered, about)
        if consequences.seal(asks) != text(form, consequences.AGREED):
            return await _settings_page(request, entered, typed, asks=asks)
        await conferences.change(entered.site.engine, entered.conference, about, by=entered.viewer.signed_in.id)
    except Problem as problem:
        if problem.code != "invalid":
            raise
        return await _settings_page(request, entered, typed, problem)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return go(request, f"{entered.path}/organise/settings", said=gettext(N_("Saved.")))


async def publish(request: Request) -> Response:
    """Opens a conference that was prepared in private to everyone."""
    entered = await _entered(request)
    await read_form(request)
    conference = entered.conference
    about = ConferenceSettings(*(getattr(conference, name) for name in ConferenceSettings._fields))._replace(
        access="public"
    )
    await conferences.change(entered.site.engine, conference, about, by=entered.viewer.signed_in.id)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return go(request, f"{entered.path}/organise", said=gettext(N_("The conference is public.")))


async def _administrator(request: Request) -> Viewer:
    viewer = await viewer_of(request)
    account = viewer.signed_in
    if not (account.admin and account.verified):
        raise Problem("forbidden", N_("Only administrators of this site can create a conference."))
    return viewer


async def show_new(request: Request) -> Response:
    viewer = await _administrator(request)
    zone = viewer.zone.key if viewer.zone else "UTC"  # the browser's zone
    today = site_of(request).engine.clock().date().isoformat()
    typed = {"starts_on": today, "ends_on": today, "access": "members", "guests": "on", "zone": zone}
    typed |= {"call_limit": "4", "talk_minutes": "10"}
    common = _common(request)
    return await page(request, "programme/conference_new.html", typed=typed, here="/conferences/new", **common)


async def found(request: Request) -> Response:
    viewer, form = await _administrator(request), await read_form(request)
    site, typed = site_of(request), _typed(request, form)
    try:
        slug = typed["slug"].strip().lower()
        await conferences.found(site.engine, slug, _about(typed, None), by=viewer.signed_in.id)
    except Problem as problem:
        if problem.code != "invalid":
            raise
        common = _common(request, problem)
        return await page(request, "programme/conference_new.html", typed=typed, here="/conferences/new", **common)
    gettext = site.languages.texts(viewer.locale).gettext
    return go(
        request,
        links.path("organise", slug),
        said=gettext(N_("Conference created. Only people with a role can see it until you publish it.")),
    )


routes = [
    Route("/c/{conference}/organise/settings", show_settings),
    Route("/c/{conference}/organise/settings", change_settings, methods=["POST"]),
    Route("/c/{conference}/organise/publish", publish, methods=["POST"]),
    Route("/conferences/new", show_new),
    Route("/conferences/new", found, methods=["POST"]),
]
