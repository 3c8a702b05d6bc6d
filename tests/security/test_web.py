"""S29-S33, S44, S47, S51: what every page and error carries, and what is refused before a page is asked."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.visitor import URL, Visitor, make_app, make_site
from tests.support.world import World
from web.forms import local_path
from web.routes import routes
from web.security import BODY_LIMIT, permissions_policy
from web.site import Site

UNSAFE = sorted({route.path for route in routes() if isinstance(route, Route) and "POST" in (route.methods or ())})
OWN = {"Origin": URL, "Sec-Fetch-Site": "same-origin"}


async def crash(request: Request) -> Response:
    raise RuntimeError("a secret detail")


def client(site: Site, base_url: str = URL) -> httpx.AsyncClient:
    app = make_app(site, Route("/crash", crash))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=base_url)


def policy(response: httpx.Response) -> dict[str, str]:
    rules = response.headers["content-security-policy"].split("; ")
    return dict(rule.split(" ", 1) for rule in rules)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sign-in", 200),
        ("HEAD", "/sign-in", 200),
        ("GET", "/static/icons.svg", 200),
        ("GET", "/nothing", 404),
        ("GET", "/static/nothing.js", 404),
        ("PUT", "/sign-in", 405),
        ("GET", "/preferences", 405),
        ("GET", "/account", 401),
        ("GET", "/crash", 500),
        ("GET", "/api/v1/nothing", 404),
    ],
)
async def test_every_answer_has_the_headers(site: Site, method: str, path: str, status: int) -> None:
    async with client(site) as http:
        answer = await http.request(method, path)
    assert answer.status_code == status
    rules = policy(answer)
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"'nonce-[\w-]{20,}'", rules["script-src"])
    assert (rules["frame-ancestors"], rules["base-uri"], rules["form-action"]) == ("'none'", "'none'", "'self'")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert answer.headers["x-request-id"]


async def test_each_page_has_a_nonce_of_its_own_and_no_script_without_it(site: Site) -> None:
    async with client(site) as http:
        pages = [await http.get("/sign-in") for _ in range(2)]
    nonces = [policy(page)["script-src"].removeprefix("'nonce-").removesuffix("'") for page in pages]
    assert nonces[0] != nonces[1]
    for page, nonce in zip(pages, nonces, strict=True):
        scripts = re.findall(r"<script([^>]*)>", page.text)
        assert scripts
        assert all(f'nonce="{nonce}"' in each or 'type="application/json"' in each for each in scripts)
        assert not re.search(r"\son\w+=|\sstyle=|javascript:", page.text)


async def test_media_hosts_are_the_only_foreign_ones(world: World) -> None:
    site = make_site(world, media_hosts=("https://media.example",))
    async with client(site) as http:
        rules = policy(await http.get("/sign-in"))
    assert rules["media-src"] == "'self' blob: https://media.example"
    assert rules["frame-src"] == "https://media.example"
    assert "media.example" not in rules["script-src"] + rules["style-src"] + rules["default-src"]
    assert 'fullscreen=(self "https://media.example")' in permissions_policy(site)
    assert "fullscreen=*" in permissions_policy(make_site(world, media_hosts=("https:",)))


async def test_a_fault_tells_its_number_and_nothing_else(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    async with client(site) as http:
        answer = await http.get("/crash")
    assert answer.headers["x-request-id"] in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert any(answer.headers["x-request-id"] in record.getMessage() for record in caplog.records)


async def test_programs_get_json(site: Site) -> None:
    async with client(site) as http:
        answer = await http.get("/api/v1/nothing")
        assert answer.json()["error"]["code"] == "not_found"
        answer = await http.post("/live/ticket", headers=OWN)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


# S33


@pytest.mark.parametrize(
    "host", ["evil.example", "forum.example.evil.example", "forum.example:8443", "forum.example@evil.example", ""]
)
async def test_a_poisoned_host_is_refused(site: Site, host: str) -> None:
    async with client(site) as http:
        assert (await http.get("/sign-in")).status_code == 200
        answer = await http.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


async def test_links_come_from_the_settings(visitor: Visitor, emails: Any) -> None:
    await visitor.get("/sign-in")
    await visitor.post(
        "/sign-in", {"email": "attendee@example.org", "by": "link"}, headers={"X-Forwarded-Host": "evil.example"}
    )
    await visitor.settled()
    assert f"{URL}/sign-in/link/" in emails.sent[-1].text
    assert "evil" not in emails.sent[-1].text


# S32


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://forum.example.evil.example"},
        {"Origin": "http://forum.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": URL, "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_a_form_of_another_site_is_refused(visitor: Visitor, world: World, headers: dict[str, str]) -> None:
    await visitor.sign_in(world.people["attendee"])
    form = {"csrf": visitor.csrf, "name": "Mallory"}
    answer = await visitor.http.post("/account", data=form, headers=headers)
    assert answer.status_code == 403
    assert "Mallory" not in (await visitor.get("/account")).text
    assert (await visitor.post("/account", {"name": "Mallory"}, follow=False)).status_code == 303


@pytest.mark.parametrize("path", UNSAFE)
async def test_no_form_is_taken_without_the_browsers_token(visitor: Visitor, world: World, path: str) -> None:
    await visitor.sign_in(world.people["admin"])
    path = path.format(
        conference="forum",
        session=world.session,
        secret="guessed",
        op="question.ask",
        booth=world.booth,
        upload="guessed",
        organisation="guessed",
        entry="guessed",
        notice="guessed",
        room="guessed",
        person="guessed",
        meetup="guessed",
        round="guessed",
        code="guessed",
        job="guessed",
        type="guessed",
        file="guessed",
    )
    for token in ("", "0" * 40, visitor.csrf[::-1]):
        answer = await visitor.post(path, {"name": "Mallory", "next": "/"}, csrf=token, follow=False)
        assert answer.status_code == 403, path


@pytest.mark.parametrize("kind", ["text/plain", "application/json", ""])
async def test_simple_content_types_are_refused(visitor: Visitor, world: World, kind: str) -> None:
    await visitor.sign_in(world.people["attendee"])
    body = f"csrf={visitor.csrf}&name=Mallory"
    answer = await visitor.http.post("/account", content=body, headers={**OWN, "Content-Type": kind})
    assert answer.status_code == 403


async def test_a_strangers_token_is_good_for_nobody_else(site: Site, world: World) -> None:
    mallory = await Visitor(site).sign_in(world.people["other"])
    ada = await Visitor(site).sign_in(world.people["attendee"])
    answer = await ada.post("/account", {"name": "Mallory"}, csrf=mallory.csrf)
    assert answer.status_code == 403


# S31


@pytest.mark.parametrize(
    "next",
    [
        "javascript:alert(1)",
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "evil.example",
        " /account",
        "/account\r\nSet-Cookie: a=b",
        "data:text/html,x",
        "/" + "a" * 600,
    ],
)
async def test_a_foreign_next_is_refused(visitor: Visitor, world: World, next: str) -> None:
    assert (await visitor.get("/sign-in", params={"next": next})).status_code == 400
    await visitor.get("/sign-in")
    assert (await visitor.post("/preferences", {"theme": "dark", "next": next}, follow=False)).status_code == 400
    assert (await visitor.post("/sign-in", {"next": next}, follow=False)).status_code == 400


def test_a_local_next_is_taken() -> None:
    for next in ("/", "/c/forum/sessions/x?a=b#question-1", "/c/论坛"):
        assert local_path(next) == next


# S44, sizes


async def test_a_body_too_large_is_refused(visitor: Visitor) -> None:
    await visitor.get("/sign-in")
    assert (await visitor.post("/sign-in", {"email": "a" * 1000})).status_code == 422
    assert (await visitor.post("/sign-in", {"email": "a" * BODY_LIMIT})).status_code == 413


async def test_a_body_that_does_not_tell_its_size_is_cut(site: Site) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(BODY_LIMIT // 10_000 + 2):
            yield b"a" * 10_000

    async with client(site) as http:
        headers = {**OWN, "Content-Type": "application/x-www-form-urlencoded"}
        assert (await http.post("/sign-in", content=endless(), headers=headers)).status_code == 413


async def test_too_many_fields_are_refused(visitor: Visitor) -> None:
    await visitor.get("/sign-in")
    assert (await visitor.post("/sign-in", {f"field{n}": "x" for n in range(150)})).status_code == 422
    assert (await visitor.post("/sign-in", {f"field{n}": "x" for n in range(10_000)})).status_code == 413


@pytest.mark.parametrize(
    "body", [b"--x\r\nnonsense", b"", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"]
)
async def test_a_broken_multipart_form_is_refused(visitor: Visitor, body: bytes) -> None:
    await visitor.get("/sign-in")
    headers = {**OWN, "Content-Type": "multipart/form-data; boundary=x"}
    assert (await visitor.http.post("/sign-in", content=body, headers=headers)).status_code in {400, 403}
