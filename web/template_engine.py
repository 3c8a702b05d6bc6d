"""Jinja templates with gettext, and the filters for times, zones, languages and sizes. Knows no request and no viewer."""

import re
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
from markupsafe import Markup

from rooms.core import formatted_text
from rooms.core.clock import doubled_offset
from web import notice_texts
from web.assets import Assets
from web.catalogs import Catalogs
from web.languages import Languages
from web.session_time import When, when, zone_letters

FOLDER = Path(__file__).parent

_texts: ContextVar[NullTranslations] = ContextVar("texts")


class Templates:
    """The templates of the site; each rendering is in the language of its viewer."""

    def __init__(self, languages: Languages, folder: Path = FOLDER / "templates") -> None:
        self.languages = languages
        self.environment = Environment(
            loader=FileSystemLoader(folder),
            extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
            autoescape=True,
            undefined=StrictUndefined,
        )
        self.environment.policies["ext.i18n.trimmed"] = True
        self.environment.install_gettext_callables(  # type: ignore[attr-defined] - added by the extension
            lambda text: _texts.get().gettext(text),
            lambda one, many, count: _texts.get().ngettext(one, many, count),
            newstyle=True,
        )
        assets = Assets(FOLDER / "static")
        self.environment.globals["asset"] = assets.address
        self.environment.globals["built_asset"] = assets.built
        self.environment.globals["catalog"] = Catalogs(FOLDER / "static" / "built").inline
        self.environment.globals["notice_texts"] = lambda locale: notice_texts.inline(locale, languages.texts(locale))
        self.environment.filters.update(
            date=_date,
            time=_time,
            moment=_moment,
            when=_when,
            iso=_iso,
            local=_local,
            zone_name=_zone_name,
            zone_letters=_zone_letters,
            day=_day,
            until=_until,
            at=_at,
            moment_day=_moment_day,
            language_name=_language_name,
            country_name=_country_name,
            file_size=_file_size,
            webcal=_webcal,
            formatted=_formatted,
            linked=_linked,
            initials=initials,
        )

    def render(self, template: str, locale: str, context: Mapping[str, Any]) -> str:
        token = _texts.set(self.languages.texts(locale))
        try:
            return self.environment.get_template(template).render(context)
        finally:
            _texts.reset(token)


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
    local = _in_zone(context, value, zone)
    return format_time(local.timetz(), style, locale=_locale(context)) + doubled_offset(local)


@pass_context
def _moment(context: Context, value: datetime, style: Any = "medium", zone: ZoneInfo | str | None = None) -> str:
    """Date, in a style, and time of day."""
    return f"{_date(context, value, style, zone)}, {_time(context, value, zone=zone)}"


@pass_context
def _when(context: Context, view: Any) -> When:
    """The time of a session, in the page's zone and, if known and different, in the viewer's own."""
    viewer = context["viewer"]
    zone: ZoneInfo | str = context["zone"]
    shown = ZoneInfo(zone) if isinstance(zone, str) else zone
    return when(view.starts_at, view.ends_at, shown, viewer.zone, context["now"], Locale.parse(_locale(context)))


def _iso(value: datetime) -> str:
    """For <time datetime>: UTC, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _formatted(text: str) -> Markup:
    """An abstract or a description, which may be Markdown or HTML."""
    return Markup(formatted_text.formatted(text))


def _linked(text: str) -> Markup:
    """A plain text with its web addresses as links."""
    return Markup(formatted_text.linked(text))


@pass_context
def _zone_name(context: Context, zone: ZoneInfo, first: datetime, last: datetime) -> str:
    """The name of the zone at the time of an event: with summer time in summer, and without a season if the clocks change during the event."""
    names = {get_timezone_name(at.astimezone(zone), locale=_locale(context)) for at in (first, last)}
    return names.pop() if len(names) == 1 else get_timezone_name(zone, locale=_locale(context))


@pass_context
def _zone_letters(context: Context, value: datetime) -> str:
    """The zone of the page at a moment: CET, EST or UTC+8."""
    return zone_letters(_in_zone(context, value, None))


@pass_context
def _day(context: Context, value: date) -> str:
    """A short day without the year: “Fri, Nov 20”, “11月20日周五”."""
    return format_skeleton("MMMEd", datetime(value.year, value.month, value.day, tzinfo=UTC), locale=_locale(context))


@pass_context
def _until(context: Context, first: date, last: date) -> str:
    """Some days as one phrase: “November 23 – 25, 2026”."""
    if first == last:
        return format_date(first, "long", locale=_locale(context))
    return format_interval(first, last, "yMMMMd", locale=_locale(context))


@pass_context
def _at(context: Context, value: datetime, zone: ZoneInfo | str | None = None) -> str:
    """A moment in a sentence: “17:00 CET”, or “Sat, Nov 21, 9:00 CET” on another day. Island: shell/session-time.ts."""
    local, today = _in_zone(context, value, zone), _in_zone(context, context["now"], zone).date()
    text = f"{_time(context, value, zone=zone)} {zone_letters(local)}"
    return text if local.date() == today else f"{_day(context, local.date())}, {text}"


@pass_context
def _moment_day(context: Context, value: datetime) -> str:
    """The day of a moment in the page's zone, formatted like `day`."""
    return _day(context, _in_zone(context, value, None).date())


@pass_context
def _language_name(context: Context, code: str) -> str:
    """The name of a language by its tag; the tag itself for an unknown one."""
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
    """A readable size in bytes: “0.4 MB”, “12 KB”."""
    unit, by = ("MB", 1_000_000) if size >= 100_000 else ("KB", 1000)
    return f"{format_decimal(max(size / by, 0.1), '#,##0.#', locale=_locale(context))} {unit}"


def _webcal(address: str) -> str:
    """An address that opens the device's calendar program."""
    return "webcal://" + address.partition("://")[2]


@pass_context
def _local(context: Context, thing: Any, field: str) -> str:
    """A field of something that has `texts`, such as a conference or a session, in the page's language if translated."""
    translated = (thing.texts or {}).get(_locale(context), {}).get(field)
    return translated or getattr(thing, field)


TITLES = {"dr", "prof", "mr", "mrs", "ms", "ing", "dipl", "mag", "med", "phil", "rer", "nat", "hc", "sir", "dame"}
"""Titles before a name that are not part of it."""


def initials(name: str) -> str:
    """The initials of a name: Dr. Li Wei gives LW, 王芳 gives 芳. shell/parts.ts does the same."""
    words = name.split()
    while len(words) > 1 and re.split(r"[.-]", words[0].lower())[0] in TITLES:
        words.pop(0)
    if not words:
        return ""
    if len(words) > 1:
        return (words[0][0] + words[-1][0]).upper()
    return (words[0][-1] if words[0][0] > "⺀" else words[0][0]).upper()
