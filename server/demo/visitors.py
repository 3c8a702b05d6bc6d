"""Visitors of the first booth of the demonstration, with their requests and leads."""

import random
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from rooms.chat.messages import PostMessage
from rooms.core.commands.messages import Command
from rooms.core.engine import LONG, Engine
from rooms.core.ids import new_id
from rooms.core.store.journal import room_of
from rooms.core.store.tables import persons
from rooms.exhibition.applications.messages import ApplyToExhibit
from rooms.exhibition.files.messages import FileKind
from rooms.exhibition.files.queries import rows as files_of
from rooms.exhibition.files.tables import file_downloads, files
from rooms.exhibition.leads import queries as lead_queries
from rooms.exhibition.leads.messages import AskLead, NoteLead, Purpose, QualifyLead, Rating, ShareLead, Source
from rooms.exhibition.queue.messages import AcceptCall, Called, CallNext, FinishTalk, JoinQueue
from rooms.exhibition.record_tables import booth_visits
from rooms.exhibition.requests.messages import AskContact, ContactKind
from rooms.exhibition.tables import booth_staff, booths
from rooms.programme.queries import conference_by_id
from server.demo.exhibitors import EXHIBITORS

CHAT = (
    "Do you take applicants who have not finished their thesis?",
    "Is the laboratory open to visitors this week?",
    "Thank you, that was a good talk.",
)
LEADS = (  # organisation, note, rating, tags
    (
        "University of Cebu",
        "Has two doctoral students for the autumn. Send the list of posts.",
        Rating.HOT,
        ["posts"],
    ),
    ("Baltic Photonics", "Wants to lend us a spectrometer in return for bench time.", Rating.WARM, ["partners"]),
    ("", "Asked for the brochure in English.", Rating.COLD, []),
    ("Ruhr Institute", "Meets the dean on the third day.", Rating.HOT, ["partners", "visit"]),
)
DAYS = 3
HOURS = range(9, 18)


async def actor(engine: Engine, conference: str) -> None:
    """Runs once; a booth that already has leads is not changed."""
    async with engine.database.read() as connection:
        this = sa.and_(booths.c.conference == conference, booths.c.name == EXHIBITORS[0].name)
        booth = (await connection.execute(sa.select(booths.c.id).where(this))).scalar_one()
        room = await room_of(connection, "booth", booth)
        found = await conference_by_id(connection, conference)
        guests = sa.select(persons.c.id).where(persons.c.email.like("guest%@demo.example")).order_by(persons.c.email)
        people = list((await connection.execute(guests)).scalars())
        s = booth_staff.c
        owner = (await connection.execute(sa.select(s.person).where(s.booth == booth, s.duty == "owner"))).scalar()
        if owner is None or len(people) < 10 or await lead_queries.count(connection, booth):
            return

    async def do(person: str, command: Command, where: str = room) -> bytes:
        return (await engine.perform(person, where, command, new_id())).reply

    await _count(engine, booth, found.zone)
    for person, text in zip(people, CHAT, strict=False):
        await do(person, PostMessage(text))
    for person in people[:4]:
        await do(person, JoinQueue())
    for person in people[:4]:  # nobody is left in the queue, because simulated visitors would not answer a call
        called = msgspec.json.decode(await do(owner, CallNext()), type=Called)
        await do(person, AcceptCall())
        await do(owner, FinishTalk(called.place))
    for person, (organisation, note, rating, tags) in zip(people, LEADS, strict=False):
        await do(person, ShareLead(Purpose.FOLLOW_UP, Source.QUEUE, organisation))
        async with engine.database.read() as connection:
            [lead] = [each for each in await lead_queries.found(connection, booth) if each.person == person]
        await do(owner, NoteLead(lead.id, note))
        await do(owner, QualifyLead(lead.id, rating, tags))
    await do(people[4], AskContact(ContactKind.MESSAGE, "When can I reach you by telephone?"))
    await do(owner, AskLead(people[4]))
    wish = ApplyToExhibit("Fjord Batteries", "Storage that likes the cold", country="NO", field="Clean energy", tier=2)
    await do(people[9], wish, found.room)


async def _count(engine: Engine, booth: str, zone: str) -> None:
    """Visits of the last days, busiest around noon, and downloads of brochures."""
    dice, today = random.Random(20), engine.clock().astimezone(ZoneInfo(zone)).date()
    rows = [
        {
            "booth": booth,
            "day": today - timedelta(days=before),
            "visitor": f"{number:032x}",
            "hours": 1 << _hour(dice),
            "seconds": round(dice.expovariate(1 / 240)) + 15,
        }
        for before in range(DAYS)
        for number in range(30 + 12 * before)
    ]
    async with engine.database.write(LONG) as connection:
        await connection.execute(booth_visits.insert(), rows)
        brochures = [row.id for row in await files_of(connection, booth, FileKind.BROCHURE)]
        taken = Counter[tuple[str, datetime]]()
        for before in range(DAYS):
            for file in dice.choices(brochures, range(len(brochures), 0, -1), k=(9 + 5 * before) if brochures else 0):
                at = datetime.combine(today - timedelta(days=before), time(_hour(dice)), ZoneInfo(zone))
                taken[file, at.astimezone(UTC)] += 1
        for (file, quarter), number in taken.items():
            counted = {"booth": booth, "file": file, "quarter": quarter, "number": number}
            await connection.execute(file_downloads.insert().values(counted))
            its = files.update().where(files.c.id == file)
            await connection.execute(its.values(downloads=files.c.downloads + number))


def _hour(dice: random.Random) -> int:
    return min(max(round(dice.gauss(12.5, 2.2)), HOURS[0]), HOURS[-1])
