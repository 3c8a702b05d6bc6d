"""Operations that read."""

from datetime import datetime
from typing import Annotated

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat import queries as chat_queries
from rooms.core.commands.access import Actor, resolve
from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store import journal
from rooms.core.store.journal import Room
from rooms.core.text import N_
from rooms.forum.questions import queries as forum
from rooms.forum.questions.export import QuestionExport, export_questions
from rooms.forum.tables import questions
from rooms.people import accounts, rules
from rooms.people.desk import desk_of
from rooms.programme import queries as programme
from rooms.programme.queries import Conference
from rooms.programme.tables import sessions, tracks
from server.api.contract import Call, operation
from server.api.views import (
    ConferenceItem,
    Conferences,
    FoundRoom,
    LinkItem,
    Me,
    Messages,
    Programme,
    ProgrammeSession,
    QuestionItem,
    Questions,
    RoomSnapshot,
    SessionDetail,
    TrackItem,
)

HIDDEN = ("not_found", "forbidden")

Limit = Annotated[int, msgspec.Meta(ge=1, le=200, description="How many at most.")]


@operation("GET", "/me", answer=Me)
async def me(call: Call) -> Me:
    """Who the caller is."""
    if call.person is None:
        return Me(None, None)
    async with call.engine.database.read() as connection:
        account = await accounts.get(connection, call.person)
        return Me(PersonView(account.id, account.name), await desk_of(connection, account.id))


@operation("GET", "/conferences", answer=Conferences)
async def conferences(call: Call) -> Conferences:
    """The conferences that are open to the caller."""
    async with call.engine.database.read() as connection:
        found = [each for each in await programme.all_conferences(connection) if await _is_open(call, connection, each)]
    return Conferences([_item(each) for each in found])


@operation("GET", "/conferences/{conference}", answer=ConferenceItem, codes=HIDDEN)
async def conference(call: Call) -> ConferenceItem:
    """One conference."""
    async with call.engine.database.read() as connection:
        return _item(await _conference(call, connection))


@operation("GET", "/conferences/{conference}/programme", answer=Programme, codes=HIDDEN)
async def conference_programme(call: Call) -> Programme:
    """The whole programme of a conference: tracks, sessions with their state and speakers, and their rooms."""
    async with call.engine.database.read() as connection:
        found = await _conference(call, connection)
        select = sa.select(tracks.c.name, tracks.c.texts, tracks.c.colour).where(tracks.c.conference == found.id)
        rows = await connection.execute(select.order_by(tracks.c.position, tracks.c.name))
        views = await programme.session_views(connection, sessions.c.conference == found.id)
        held_in = await _rooms_of(connection, found.id)
        return Programme(
            conference=_item(found),
            tracks=[TrackItem(*row) for row in rows],
            sessions=[ProgrammeSession(view, held_in[view.id]) for view in views],
        )


@operation("GET", "/conferences/{conference}/sessions/{session}", answer=SessionDetail, codes=HIDDEN)
async def session(call: Call) -> SessionDetail:
    """One session: its texts, speakers and state, its stage, and the state of asking and the chat."""
    async with call.engine.database.read() as connection:
        actor = await _visit_session(call, connection)
        state = await forum.forum(connection, actor.room.subject)
        about = await programme.session_about(connection, actor.room.subject)
        return SessionDetail(
            session=await programme.session_view(connection, actor.room.subject),
            description=about.description,
            links=[LinkItem(link.url, link.title) for link in about.links],
            attachments=[LinkItem(link.url, link.title) for link in about.attachments],
            room=actor.room.id,
            stage=state.stage_view,
            asking=state.asking_view,
            chat=await chat_queries.chat(connection, actor.room.id),
        )


class QuestionsQuery(msgspec.Struct, forbid_unknown_fields=True):
    after: Annotated[
        str, msgspec.Meta(max_length=20, description="The id of the last question of the page before.")
    ] = ""
    limit: Limit = 100


@operation(
    "GET",
    "/conferences/{conference}/sessions/{session}/questions",
    answer=Questions,
    query=QuestionsQuery,
    codes=HIDDEN,
)
async def session_questions(call: Call) -> Questions:
    """The public questions of a session.

    Pending, dismissed, archived and merged questions are never included: moderators find them in the room's snapshot.
    """
    query: QuestionsQuery = call.query
    async with call.engine.database.read() as connection:
        actor = await _visit_session(call, connection)
        last = await _place(connection, actor.room.id, query.after) if query.after else None
        # Read one more to know whether there are later ones.
        found = await forum.public_page(connection, actor.room.id, query.limit + 1, last)
    page = found[: query.limit]
    items = [QuestionItem(each.public(), each.votes) for each in page]
    return Questions(items, page[-1].id if len(found) > len(page) else None)


class MessagesQuery(msgspec.Struct, forbid_unknown_fields=True):
    before: Annotated[int, msgspec.Meta(ge=1, le=2**53, description="Only messages with a smaller number.")] | None = (
        None
    )
    limit: Limit = 100


@operation(
    "GET", "/conferences/{conference}/sessions/{session}/messages", answer=Messages, query=MessagesQuery, codes=HIDDEN
)
async def session_messages(call: Call) -> Messages:
    """The chat of a session, page by page from its newest messages back."""
    query: MessagesQuery = call.query
    async with call.engine.database.read() as connection:
        actor = await _visit_session(call, connection)
        # Read one more to know whether there are earlier ones.
        found = await chat_queries.latest_messages(
            connection, actor.room.id, before=query.before, limit=query.limit + 1
        )
    page = found[-query.limit :]
    return Messages(page, page[0].number if len(found) > len(page) else None)


@operation(
    "GET",
    "/conferences/{conference}/sessions/{session}/export",
    answer=QuestionExport,
    signed_in=True,
    codes=HIDDEN,
)
async def session_export(call: Call) -> QuestionExport:
    """All questions of a session, for its organisers: including dismissed ones, with the history of each.

    Anonymous askers are not revealed.
    """
    async with call.engine.database.read() as connection:
        actor = await _visit_session(call, connection)
        rules.organises(actor)
        return await export_questions(connection, actor.room.subject, actor.room.id, call.engine.clock())


ROOM_KINDS = {"session", "booth", "hall", "meeting"}


@operation("GET", "/conferences/{conference}/rooms/{kind}/{subject}", answer=FoundRoom, codes=HIDDEN)
async def room(call: Call) -> FoundRoom:
    """The room of a session, booth, hall or meeting.

    A booth's snapshot names its hall, the snapshot of a hall its booths, and an admission to a talk its meeting, all by ids that are not room ids.
    """
    async with call.engine.database.read() as connection:
        found = await _conference(call, connection)
        r, kind, subject = journal.rooms.c, call.path["kind"], call.path["subject"]
        select = sa.select(r.id).where(r.conference == found.id, r.kind == kind, r.subject == subject)
        id = (await connection.execute(select)).scalar_one_or_none() if kind in ROOM_KINDS else None
        actor = await _actor(call, connection, await journal.find_room(connection, id) if id else None)
        return FoundRoom(actor.room.id)


class SnapshotQuery(msgspec.Struct, forbid_unknown_fields=True):
    public: Annotated[
        bool, msgspec.Meta(description="Only what everyone sees, regardless of the caller: for a big screen.")
    ] = False


@operation("GET", "/rooms/{room}/snapshot", answer=RoomSnapshot, query=SnapshotQuery, codes=HIDDEN)
async def room_snapshot(call: Call) -> RoomSnapshot:
    """A room as the caller may see it, from one consistent read.

    A live connection can continue from here: join with `after` = {"epoch", "seq"} of this answer.
    """
    query: SnapshotQuery = call.query
    view = await call.engine.view(call.person, call.path["room"], public=query.public)
    room = view.actor.room
    return RoomSnapshot(
        room=room.id,
        kind=room.kind,
        epoch=f"{room.epoch}-{view.audience.value}",
        seq=room.seq,
        audience=view.audience.value,
        snapshot=view.snapshot,
        own=view.own,
        latest=view.latest,
    )


async def _conference(call: Call, connection: AsyncConnection) -> Conference:
    """Raises Problem "not_found" or "forbidden"."""
    found = await programme.conference(connection, call.path["conference"])
    await _actor(call, connection, await journal.find_room(connection, found.room))
    return found


async def _actor(call: Call, connection: AsyncConnection, room: Room | None) -> Actor:
    return await resolve(connection, call.person, room, call.engine.clock())


async def _visit_session(call: Call, connection: AsyncConnection) -> Actor:
    found = await _conference(call, connection)
    room = await programme.session_room(connection, found.id, call.path["session"])
    return await _actor(call, connection, await journal.find_room(connection, room))


async def _is_open(call: Call, connection: AsyncConnection, each: Conference) -> bool:
    try:
        await _actor(call, connection, await journal.find_room(connection, each.room))
    except Problem as problem:
        if problem.code in HIDDEN:
            return False
        raise
    return True


async def _rooms_of(connection: AsyncConnection, conference: str) -> dict[str, str]:
    """The rooms of a conference's sessions, by session."""
    rooms = journal.rooms.c
    select = sa.select(rooms.subject, rooms.id).where(rooms.kind == "session", rooms.conference == conference)
    return {row.subject: row.id for row in await connection.execute(select)}


async def _place(connection: AsyncConnection, room: str, question: str) -> tuple[datetime, str]:
    """The place of a question in the order of asking, even if it has been hidden since. Raises Problem "not_found"."""
    select = sa.select(questions.c.asked_at).where(questions.c.room == room, questions.c.id == question)
    asked = (await connection.execute(select)).scalar_one_or_none()
    if asked is None:
        raise Problem("not_found", N_("This question does not exist."), field="after")
    return asked, question


def _item(each: Conference) -> ConferenceItem:
    return ConferenceItem(**each._asdict())
