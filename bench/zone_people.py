"""People for bench/zones.py: members of its organisations, with profiles for matchmaking, times for meetings, and appointments."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.sciences import SCIENCES
from rooms.core.ids import new_id
from rooms.core.store.tables import persons
from rooms.matchmaking.messages import MatchRole
from rooms.matchmaking.scoring import words_of
from rooms.matchmaking.tables import match_keys, match_profiles, wishes
from rooms.meetings.bookings.tables import absences, meeting_windows
from rooms.organisations.tables import organisation_members, organisations

AT = datetime(2026, 11, 20, tzinfo=UTC)
FIRST_DAY = datetime(2026, 11, 21, 1, tzinfo=UTC)
THEMES = """hydrogen storage|battery recycling|seawater membranes|laser imaging|robot grippers|rice drought resistance|vaccine cold chain|protein design|
catalyst screening|carbon fibre|wind turbine blades|grid balancing|quantum sensors|photonic chips|blood diagnostics|quiet wards|city traffic data|
privacy engineering|language learning|open laboratory software|satellite images of forests|coral monitoring|cement without carbon|textile sorting|
food safety tests|elderly care|insulin pumps|cancer screening|
储氢技术|电池回收|海水淡化膜|激光成像|机器人抓手|抗旱水稻|疫苗冷链|蛋白质设计|碳纤维材料|量子传感器|光子芯片|血液检测|城市交通数据|
养老服务|食品安全检测|癌症筛查|人才交流""".replace("\n", "").split("|")
QUALIFIED = [
    "",
    "pilot plant for ",
    "licences for ",
    "partners for ",
    "funding for ",
    "clinical trials of ",
    "training in ",
]
LANGUAGES = ["en", "zh", "de", "es", "fr", "sv", "pt", "ja"]
HOMES = ["CN", "DE", "SE", "FR", "ES", "BR", "JP", "US", "IN", "VN"]
NAMES = ["Lin 林", "Wei 魏", "Chen 陈", "Sofia", "Karim", "Tomás", "Aiko", "Lena", "Omar", "Mei 梅"]


async def fill_people(connection: AsyncConnection, conference: str, chance: random.Random, number: int) -> list[str]:
    """Returns their ids. Windows for meetings open 40 slots on two days."""
    for day in range(2):
        for start in (0, 5):
            starts = FIRST_DAY + timedelta(days=day, hours=start)
            window = {"id": new_id(), "conference": conference, "starts_at": starts}
            await connection.execute(meeting_windows.insert().values(**window, ends_at=starts + timedelta(minutes=250)))
    o = organisations.c
    firms = list((await connection.execute(sa.select(o.id).where(o.conference == conference).order_by(o.id))).scalars())
    roles = [role.value for role in MatchRole]
    rows: dict[sa.Table, list[dict[str, Any]]] = {
        table: [] for table in (persons, organisation_members, match_profiles, match_keys, absences, wishes)
    }
    ids = [new_id() for _ in range(number)]
    for at, id in enumerate(ids):
        rows[persons].append(
            {
                "id": id,
                "name": f"{chance.choice(NAMES)} {at}",
                "email": f"p{at}@people.example",
                "kind": "registered",
                "verified_at": AT,
                "admin": False,
                "listed": True,
                "relay_only": False,
                "calendar_key": new_id(),
                "created_at": AT,
            }
        )
        here = {"conference": conference, "person": id}
        offers = [chance.choice(QUALIFIED) + chance.choice(THEMES) for _ in range(chance.randint(0, 3))]
        needs = [chance.choice(QUALIFIED) + chance.choice(THEMES) for _ in range(chance.randint(0, 3))]
        role = chance.choice(roles)
        profile = {"found": True, "role": role, "home": chance.choice(HOMES), "offers": offers, "needs": needs}
        rows[match_profiles].append({**here, **profile, "alone": False, "most": None, "changed_at": AT})
        keys = {
            "role": {role},
            "wants": set(chance.sample(roles, chance.randint(0, 3))),
            "science": set(chance.sample(list(SCIENCES), chance.randint(1, 4))),
            "language": {"en", *chance.sample(LANGUAGES, 1)},
            "country": set(chance.sample(HOMES, chance.randint(0, 3))),
            "offer": {word for tag in offers for word in words_of(tag)},
            "need": {word for tag in needs for word in words_of(tag)},
        }
        rows[match_keys] += [{**here, "kind": kind, "value": each} for kind, values in keys.items() for each in values]
        if firms and chance.random() < 0.6:
            firm = chance.choice(firms)
            rows[organisation_members].append({"organisation": firm, "person": id, "role": "member", "added_at": AT})
        busy = chance.sample(range(40), 8)
        for slot in busy:
            starts = FIRST_DAY + timedelta(days=slot // 20, hours=5 * (slot // 10 % 2), minutes=25 * (slot % 10))
            rows[absences].append({**here, "starts_at": starts, "ends_at": starts + timedelta(minutes=20)})
        for other in chance.sample(ids, 10):
            if other != id:
                wish = chance.choice(["must", "meet", "meet", "no", "later"])
                rows[wishes].append({**here, "other": other, "wish": wish, "again": False, "at": AT})
    for table, values in rows.items():
        for at in range(0, len(values), 2000):
            await connection.execute(table.insert(), values[at : at + 2000])
    return ids
