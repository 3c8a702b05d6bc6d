"""Turns texts of people into safe HTML: Markdown or HTML in abstracts and descriptions, and bare web addresses everywhere.

Only plain formatting and links to web pages remain. web/islands/src/shell/addresses.ts finds the same addresses in the browser;
tests/fixtures/addresses.json holds both to one result.
"""

import html
import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

MOST_BRACKETS = 1_000
"""More of them are no Markdown of a person, and take seconds to read."""
REL = "noopener nofollow ugc"
_TAGS = {
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h4",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
}
_HEADINGS = {"h1", "h2", "h3", "h5", "h6"}
_BLOCK = re.compile(r"<(p|br|ul|ol|div|blockquote|h[1-6]|table)\b[^<>]*>", re.IGNORECASE)
_INLINE = re.compile(r"</(a|b|i|em|strong|span|code|u|s|sub|sup)\s*>", re.IGNORECASE)
_HEADING = re.compile(r"<(/?)h[1-6]>")
_TAG = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')
_PLAIN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_MIXED = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])

# A web address ends at white space, at punctuation that delimits it, and at characters of scripts without spaces.
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"“”‘’«»\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]+", re.IGNORECASE)
_AFTER = ".,;:!?'*_~|)]}"
_PAIRS = {")": "(", "]": "[", "}": "{"}


@lru_cache(maxsize=512)
def formatted(text: str) -> str:
    """The safe HTML of an abstract or a description, which may be plain text, Markdown or HTML."""
    if _BLOCK.search(text):
        made = text
    elif text.count("[") > MOST_BRACKETS:
        return f"<p>{linked(text)}</p>"
    else:
        made = (_MIXED if _INLINE.search(text) else _PLAIN).render(text)
    return _cleaned(_with_links(_cleaned(made)))


@lru_cache(maxsize=512)
def unformatted(text: str) -> str:
    """The text without HTML, for programs that show none, such as calendars. Markdown can be read as it is."""
    if not _BLOCK.search(text) and not _INLINE.search(text):
        return text
    lines = re.sub(r"<(br|/p|/li|/div|/h[1-6]|/tr)\b[^<>]*>", "\n", text, flags=re.IGNORECASE)
    plain = html.unescape(nh3.clean(lines, tags=set(), clean_content_tags={"script", "style"}))
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


def linked(text: str) -> str:
    """The HTML of a plain text, such as a message, with its web addresses as links."""
    return "".join(
        f'<a href="{html.escape(address)}" rel="{REL}" target="_blank">{html.escape(part)}</a>'
        if address
        else html.escape(part)
        for part, address in parts_of(text)
    )


def parts_of(text: str) -> list[tuple[str, str]]:
    """The text in parts, each with the address to which it leads, or ""."""
    parts: list[tuple[str, str]] = []
    at = 0
    for match in _ADDRESS.finditer(text):
        before = text[match.start() - 1 : match.start()]
        found = _trimmed(match[0])
        host = re.sub(r"^(?:https?://|www\.)", "", found, flags=re.IGNORECASE)
        if re.match(r"[A-Za-z0-9_@/.-]", before) or not re.match(r"[^/?#.,:@]", host):
            continue
        if match.start() > at:
            parts.append((text[at : match.start()], ""))
        parts.append((found, found if found[:4].lower() == "http" else f"https://{found}"))
        at = match.start() + len(found)
    if at < len(text):
        parts.append((text[at:], ""))
    return parts


def _trimmed(address: str) -> str:
    """Without the signs of the sentence that follow. A closing bracket belongs to the address if its opening one does."""
    end = len(address)
    extra = {closing: address.count(closing) - address.count(opening) for closing, opening in _PAIRS.items()}
    while end and address[end - 1] in _AFTER:
        last = address[end - 1]
        if last in _PAIRS:
            if extra[last] <= 0:
                break
            extra[last] -= 1
        end -= 1
    return address[:end]


def _cleaned(made: str) -> str:
    kept = nh3.clean(
        made,
        tags=_TAGS | _HEADINGS,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel=REL,
    )
    return _HEADING.sub(r"<\1h4>", kept)  # the page has its own headings above


def _with_links(clean: str) -> str:
    """Links the addresses in the text between the tags of clean HTML."""
    made: list[str] = []
    inside = 0
    for piece in _TAG.split(clean):
        if piece.startswith("<"):
            if re.match(r"<(a|code|pre)\b", piece):
                inside += 1
            elif re.match(r"</(a|code|pre)>", piece):
                inside -= 1
            made.append(piece)
        else:
            made.append(piece if inside else linked(html.unescape(piece)))
    return "".join(made)
