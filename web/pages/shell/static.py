"""Static files. Those whose address has a fingerprint of their content may be cached for a year."""

import asyncio
from pathlib import Path
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.compression import accepts_gzip, compress, is_text

MOST_RANGES = 10
STATIC_LEVEL = 9  # of gzip, as each file is compressed only once
FOLDER = Path(__file__).parents[2] / "static"


class StaticAssets(StaticFiles):
    """Chunks have their hash in their name, all other files in `?v=`. Text is compressed once and kept in memory, some 300 KB in all."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)
        self._compressed: dict[str, tuple[str, bytes]] = {}  # by path: which version of the file, and what is sent

    async def get_response(self, path: str, scope: Scope) -> Response:
        if Headers(scope=scope).get("range", "").count(",") >= MOST_RANGES:
            return Response(status_code=416)
        response = await super().get_response(path, scope)
        if response.status_code in {200, 304}:
            fingerprinted = "v" in parse_qs(scope["query_string"].decode("latin-1"))
            lasting = fingerprinted or Path(path).name.startswith(("chunk-", "asset-"))
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        if isinstance(response, FileResponse) and self._is_compressible(response, Headers(scope=scope)):
            return await self._compress(response)
        return response

    def _is_compressible(self, response: FileResponse, request: Headers) -> bool:
        # Source maps are large, and only developer tools ask for them.
        wanted = is_text(response.headers) and not str(response.path).endswith(".map")
        return wanted and accepts_gzip(request) and "range" not in request

    async def _compress(self, response: FileResponse) -> Response:
        path = Path(response.path)
        version = response.headers["last-modified"] + response.headers["content-length"]
        known = self._compressed.get(str(path))
        if known is None or known[0] != version:
            known = (version, await compress(await asyncio.to_thread(path.read_bytes), STATIC_LEVEL))
            self._compressed[str(path)] = known
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        # A weak tag, because plain and compressed content differ in their bytes.
        headers.update({"content-encoding": "gzip", "etag": f"W/{headers['etag']}"})
        return Response(known[1], headers=headers)


routes = [Mount("/static", StaticAssets(FOLDER), name="static")]
