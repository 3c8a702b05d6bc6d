"""No address, however made, brings a fault of the server: in every segment of every path, and in every parameter that a page or an operation reads."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import msgspec
import pytest
from starlette.datastructures import QueryParams
from starlette.routing import Route

from server.api.contract import operations
from server.api.routes import routes as api_routes
from tests.security.test_pages import filled
from tests.support.visitor import URL, Visitor, make_app, make_site
from tests.support.world import World
from web.routes import routes

HOSTILE = {
    "NUL": "%00",
    "NUL within": "a%00b",
    "newline": "a%0d%0ab",
    "2**63": str(2**63),
    "2**64": str(2**64),
    "eighteen nines": "9" * 18,
    "seventeen nines": "9" * 17,
    "a very long number": "9" * 5000,
    "negative": "-1",
    "other digits": quote("٣³"),
    "long": "a" * 900,
    "overlong": "a" * 5000,
    "not UTF-8": "%ff%fe",
    "surrogate": "%ed%a0%80",
    "noncharacter": quote("\uffff"),
    "up": "..%2f..%2fetc%2fpasswd",
    "percent": "%25s%25%5f",
    "last day": "9999-12-31",
    "first day": "0001-01-01",
    "nothing": "",
}
WHO = ("anonymous", "attendee", "organiser", "owner")


@pytest.fixture
async def people(each_world: World) -> AsyncIterator[dict[str, Visitor]]:
    site = make_site(each_world)
    visitors = {who: Visitor(site) for who in WHO}
    app = make_app(site, *api_routes())
    for who, visitor in visitors.items():
        transport = httpx.ASGITransport(app, client=("203.0.113.7", 50000), raise_app_exceptions=False)
        visitor.http = httpx.AsyncClient(transport=transport, base_url=URL)
        if who != "anonymous":
            await visitor.sign_in(each_world.people[who], "/account")
        else:
            await visitor.get("/sign-in")
    yield visitors
    for visitor in visitors.values():
        await visitor.http.aclose()


def parts_of(path: str) -> list[str]:
    return [part[1:-1] for each in path.split("/") for part in [each.partition(".")[0]] if part.startswith("{")]


def declared() -> list[tuple[str, str]]:
    """Every address of the pages and the API, with its method. A fixed end such as {session}.ics belongs to its segment."""
    found = [(method, route.path) for route in routes() if isinstance(route, Route) for method in route.methods or ()]
    return sorted({*found, *((each.method, each.path) for each in operations())} - {("HEAD", "")})


def with_value(path: str, part: str, value: str) -> str:
    return path.replace("{" + part + "}", value.replace("{", "").replace("}", ""))


def test_the_premise_that_every_address_and_its_segments_are_found() -> None:
    found = dict.fromkeys(path for _, path in declared())
    assert {"/c/{conference}/exhibition/{booth}/leads.csv", "/api/v1/rooms/{room}/snapshot"} <= set(found)
    assert len(found) > 80
    assert parts_of("/c/{conference}/sessions/{session}.ics") == ["conference", "session"]
    assert all(path.count("{") == len(parts_of(path)) for path in found if "{format}" not in path)


async def test_no_segment_of_a_path_brings_a_fault(people: dict[str, Visitor], each_world: World) -> None:
    wrong: list[str] = []
    for method, path in declared():
        if method == "HEAD":
            continue
        for part in parts_of(path):
            for name, value in HOSTILE.items():
                for who in ("anonymous", "organiser"):
                    visitor = people[who]
                    address = filled(with_value(path, part, value), each_world)
                    headers = {"X-CSRF-Token": visitor.csrf, "Origin": URL}
                    data = {"csrf": visitor.csrf} if method == "POST" else None
                    answer = await visitor.http.request(method, address, headers=headers, data=data)
                    if answer.status_code >= 500:
                        wrong.append(f"{method} {path} as {who}, {name} as {part}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


async def test_no_parameter_brings_a_fault(
    people: dict[str, Visitor], each_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong: list[str] = []
    tried: set[tuple[str, str]] = set()
    for method, path in declared():
        if method != "GET":
            continue
        address = filled(path, each_world)
        for who, visitor in people.items():
            for parameter in await asked_for(visitor, address, monkeypatch) | in_query_of(path):
                tried.add((path, parameter))
                for name, value in HOSTILE.items():
                    answer = await visitor.http.get(f"{address}?{parameter}={value}")
                    if answer.status_code >= 500:
                        wrong.append(f"GET {path}?{parameter}= as {who}, {name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert {
        ("/c/{conference}/exhibition", "words"),
        ("/c/{conference}/exhibition", "page"),
        ("/c/{conference}/my.ics", "key"),
        ("/c/{conference}/unread", "room"),
        ("/c/{conference}/sessions/{session}/messages", "before"),
        ("/c/{conference}/exhibition/{booth}/figures", "day"),
        ("/c/{conference}/organise/audit", "before"),
        ("/api/v1/conferences/{conference}/sessions/{session}/questions", "after"),
        ("/api/v1/conferences/{conference}/sessions/{session}/messages", "before"),
    } <= tried, "the pages' parameters are found"


async def asked_for(visitor: Visitor, address: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The parameters that this address reads when none is given."""
    names: set[str] = set()

    def noting(name: str):
        original = getattr(QueryParams, name)

        def noted(self: QueryParams, key: str, *rest: object) -> object:
            names.add(key)
            return original(self, key, *rest)

        return noted

    with monkeypatch.context() as patched:
        for name in ("get", "getlist", "__getitem__", "__contains__"):
            patched.setattr(QueryParams, name, noting(name))
        await visitor.http.get(address)
    return names


def in_query_of(path: str) -> set[str]:
    return {
        field
        for each in operations()
        if each.path == path and each.query is not None
        for field in msgspec.structs.asdict(each.query()) | {}
    }


@pytest.mark.parametrize("after", [2**63, 2**64])
async def test_a_live_position_beyond_every_number_is_refused(after: int) -> None:
    from rooms.core.errors import Problem
    from server.live import wire

    message = {"op": "join", "id": 1, "room": "a" * 20, "after": {"epoch": "x", "seq": after}}
    with pytest.raises(Problem):
        wire.read_op(message)


async def test_a_key_of_a_live_command_is_printable() -> None:
    from rooms.core.errors import Problem
    from server.live import wire

    message = {"op": "chat.post", "id": 1, "room": "a" * 20, "text": "Hello"}
    assert wire.read_command_head(message | {"key": "12345678"})[0].key == "12345678"
    with pytest.raises(Problem):
        wire.read_command_head(message | {"key": "1234\x005678"})
