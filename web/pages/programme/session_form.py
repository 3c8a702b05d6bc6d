"""/c/…/organise/sessions/…: one session of the programme, edited by hand."""

from collections.abc import Mapping, Sequence

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.text import N_
from rooms.forum.hosting import clean_stage
from rooms.forum.hosting_messages import ShowStage, StageKind, StageView
from rooms.forum.questions.queries import forum
from rooms.programme import queries, timetable
from rooms.programme.messages import ChangeSession, CreateSession, SessionCreated, SpeakerLine
from rooms.programme.moments import typed_moment
from rooms.programme.stars import who_starred
from rooms.programme.tables import sessions
from rooms.programme.timetable import TimetableEntry
from web.choices import spoken_languages
from web.conference import Entered, enter_as_organiser
from web.forms import read_form, text, whole
from web.languages import SOURCE
from web.pages.programme import consequences
from web.players import player_address
from web.site import site_of
from web.templating import go

PLAIN = ("title", "subtitle", "abstract", "track", "place", "language", "starts_at", "ends_at")
STAGE = ("stage_kind", "stage_address", "stage_title")
TRANSLATED = ("title", "subtitle", "abstract")
NO_STAGE = StageView(StageKind.SLATE, "", "")


class Typed(dict[str, str]):
    """The fields of the form by name, and its rows of speakers: (name, affiliation)."""

    def __init__(self, fields: Mapping[str, str], speakers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(fields)
        self.speakers = list(speakers)


class Editor(msgspec.Struct):
    """The form for a new or an existing session."""

    entered: Entered
    entry: TimetableEntry | None
    halls: list[str]
    tracks: list[str]
    languages: list[tuple[str, str]]
    stage: StageView = NO_STAGE

    @property
    def path(self) -> str:
        end = self.entry.id if self.entry else "new"
        return f"{self.entered.path}/organise/sessions/{end}"


async def _editor(request: Request) -> Editor:
    site, id = site_of(request), request.path_params.get("session")
    async with site.engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        conference = entered.conference.id
        found = await timetable.entries(connection, conference, sessions.c.id == id) if id else [None]
        if not found:
            raise Problem("not_found", ABSENT)
        return Editor(
            entered,
            found[0],
            await timetable.hall_names(connection, conference),
            [track.name for track in await timetable.track_names(connection, conference)],
            [(code, name) for code, name in site.languages.named() if code != SOURCE],
            (await forum(connection, id)).stage_view if id else NO_STAGE,
        )


async def _page(
    request: Request, editor: Editor, typed: Typed, problem: Problem | None = None, asks: Sequence[str] = ()
) -> Response:
    return await editor.entered.page(
        request,
        "programme/session_form.html",
        editor=editor,
        typed=typed,
        speakers=typed.speakers or [("", "")],
        spoken=spoken_languages([typed["language"]] if typed.get("language") else []),
        problem=problem,
        asks=asks,
        agreed=consequences.seal(asks),
        here=editor.path,
    )


def _as_typed(editor: Editor, entry: TimetableEntry) -> Typed:
    zone = editor.entered.event_zone
    typed = {name: getattr(entry, name) for name in ("title", "subtitle", "abstract", "track", "place", "language")}
    typed |= {name: f"{getattr(entry, name).astimezone(zone):%Y-%m-%dT%H:%M}" for name in ("starts_at", "ends_at")}
    for code, fields in entry.texts.items():
        typed |= {f"{code}.{name}": value for name, value in fields.items()}
    stage = editor.stage
    typed |= dict(zip(STAGE, (stage.kind.value, stage.address, stage.title), strict=True))
    return Typed(typed, [(speaker.name, speaker.affiliation) for speaker in entry.speakers])


def _typed(form: FormData, editor: Editor) -> Typed:
    names = [*PLAIN, *STAGE, *(f"{code}.{name}" for code, _ in editor.languages for name in TRANSLATED)]
    columns = [[each for each in form.getlist(name) if isinstance(each, str)] for name in ("speaker", "affiliation")]
    return Typed({name: text(form, name) for name in names}, list(zip(*columns, strict=False)))


def _fields(typed: Typed, editor: Editor) -> dict[str, object]:
    """The fields of the command, without its times. Translations into languages that the form does not show are kept."""
    texts = {code: dict(fields) for code, fields in editor.entry.texts.items()} if editor.entry else {}
    for code, _ in editor.languages:
        texts[code] = {name: typed[f"{code}.{name}"] for name in TRANSLATED}
    fields: dict[str, object] = {name: typed[name] for name in ("title", "subtitle", "abstract")}
    fields |= {name: typed[name].strip() for name in ("track", "place", "language")}
    return fields | {"texts": texts, "speakers": _speakers(typed.speakers)}


def _speakers(rows: Sequence[tuple[str, str]]) -> list[SpeakerLine]:
    """A row without a name is no speaker."""
    return [SpeakerLine(name.strip(), affiliation.strip()) for name, affiliation in rows if name.strip()]


def _stage(typed: Typed, host: str) -> StageView:
    """Raises Problem "invalid" naming the field of the form."""
    try:
        kind = StageKind(typed["stage_kind"] or StageKind.SLATE)
    except ValueError:
        raise Problem("invalid", N_("This choice does not exist."), field="stage_kind") from None
    if kind is StageKind.EMBED:
        typed["stage_address"] = player_address(typed["stage_address"], host)
    try:
        return clean_stage(kind, typed["stage_address"], typed["stage_title"])
    except Problem as problem:
        problem.field = f"stage_{problem.field}"
        raise


async def show_new(request: Request) -> Response:
    editor = await _editor(request)
    first = editor.entered.conference.starts_on
    typed = {"starts_at": f"{first}T09:00", "ends_at": f"{first}T10:00", "language": "en"}
    return await _page(request, editor, Typed(typed))


async def show(request: Request) -> Response:
    editor = await _editor(request)
    assert editor.entry is not None
    return await _page(request, editor, _as_typed(editor, editor.entry))


async def save(request: Request) -> Response:
    editor, form = await _editor(request), await read_form(request)
    entered, typed = editor.entered, _typed(form, editor)
    if _rows_changed(form, typed):
        return await _page(request, editor, typed)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    try:
        zoned = {name: typed_moment(typed[name], entered.conference.zone, name) for name in ("starts_at", "ends_at")}
        fields = _fields(typed, editor) | zoned
        stage = _stage(typed, entered.site.authority.partition(":")[0])
        place, time = typed["place"].strip(), (zoned["starts_at"], zoned["ends_at"])
        async with entered.site.engine.database.read() as connection:
            asks = await consequences.of_session(connection, entered, editor.entry, place, time)
        if consequences.seal(asks) != text(form, consequences.AGREED):
            return await _page(request, editor, typed, asks=asks)
        if editor.entry is None:
            command = msgspec.convert(fields, CreateSession, from_attributes=True)
        else:
            command = msgspec.convert(fields | {"session": editor.entry.id}, ChangeSession, from_attributes=True)
        key = text(form, "key") or new_id()
        outcome = await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, key)
        id = editor.entry.id if editor.entry else msgspec.json.decode(outcome.reply, type=SessionCreated).session
        if stage != editor.stage:
            await _show_stage(entered, id, stage, f"{key}-stage")
    except msgspec.ValidationError as fault:
        name = str(fault).partition("$.")[2].strip("`").partition("[")[0] or None
        too_long = Problem("invalid", N_("This is too long."), field=name)
        return await _page(request, editor, typed, too_long)
    except Problem as problem:
        if problem.code not in {"invalid", "key_reused"}:
            raise
        return await _page(request, editor, typed, problem)
    return go(request, f"{entered.path}/organise/programme#session-{id}", said=gettext(N_("Saved.")))


def _rows_changed(form: FormData, typed: Typed) -> bool:
    """Adds or removes a row of the speakers, if one of its buttons sent the form. Works without JavaScript."""
    if "add_speaker" in form:
        typed.speakers.append(("", ""))
        return True
    if "remove_speaker" in form:
        number = whole(text(form, "remove_speaker"), "speakers")
        typed.speakers[number : number + 1] = []
        return True
    return False


async def _show_stage(entered: Entered, session: str, stage: StageView, key: str) -> None:
    engine = entered.site.engine
    async with engine.database.read() as connection:
        room = await queries.session_room(connection, entered.conference.id, session)
    await engine.perform(entered.viewer.id, room, ShowStage(stage.kind, stage.address, stage.title), key)


async def ask_to_cancel(request: Request) -> Response:
    """Asks before a session is cancelled, and says who is notified."""
    editor = await _editor(request)
    assert editor.entry is not None
    async with site_of(request).engine.database.read() as connection:
        starred = len(await who_starred(connection, editor.entry.id))
    return await editor.entered.page(
        request, "programme/session_cancel.html", entry=editor.entry, starred=starred, here=f"{editor.path}/cancel"
    )


_AT = "/c/{conference}/organise/sessions/"
routes = [
    Route(_AT + "new", show_new),
    Route(_AT + "new", save, methods=["POST"]),
    Route(_AT + "{session}/cancel", ask_to_cancel),
    Route(_AT + "{session}", show),
    Route(_AT + "{session}", save, methods=["POST"]),
]
