"""The routes of the API, generated from its registry."""

from collections.abc import Awaitable, Callable
from functools import cache

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.api import acting, reading  # noqa: F401 - they register their operations
from server.api.contract import PREFIX, Operation, operations
from server.api.door import answer
from server.api.openapi import document

Endpoint = Callable[[Request], Awaitable[Response]]


@cache
def _document() -> bytes:
    return msgspec.json.format(msgspec.json.encode(document()), indent=1)


async def openapi(request: Request) -> Response:
    """The API in OpenAPI 3.1."""
    return Response(_document(), media_type="application/json", headers={"Access-Control-Allow-Origin": "*"})


def _endpoint(operation: Operation) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await answer(operation, request)

    return endpoint


def routes() -> list[Route]:
    found = [Route(f"{PREFIX}/openapi.json", openapi, name="api-openapi")]
    for each in operations():
        found.append(Route(each.path, _endpoint(each), methods=[each.method], name=f"api-{each.name}"))
    return found
