"""S17, S18 for pages: who gets what at every address. An address without a row here fails the tests."""

from collections.abc import AsyncIterator

import pytest
from starlette.routing import Route

from rooms.people import signins
from tests.security.who_gets import EVERYBODY, GET, POST
from tests.support.visitor import Visitor
from tests.support.world import World
from web.routes import routes
from web.site import Site


def declared(method: str) -> set[str]:
    return {route.path for route in routes() if isinstance(route, Route) and method in (route.methods or ())}


def test_every_address_has_a_row() -> None:
    assert declared("GET") == set(GET)
    assert declared("POST") == set(POST)


@pytest.fixture
async def everybody(site: Site, world: World) -> AsyncIterator[dict[str, Visitor]]:
    visitors: dict[str, Visitor] = {}
    for who in EVERYBODY:
        visitors[who] = Visitor(site)
        if who != "anonymous":
            await visitors[who].sign_in(world.people[who], "/sign-in")
        else:
            await visitors[who].get("/sign-in")
    yield visitors
    for visitor in visitors.values():
        await visitor.http.aclose()


def filled(path: str, world: World, conference: str = "forum") -> str:
    values = {"conference": conference, "session": world.session, "secret": "guessed", "op": "nothing.here"}
    values |= {"room": world.room, "format": "json", "name": "logo.webp", "booth": world.booth, "hall": world.floor}
    values |= {"kind": "booth", "subject": world.booth}
    guessed = "booking code cv document entry file job meeting meetup notice organisation person resource review round share short type upload"
    values |= dict.fromkeys(guessed.split(), "guessed")
    return path.format(**values)


async def test_everybody_gets_what_the_table_says(everybody: dict[str, Visitor], world: World) -> None:
    wrong: list[str] = []
    for path, row in GET.items():
        for who, visitor in everybody.items():
            answer = await visitor.get(filled(path, world))
            if answer.status_code != row[who]:
                wrong.append(f"GET {path} as {who}: {answer.status_code}, not {row[who]}")
    assert not wrong, "\n".join(wrong)


async def test_everybody_may_post_what_the_table_says(everybody: dict[str, Visitor], site: Site, world: World) -> None:
    wrong: list[str] = []
    for path, row in POST.items():
        for who, visitor in everybody.items():
            headers = {"X-CSRF-Token": visitor.csrf}
            answer = await visitor.post(filled(path, world), follow=False, headers=headers)
            if answer.status_code != row[who]:
                wrong.append(f"POST {path} as {who}: {answer.status_code}, not {row[who]}")
            if path == "/sign-out" and who != "anonymous":
                await visitor.sign_in(world.people[who], "/sign-in")
    assert not wrong, "\n".join(wrong)


async def test_a_closed_conference_is_absent_for_all_but_its_own(everybody: dict[str, Visitor], world: World) -> None:
    wrong: list[str] = []
    of_its_own = (
        "{session}",
        "{organisation}",
        "{hall}",
        "{booth}",
        "{meeting}",
    )  # of which the closed one has none here
    for path in (path for path in GET if path.startswith("/c/{conference}") and not any(map(path.count, of_its_own))):
        for who, visitor in everybody.items():
            answer = await visitor.get(filled(path, world, "elsewhere"))
            inside = who in {"stranger", "admin"} and GET[path]["admin"] == 200
            if answer.status_code != (200 if inside else 404):
                wrong.append(f"GET {path} of the closed one as {who}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "path", ["/c/nowhere", "/c/forum/sessions/aaaaaaaaaaaaaaaaaaaa", "/c/elsewhere/sessions/{session}"]
)
async def test_a_guessed_address_looks_like_an_absent_one(
    everybody: dict[str, Visitor], world: World, path: str
) -> None:
    visitor = everybody["attendee"]
    assert (await visitor.get(filled("/c/{conference}/sessions/{session}", world))).status_code == 200
    guessed, absent = await visitor.get(path.format(session=world.session)), await visitor.get("/nothing")
    assert (guessed.status_code, absent.status_code) == (404, 404)


async def test_a_revoked_sign_in_is_nobody(everybody: dict[str, Visitor], site: Site, world: World) -> None:
    visitor = everybody["organiser"]
    assert (await visitor.get("/c/forum/organise/people")).status_code == 200
    await signins.revoke_all(world.engine, world.people["organiser"])
    assert (await visitor.get("/c/forum/organise/people")).status_code == 401
