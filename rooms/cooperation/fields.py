"""The fields that organisers define for a type of entries: checking their definition, and the values that people enter."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from babel import Locale
from babel.numbers import list_currencies

from rooms.cooperation.messages import FieldKind, FieldView
from rooms.cooperation.sciences import SCIENCES
from rooms.core.errors import Problem
from rooms.core.text import N_, clean_line, clean_text

NAME_LENGTH = 80
TEXT_LENGTH = 2000
LARGEST = Decimal(10) ** 15
MOST_PLACES = 12
"""Decimal places of a number. Without a limit, "1e-999999999" would be written out with a billion digits."""

FACETS = {FieldKind.CHOICE, FieldKind.COUNTRY, FieldKind.SCIENCE, FieldKind.MATURITY}
"""Kinds of fields by which entries are filtered."""

RESERVED = frozenset({"country", "csrf", "key", "name", "page", "search", "side", "sought", "type", "words"})
"""Names that the address and the forms of a search use, beside the keys of fields."""

_BUDGET = re.compile(r"(\d{1,15})(?:\s*[-–—]\s*(\d{1,15}))?\s*([A-Za-z]{3})")
COUNTRIES = frozenset(filter(re.compile("[A-Z]{2}").fullmatch, map(str, Locale("en").territories)))


def cleaned_fields(fields: list[FieldView]) -> list[FieldView]:
    """The cleaned definition of a type's fields. Raises Problem "invalid"."""
    if len({field.key for field in fields}) < len(fields):
        raise Problem("invalid", N_("Two fields have the same key."), field="fields")
    if reserved := sorted(RESERVED & {field.key for field in fields}):
        raise Problem(
            "invalid", N_("The key “%(key)s” is reserved. Choose another."), field="fields", values={"key": reserved[0]}
        )
    return [_cleaned_field(field) for field in fields]


def _cleaned_field(field: FieldView) -> FieldView:
    options = [clean_line(each, NAME_LENGTH, "fields") for each in field.options if each.strip()]
    if field.kind is FieldKind.CHOICE and len(set(options)) < 2:
        message = N_("The field “%(name)s” needs at least two different choices.")
        raise Problem("invalid", message, field="fields", values={"name": field.name[:NAME_LENGTH]})
    texts = {
        locale: {"name": clean_line(said["name"], NAME_LENGTH, "fields")}
        for locale, said in field.texts.items()
        if said.get("name", "").strip()
    }
    chosen = list(dict.fromkeys(options)) if field.kind is FieldKind.CHOICE else []
    name = clean_line(field.name, NAME_LENGTH, "fields")
    return FieldView(field.key, field.kind, name, field.required, chosen, texts, _option_texts(field, chosen))


def _option_texts(field: FieldView, options: list[str]) -> dict[str, dict[str, str]]:
    """The translations of a field's options, without those of others."""
    found: dict[str, dict[str, str]] = {}
    for locale, said in field.option_texts.items():
        names = {each: clean_line(said[each], NAME_LENGTH, "fields") for each in options if said.get(each, "").strip()}
        if names:
            found[locale] = names
    return found


def cleaned_values(
    fields: list[FieldView], values: dict[str, str], documents: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The values of an entry, without empty ones. `documents`: those that were uploaded for it, with the keys of their fields. Raises Problem
    "invalid" with the key of the field."""
    known = {field.key: field for field in fields}
    for key, value in values.items():
        if key not in known:
            raise Problem("invalid", N_("This form has an unknown field."), field=key)
        if known[key].kind is FieldKind.FILE and value.strip() and (documents or {}).get(value.strip()) != key:
            raise _invalid(known[key], N_("Upload a file for “%(name)s”."))
    return {key: _cleaned_value(known[key], value.strip()) for key, value in values.items() if value.strip()}


def facets_of(fields: list[FieldView], values: dict[str, str]) -> dict[str, str]:
    """The values by which an entry is filtered, without those that a field had before its kind or its options changed."""
    found: dict[str, str] = {}
    for field in fields:
        if field.kind in FACETS and (value := values.get(field.key)):
            try:
                found[field.key] = _cleaned_value(field, value)
            except Problem:
                continue
    return found


def words_of(fields: list[FieldView], values: dict[str, str]) -> list[str]:
    """The words by which an entry is found, in all languages: its values, and the names of the options that it has chosen, but not its documents."""
    found: list[str] = []
    for field in fields:
        if field.kind is not FieldKind.FILE and (value := values.get(field.key)):
            found += [value, *(said[value] for said in field.option_texts.values() if value in said)]
    return found


def check_complete(fields: list[FieldView], values: dict[str, str]) -> None:
    """Raises Problem "invalid" for the first required field without a value."""
    for field in fields:
        if field.required and not values.get(field.key):
            message = N_("“%(name)s” is required. Fill it in before you ask for approval.")
            raise Problem("invalid", message, field=field.key, values={"name": field.name})


def _cleaned_value(field: FieldView, value: str) -> str:
    match field.kind:
        case FieldKind.TEXT:
            return clean_text(value, TEXT_LENGTH, field.key)
        case FieldKind.FILE:
            return value  # checked against the entry's documents
        case FieldKind.NUMBER:
            return _number(field, value)
        case FieldKind.BUDGET:
            return _budget(field, value)
        case FieldKind.CHOICE:
            allowed = value in field.options
        case FieldKind.COUNTRY:
            allowed = value in COUNTRIES
        case FieldKind.SCIENCE:
            allowed = value in SCIENCES
        case FieldKind.MATURITY:
            allowed = value in set("123456789")
    if not allowed:
        raise _invalid(field, N_("Choose one of the options of “%(name)s”."))
    return value


def _number(field: FieldView, value: str) -> str:
    try:
        number = Decimal(value.replace(" ", "").replace("\u202f", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > LARGEST or not -MOST_PLACES <= int(number.as_tuple().exponent) <= 15:
        raise _invalid(field, N_("Enter “%(name)s” as a number, such as 12.5"))
    return f"{number:f}"


def _budget(field: FieldView, value: str) -> str:
    """As "20000-50000 EUR" or "20000 EUR"."""
    found = _BUDGET.fullmatch(re.sub(r"(?<=\d)[\s.,'’](?=\d{3}(?!\d))", "", value))
    if found is None or found[3].upper() not in list_currencies():
        raise _invalid(field, N_("Enter “%(name)s” as an amount with its currency, such as 20000-50000 EUR"))
    low, high = int(found[1]), int(found[2] or found[1])
    if low > high:
        low, high = high, low
    return f"{low if low == high else f'{low}-{high}'} {found[3].upper()}"


def _invalid(field: FieldView, message: str) -> Problem:
    return Problem("invalid", message, field=field.key, values={"name": field.name})
