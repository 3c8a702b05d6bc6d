"""GET /health/live and /health/ready, for whatever watches over the processes: no secrets, no cookies, any Host."""

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

PATIENCE = 3.0  # seconds: a database that takes longer is no use to anybody


@dataclass
class Readiness:
    """`draining`: this process sends its people elsewhere and takes nobody new."""

    draining: bool = False


def routes(readiness: Readiness) -> list[Route]:
    async def ready(request: Request) -> JSONResponse:
        """200 when the database answers, else 503: send people to another process meanwhile. Without its bus a process is slower to tell, not unready."""
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
    """The process runs and its loop turns. One that does not answer should be started again."""
    return JSONResponse({"status": "ok"})


async def _database_answers(engine: Engine) -> bool:
    with contextlib.suppress(Problem, TimeoutError):
        async with asyncio.timeout(PATIENCE), engine.database.read() as connection:
            await connection.execute(sa.text("SELECT 1"))
            return True
    return False
