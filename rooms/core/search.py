"""Folding of texts for search: what people type finds what they mean, whatever its case and accents.

web/islands/src/shell/state/fold.ts does the same in the browser; tests/fixtures/folding.json holds both to one result.
"""

import re
import unicodedata

_MARKS = re.compile(
    "[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u061c\u064b-\u065f\u0670\u200b-\u200f\u2060\ufeff]"
)
"""Accents, Hebrew and Arabic vowel points, and invisible characters. Vowel signs of Indic scripts are letters, so they are kept."""

_LETTERS = str.maketrans(
    {"ς": "σ", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
"""Letters that Unicode does not decompose, with the spelling used on keyboards without them."""


def fold(text: str) -> str:
    """The text in compatibility form, without case and accents: "Große" → "grosse", "Fidêncio" → "fidencio"."""
    # JavaScript has no case folding; lower, upper and lower case again gives the same result in both languages.
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower().upper().lower().translate(_LETTERS)


def search_words(text: str, most: int | None = None) -> list[str]:
    """The folded words of what somebody searches for, at most `most` of them."""
    return fold(text).split()[:most]
