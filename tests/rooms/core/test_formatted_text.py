"""Abstracts, descriptions and messages are shown with their formatting and links, and nothing of them acts."""

import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rooms.core.formatted_text import formatted, linked, parts_of, unformatted

CASES = json.loads((Path(__file__).parents[2] / "fixtures/addresses.json").read_text())
LINK = '<a href="https://a.example" target="_blank" rel="noopener nofollow ugc">'
ALLOWED = {
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
HOSTILE = [
    "<script>alert(1)</script>",
    "<p>x</p><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<p><img src=x onerror=alert(1)></p>",
    '<p><a href="javascript:alert(1)">x</a></p>',
    '<p><a href="&#106;avascript:alert(1)">x</a></p>',
    '<p><a href=" java\nscript:alert(1)">x</a></p>',
    '<p><a href="data:text/html,<script>alert(1)</script>">x</a></p>',
    '<p><a href="https://a.example" onclick="alert(1)" style="position:fixed">x</a></p>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](vbscript:x) ![y](javascript:alert(1))",
    '[x](https://a.example "onmouseover=alert(1)")',
    '<https://a.example/"onmouseover=alert(1)>',
    'https://a.example/"><script>alert(1)</script>',
    "<p>https://a.example/&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    '<svg><p><style><a title="</style><img src=x onerror=alert(1)>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<p><iframe src=https://a.example></iframe><object data=x></object><form action=x><input></form></p>",
    "<base href=//evil.example><p>x</p><meta http-equiv=refresh content=0>",
    "<p title='`onmouseover=alert(1)`'>x</p>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "`</code><script>alert(1)</script>`",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "a <b>x</b> <a href='/account'>y</a> <a href='//evil.example'>z</a>",
    "www.a.example/'onmouseover='alert(1)",
    "<b>x</b><plaintext>",
]


class Reader(HTMLParser):
    """What a browser would find in it."""

    def __init__(self, made: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(made)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("make", [formatted, linked])
def test_nothing_of_a_text_acts(make: object, text: str) -> None:
    made = make(text)  # type: ignore[operator]
    for tag, attributes in Reader(made).tags:
        assert tag in ALLOWED, made
        assert attributes.keys() <= {"href", "rel", "target", "title", "lang"}, made
        if "href" in attributes:
            assert re.match(r"https?://|mailto:", attributes["href"] or ""), made
            assert attributes["rel"] == "noopener nofollow ugc"


@pytest.mark.parametrize(("text", "parts"), CASES)
def test_addresses_are_found(text: str, parts: list[list[str]]) -> None:
    assert [list(part) for part in parts_of(text)] == parts


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Long **text**.", "<p>Long <strong>text</strong>.</p>"),
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        ("# Head", "<h4>Head</h4>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("[Gluon](https://a.example)", f"<p>{LINK}Gluon</a></p>"),
        ("at https://a.example.", f"<p>at {LINK}https://a.example</a>.</p>"),
        ("`https://a.example`", "<p><code>https://a.example</code></p>"),
        ("the <canvas> element & x < y", "<p>the &lt;canvas&gt; element &amp; x &lt; y</p>"),
        (
            "<p>First <strong>bold</strong> &amp; more</p><ul><li>one</li></ul>",
            "<p>First <strong>bold</strong> &amp; more</p><ul><li>one</li></ul>",
        ),
        ("<p>at https://a.example</p>", f"<p>at {LINK}https://a.example</a></p>"),
        ("<h1>Head</h1><div>Text</div>", "<h4>Head</h4>Text"),
        ("a <b>bold</b> word\n\nnext", "<p>a <b>bold</b> word</p>\n<p>next</p>"),
    ],
)
def test_formatting_is_shown(text: str, made: str) -> None:
    assert formatted(text).strip() == made


def test_calendars_get_the_text_without_html() -> None:
    assert unformatted("<p>First <b>bold</b> &amp; more</p><ul><li>one</li></ul>") == "First bold & more\none"
    assert unformatted("x < y & **z**") == "x < y & **z**"


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "![[" * 16_000, "http://a" + ")" * 49_000, "<b>" * 12_000 + "</b>", "a*_" * 16_000]
)
def test_a_hostile_text_takes_no_long_time(text: str) -> None:
    began = time.process_time()
    formatted(text)
    linked(text)
    assert time.process_time() - began < 5
