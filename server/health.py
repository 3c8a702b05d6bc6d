"""GET /health/live and /health/ready, for load balancers and supervisors: no secrets, no cookies, any Host."""

import asyncio
import contextlib
from dataclasses import dataclass

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from rooms.core.engine import Engine
from rooms.core.errors import Problem
from web.site import site_of

PATIENCE = 3.0  # seconds: a database that takes longer is of no use


@dataclass
class Readiness:
    """`draining`: this process closes its connections and accepts nobody new."""

    draining: bool = False


def routes(readiness: Readiness) -> list[Route]:
    async def ready(request: Request) -> JSONResponse:
        """200 when the database answers, else 503: send people to another process. Without its bus a process delivers more slowly, but it is ready."""
        engine = site_of(request).engine
        answers = await _database_answers(engine)
        status = "draining" if readiness.draining else "ok" if answers else "unavailable"
        body = {
            "status": status,
            "database": "up" if answers else "down",
            "bus": "up" if engine.bus.is_up else "down",
        }
        return JSONResponse(body, 200 if status == "ok" else 503)

    return [Route("/health/live", _live), Route("/health/ready", ready)]


async def _live(request: Request) -> JSONResponse:
    """The process runs and its event loop is not blocked. One that does not answer should be restarted."""
    return JSONResponse({"status": "ok"})


async def _database_answers(engine: Engine) -> bool:
    with contextlib.suppress(Problem, TimeoutError):
        async with asyncio.timeout(PATIENCE), engine.database.read() as connection:
            await connection.execute(sa.text("SELECT 1"))
            return True
    return False
