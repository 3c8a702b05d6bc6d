"""Finds the codes of countries and languages by their names in many languages."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

from babel import Locale
from babel.core import get_global

from rooms.core.search import fold

_READ = "en de fr es it pt nl pl cs sk sv da nb fi et lv lt ru uk tr ja ko zh_Hans zh_Hant ar he fa hi th vi id hu ro bg el hr sr sl"
_COUNTRIES = {
    "GB": "Great Britain, England, Scotland, Wales, Northern Ireland, Großbritannien, England, Grande-Bretagne, 英国",
    "US": "U.S., U.S.A., America, United States of America, Amerika, 美国",
    "CN": "PR China, P.R. China, People's Republic of China, Mainland China, VR China, 中华人民共和国",
    "KR": "Korea, South Korea, Republic of Korea, Südkorea, Corée",
    "TW": "Taiwan, Chinese Taipei",
    "HK": "Hong Kong, Hongkong, Hong Kong SAR",
    "CZ": "Czech Republic, Tschechische Republik",
    "NL": "Holland, The Netherlands",
    "RU": "Russian Federation",
    "AE": "UAE, U.A.E.",
    "TR": "Turkey",
    "MK": "Macedonia",
    "CI": "Ivory Coast",
    "VN": "Viet Nam",
}
"""Common names that differ from the CLDR's."""


def country_code(text: str) -> str:
    """The two-letter code of a country; "" for an unknown one."""
    return _countries().get(_key(text), "")


def language_tag(text: str) -> str:
    """The tag of a language, given by name or by tag; "" for an unknown one."""
    if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{2,8})*", text):
        return text if "-" in text else _languages().get(_key(text), text if len(text) < 4 else "")
    return _languages().get(_key(text), "")


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for names in _names("territories"):
        for code, name in names.items():
            if re.fullmatch("[A-Z]{2}", code) and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB"):
                found.setdefault(_key(name), code)
                found[_key(code)] = code
    aliases = cast(dict[str, list[str]], get_global("territory_aliases"))
    for alias, codes in aliases.items():
        if re.fullmatch("[A-Z]{2,3}", alias) and codes:
            found.setdefault(_key(alias), codes[0])
    others = {_key(name): code for code, names in _COUNTRIES.items() for name in names.split(",")}
    return others | found


@cache
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for names in _names("languages"):
        for code, name in names.items():
            if re.fullmatch("[a-z]{2,3}", code):
                found.setdefault(_key(name), code)
                found[_key(code)] = code
    return found


def _names(kind: str) -> Iterator[dict[str, str]]:
    """Code → name, in each supported language."""
    for tag in _READ.split():
        yield dict(cast(Mapping[str, str], getattr(Locale.parse(tag), kind)))


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))
