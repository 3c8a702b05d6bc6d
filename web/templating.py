"""Pages: Jinja templates with gettext, times and static files, each for one viewer."""

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton, format_time, get_timezone_name
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from rooms.core.ids import new_id
from web import flashes
from web.assets import Assets
from web.catalogs import Catalogs
from web.languages import Languages
from web.site import site_of
from web.viewer import Viewer, keep_browser, viewer_of

FOLDER = Path(__file__).parent
UTC_ZONE = ZoneInfo("UTC")

_texts: ContextVar[NullTranslations] = ContextVar("texts")


class Templates:
    """The templates of the site; each rendering speaks the language of its viewer."""

    def __init__(self, languages: Languages, folder: Path = FOLDER / "templates") -> None:
        self.languages = languages
        self.environment = Environment(
            loader=FileSystemLoader(folder),
            extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
            autoescape=True,
            undefined=StrictUndefined,
        )
        self.environment.policies["ext.i18n.trimmed"] = True
        self.environment.install_gettext_callables(  # type: ignore[attr-defined] - the extension has added it
            lambda text: _texts.get().gettext(text),
            lambda one, many, count: _texts.get().ngettext(one, many, count),
            newstyle=True,
        )
        self.environment.globals["asset"] = Assets(FOLDER / "static").address
        self.environment.globals["catalog"] = Catalogs(FOLDER / "static" / "built").inline
        self.environment.filters.update(
            date=_date,
            time=_time,
            moment=_moment,
            iso=_iso,
            local=_local,
            zone_name=_zone_name,
            day=_day,
            until=_until,
            moment_day=_moment_day,
            language_name=_language_name,
            country_name=_country_name,
            file_size=_file_size,
            webcal=_webcal,
        )

    def render(self, template: str, locale: str, context: Mapping[str, Any]) -> str:
        token = _texts.set(self.languages.texts(locale))
        try:
            return self.environment.get_template(template).render(context)
        finally:
            _texts.reset(token)


async def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page for whoever asks. What base.html needs is there (docs/design.md); `zone` in the context is the one in which times are shown."""
    return render(request, template, await viewer_of(request), status=status, **context)


def render(request: Request, template: str, viewer: Viewer, *, status: int = 200, **context: Any) -> HTMLResponse:
    site = site_of(request)
    news = flashes.read(request)
    given = {**_frame(request, viewer), "flashes": news, **context}
    response = HTMLResponse(site.templates.render(template, viewer.locale, given), status)
    keep_browser(request, response)
    if news:
        flashes.clear(request, response)
    return response


def go(request: Request, path: str, *, said: str | None = None, kind: str = "") -> RedirectResponse:
    """The answer to a form that was accepted: to `path` (local) with 303, where `said`, translated already, is shown once."""
    response = RedirectResponse(path, 303)
    if said is not None:
        flashes.write(request, response, [(kind, said)])
    return response


def _frame(request: Request, viewer: Viewer) -> dict[str, Any]:
    site = site_of(request)
    query = request.url.query
    return {
        "site": site,
        "viewer": viewer,
        "person": viewer.person,
        "locale": viewer.locale,
        "language": viewer.locale.replace("_", "-"),
        "direction": site.languages.direction(viewer.locale),
        "languages": site.languages.named(),
        "theme": viewer.theme,
        "zone_choice": viewer.zone_choice,
        "zone": viewer.zone or UTC_ZONE,
        "csrf": viewer.csrf,
        "nonce": request.scope["state"]["nonce"],
        "here": request.url.path + ("?" + query if query and request.method == "GET" else ""),
        "new_key": new_id,
        "conference": None,
        "may_organise": False,
        "reports": 0,
        "section": "",
    }


Moment = date | datetime


def _locale(context: Context) -> str:
    return str(context["locale"])


def _in_zone(context: Context, moment: datetime, zone: ZoneInfo | str | None) -> datetime:
    chosen: ZoneInfo | str = zone or context["zone"]
    return moment.astimezone(ZoneInfo(chosen) if isinstance(chosen, str) else chosen)


@pass_context
def _date(context: Context, value: Moment, style: Any = "medium", zone: ZoneInfo | str | None = None) -> str:
    """`style`: "short" to "full", or a pattern of Unicode TR 35."""
    if isinstance(value, datetime):
        value = _in_zone(context, value, zone).date()
    return format_date(value, style, locale=_locale(context))


@pass_context
def _time(context: Context, value: datetime, style: Any = "HH:mm", zone: ZoneInfo | str | None = None) -> str:
    return format_time(_in_zone(context, value, zone).timetz(), style, locale=_locale(context))


@pass_context
def _moment(context: Context, value: datetime, style: Any = "medium", zone: ZoneInfo | str | None = None) -> str:
    """Date, in a style, and time of day."""
    return f"{_date(context, value, style, zone)}, {_time(context, value, zone=zone)}"


def _iso(value: datetime) -> str:
    """For <time datetime>: UTC, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pass_context
def _zone_name(context: Context, zone: ZoneInfo, at: datetime | None = None) -> str:
    return get_timezone_name(at.astimezone(zone) if at else zone, locale=_locale(context), zone_variant=None)


@pass_context
def _day(context: Context, value: date) -> str:
    """A day in short, without its year: “Fri, Nov 20”, “11月20日周五”."""
    return format_skeleton("MMMEd", datetime(value.year, value.month, value.day, tzinfo=UTC), locale=_locale(context))


@pass_context
def _until(context: Context, first: date, last: date) -> str:
    """Some days as one phrase: “November 23 – 25, 2026”."""
    if first == last:
        return format_date(first, "long", locale=_locale(context))
    return format_interval(first, last, "yMMMMd", locale=_locale(context))


@pass_context
def _moment_day(context: Context, value: datetime) -> str:
    """The day of a moment in the page's zone, as `day` has it."""
    return _day(context, _in_zone(context, value, None).date())


@pass_context
def _language_name(context: Context, code: str) -> str:
    """The name of a language by its tag; the tag itself for one that is unknown."""
    try:
        return Locale.parse(code, sep="-" if "-" in code else "_").get_display_name(_locale(context)) or code
    except (UnknownLocaleError, ValueError):
        return code


@pass_context
def _country_name(context: Context, code: str) -> str:
    """The name of a country by its code of ISO 3166-1."""
    return Locale.parse(_locale(context)).territories.get(code, code)


@pass_context
def _file_size(context: Context, size: int) -> str:
    """Bytes as people read them: “0.4 MB”, “12 KB”."""
    unit, by = ("MB", 1_000_000) if size >= 100_000 else ("KB", 1000)
    return f"{format_decimal(max(size / by, 0.1), '#,##0.#', locale=_locale(context))} {unit}"


def _webcal(address: str) -> str:
    """An address by which a device opens its calendar."""
    return "webcal://" + address.partition("://")[2]


@pass_context
def _local(context: Context, thing: Any, field: str) -> str:
    """A field of something that has `texts`, such as a conference or a session, in the page's language where it was translated."""
    translated = (thing.texts or {}).get(_locale(context), {}).get(field)
    return translated or getattr(thing, field)
