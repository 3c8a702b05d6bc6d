"""Organisers edit the programme by hand: they create, change, cancel and reinstate single sessions."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store.journal import rooms
from rooms.core.text import N_, clean_line, optional_line, optional_text
from rooms.people import rules
from rooms.programme import messages as m
from rooms.programme import queries
from rooms.programme.actions import create_session
from rooms.programme.messages import SessionListed
from rooms.programme.news import remember
from rooms.programme.schedules.fields import YEARS
from rooms.programme.sessions import tell_session
from rooms.programme.stars import LOBBY, check_session
from rooms.programme.tables import session_speakers, sessions, speakers, tracks

LONGEST = timedelta(hours=24)
NAME_LENGTH, AFFILIATION_LENGTH, LANGUAGE_LENGTH = 120, 200, 35
SLOT = ("starts_at", "ends_at", "place")
TRANSLATED = {
    "title": m.SESSION_TITLE_LENGTH,
    "subtitle": m.SESSION_TITLE_LENGTH,
    "abstract": m.SESSION_ABSTRACT_LENGTH,
}


async def with_session(connection: AsyncConnection, room: str, command: Any) -> Iterable[str]:
    """The room of the session: people there receive the change too."""
    select = sa.select(rooms.c.id).where(rooms.c.kind == "session", rooms.c.subject == command.session)
    return list((await connection.execute(select)).scalars())


async def with_speakers(connection: AsyncConnection, room: str, command: m.DescribeSession) -> Iterable[str]:
    """The rooms of all sessions of these speakers: an affiliation belongs to the speaker and is shown in each of them."""
    lobby = sa.select(rooms.c.subject).where(rooms.c.id == room).scalar_subquery()
    names = [line.name.strip() for line in command.speakers]
    speaking = sa.select(session_speakers.c.session).join(speakers, speakers.c.id == session_speakers.c.speaker)
    speaking = speaking.where(speakers.c.conference == lobby, speakers.c.name.in_(names))
    select = sa.select(rooms.c.id).where(rooms.c.kind == "session", rooms.c.subject.in_(speaking))
    return list((await connection.execute(select)).scalars())


async def with_session_and_speakers(connection: AsyncConnection, room: str, command: m.ChangeSession) -> Iterable[str]:
    return {
        *await with_session(connection, room, command),
        *await with_speakers(connection, room, command),
    }


@command(m.CreateSession, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_speakers)
async def make_session(tx: Transaction, actor: Actor, command: m.CreateSession) -> m.SessionCreated:
    values = await _values(tx.connection, actor.room.subject, command)
    session, _ = await create_session(tx.connection, actor.room.subject, now=tx.now, **values)
    _, affected = await _write_speakers(tx.connection, actor.room.subject, session, command.speakers)
    await _renew_others(tx, actor, session, affected)
    tx.record(SessionListed(await queries.session_card(tx.connection, session)))
    _audit(tx, actor, "session.create", session)
    return m.SessionCreated(session)


@command(m.ChangeSession, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_session_and_speakers)
async def change_session(tx: Transaction, actor: Actor, command: m.ChangeSession) -> None:
    await check_session(tx.connection, actor, command.session)
    values = await _values(tx.connection, actor.room.subject, command)
    conference = actor.room.subject
    if await _differs(tx.connection, command.session, {name: values[name] for name in SLOT}):
        await remember(tx, [command.session], actor.known.id)
    different, affected = await _write_speakers(tx.connection, conference, command.session, command.speakers)
    if different or await _differs(tx.connection, command.session, values):
        await _renew_others(tx, actor, command.session, affected)
        await _renew(tx, actor, command.session, values)
        _audit(tx, actor, "session.change", command.session)


@command(m.CancelSession, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_session)
async def cancel_session(tx: Transaction, actor: Actor, command: m.CancelSession) -> None:
    await _set_cancelled(tx, actor, command.session, cancelled=True)


@command(m.ReinstateSession, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_session)
async def reinstate_session(tx: Transaction, actor: Actor, command: m.ReinstateSession) -> None:
    await _set_cancelled(tx, actor, command.session, cancelled=False)


async def _set_cancelled(tx: Transaction, actor: Actor, session: str, *, cancelled: bool) -> None:
    await check_session(tx.connection, actor, session)
    if await _differs(tx.connection, session, {"cancelled": cancelled}):
        await remember(tx, [session], actor.known.id)
        await _renew(tx, actor, session, {"cancelled": cancelled})
        _audit(tx, actor, "session.cancel" if cancelled else "session.reinstate", session)


async def _differs(connection: AsyncConnection, session: str, values: Mapping[str, Any]) -> bool:
    columns = [sessions.c[name] for name in values]
    row = (await connection.execute(sa.select(*columns).where(sessions.c.id == session))).one()
    return dict(row._mapping) != dict(values)  # pyright: ignore[reportPrivateUsage] - documented as public


async def _renew_others(tx: Transaction, actor: Actor, session: str, affected: Collection[str]) -> None:
    """Sends an event to the other sessions of speakers whose affiliation has changed."""
    link = session_speakers.c
    select = sa.select(link.session).where(link.speaker.in_(affected), link.session != session).distinct()
    for other in sorted((await tx.connection.execute(select)).scalars()):
        if await queries.session_room(tx.connection, actor.room.subject, other) not in tx.rooms:
            raise Problem(
                "conflict", N_("Someone else is changing the programme. Try again in a moment."), retry_after=2
            )
        await _renew(tx, actor, other, {})


async def _renew(tx: Transaction, actor: Actor, session: str, values: Mapping[str, Any]) -> None:
    next_one = {"revision": sessions.c.revision + 1, "changed_at": tx.now}
    await tx.connection.execute(sessions.update().where(sessions.c.id == session).values(**values, **next_one))
    room = await queries.session_room(tx.connection, actor.room.subject, session)
    await tell_session(tx, room, session)


def _audit(tx: Transaction, actor: Actor, act: str, session: str) -> None:
    tx.audit(actor.room.conference, actor.known.id, act, session)


async def _values(connection: AsyncConnection, conference: str, command: m.DescribeSession) -> dict[str, Any]:
    """The columns of a session. Raises Problem "invalid" naming the field."""
    if command.starts_at.year not in YEARS:
        message = N_("Enter a year from %(first)s to %(last)s.")
        raise Problem("invalid", message, field="starts_at", values={"first": YEARS[0], "last": YEARS[-1]})
    if command.ends_at <= command.starts_at:
        raise Problem("invalid", N_("The session ends before it begins."), field="ends_at")
    if command.ends_at - command.starts_at > LONGEST:
        raise Problem("invalid", N_("A session can last at most a day."), field="ends_at")
    return {
        "title": clean_line(command.title, m.SESSION_TITLE_LENGTH, "title"),
        "subtitle": _line(command.subtitle, "subtitle"),
        "abstract": _text(command.abstract, "abstract"),
        "texts": _texts(command.texts),
        "track": await _track(connection, conference, _line(command.track, "track", NAME_LENGTH)),
        "place": _line(command.place, "place", NAME_LENGTH),
        "language": _line(command.language, "language", LANGUAGE_LENGTH) or "en",
        "starts_at": command.starts_at,
        "ends_at": command.ends_at,
    }


def _line(text: str, field: str, limit: int = m.SESSION_TITLE_LENGTH) -> str:
    return optional_line(text, limit, field)


def _text(text: str, field: str) -> str:
    return optional_text(text, m.SESSION_ABSTRACT_LENGTH, field)


def _texts(given: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for locale, fields in given.items():
        if not fields.keys() <= TRANSLATED.keys():
            raise Problem("invalid", N_("Title, subtitle and abstract can be translated."), field="texts")
        cleaned = {
            name: _text(text, "texts") if name == "abstract" else _line(text, "texts") for name, text in fields.items()
        }
        if kept := {name: text for name, text in cleaned.items() if text}:
            found[locale] = kept
    return found


async def _track(connection: AsyncConnection, conference: str, name: str) -> str | None:
    if not name:
        return None
    known = sa.select(tracks.c.id).where(tracks.c.conference == conference, tracks.c.name == name)
    found = (await connection.execute(known)).scalar_one_or_none()
    if found is not None:
        return found
    last = sa.select(sa.func.coalesce(sa.func.max(tracks.c.position), -1)).where(tracks.c.conference == conference)
    position = (await connection.execute(last)).scalar_one() + 1
    track = new_id()
    values = {"id": track, "conference": conference, "name": name, "position": position}
    await connection.execute(tracks.insert().values(**values, texts={}))
    return track


async def _write_speakers(
    connection: AsyncConnection, conference: str, session: str, wanted: Iterable[m.SpeakerLine]
) -> tuple[bool, set[str]]:
    """Sets the speakers of the session, in this order. Returns whether anything changed, and the speakers whose affiliation changed."""
    before = (await queries.speakers_of(connection, [session])).get(session, [])
    lines = {
        clean_line(line.name, NAME_LENGTH, "speakers"): _line(line.affiliation, "speakers", AFFILIATION_LENGTH)
        for line in wanted
    }
    if [(speaker.name, speaker.affiliation) for speaker in before] == list(lines.items()):
        return False, set()
    affected: set[str] = set()
    known = {speaker.name: speaker.id for speaker in before}
    await connection.execute(session_speakers.delete().where(session_speakers.c.session == session))
    for position, (name, affiliation) in enumerate(lines.items()):
        speaker = known.get(name) or await _speaker(connection, conference, name)
        new = sa.and_(speakers.c.id == speaker, speakers.c.affiliation != affiliation)
        if (await connection.execute(speakers.update().where(new).values(affiliation=affiliation))).rowcount:
            affected.add(speaker)
        row = {"session": session, "speaker": speaker, "position": position}
        await connection.execute(session_speakers.insert().values(row))
    await _forget_idle(connection, [speaker.id for speaker in before])
    return True, affected


async def _speaker(connection: AsyncConnection, conference: str, name: str) -> str:
    """The first speaker with this name, created if there is none."""
    known = sa.select(speakers.c.id).where(speakers.c.conference == conference, speakers.c.name == name)
    found = (await connection.execute(known.order_by(speakers.c.id))).scalars().first()
    if found is not None:
        return found
    speaker = new_id()
    await connection.execute(speakers.insert().values(id=speaker, conference=conference, name=name, texts={}))
    return speaker


async def _forget_idle(connection: AsyncConnection, ids: Iterable[str]) -> None:
    """Removes speakers that were added by hand and have no sessions left."""
    busy = sa.select(session_speakers.c.speaker)
    mine = sa.and_(speakers.c.id.in_(list(ids)), speakers.c.external_id.is_(None), speakers.c.person.is_(None))
    await connection.execute(speakers.delete().where(mine, speakers.c.id.not_in(busy)))
