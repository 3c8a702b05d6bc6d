"""The rooms of an exhibition: halls and booths."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat import queries as chat_queries
from rooms.chat.own import own_of_people
from rooms.core.commands.access import Actor
from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import View
from rooms.core.commands.room_kinds import LatestValues, RoomKind, register
from rooms.core.store.journal import Room
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.access import gate
from rooms.exhibition.booths.snapshots import BoothDesk, BoothOwn, BoothSnapshot, HallOwn, HallSnapshot
from rooms.exhibition.files import queries as files
from rooms.exhibition.leads import queries as lead_queries
from rooms.exhibition.queue.crew import break_views, hours_view, read_crews, read_shifts
from rooms.exhibition.queue.view import line, read_queue
from rooms.exhibition.requests.messages import OwnContact
from rooms.exhibition.tables import contacts


async def booth_snapshot(connection: AsyncConnection, room: Room, audience: Audience) -> BoothSnapshot:
    row = await queries.booth_row(connection, room.subject)
    desk = None
    if audience is Audience.MODERATORS:
        crews = await read_crews(connection, [room.subject])
        shifts = await read_shifts(connection, [room.subject])
        asked = sa.and_(contacts.c.booth == room.subject, contacts.c.state != "done")
        desk = BoothDesk(
            draft=queries.draft_of(row),
            staff=await queries.staff(connection, room.subject),
            places=[each.view() for each in await queries.places_under_way(connection, room.subject)],
            contacts=await queries.contact_views(connection, asked),
            leads=await lead_queries.count(connection, room.subject),
            shifts=[each.view() for each in shifts[room.subject]],
            breaks=break_views(crews[room.subject]),
        )
    return BoothSnapshot(
        booth=queries.view_of(row),
        files=await files.shown(connection, room.subject),
        chat=await chat_queries.chat(connection, room.id),
        messages=await chat_queries.latest_messages(connection, room.id),
        desk=desk,
    )


async def booth_own(connection: AsyncConnection, actors: list[Actor]) -> list[View]:
    bases = await own_of_people(connection, actors)
    people = {actor.person.id for actor in actors if actor.person}
    at = {actor.room.subject for actor in actors}
    places = {(each.person, each.booth): each.own() for each in await queries.own_places(connection, people, at)}
    asked: dict[tuple[str, str], list[OwnContact]] = {}
    for booth in at if people else ():
        mine = sa.and_(contacts.c.booth == booth, contacts.c.person.in_(people))
        for view in await queries.contact_views(connection, mine):
            asked.setdefault((view.person.id, booth), []).append(queries.own_contact(view))
    leads = await lead_queries.own(connection, people, at)
    named = await files.consents(connection, people, at)
    keys = [(actor.person.id if actor.person else "", actor.room.subject) for actor in actors]
    return [
        BoothOwn(
            **base,
            place=places.get(key),
            contacts=asked.get(key, []),
            named=named.get(key),
            lead=leads.get(key),
        )
        for base, key in zip(bases, keys, strict=True)
    ]


async def booth_latest(connection: AsyncConnection, room: Room, audience: Audience) -> LatestValues:
    view = await read_queue(connection, room.subject)
    floor = await queries.floor(connection, queries.b.id == room.subject)
    return {"line": {"": line(view)}, "hours": {"": hours_view(view.shifts)}, "floor": dict(floor)}


async def hall_snapshot(connection: AsyncConnection, room: Room, audience: Audience) -> HallSnapshot:
    here = queries.b.hall == room.subject
    return HallSnapshot(await queries.hall(connection, room.subject), await queries.cards(connection, here))


async def hall_own(connection: AsyncConnection, actors: list[Actor]) -> list[View]:
    return [HallOwn() for _ in actors]


async def hall_latest(connection: AsyncConnection, room: Room, audience: Audience) -> LatestValues:
    return {"floor": dict(await queries.floor(connection, queries.b.hall == room.subject, queries.b.open))}


register(RoomKind("booth", booth_snapshot, booth_own, booth_latest, gate))
register(RoomKind("hall", hall_snapshot, hall_own, hall_latest))
