"""A conference's lobby: description, current and next sessions, chat, and unread chats of the viewer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.chat import queries as chat_queries
from rooms.chat.tables import marks
from rooms.core.commands.access import Actor, resolve_many
from rooms.core.commands.people import PresenceView, Role
from rooms.core.store import journal
from rooms.core.store.journal import rooms
from rooms.core.waiting import waiting_for
from rooms.exhibition.booths import queries as exhibition_queries
from rooms.exhibition.booths.messages import BoothCard
from rooms.exhibition.tables import booth_staff, booths
from rooms.people import roles
from rooms.programme.messages import LobbyOwn, LobbySnapshot, SessionCard, SessionState
from rooms.programme.timetable import TimetableEntry
from web import waiting_texts
from web.conference import Entered, enter
from web.site import site_of
from web.waiting_texts import WaitingLine

MOST_CHANNELS = 12
MOST_STARRED = 6


class Lobby(NamedTuple):
    """The lobby's room for the templates."""

    room: str
    path: str
    present: PresenceView | None


class AssignedSession(NamedTuple):
    """A session in which the viewer has work to do."""

    session: SessionCard
    moderates: bool
    speaks: bool


class Channel(NamedTuple):
    """A chat that the viewer follows, of a session or a booth; of the whole conference if it has neither. `unread` counts messages of others."""

    room: str
    unread: int
    session: SessionCard | None = None
    booth: BoothCard | None = None


async def show(request: Request) -> Response:
    site = site_of(request)
    async with site.engine.database.read() as connection:
        entered = await enter(request, connection)
    view = await site.engine.view(entered.viewer.id, entered.conference.room)
    snapshot, own = cast(LobbySnapshot, view.snapshot), cast(LobbyOwn, view.own)
    async with site.engine.database.read() as connection:
        channels = await _channels(connection, entered, snapshot.sessions, own.stars)
        waiting = await _waiting(connection, entered)
        held = await roles.held(connection, entered.viewer.id, entered.conference.id) if entered.viewer.id else {}
    now = site.engine.clock()
    return await entered.page(
        request,
        "programme/lobby.html",
        page=Lobby(entered.conference.room, entered.path, view.latest.get("present", {}).get("")),
        snapshot=snapshot,
        own=own,
        now=now,
        is_unstarted=is_unstarted,
        on=[card for card in snapshot.sessions if is_on(card, now)],
        next=_next(snapshot.sessions, now),
        starred=[card for card in snapshot.sessions if card.id in own.stars and _is_ahead(card, now)][:MOST_STARRED],
        duties=_duties(snapshot.sessions, held, now),
        moderates_all=Role.MODERATOR in held.get(None, ()),
        channels=channels,
        waiting=waiting,
        first=min((card.starts_at for card in snapshot.sessions if not card.cancelled), default=None),
        over=bool(snapshot.sessions) and all(card.ends_at < now and not is_on(card, now) for card in snapshot.sessions),
    )


async def _waiting(connection: AsyncConnection, entered: Entered) -> list[WaitingLine]:
    """What waits for the viewer, if they take part in the conference."""
    person = entered.actor.person
    if person is None or not person.verified or not entered.actor.roles:
        return []
    found = await waiting_for(connection, entered.actor, entered.site.engine.clock())
    return await waiting_texts.lines(connection, found, entered.site.languages.texts(entered.viewer.locale))


def _duties(
    cards: Sequence[SessionCard], held: Mapping[str | None, frozenset[Role]], now: datetime
) -> list[AssignedSession]:
    """What is still ahead before what is over."""
    found = [
        AssignedSession(card, Role.MODERATOR in held[card.id], Role.SPEAKER in held[card.id])
        for card in cards
        if held.get(card.id, frozenset()) & {Role.MODERATOR, Role.SPEAKER} and not card.cancelled
    ]
    return sorted(found, key=lambda duty: (not _is_ahead(duty.session, now), duty.session.starts_at))


def is_on(card: SessionCard | TimetableEntry, now: datetime) -> bool:
    """Whether the session is live, or its time has come although nobody has started it. The island (state/lobby.ts) decides in the same way."""
    if card.cancelled or card.state is SessionState.ENDED:
        return False
    return card.state is not SessionState.SCHEDULED or card.starts_at <= now < card.ends_at


def is_unstarted(card: SessionCard | TimetableEntry, now: datetime) -> bool:
    """Whether the time of a session has come and nobody has started it."""
    return is_on(card, now) and card.state is not SessionState.LIVE and card.starts_at <= now


def _is_ahead(card: SessionCard, now: datetime) -> bool:
    return card.state is SessionState.LIVE or (card.state is not SessionState.ENDED and card.ends_at > now)


def _next(cards: Iterable[SessionCard], now: datetime) -> list[SessionCard]:
    """The next sessions: all that share the earliest future start."""
    coming = [
        card for card in cards if not card.cancelled and card.state is SessionState.SCHEDULED and card.starts_at > now
    ]
    first = min((card.starts_at for card in coming), default=None)
    return [card for card in coming if card.starts_at == first]


async def _channels(
    connection: AsyncConnection, entered: Entered, cards: Iterable[SessionCard], stars: Iterable[str]
) -> list[Channel]:
    """The chats of the conference, of starred sessions, of booths where the viewer works, and all others that they have read; unread
    ones first."""
    person, conference = entered.viewer.id, entered.conference
    if person is None:
        return []
    read = rooms.c.id.in_(sa.select(marks.c.room).where(marks.c.person == person))
    works = sa.select(booth_staff.c.booth).where(booth_staff.c.person == person)
    chosen = sa.or_(
        sa.and_(rooms.c.kind == "session", sa.or_(rooms.c.subject.in_(list(stars)), read)),
        sa.and_(rooms.c.kind == "booth", sa.or_(rooms.c.subject.in_(works), read)),
    )
    select = sa.select(rooms.c.subject, rooms.c.id).where(rooms.c.conference == conference.id, chosen)
    found = {row.subject: row.id for row in await connection.execute(select)}
    unread = await chat_queries.unread(connection, person, [conference.room, *found.values()])
    at = [Channel(found[card.id], unread.get(found[card.id], 0), session=card) for card in cards if card.id in found]
    for booth in await exhibition_queries.cards(connection, booths.c.id.in_(list(found))):
        at.append(Channel(found[booth.id], unread.get(found[booth.id], 0), booth=booth))
    at.sort(key=lambda channel: -channel.unread)
    return [Channel(conference.room, unread.get(conference.room, 0)), *at[:MOST_CHANNELS]]


class Unread(msgspec.Struct):
    """The answer to GET …/unread: messages of others that the viewer has not read, by room."""

    unread: dict[str, int]


async def unread(request: Request) -> Response:
    """For the page of the lobby, which only follows the lobby's room."""
    site = site_of(request)
    async with site.engine.database.read() as connection:
        entered = await enter(request, connection)
        wanted = request.query_params.getlist("room")[: MOST_CHANNELS + 1]
        here = [
            room
            for room in (await journal.heads(connection, wanted)).values()
            if room.conference == entered.conference.id
        ]
        visits = await resolve_many(connection, [(entered.viewer.id, room) for room in here], site.engine.clock())
        ids = [actor.room.id for actor in visits if isinstance(actor, Actor)]
        counts = await chat_queries.unread(connection, entered.viewer.id, ids) if entered.viewer.id else {}
    return Response(msgspec.json.encode(Unread(counts)), media_type="application/json")


routes = [Route("/c/{conference}", show), Route("/c/{conference}/unread", unread)]
