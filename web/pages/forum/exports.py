"""Files for organisers: the questions, polls and chat of a session (/c/…/organise/questions …), and of all sessions (/c/…/organise/export.zip)."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rooms.chat.transcript import transcript
from rooms.forum.archive import archive
from rooms.forum.polls import export as poll_export
from rooms.forum.questions import export
from rooms.programme import queries
from web.conference import enter_as_organiser
from web.exports import export_file, export_format
from web.site import site_of

QUESTIONS = {"json": (export.as_json, "application/json"), "csv": (export.as_csv, "text/csv")}
POLLS = {"json": (poll_export.as_json, "application/json"), "csv": (poll_export.as_csv, "text/csv")}


async def session_questions(request: Request) -> Response:
    return await _of_session(request, "questions", export.export_questions, QUESTIONS)


async def session_polls(request: Request) -> Response:
    return await _of_session(request, "polls", poll_export.export_polls, POLLS)


async def session_chat(request: Request) -> Response:
    site, session = site_of(request), request.path_params["session"]
    async with site.engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        room = await queries.session_room(connection, entered.conference.id, session)
        data = await transcript(connection, room)
    return export_file(data, "text/csv", f"{entered.conference.slug}-{session}-chat.csv")


async def everything(request: Request) -> Response:
    site = site_of(request)
    async with site.engine.database.read() as connection:
        conference = (await enter_as_organiser(request, connection)).conference
    headers = {"Content-Disposition": f'attachment; filename="{conference.slug}-export.zip"'}
    return StreamingResponse(archive(site.engine, conference), media_type="application/zip", headers=headers)


async def _of_session(request: Request, name: str, exported: Callable, formats: dict) -> Response:
    write, kind = export_format(formats, request)
    site, session = site_of(request), request.path_params["session"]
    async with site.engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        room = await queries.session_room(connection, entered.conference.id, session)
        found = await exported(connection, session, room, site.engine.clock())
    return export_file(
        write(found), kind, f"{entered.conference.slug}-{session}-{name}.{request.path_params['format']}"
    )


routes = [
    Route("/c/{conference}/organise/questions/{session}.{format}", session_questions),
    Route("/c/{conference}/organise/polls/{session}.{format}", session_polls),
    Route("/c/{conference}/organise/chat/{session}.csv", session_chat),
    Route("/c/{conference}/organise/export.zip", everything),
]
