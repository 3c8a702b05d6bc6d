"""Files that never change under their address: /static/… with a fingerprint may be kept for a year."""

from pathlib import Path
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

MOST_RANGES = 10
FOLDER = Path(__file__).parents[2] / "static"


class Files(StaticFiles):
    """Chunks carry their hash in their name, everything else in `?v=`."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if Headers(scope=scope).get("range", "").count(",") >= MOST_RANGES:
            return Response(status_code=416)
        response = await super().get_response(path, scope)
        if response.status_code in {200, 304}:
            fingerprinted = "v" in parse_qs(scope["query_string"].decode("latin-1"))
            lasting = fingerprinted or Path(path).name.startswith(("chunk-", "asset-"))
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response


routes = [Mount("/static", Files(directory=FOLDER, check_dir=False), name="static")]
