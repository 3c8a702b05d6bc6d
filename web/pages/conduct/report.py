"""/rooms/…/report: reporting a chat message or a question to the organisers, without JavaScript."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.chat.tables import messages
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.forum.questions import queries as questions
from rooms.people import rules
from rooms.people.messages import ReportReason
from rooms.programme.queries import conference_by_id
from web import links
from web.conference import Entered, enter_at
from web.forms import read_form, text
from web.site import site_of
from web.templating import go
from web.viewer import viewer_of

REASONS = {
    ReportReason.HARASSMENT: N_("Harassment"),
    ReportReason.SPAM: N_("Spam or unwanted selling"),
    ReportReason.IMPERSONATION: N_("Impersonation"),
    ReportReason.OTHER: N_("Something else"),
}
PAGES = {"lobby": "conference", "session": "session", "booth": "booth", "meeting": "meeting"}
NO_MESSAGE = N_("This message does not exist.")


class Reportable(NamedTuple):
    """What is about to be reported. `back`: the page that shows it."""

    entered: Entered
    op: str
    field: str
    id: str
    quote: str
    back: str


async def show(request: Request) -> Response:
    return await _page(request, await _found(request))


async def send(request: Request) -> Response:
    form = await read_form(request)
    about = await _found(request)
    fields = {about.field: about.id, "reason": text(form, "reason"), "text": text(form, "text")}
    try:
        command = read(about.op, fields)
        await about.entered.site.engine.perform(
            about.entered.viewer.id, request.path_params["room"], command, text(form, "key")
        )
    except Problem as problem:
        return await _page(request, about, problem, fields)
    gettext = about.entered.site.languages.texts(about.entered.viewer.locale).gettext
    return go(request, about.back, said=gettext(N_("The organisers have been notified")))


async def _page(
    request: Request, about: Reportable, problem: Problem | None = None, typed: dict[str, str] | None = None
) -> Response:
    gettext = about.entered.site.languages.texts(about.entered.viewer.locale).gettext
    return await about.entered.page(
        request,
        "conduct/report.html",
        problem=problem,
        about=about,
        typed=typed or {"reason": ReportReason.HARASSMENT.value, "text": ""},
        reasons=[(reason.value, gettext(name)) for reason, name in REASONS.items()],
        here=str(request.url.path + "?" + request.url.query),
    )


async def _found(request: Request) -> Reportable:
    """What the address names, for those who may read it. Raises Problem "not_found", "forbidden" or "not_signed_in"."""
    site, viewer = site_of(request), await viewer_of(request)
    message, question = (request.query_params.get(name, "") for name in ("message", "question"))
    actor = await site.engine.actor(viewer.id, request.path_params["room"])
    rules.takes_part(actor)
    if actor.room.kind not in PAGES or actor.room.conference is None:
        raise Problem("not_found", NO_MESSAGE)
    async with site.engine.database.read() as connection:
        slug = (await conference_by_id(connection, actor.room.conference)).slug
        entered = await enter_at(request, connection, slug)
        back = links.path(PAGES[actor.room.kind], slug, actor.room.subject)
        if question:
            quote = await _question(connection, actor, question)
            return Reportable(entered, "question.report", "question", question, quote, f"{back}#panel-questions")
        quote = await _message(connection, actor, message)
    return Reportable(entered, "chat.report", "message", message, quote, f"{back}#panel-chat")


async def _message(connection: AsyncConnection, actor: Actor, id: str) -> str:
    m = messages.c
    select = sa.select(m.text).where(m.room == actor.room.id, m.id == id, m.removed_by.is_(None))
    found = (await connection.execute(select)).scalar_one_or_none()
    if found is None:
        raise Problem("not_found", NO_MESSAGE)
    return found


async def _question(connection: AsyncConnection, actor: Actor, id: str) -> str:
    found = await questions.question(connection, actor.room.id, id)
    if not found.is_public:
        raise Problem("not_found", questions.NO_QUESTION)
    return found.text


routes = [
    Route("/rooms/{room}/report", show, methods=["GET"]),
    Route("/rooms/{room}/report", send, methods=["POST"]),
]
