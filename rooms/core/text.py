"""The text of people: Unicode NFC, without control, bidi-override or invisible characters, within a length."""

import re
import unicodedata

from rooms.core.errors import Problem


def N_(message: str) -> str:
    """Marks a text for translation where it is written; the edge translates it where it is shown."""
    return message


# Zero-width joiner and non-joiner stay: Persian, Hindi and emoji are misspelt without them. Bidi marks that only override or isolate go.
_BAD = {"Cc", "Cs", "Co"}
_FORMAT_KEPT = {"\u200c", "\u200d"}
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"\s+")


def _kept(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cf":
        return character in _FORMAT_KEPT or "\U000e0020" <= character <= "\U000e007f"
    if category == "Cn":
        return _is_newer(ord(character))
    return category not in _BAD


def _is_newer(code: int) -> bool:
    """Whether an unassigned code point may have been assigned since this Python was made, such as this year's emoji: neither a noncharacter (Unicode
    §23.7) nor where only invisible characters are to come (Default_Ignorable_Code_Point)."""
    noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return not (noncharacter or code == 0x2065 or 0xFFF0 <= code <= 0xFFF8 or 0xE0000 <= code <= 0xE0FFF)


def _scrub(text: str, keep: str = "") -> str:
    # What can be printed has nothing of what goes, and most texts are nothing else.
    if not text.translate(dict.fromkeys(map(ord, keep))).isprintable():
        # Composed last: what stood between a letter and its accent may just have gone.
        text = "".join(c for c in _ANSI.sub("", text) if c in keep or _kept(c))
    return unicodedata.normalize("NFC", text)


def clean_line(text: str, limit: int, field: str | None = None) -> str:
    """One line of at most `limit` characters, its white space folded. Raises Problem "invalid" when nothing is left or it is too long."""
    return _bounded(_SPACES.sub(" ", _scrub(text, keep="\t\n\r")).strip(), limit, field)


def clean_text(text: str, limit: int, field: str | None = None) -> str:
    """A text of several lines of at most `limit` characters. Raises Problem "invalid" when nothing is left or it is too long."""
    scrubbed = _scrub(text.replace("\r\n", "\n").replace("\r", "\n"), keep="\n\t")
    return _bounded(_BLANK_LINES.sub("\n\n", scrubbed).strip(), limit, field)


def _bounded(text: str, limit: int, field: str | None) -> str:
    if not text.strip("\u200c\u200d "):
        raise Problem("invalid", N_("Write something first."), field=field)
    if len(text) > limit:
        values = {"limit": limit, "length": len(text)}
        raise Problem(
            "invalid", N_("This is %(length)s characters long; at most %(limit)s fit."), field=field, values=values
        )
    return text
