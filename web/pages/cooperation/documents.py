"""/c/…/cooperation/<entry>/documents: the documents of an entry, who reads them, and each of them as a download."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rooms.cooperation import queries
from rooms.cooperation.documents import queries as documents
from rooms.cooperation.documents import uploads
from rooms.cooperation.messages import FieldKind, TypeView
from rooms.cooperation.peer_reviews.queries import reviews_now
from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.core.files.intake import MEGABYTE, StoredFile
from rooms.core.text import N_
from rooms.organisations import members
from web.conference import Entered, enter
from web.forms import read_form
from web.pages.cooperation.editing import owned_entry
from web.receiving import drain, receive_file
from web.security import allow_body
from web.site import site_of
from web.stored_files import file_response
from web.templating import go, said

ENVELOPE = 100_000  # bytes for the form without the file
CHOOSE = N_("Choose a file first.")


async def show(request: Request) -> Response:
    return await _page(request, *await owned_entry(request))


async def _page(
    request: Request, entered: Entered, row: Any, type: TypeView, problem: Problem | None = None
) -> Response:
    draft = queries.draft_of(row).values
    async with entered.site.engine.database.read() as connection:
        shown = await documents.views(connection, row.id, row.values, gated=True)
        drafted = await documents.views(connection, row.id, draft, gated=True)
        readers = await documents.readers(connection, row.id)
    return await entered.page(
        request,
        "cooperation/documents.html",
        problem=problem,
        entry=row,
        fields=[each for each in type.fields if each.kind is FieldKind.FILE],
        shown=shown,
        drafted=drafted,
        readers=readers,
        megabytes=uploads.LIMIT // MEGABYTE,
        here=f"{entered.path}/cooperation/{row.id}/documents",
    )


async def bring(request: Request) -> Response:
    """Receives one document. A script that shows the progress asks for JSON: {"ok": {…}} or {"error": …}."""
    if not _has_file(request):
        await read_form(request)
    entered, row, type = await owned_entry(request)
    allow_body(request, uploads.LIMIT + ENVELOPE)
    is_script = request.headers.get("accept", "") == "application/json"
    try:
        await _take(request, entered, row)
    except Problem as problem:
        await drain(request)
        if is_script:
            view = msgspec.json.encode({"error": said(request, entered.viewer, problem)})
            return Response(view, problem.meaning.status, media_type="application/json")
        return await _page(request, entered, row, type, problem)
    words = entered.site.languages.texts(entered.viewer.locale).gettext(N_("The document is in the draft."))
    if is_script:
        return JSONResponse({"ok": {"said": words}})
    return go(request, f"{entered.path}/cooperation/{row.id}/documents", said=words)


def _has_file(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


async def _take(request: Request, entered: Entered, row: Any) -> None:
    if not _has_file(request):
        raise Problem("invalid", CHOOSE, field="file")
    async with receive_file(request) as form:
        if not form.name:
            raise Problem("invalid", CHOOSE, field="file")
        await uploads.take(
            entered.site.intake,
            entered.viewer.signed_in.id,
            entered.conference.room,
            row.id,
            form.pieces,
            field=form.fields.get("field", ""),
            gated=form.fields.get("gated", "") == "true",
            title=form.fields.get("title", ""),
            name=form.name,
        )


async def serve(request: Request) -> Response:
    """A document for those who may read it. For all others it does not exist."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        row = await documents.document_row(connection, entered.conference.id, request.path_params["document"])
        entry = await queries.entry_row(connection, entered.conference.id, request.path_params["entry"])
        person = entered.viewer.id
        inside = entered.may_organise or (
            person is not None and await members.role_in(connection, entry.organisation, person) is not None
        )
        reads = inside or await documents.may_read(connection, entry, row, person)
        if not reads and person is not None and not row.gated and row.id in queries.draft_of(entry).values.values():
            reads = await reviews_now(connection, entry.id, person)
        if row.entry != entry.id or not reads:
            raise Problem("not_found", ABSENT)
    file = StoredFile(row.id, row.ending, row.size, row.digest)
    return (await file_response(request, file, row.title, attached=True))[0]


PATH = "/c/{conference}/cooperation/{entry}/documents"

routes = [
    Route(PATH, show, methods=["GET"]),
    Route(PATH, bring, methods=["POST"]),
    Route(f"{PATH}/{{document}}", serve),
]
