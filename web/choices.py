"""Countries and languages to choose from, named in the language of the reader."""

from collections.abc import Iterable

from babel import Locale

NO_COUNTRIES = {"EU", "EZ", "UN", "XA", "XB", "XK", "QO", "ZZ"}
"""Codes of two letters that name something else, or nothing."""
SPOKEN = [
    "ar",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "fa",
    "fi",
    "fr",
    "he",
    "hi",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "ms",
    "nl",
    "no",
    "pl",
    "pt",
    "ro",
    "ru",
    "sv",
    "sw",
    "th",
    "tr",
    "uk",
    "vi",
    "zh",
]
"""Languages that are offered. One that somebody has already, from a list for instance, is offered too."""


def countries(locale: str) -> list[tuple[str, str]]:
    """Codes of ISO 3166-1 and their names, by name."""
    named = Locale.parse(locale).territories
    found = [(code, name) for code, name in named.items() if len(code) == 2 and code not in NO_COUNTRIES]
    return sorted(found, key=lambda each: each[1])


def spoken_languages(chosen: Iterable[str]) -> list[str]:
    """Tags of languages: those that are offered, and any other that is chosen."""
    return [*SPOKEN, *(tag for tag in chosen if tag not in SPOKEN)]
