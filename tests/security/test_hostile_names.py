"""S44, S47, S51: a hostile name is inert on every page, and writes no headers or emails."""

from html.parser import HTMLParser
from typing import Any

import pytest

from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</title><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "%(name)s {event.__init__}",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_name_is_inert(visitor: Visitor, world: World, text: str) -> None:
    await visitor.sign_in(world.people["organiser"])
    assert (await visitor.post("/account", {"name": text}, follow=False)).status_code == 303
    for path in ("/account", "/c/forum/organise/people", "/c/forum/organise/audit"):
        answer = await visitor.get(path)
        assert text in visitor.page, path
        assert dangers(answer.text) == [], path
        assert "Signed in as 49" not in visitor.page


class _Dangers(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "script" and "nonce" not in names and names.get("type") != "application/json":
            self.found.append("script")
        self.found += [f"{tag} {name}" for name in names if name.startswith("on") or name == "style"]
        if tag in {"img", "svg"} and names.get("src") == "x":
            self.found.append(tag)


def dangers(page: str) -> list[str]:
    """Scripts without a nonce, handlers and inline styles in a page."""
    parser = _Dangers()
    parser.feed(page)
    return parser.found


def test_dangers_are_found() -> None:
    assert dangers("<script>alert(1)</script><p onclick=x style=y><img src=x>") == [
        "script",
        "p onclick",
        "p style",
        "img",
    ]


@pytest.mark.parametrize("name", ["A\u202eda", "A\u200bda", "\x1b[31mAda", "A\x00da", "\ufeffAda", "A\u2066da\u2069"])
async def test_invisible_and_turning_characters_are_stripped_from_names(
    visitor: Visitor, world: World, name: str
) -> None:
    await visitor.sign_in(world.people["attendee"])
    await visitor.post("/account", {"name": name}, follow=False)
    await visitor.get("/account")
    assert 'value="Ada"' in visitor.page


# S47


async def test_a_name_cannot_write_headers_or_emails(site: Site, emails: Any) -> None:
    visitor = Visitor(site)
    await visitor.get("/sign-up")
    form = {"name": "Ada\r\nBcc: all@example.org", "email": "ada@example.org", "password": "a good long sentence"}
    await visitor.post("/sign-up", form)
    await visitor.settled()
    assert "\nBcc" not in emails.sent[-1].text
    bad = {**form, "email": "ada@example.org\r\nBcc: all@example.org"}
    assert (await visitor.post("/sign-up", bad)).status_code == 422
