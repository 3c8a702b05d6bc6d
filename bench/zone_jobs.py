"""Jobs for bench/zones.py, in English and Chinese."""

import random
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.sciences import SCIENCES
from rooms.core.ids import new_id
from rooms.core.store.faceted_search import FacetedQuery
from rooms.organisations.tables import organisations
from rooms.recruitment.jobs.messages import Contract, Degree, Workplace
from rooms.recruitment.jobs.search import list_job
from rooms.recruitment.tables import jobs

AT = datetime(2026, 11, 20, tzinfo=UTC)
COUNTRIES = ["CN", "DE", "SE", "NO", "FR", "ES", "VN", "ZA", "BR", "IN", "JP", "US", "GB", "NL"]
TITLES = [
    "Engineer",
    "Postdoc",
    "Doctoral student",
    "Data scientist",
    "Technician",
    "Project manager",
    "Analyst",
    "Lecturer",
    "Nurse",
    "Designer",
]
TITLES_ZH = ["工程师", "博士后", "博士研究生", "数据科学家", "技术员", "项目经理", "分析师", "讲师", "护士", "设计师"]
SUBJECTS = [
    "batteries",
    "membranes",
    "robotics",
    "imaging",
    "rice",
    "vaccines",
    "grids",
    "optics",
    "diagnostics",
    "water",
    "textiles",
    "forests",
]
SUBJECTS_ZH = ["电池", "膜材料", "机器人", "成像", "水稻", "疫苗", "电网", "光学", "诊断", "水处理", "纺织", "森林"]


async def fill_jobs(connection: AsyncConnection, conference: str, chance: random.Random, number: int) -> None:
    o = organisations.c
    select = sa.select(o.id).where(o.conference == conference).order_by(o.id)
    firms = list((await connection.execute(select)).scalars())
    for at in range(number):
        title, subject = chance.randrange(len(TITLES)), chance.randrange(len(SUBJECTS))
        words = " ".join(f"word{chance.randint(1, 20000)}" for _ in range(120))
        chinese = "".join(chr(chance.randint(0x4E00, 0x9000)) for _ in range(120))
        job = new_id()
        values = {
            "id": job,
            "conference": conference,
            "organisation": chance.choice(firms),
            "state": "published",
            "title": f"{TITLES[title]} for {SUBJECTS[subject]}",
            "about": f"Work on {SUBJECTS[subject]}. {words}",
            "texts": {"zh_Hans": {"title": SUBJECTS_ZH[subject] + TITLES_ZH[title], "about": chinese}},
            "country": chance.choice(COUNTRIES),
            "place": f"City {chance.randint(1, 80)}",
            "workplace": chance.choice([each.value for each in Workplace]),
            "contract": chance.choice([each.value for each in Contract]),
            "sciences": chance.sample(list(SCIENCES), chance.randint(1, 2)),
            "visa": chance.random() < 0.4,
            "degree": chance.choice(["", *(each.value for each in Degree)]),
            "languages": chance.sample(["en", "zh", "de", "fr", "es"], chance.randint(1, 2)),
            "questions": [],
            "days": 90,
            "created_at": AT,
            "published_at": AT + timedelta(seconds=at),
            "expires_at": AT + timedelta(days=90),
        }
        await connection.execute(jobs.insert().values(values))
        await list_job(connection, conference, job)


def job_query(chance: random.Random) -> FacetedQuery:
    """A search as people make them: a word or two in either language, often with a facet or two."""
    words = chance.choice(
        [
            "",
            chance.choice(SUBJECTS),
            chance.choice(TITLES).lower()[:6],
            chance.choice(SUBJECTS_ZH),
            chance.choice(TITLES_ZH),
        ]
    )
    facets = {"country": chance.choice(COUNTRIES)} if chance.random() < 0.4 else {}
    if chance.random() < 0.3:
        facets["visa"] = "yes"
    if chance.random() < 0.3:
        facets["science"] = chance.choice(list(SCIENCES))
    return FacetedQuery(words, facets)
