"""The values of an entry's fields: as a form sends them, and as a reader sees them."""

import re
from collections.abc import Callable
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from starlette.datastructures import FormData

from rooms.cooperation.fields import COUNTRIES
from rooms.cooperation.messages import EntryView, FieldKind, FieldView
from rooms.cooperation.sciences import SCIENCES
from rooms.core.errors import Problem
from rooms.core.imports.places import country_code
from rooms.core.text import N_
from web.forms import text

TRANSLATED = "zh_Hans"
MOST_ROLES = 20
FIELD = "field-"
"""Before the key of a field, in the names of inputs."""


def content_of(form: FormData, fields: list[FieldView], before: EntryView | None) -> dict[str, Any]:
    """What somebody has entered as the content of an entry. `before`: the entry as it was, because the form shows neither all translations nor the
    documents, which are uploaded one by one."""
    translated = {name: text(form, f"{TRANSLATED}-{name}") for name in ("title", "about")}
    kept = before.values if before else {}
    values = {
        each.key: kept.get(each.key, "") if each.kind is FieldKind.FILE else text(form, FIELD + each.key)
        for each in fields
    }
    return {
        "title": text(form, "title"),
        "about": text(form, "about"),
        "texts": {**(before.texts if before else {}), TRANSLATED: translated},
        "country": text(form, "country").strip().upper(),
        "values": values,
        "roles": _roles(form),
    }


def _roles(form: FormData) -> list[dict[str, Any]]:
    """The roles that somebody has entered. Those without a name are left out."""
    found: list[dict[str, Any]] = []
    for at in range(MOST_ROLES):
        name = text(form, f"role-{at}-name").strip()
        if not name:
            continue
        typed = text(form, f"role-{at}-countries")
        countries = [part.strip() for part in re.split(r"[,;，、；]", typed) if part.strip()]
        found.append(
            {
                "key": text(form, f"role-{at}-key"),
                "name": name,
                "texts": {TRANSLATED: {"name": text(form, f"role-{at}-{TRANSLATED}")}},
                "countries": [country_code(each) or each for each in countries],
                "number": text(form, f"role-{at}-number") or "1",
            }
        )
    return found


def check_countries(typed: dict[str, Any]) -> None:
    """Raises Problem "invalid" for a role with a country whose name is not known."""
    for role in typed["roles"]:
        for each in role["countries"]:
            if each not in COUNTRIES:
                message = N_("“%(name)s” is not a country.")
                raise Problem("invalid", message, field="roles", values={"name": each[:40]})


def country_names(locale: str, codes: list[str]) -> str:
    """The countries of a role, as they are entered in its form."""
    named = Locale.parse(locale).territories
    return ", ".join(named.get(each) or each for each in codes)


def options_of(field: FieldView, locale: str, gettext: Callable[[str], str]) -> list[tuple[str, str]]:
    """The values and texts to choose from; empty for a field that is typed."""
    match field.kind:
        case FieldKind.CHOICE:
            return [(each, _option(field, each, locale)) for each in field.options]
        case FieldKind.SCIENCE:
            return [(code, f"{code} {gettext(name)}") for code, name in SCIENCES.items()]
        case FieldKind.MATURITY:
            return [(str(level), f"TRL {level}") for level in range(1, 10)]
        case FieldKind.COUNTRY:
            named = Locale.parse(locale).territories
            return sorted(((code, name) for code, name in named.items() if len(code) == 2), key=lambda each: each[1])
        case _:
            return []


def shown(field: FieldView, value: str, locale: str, gettext: Callable[[str], str]) -> str:
    """A value as text for a reader. One that the field had as another kind is shown as it was written."""
    try:
        return _shown(field, value, locale, gettext)
    except (ArithmeticError, ValueError):
        return value


def _shown(field: FieldView, value: str, locale: str, gettext: Callable[[str], str]) -> str:
    match field.kind:
        case FieldKind.CHOICE:
            return _option(field, value, locale)
        case FieldKind.SCIENCE:
            return gettext(SCIENCES.get(value, value))
        case FieldKind.COUNTRY:
            return Locale.parse(locale).territories.get(value, value)
        case FieldKind.MATURITY:
            return f"TRL {value}"
        case FieldKind.NUMBER:
            return format_decimal(value, locale=locale, decimal_quantization=False)
        case FieldKind.BUDGET:
            amounts, _, currency = value.rpartition(" ")
            return f"{'–'.join(format_decimal(each, locale=locale) for each in amounts.split('-'))} {currency}"
        case _:
            return value


def _option(field: FieldView, value: str, locale: str) -> str:
    return field.option_texts.get(locale, {}).get(value, value)
