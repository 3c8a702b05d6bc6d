"""WHIP and WHEP as HTTP: status codes and headers of RFC 9725, and who is refused before an engine hears of it."""

import pytest

from rooms.programme.messages import OpenSession
from signaling.stage.engine import Accepted, AirState, Refused
from signaling.stage.fragments import KIND
from signaling.stage.sdp import LONGEST
from signaling.stage.stages import LiveStages
from tests.signaling.stage.test_stages import NotingEngine, on_air
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

SDP = {"Content-Type": "application/sdp"}


class Changeable(NotingEngine):
    async def change(self, stage: str, resource: str, fragment: str, etag: str) -> Accepted:
        if etag not in {"etag", "*"}:
            raise Refused("stale")
        return Accepted(resource, "restarted" if etag == "*" else "", "next" if etag == "*" else "etag")


@pytest.fixture
def media(site: Site, world: World) -> NotingEngine:
    media = Changeable()
    site.__dict__["stages"] = LiveStages(world.engine, media)
    return media


@pytest.fixture
def path(world: World) -> str:
    return f"/c/forum/sessions/{world.session}"


async def speaker(site: Site, world: World) -> Visitor:
    visitor = Visitor(site)
    await visitor.sign_in(world.people["speaker"], "/sign-in")
    return visitor


async def test_publishing_and_ending(site: Site, world: World, media: NotingEngine, path: str) -> None:
    http = (visitor := await speaker(site, world)).http
    ours = {"X-CSRF-Token": visitor.csrf, "Origin": site.origin}
    made = await http.post(f"{path}/whip", content="offer", headers=SDP | ours)
    assert (made.status_code, made.text, made.headers["content-type"]) == (201, "answer", "application/sdp")
    assert made.headers["location"] == f"{path}/whip/r0"
    assert (made.headers["etag"], made.headers["accept-patch"]) == ('"etag"', KIND)

    location, fragment = made.headers["location"], {"Content-Type": KIND} | ours
    assert (await http.patch(location, content="x", headers=fragment)).status_code == 428
    assert (await http.patch(location, content="x", headers=fragment | {"If-Match": '"old"'})).status_code == 412
    assert (await http.patch(location, content="x", headers=fragment | {"If-Match": '"etag"'})).status_code == 204
    restarted = await http.patch(location, content="x", headers=fragment | {"If-Match": "*"})
    assert (restarted.status_code, restarted.text, restarted.headers["etag"]) == (200, "restarted", '"next"')
    assert (await http.delete(location, headers=ours)).status_code == 200
    gone = await http.delete(location, headers=ours)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not_found")


async def test_a_page_of_another_site_cannot_publish(site: Site, world: World, media: NotingEngine, path: str) -> None:
    http = (visitor := await speaker(site, world)).http
    without = await http.post(f"{path}/whip", content="offer", headers=SDP)
    assert without.status_code == 403, "a cookie without the page's token"
    foreign = SDP | {"X-CSRF-Token": visitor.csrf, "Origin": "https://other.example"}
    assert (await http.post(f"{path}/whip", content="offer", headers=foreign)).status_code == 403
    assert media.wishes == []


async def test_programs_without_a_cookie(site: Site, world: World, media: NotingEngine, path: str) -> None:
    program = Visitor(site).http
    refused = await program.post(f"{path}/whip", content="offer", headers=SDP)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="Plenary"')
    for secret in ("Bearer", "Bearer guessed", "Basic abc", "Bearer stage_x_y", "Bearer stage_" + "a" * 20 + "_b"):
        answer = await program.post(f"{path}/whip", content="offer", headers=SDP | {"Authorization": secret})
        assert answer.status_code in {401, 403}, secret
    key = (await (await speaker(site, world)).http.get(f"{path}/stream-key")).json()
    assert key["address"] == f"{site.origin}{path}/whip"
    by_key = SDP | {"Authorization": f"Bearer {key['key']}"}
    assert (await program.post(f"{path}/whip", content="offer", headers=by_key)).status_code == 201
    assert media.wishes[0].owner == world.people["speaker"]

    await world.do("moderator", OpenSession())
    await on_air(world, media, AirState.LIVE)
    assert (await program.post(f"{path}/whep", content="offer", headers=SDP)).status_code == 201, (
        "the conference is public"
    )
    assert (await program.options(f"{path}/whep")).status_code == 204


async def test_what_is_no_offer(site: Site, world: World, media: NotingEngine, path: str) -> None:
    program = Visitor(site).http
    assert (await program.post(f"{path}/whep", content="offer")).status_code == 400
    assert (await program.post(f"{path}/whep", content="x" * (LONGEST + 1), headers=SDP)).status_code == 413
    assert (await program.get(f"{path}/whep")).status_code == 405
    program = Visitor(site).http  # without the cookie of that page
    assert (await program.post("/c/forum/sessions/nowhere/whep", content="offer", headers=SDP)).status_code == 404
