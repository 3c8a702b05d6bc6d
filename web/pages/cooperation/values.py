"""The values of an entry's fields: as a form sends them, and as a reader sees them."""

from collections.abc import Callable
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from starlette.datastructures import FormData

from rooms.cooperation.messages import EntryView, FieldKind, FieldView
from rooms.cooperation.sciences import SCIENCES
from web.forms import text

TRANSLATED = "zh_Hans"
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
    }


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
