"""Every catalog is complete and up to date, and every page speaks it."""

import re
import runpy
from pathlib import Path

import pytest

from tests.support.visitor import Visitor
from tests.support.world import World
from web.languages import Languages
from web.site import Site

SCRIPT = Path(__file__).parents[3] / "scripts" / "translate.py"
PAGES = (
    "/sign-in?next=/c/forum",
    "/sign-up",
    "/account",
    "/c/forum",
    "/c/forum/programme",
    "/c/forum/organise",
    "/c/forum/organise/people",
    "/c/forum/organise/programme",
    "/c/forum/organise/reports",
    "/c/forum/organise/settings",
    "/c/forum/organise/audit",
    "/c/forum/sessions/{session}",
    "/c/forum/sessions/{session}/moderate",
    "/c/forum/sessions/{session}/speak",
    "/conferences/new",
    "/nothing",
)


def test_no_catalog_lacks_a_text() -> None:
    names = runpy.run_path(str(SCRIPT))
    assert [path.parents[1].name for path, _ in names["catalogs"]()] == ["zh_Hans"]
    assert sorted(names["faults"]()) == []


@pytest.mark.parametrize("path", PAGES)
async def test_no_english_is_left_on_a_chinese_page(site: Site, world: World, path: str) -> None:
    path = path.format(session=world.session)
    reader = await Visitor(site).sign_in(world.people["admin"], path)
    assert len(_english(reader.page)) > 5
    visitor = await Visitor(site, language="zh-CN").sign_in(world.people["admin"], path)
    assert '<html lang="zh-Hans"' in visitor.page
    assert _english(visitor.page) == []


# What the test's world is made of, names, and codes that are the same everywhere.
NAMES = re.compile(
    r"The Forum|Forum|Opening|Attendee|Plenary|Admin|English|Guest|\w+@[\w.]+|UTC|HLS|CSV|JSON|XML|ZIP|frab|pretalx|Google|Outlook|Web|MB|"
    r"[A-Z]\w+/[A-Z][\w/]+|\.ics|https?://\S+|Firefox|Linux|person\.ban|Ctrl|Enter|Esc|Banned|Organiser|Speaker|Moderator|"
    r"Colleague|Exhibitor|Interpreter|\b[a-z]\b"
)


def _english(page: str) -> list[str]:
    """Words of Latin letters that a reader would see, without names."""
    page = re.sub(r"(?s)<(script|style|option|textarea)\b.*?</\1>", " ", page)
    shown = " ".join(re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', page))
    text = re.sub(r"<[^>]+>", " ", page) + " " + shown
    return re.findall(r"[A-Za-z]{3,}", NAMES.sub(" ", text))


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_Hans"),
        ("zh", "zh_Hans"),
        ("zh-Hans-SG", "zh_Hans"),
        ("de,en;q=0.5,zh;q=0.4", "en"),
        ("fr;q=0.2,zh;q=0.7", "zh_Hans"),
        ("en;q=0,zh", "zh_Hans"),
        ("", "en"),
        ("*", "en"),
        ("q=;,;;;q=x", "en"),
    ],
)
def test_the_language_is_chosen_by_what_the_browser_accepts(header: str, code: str) -> None:
    languages = Languages()
    assert languages.choose(languages.accepted(header)) == code


async def test_a_choice_goes_before_the_browser_and_follows_the_person(site: Site, world: World) -> None:
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    await visitor.post("/preferences", {"locale": "zh_Hans", "next": "/account"})
    assert '<html lang="zh-Hans"' in visitor.page
    elsewhere = await Visitor(site).sign_in(world.people["attendee"])
    assert '<html lang="zh-Hans"' in elsewhere.page


@pytest.mark.parametrize("fields", [{"locale": "xx"}, {"theme": "pink"}, {"zone": "mars"}])
async def test_an_unknown_choice_is_refused(site: Site, fields: dict[str, str]) -> None:
    visitor = Visitor(site)
    await visitor.get("/sign-in")
    assert (await visitor.post("/preferences", {**fields, "next": "/sign-in"})).status_code == 422
