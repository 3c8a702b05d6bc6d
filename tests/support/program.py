"""A program that uses the API: it holds every answer that it gets to the published schema."""

from typing import Any

import httpx
from jsonschema import Draft202012Validator

from rooms.people import tokens
from server import api
from server.api.contract import OPERATIONS, PREFIX, Operation
from server.api.openapi import document
from tests.support.visitor import make_app
from tests.support.world import World
from web.site import Site

DOCUMENT = document()


def faults(answer: Any, schema: dict[str, Any]) -> list[str]:
    """Where an answer breaks a schema of the document."""
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return [f"{fault.json_path}: {fault.message[:500]}" for fault in validator.iter_errors(answer)]


class Program:
    """`token` is sent with every call unless it is empty."""

    def __init__(self, site: Site, token: str = "") -> None:
        self.token = token
        transport = httpx.ASGITransport(
            make_app(site, *api.routes()), client=("203.0.113.8", 50000), raise_app_exceptions=False
        )
        self.http = httpx.AsyncClient(transport=transport, base_url=site.base_url)

    async def call(
        self, name: str, *, json: Any = None, headers: dict[str, str] | None = None, **given: Any
    ) -> httpx.Response:
        """Does an operation by its name; `given` fills its path, and the rest is its query."""
        operation = OPERATIONS[name]
        path = operation.path.format(**{part: given.pop(part) for part in operation.parts})
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent.update(headers or {})
        response = await self.http.request(operation.method, path, json=json, params=given or None, headers=sent)
        check(operation, response)
        return response

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(PREFIX + path, **options)


def check(operation: Operation, response: httpx.Response) -> None:
    """Fails when the document does not know this answer of the operation, or knows it otherwise."""
    known = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]
    assert str(response.status_code) in known, f"{operation.name} answered {response.status_code}: {response.text}"
    schema = known[str(response.status_code)]["content"]["application/json"]["schema"]
    assert response.headers["content-type"].partition(";")[0] == "application/json"
    assert faults(response.json(), schema) == []


async def make_token(world: World, who: str, *, days: int = 30) -> tuple[str, str]:
    """A token of one of the world's people: its id and its secret."""
    async with world.engine.transaction() as tx:
        token, secret = await tokens.make(tx.connection, world.people[who], "a test", days, tx.now)
    return token.id, secret
