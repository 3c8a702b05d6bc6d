"""POST /do/<op>: every command as a plain form, through the same `perform` as over the live connection."""

import typing
from collections.abc import Iterator

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.messages import IN_LINES, Command
from rooms.core.commands.registry import read, spec_of
from rooms.core.engine import Outcome
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.people.desk import desk_of
from web.forms import TOKEN, local_path, read_form, text
from web.problems import KeptForm, respond
from web.site import site_of
from web.templating import go
from web.viewer import viewer_of

COMMON_FIELDS = {"room", "key", "next", TOKEN}
"""Fields of every such form; all others are fields of the command."""

DESK = "desk"
"""As the room of a form, it means the person's own desk, because pages do not know its id."""

SENT = {
    "pending": N_("Your question was sent. It appears after a moderator has reviewed it."),
    "approved": N_("Your question is in the list."),
}
UNMASKED = N_("Asked by %(name)s. The reveal is recorded in the audit log.")


async def do(request: Request) -> Response:
    form = await read_form(request)
    next = local_path(text(form, "next"))
    viewer = await viewer_of(request)
    try:
        command = command_of(request.path_params["op"], form)
        engine = site_of(request).engine
        room = text(form, "room")
        if room == DESK and viewer.id is not None:
            async with engine.database.read() as connection:
                room = await desk_of(connection, viewer.id)
        outcome = await engine.perform(viewer.id, room, command, text(form, "key"))
    except Problem as problem:
        return await respond(request, problem, KeptForm(request.url.path, list(_kept(form, problem)), next))
    return go(request, next, said=_news(request, viewer.locale, outcome))


def command_of(op: str, form: FormData) -> Command:
    """The command of a form. Raises Problem "unknown_op", or "invalid" for an unknown or invalid field."""
    types = {field.name: field for field in msgspec.structs.fields(spec_of(op).type)}
    fields: dict[str, object] = {}
    for name in dict.fromkeys(form):
        if name in COMMON_FIELDS:
            continue
        values = [value for value in form.getlist(name) if isinstance(value, str)]
        field = types.get(name)
        if field is None:
            raise Problem("invalid", N_("This form has an unknown field."), field=name)
        if _is_list(field.type):
            between = "\n" if _in_lines(field.type) else ","
            fields[name] = [part.strip() for value in values for part in value.split(between) if part.strip()]
        elif values and (values[-1] or field.required or field.type is str):
            # A checkbox follows a hidden field of the same name: the last value counts.
            fields[name] = values[-1]
    return read(op, fields, strict=False)


def _in_lines(kind: object) -> bool:
    """Whether a list is written one item per line (rooms.core.commands.messages.IN_LINES); others have commas between their items."""
    return typing.get_origin(kind) is typing.Annotated and IN_LINES in typing.get_args(kind)


def _is_list(kind: object) -> bool:
    while typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    return typing.get_origin(kind) is list


def _kept(form: FormData, problem: Problem) -> Iterator[tuple[str, str]]:
    """The input. If the object has changed since, it includes the current version, so that sending it again overrules knowingly."""
    version = getattr(problem.present, "version", None)
    for name, value in form.multi_items():
        if name != TOKEN and isinstance(value, str):
            yield name, str(version) if name == "version" and version is not None else value


class _Reply(msgspec.Struct):
    state: str = ""
    person: dict[str, str] | None = None


def _news(request: Request, locale: str, outcome: Outcome) -> str | None:
    reply = msgspec.json.decode(outcome.reply, type=_Reply | None)
    if reply is None:
        return None
    gettext = site_of(request).languages.texts(locale).gettext
    if reply.person is not None:
        return gettext(UNMASKED) % {"name": reply.person["name"]}
    return gettext(SENT[reply.state]) if reply.state in SENT else None


routes = [Route("/do/{op}", do, methods=["POST"])]
