"""The zones at the size of a large conference, in English and Chinese: 1,000 organisations with 5,000 entries and 2,000 jobs, and
10,000 people.

    python -m bench.zones [--entries 5000] [--organisations 1000] [--jobs 2000] [--people 10000]
        [--searches 300] [--postgres]

A search is what the page does: the number of matches, the first page of them, and the counts of every facet. Suggestions are what one person sees: the
people who fit best, with the reasons. CPU is that of this process, and with --postgres also that of the database server (all its processes).
The automatic schedule has a benchmark of its own (bench/schedules.py).
"""

import argparse
import asyncio
import contextlib
import os
import random
import re
import resource
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

import rooms.slices  # noqa: F401
from bench.zone_jobs import fill_jobs, job_query
from bench.zone_people import fill_people
from rooms.cooperation import queries, search
from rooms.cooperation.fields import cleaned_values
from rooms.cooperation.messages import FieldKind, FieldView
from rooms.cooperation.publication import list_entry
from rooms.cooperation.sciences import SCIENCES
from rooms.cooperation.search import Query
from rooms.cooperation.tables import entries, entry_types
from rooms.core.ids import new_id
from rooms.core.store.database import Database, metadata
from rooms.matchmaking import queries as matchmaking
from rooms.matchmaking.suggestions import suggestions
from rooms.organisations.profile import create
from rooms.programme.actions import create_conference
from rooms.recruitment.jobs import search as jobs
from rooms.recruitment.jobs.queries import employers
from tests.support.postgres import running_postgres

NOW = datetime(2026, 11, 20, tzinfo=UTC)
COUNTRIES = [
    "CN",
    "DE",
    "SE",
    "NO",
    "FR",
    "ES",
    "PT",
    "PL",
    "LT",
    "VN",
    "ZA",
    "KE",
    "CL",
    "BR",
    "IN",
    "JP",
    "KR",
    "US",
    "GB",
    "NL",
]
WORDS = re.findall(
    r"\w+",
    """solar cells membrane hydrogen battery laser imaging robot arm sensor water purification rice drought vaccine protein catalyst polymer fibre turbine
    storage grid quantum photonics diagnosis ward nurse city traffic data privacy learning language school laboratory open software hardware chip antenna
    satellite ocean coral fishery forest soil carbon capture cement steel recycling textile food safety allergy ageing care insulin cancer screening""",
)
CHINESE = re.findall(
    r"\w+",
    """太阳能 电池 膜材料 氢能 激光 成像 机器人 传感器 水处理 稻米 抗旱 疫苗 蛋白质 催化剂 高分子 碳纤维 风机 储能 电网 量子 光子学 诊断 病房 护理 城市
    交通 数据 隐私 学习 语言 学校 实验室 开源 软件 芯片 天线 卫星 海洋 珊瑚 渔业 森林 土壤 碳捕集 水泥 钢铁 回收 纺织 食品安全 过敏 养老
    胰岛素 癌症 筛查 人才 交流""",
)
FIELDS = [
    FieldView("science", FieldKind.SCIENCE, "Field of science"),
    FieldView("stage", FieldKind.MATURITY, "Readiness"),
    FieldView("form", FieldKind.CHOICE, "Form", options=["Joint research", "Licence", "Pilot", "Investment"]),
    FieldView("budget", FieldKind.BUDGET, "Budget"),
]


async def fill(connection: AsyncConnection, random: random.Random, organisations: int, number: int) -> str:
    conference, _ = await create_conference(
        connection, slug="bench", title="Bench", zone="Asia/Shanghai", starts_on=NOW.date(), ends_on=NOW.date(), now=NOW
    )
    known = [
        await create(connection, conference, {"name": f"{random.choice(WORDS).title()} {at}"})
        for at in range(organisations)
    ]
    types: list[str] = []
    for position, (side, name) in enumerate((("offer", "Offer"), ("request", "Request"))):
        types.append(new_id())
        values = {"id": types[-1], "conference": conference, "side": side, "name": name, "texts": {}, "days": 180}
        fields = msgspec.to_builtins(FIELDS)
        await connection.execute(entry_types.insert().values(**values, fields=fields, position=position))
    for at in range(number):
        # An entry is about a few subjects. Its other words are its own, or too common to be searched for.
        subjects, subjects_zh = random.sample(WORDS, 4), random.sample(CHINESE, 4)
        about = " ".join(
            [*(random.choice(subjects) for _ in range(30)), *(f"word{random.randint(1, 20000)}" for _ in range(90))]
        )
        chinese = "".join(
            [
                *(random.choice(subjects_zh) for _ in range(30)),
                *(chr(random.randint(0x4E00, 0x9000)) for _ in range(90)),
            ]
        )
        texts = {"zh_Hans": {"title": "".join(subjects_zh), "about": chinese}}
        values: dict[str, Any] = {
            "id": new_id(),
            "conference": conference,
            "organisation": random.choice(known),
            "type": random.choice(types),
            "state": "published",
            "review": "none",
            "title": " ".join(subjects),
            "about": about,
            "texts": texts,
            "country": random.choice(COUNTRIES),
            "values": cleaned_values(
                FIELDS,
                {
                    "science": random.choice(list(SCIENCES)),
                    "stage": str(random.randint(1, 9)),
                    "form": random.choice(FIELDS[2].options),
                    "budget": f"{random.randint(1, 90)}0000 EUR",
                },
            ),
            "created_at": NOW,
            "published_at": NOW + timedelta(seconds=at),
            "expires_at": NOW + timedelta(days=180),
        }
        await connection.execute(entries.insert().values(values))
        await list_entry(connection, conference, values["id"])
    return conference


def wanted(random: random.Random) -> Query:
    """A search as people make them: a word or two in either language, often with a facet."""
    words = random.choice(
        [
            "",
            random.choice(WORDS)[: random.randint(3, 9)],
            " ".join(random.sample(WORDS, 2)),
            random.choice(CHINESE),
            random.choice(CHINESE)[:2],
        ]
    )
    facets = {"country": random.choice(COUNTRIES)} if random.random() < 0.3 else {}
    if random.random() < 0.3:
        facets["stage"] = str(random.randint(1, 9))
    return Query(words, facets, random.choice(["", "", "offer"]))


async def searched(database: Database, conference: str, query: Query) -> int:
    """What the page of the directory reads."""
    async with database.read() as connection:
        types = await queries.types(connection, conference, archived=True)
        total = await search.count(connection, conference, query)
        await search.page(connection, conference, query, 0)
        await search.facets(connection, conference, query, search.keys_of(types))
    return total


def server_cpu(pid: int | None) -> float:
    """Seconds of CPU of a process and its children, as Linux counts them."""
    if pid is None:
        return 0.0
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, _, rest = stat.read_text().rpartition(")")
            fields = rest.split()
            if int(fields[1]) == pid or int(name.split(" ", 1)[0]) == pid:
                ticks += sum(int(each) for each in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def database_of(postgres: bool) -> AsyncIterator[tuple[Database, int | None]]:
    with contextlib.ExitStack() as stack:
        if postgres:
            server = stack.enter_context(running_postgres())
            url, pid = server.url(await server.create_database()), server.pid
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url, pid = f"sqlite+aiosqlite:///{folder}/bench.sqlite", None
        database = Database(url)
        try:
            yield database, pid
        finally:
            await database.close()


async def measured(
    what: str, pid: int | None, number: int, work: Callable[[int], Awaitable[int]], *, warm: int = 20
) -> None:
    """Prints the CPU time of `work`, which is done `number` times and returns how much it found."""
    for at in range(warm):
        await work(at)
    own: list[float] = []
    found: list[int] = []
    before = server_cpu(pid)
    for at in range(number):
        began = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        found.append(await work(warm + at))
        own.append(1000 * (sum(resource.getrusage(resource.RUSAGE_SELF)[:2]) - began))
    database_ms = 1000 * (server_cpu(pid) - before) / number
    own.sort()
    p95 = own[int(len(own) * 0.95)]
    print(f"{number} × {what}, {statistics.median(found):.0f} found at the median; CPU:", end=" ")
    print(f"median {statistics.median(own):.1f} ms, p95 {p95:.1f} ms, longest {own[-1]:.1f} ms", end="")
    print(f"; the database server {database_ms:.1f} ms on average" if pid else "", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=5000)
    parser.add_argument("--organisations", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--searches", type=int, default=300)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    async with database_of(asked.postgres) as (database, pid):
        async with database.write(600) as connection:
            await connection.run_sync(metadata.create_all)
            began = time.process_time()
            conference = await fill(connection, random.Random(1), asked.organisations, asked.entries)
            await fill_jobs(connection, conference, random.Random(4), asked.jobs)
            people = await fill_people(connection, conference, random.Random(3), asked.people)
            print(f"filled: {time.process_time() - began:.1f} s of CPU")
        async with database.write(600) as connection:
            await connection.execute(sa.text("ANALYZE"))  # as autovacuum does within minutes
        chance = random.Random(2)

        async def search_once(_: int) -> int:
            return await searched(database, conference, wanted(chance))

        async def suggest_once(at: int) -> int:
            async with database.read() as connection:
                return len(await suggestions(connection, conference, people[at * 13 % len(people)], NOW))

        async def search_jobs(_: int) -> int:
            async with database.read() as connection:
                asked = job_query(chance)
                total = await jobs.count(connection, conference, asked)
                await jobs.page(connection, conference, asked, 0)
                await jobs.SEARCH.counts(connection, asked, jobs.shown(conference))
                await employers(connection, conference)
            return total

        async def search_people(_: int) -> int:
            words = chance.choice(["Lin", "林", "sof", "Omar 12", "77", "tomas"])
            async with database.read() as connection:
                return len(await matchmaking.search(connection, conference, people[0], words, NOW))

        await measured("searches of entries", pid, asked.searches, search_once)
        await measured("searches of jobs", pid, asked.searches, search_jobs)
        await measured("searches of people", pid, asked.searches, search_people)
        await measured("suggestions for one person", pid, asked.searches, suggest_once)


if __name__ == "__main__":
    asyncio.run(main())
