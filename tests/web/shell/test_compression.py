"""Text goes out compressed, except where it is small, streamed, or its length could betray a secret."""

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.support.visitor import Visitor
from web.pages.shell.static import FOLDER, StaticAssets
from web.security import Security
from web.site import Site

GZIP = {"Accept-Encoding": "gzip, br"}


def client_of(site: Site, *routes: Route) -> httpx.AsyncClient:
    app = Security(Starlette(routes=routes), site)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=site.base_url)


async def test_a_page_is_compressed(visitor: Visitor) -> None:
    """calls.md M7."""
    plain = await visitor.http.get("/sign-in", headers={"Accept-Encoding": "identity", "Sec-Fetch-Site": "none"})
    packed = await visitor.http.get("/sign-in", headers={**GZIP, "Sec-Fetch-Site": "none"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["vary"]
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert "</html>" in packed.text


@pytest.mark.parametrize("refusal", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0"])
async def test_a_client_that_does_not_take_gzip_gets_plain_text(site: Site, refusal: str) -> None:
    async def large(request: Request) -> Response:
        return JSONResponse(["text"] * 1000)

    async with client_of(site, Route("/large", large)) as client:
        answer = await client.get("/large", headers={"Accept-Encoding": refusal})
        assert "content-encoding" not in answer.headers
        assert answer.json() == ["text"] * 1000
        assert (await client.get("/large", headers=GZIP)).headers["content-encoding"] == "gzip"


async def test_small_answers_streams_parts_and_packed_files_are_sent_as_they_are(site: Site) -> None:
    async def small(request: Request) -> Response:
        return PlainTextResponse("x" * 500)

    async def stream(request: Request) -> Response:
        return StreamingResponse((text for text in ["data: 1\n\n" * 1000]), media_type="text/event-stream")

    async def part(request: Request) -> Response:
        return PlainTextResponse("x" * 5000, 206)

    async def picture(request: Request) -> Response:
        return Response(bytes(5000), media_type="image/webp")

    handlers = {"/small": small, "/stream": stream, "/part": part, "/picture": picture}
    async with client_of(site, *(Route(path, handler) for path, handler in handlers.items())) as client:
        for path in handlers:
            answer = await client.get(path, headers=GZIP)
            assert answer.status_code in {200, 206}
            assert "content-encoding" not in answer.headers, path


@pytest.mark.parametrize(
    ("cookie", "comes_from", "compressed"),
    [
        ("", "cross-site", True),
        ("", None, True),
        ("a=b", "same-origin", True),
        ("a=b", "none", True),
        ("a=b", "same-site", False),
        ("a=b", "cross-site", False),
        ("a=b", None, False),
    ],
)
async def test_another_site_learns_nothing_from_the_length_of_a_persons_page(
    site: Site, cookie: str, comes_from: str | None, compressed: bool
) -> None:
    """docs/decisions/0013-what-is-compressed.md"""

    async def page(request: Request) -> Response:
        return PlainTextResponse("secret" * 1000, media_type="text/html")

    headers = dict(GZIP)
    if cookie:
        headers["Cookie"] = cookie
    if comes_from:
        headers["Sec-Fetch-Site"] = comes_from
    async with client_of(site, Route("/page", page)) as client:
        answer = await client.get("/page", headers=headers)
        assert ("content-encoding" in answer.headers) is compressed


async def test_what_is_large_is_compressed_beside_the_loop(site: Site) -> None:
    async def large(request: Request) -> Response:
        return PlainTextResponse("word " * 100_000)

    async with client_of(site, Route("/large", large)) as client:
        answer = await client.get("/large", headers=GZIP)
        assert int(answer.headers["content-length"]) < 10_000
        assert answer.text == "word " * 100_000


async def test_static_text_is_compressed_once_and_stays_as_it_was_to_caches(visitor: Visitor, tmp_path: Path) -> None:
    style = next(iter(FOLDER.glob("**/*.svg")))
    path = f"/static/{style.relative_to(FOLDER).as_posix()}?v=1"
    plain = await visitor.http.get(path, headers={"Accept-Encoding": "identity"})
    packed = await visitor.http.get(path, headers=GZIP)
    assert plain.content == packed.content == style.read_bytes()
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert packed.headers["cache-control"] == plain.headers["cache-control"]
    assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
    assert "Accept-Encoding" in packed.headers["vary"]
    again = await visitor.http.get(path, headers={**GZIP, "If-None-Match": packed.headers["etag"]})
    assert again.status_code == 304


async def test_a_static_file_that_has_changed_is_compressed_again(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a {}" * 1000)
    app = Starlette(routes=[])
    app.mount("/", StaticAssets(tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        first = await client.get("/a.css", headers=GZIP)
        assert first.text == "a {}" * 1000
        assert len(gzip.compress(first.content)) < 1000
        (tmp_path / "a.css").write_text("b {}" * 2000)
        assert (await client.get("/a.css", headers=GZIP)).text == "b {}" * 2000
        part = await client.get("/a.css", headers={**GZIP, "Range": "bytes=0-3"})
        assert (part.status_code, part.text) == (206, "b {}")
        assert "content-encoding" not in part.headers
