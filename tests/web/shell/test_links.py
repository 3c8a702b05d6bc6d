"""Paths of pages are built in web/links.py alone, and each leads to a page."""

import re
from pathlib import Path

import pytest
from starlette.routing import Match

from rooms.core import links as core_links
from rooms.core.links import Target, path_to
from tests.support.world import World
from web import links
from web.routes import routes

ROOT = Path(__file__).parents[3]
BUILT = re.compile(r"""f?["'][^"'\n]*/(c|rooms)/\{?""")


def test_rooms_builds_no_path_of_a_page() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "rooms").rglob("*.py")
        if "migrations" not in path.parts
        for line in path.read_text("utf-8").splitlines()
        if BUILT.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("kind", links.PATHS)
def test_every_link_leads_to_a_page(kind: str) -> None:
    path = links.path(kind, "forum", "abcdefghijklmnopqrst").partition("#")[0].partition("?")[0]
    scope = {"type": "http", "method": "GET", "path": path}
    assert any(route.matches(scope)[0] is Match.FULL for route in routes())


async def test_a_target_names_its_conference_by_id(world: World) -> None:
    async with world.engine.database.read() as connection:
        assert await path_to(connection, Target("booth", world.conference, "b1")) == "/c/forum/exhibition/b1"
        assert await path_to(connection, Target("room", subject="r1")) == "/rooms/r1"


def test_without_pages_there_is_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_links, "_builders", [])
    assert core_links.path("programme", "forum") == ""
