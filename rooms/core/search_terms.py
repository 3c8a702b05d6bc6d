"""Terms for full-text search: folded words, and pairs of characters where a language writes no spaces. The same on every database.

Chinese and Japanese have no spaces between words. Overlapping pairs of characters (bigrams) find every word of two or more characters without a
dictionary, and miss none. Traditional Chinese is converted to simplified, so either finds both (OpenCC, character by character, so that the
result does not depend on the neighbours).
"""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import opencc

from rooms.core.search import fold

MOST_WORDS = 12
"""Words of a search that count."""

LONGEST_TERM = 100
"""Characters of a word that count. PostgreSQL refuses terms of more than 2,046 bytes."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNSPACED = re.compile(f"[{_HAN}\u3005\u3040-\u30ff\U00020000-\U0003ffff]+")  # Han, kana and the repetition mark
_WORD = re.compile(rf"{_UNSPACED.pattern}|[^\W_{_HAN}\u3005\u3040-\u30ff\U00020000-\U0003ffff]+")


class WantedWord(NamedTuple):
    """A word that somebody searches for: terms that follow each other. `prefix`: the last one may continue."""

    terms: tuple[str, ...]
    prefix: bool


@cache
def _simplified() -> dict[int, str]:
    """Traditional characters and their simplified forms."""
    characters = [chr(code) for start, end in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF)) for code in range(start, end + 1)]
    converter = opencc.OpenCC("t2s")
    converted = converter.convert("\n".join(characters)).split("\n")
    return {ord(old): new for old, new in zip(characters, converted, strict=True) if new != old}


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", fold(text)).translate(_simplified()))


def terms(text: str) -> list[str]:
    """The terms under which a text is found, in their order. The last character of a run without spaces is a term, too."""
    found: list[str] = []
    for word in _words(text):
        if _UNSPACED.match(word):
            found += [word[at : at + 2] for at in range(len(word))]
        else:
            found.append(word[:LONGEST_TERM])
    return found


def wanted(text: str) -> list[WantedWord]:
    """What somebody searches for. Words are found by their beginning, runs without spaces as they are written."""
    found: list[WantedWord] = []
    for word in _words(text)[:MOST_WORDS]:
        if len(word) > 1 and _UNSPACED.match(word):
            found.append(WantedWord(tuple(word[at : at + 2] for at in range(len(word) - 1)), prefix=False))
        else:
            found.append(WantedWord((word[:LONGEST_TERM],), prefix=True))
    return found
