"""Matchmaking in the demonstration: people with profiles and wishes, so that suggestions are shown and a schedule can be made at once."""

import random
from contextlib import suppress
from datetime import timedelta
from zoneinfo import ZoneInfo

from rooms.core.commands.messages import Command
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store.journal import room_of
from rooms.matchmaking import messages as m
from rooms.matchmaking.messages import MatchRole, WishKind
from rooms.matchmaking.queries import settings_of
from rooms.meetings.bookings.messages import AddWindow, CreateSpot, SpotKind
from rooms.meetings.bookings.slots import all_slots, spots_of
from rooms.people import accounts
from rooms.programme.queries import conference_by_id

KARIM = "organiser@demo.example"
SOFIA, LIN, CHEN, TOMAS, WEI = [
    f"{who}@demo.example" for who in ("attendee", "speaker", "exhibitor", "colleague", "moderator")
]
GUESTS = [f"guest{number}@demo.example" for number in range(24)]
R = MatchRole

PROFILES: dict[str, m.SetMatchProfile] = {
    SOFIA: m.SetMatchProfile(
        True, R.RESEARCHER, [R.COMPANY, R.INVESTOR], ["2.5", "2.2"], ["en", "sv"], "SE", ["CN", "NO"],
        ["Solar cells in the cold", "Field tests in winter"], ["Sites in the Arctic", "储能电芯"],
    ),
    LIN: m.SetMatchProfile(
        True, R.UNIVERSITY, [R.RESEARCHER, R.GRADUATE], ["2.2", "2.5"], ["zh", "en"], "CN", ["SE", "DE"],
        ["储能电芯", "Joint supervision of doctorates"], ["Solar cells in the cold"],
    ),
    CHEN: m.SetMatchProfile(
        True, R.COMPANY, [R.UNIVERSITY, R.INVESTOR], ["2.3", "1.2"], ["zh", "en"], "CN", ["DE", "ES"],
        ["Robot arms that learn", "Pilot plants"], ["Machine builders", "Laboratory automation"],
    ),
    TOMAS: m.SetMatchProfile(
        True, R.COMPANY, [R.RESEARCHER], ["2.5", "2.4"], ["es", "en"], "ES", ["CN"],
        ["Seawater membranes", "Pilot plants"], ["Electrolysis partners"],
    ),
    WEI: m.SetMatchProfile(
        True, R.GOVERNMENT, [R.STARTUP, R.COMPANY], ["5.2", "2.7"], ["zh", "en", "fr"], "CN", ["FR"],
        ["科技园区落地支持"], ["Water technology"],
    ),
}  # fmt: skip
TAGS = [
    "Electrolysis partners", "Seawater membranes", "Laboratory automation", "Solar cells in the cold", "Machine builders", "Pilot plants",
    "Water technology", "Robot arms that learn", "储能电芯", "科技园区落地支持", "Sites in the Arctic", "Field tests in winter",
]  # fmt: skip


async def match_people(engine: Engine, conference: str) -> None:
    """Opens matchmaking, unless it is open already."""
    async with engine.database.read() as connection:
        if (await settings_of(connection, conference)).open:
            return
        accounts_of = {email: await accounts.by_email(connection, email) for email in (KARIM, *PROFILES, *GUESTS)}
        people = {email: account.id for email, account in accounts_of.items() if account is not None}
        lobby = await room_of(connection, "lobby", conference)
        zone = ZoneInfo((await conference_by_id(connection, conference)).zone)
        times = [each for each in await all_slots(connection, conference) if each.starts_at > engine.clock()]
        tables = [each for each in await spots_of(connection, conference) if each.kind is SpotKind.PHYSICAL]

    async def do(email: str, command: Command) -> None:
        with suppress(Problem):  # somebody of an earlier release may be missing, or may have left
            await engine.perform(people.get(email), lobby, command, new_id())

    await do(KARIM, m.SetMatching(open=True, most=6))
    if not times:
        tomorrow = (engine.clock().astimezone(zone) + timedelta(days=1)).date().isoformat()
        for start, end in (("10:00", "12:30"), ("14:00", "16:30")):
            await do(KARIM, AddWindow(tomorrow, start, end))
    if not tables:
        await do(KARIM, CreateSpot("Meeting tables 会面桌", SpotKind.PHYSICAL, meetings=4, seats=4))
    for email, profile in PROFILES.items():
        await do(email, profile)
    chance = random.Random(20)
    sciences = ["2.2", "2.3", "2.4", "2.5", "2.7", "1.2", "3.2", "4.1"]
    for email in GUESTS:
        profile = m.SetMatchProfile(
            True,
            chance.choice(list(R)),
            chance.sample(list(R), 2),
            chance.sample(sciences, 2),
            ["en", chance.choice(["zh", "de", "es", "sv"])],
            chance.choice(["CN", "SE", "DE", "ES", "FR", "VN"]),
            [chance.choice(["CN", "SE", "DE"])],
            chance.sample(TAGS, 2),
            chance.sample(TAGS, 1),
        )
        await do(email, profile)
    everyone = [email for email in (*PROFILES, *GUESTS) if email in people]
    for email in everyone:
        others = [other for other in everyone if other != email]
        for other in chance.sample(others, min(3 if email in PROFILES else 5, len(others))):
            await do(email, m.SetWish(people[other], chance.choice([WishKind.MUST, WishKind.MEET, WishKind.MEET])))
