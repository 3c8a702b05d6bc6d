"""Texts that people write: normalised to Unicode NFC, without control or misleading characters, and within a length."""

import re
import unicodedata

from rooms.core.errors import Problem


def N_(message: str) -> str:
    """Marks a text for translation where it is written; it is translated where it is shown."""
    return message


_REMOVED = {"Cc", "Cs", "Co"}
_MARKS = "\u200c\u200d\u200e\u200f\u061c"
"""Characters that only affect their neighbours: the zero-width (non-)joiner, without which Persian, Hindi and emoji are misspelt,
and the directional marks, which place punctuation in Hebrew and Arabic. A text of nothing else is empty."""
_VISIBLE_FORMATS = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]")
"""Format characters that are drawn: signs around numbers (Prepended_Concatenation_Mark) and the joiners of hieroglyphs."""
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"\s+")


def _kept(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cf":
        # Overrides, embeddings and isolates go: one that is not closed also turns the text that follows.
        flag = "\U000e0020" <= character <= "\U000e007f"
        return flag or character in _MARKS or _VISIBLE_FORMATS.match(character) is not None
    if category == "Cn":
        return _is_newer(ord(character))
    return category not in _REMOVED


def _is_newer(code: int) -> bool:
    """Whether a code point unknown to this Python may be a newer visible character, such as this year's emoji.

    Noncharacters (Unicode §23.7) are not, nor are ranges reserved for invisible characters (Default_Ignorable_Code_Point).
    """
    noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return not (noncharacter or code == 0x2065 or 0xFFF0 <= code <= 0xFFF8 or 0xE0000 <= code <= 0xE0FFF)


def _scrub(text: str, keep: str = "") -> str:
    # Printable text contains nothing to remove, and most texts are printable.
    if not text.translate(dict.fromkeys(map(ord, keep))).isprintable():
        # Composed last, because the character between a letter and its accent may have been removed.
        text = "".join(c for c in _ANSI.sub("", text) if c in keep or _kept(c))
    return unicodedata.normalize("NFC", text)


def clean_line(text: str, limit: int, field: str | None = None) -> str:
    """One line of at most `limit` characters, with runs of white space collapsed. Raises Problem "invalid" when nothing is left or it is too long."""
    return _bounded(_SPACES.sub(" ", _scrub(text, keep="\t\n\r")).strip(), limit, field)


def clean_text(text: str, limit: int, field: str | None = None) -> str:
    """A text of several lines of at most `limit` characters. Raises Problem "invalid" when nothing is left or it is too long."""
    scrubbed = _scrub(text.replace("\r\n", "\n").replace("\r", "\n"), keep="\n\t")
    return _bounded(_BLANK_LINES.sub("\n\n", scrubbed).strip(), limit, field)


def optional_line(text: str, limit: int, field: str | None = None) -> str:
    """Like `clean_line`, but may be left empty."""
    return clean_line(text, limit, field) if text.strip() else ""


def optional_text(text: str, limit: int, field: str | None = None) -> str:
    """Like `clean_text`, but may be left empty."""
    return clean_text(text, limit, field) if text.strip() else ""


def _bounded(text: str, limit: int, field: str | None) -> str:
    if not text.strip(f"{_MARKS} "):
        raise Problem("invalid", N_("Write something first."), field=field)
    if len(text) > limit:
        values = {"limit": limit, "length": len(text)}
        raise Problem(
            "invalid",
            N_("This text is %(length)s characters long. The limit is %(limit)s."),
            field=field,
            values=values,
        )
    return text
