"""An application served in the loop of the test itself, over real sockets."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from server.live.request_protocol import RequestProtocol
from server.live.uvicorn_internals import LiveProtocol
from server.live.wire import MAX_FRAME
from server.serve import listening_socket
from tests.support.waiting import until


@asynccontextmanager
async def serving(app: Any, **options: Any) -> AsyncGenerator[int]:
    """Runs an application with our protocols (or others, by `options` of uvicorn's Config); gives its port."""
    given: dict[str, Any] = {
        "http": RequestProtocol,
        "ws": LiveProtocol,
        "ws_per_message_deflate": False,
        "ws_max_size": MAX_FRAME,
        **options,
    }
    config = uvicorn.Config(app, lifespan="off", log_level="warning", access_log=False, **given)
    with listening_socket("127.0.0.1", 0, shared=False) as listening:
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await running
