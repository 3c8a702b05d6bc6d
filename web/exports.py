"""Files for download: chooses the format by the address and creates the response."""

from collections.abc import Mapping
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem

F = TypeVar("F")


def export_format(formats: Mapping[str, F], request: Request) -> F:
    """The value for the {format} in the path. Raises Problem "not_found"."""
    known = formats.get(request.path_params["format"])
    if known is None:
        raise Problem("not_found", ABSENT)
    return known


def export_file(data: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=f"{kind}; charset=utf-8" if kind == "text/csv" else kind, headers=headers)
