"""Project cooperation in the demonstration: types, ideas for consortia, and entries of the invented exhibitors, in English and Chinese."""

from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from rooms.cooperation import messages as m
from rooms.cooperation.queries import is_open
from rooms.cooperation.type_messages import CreateType, TypeCreated
from rooms.core.commands.messages import Command
from rooms.core.engine import Engine, Outcome
from rooms.core.files.intake import Intake
from rooms.core.files.store import Store
from rooms.core.ids import new_id
from rooms.core.store.journal import room_of
from rooms.organisations import members
from rooms.organisations.messages import OrganisationRole
from rooms.organisations.tables import organisations
from rooms.people import accounts
from server.demo.ideas import DOCUMENT, REPORTED, add_report, present_ideas

ORGANISER = "organiser@demo.example"


class DemoEntry(NamedTuple):
    organisation: str
    side: m.EntrySide
    country: str
    title: str
    title_zh: str
    about: str
    about_zh: str
    values: dict[str, str]


OFFER, REQUEST = m.EntrySide.OFFER, m.EntrySide.REQUEST

FIELDS = [
    m.FieldView(
        "science", m.FieldKind.SCIENCE, "Field of science", required=True, texts={"zh_Hans": {"name": "学科领域"}}
    ),
    m.FieldView("maturity", m.FieldKind.MATURITY, "Readiness level", texts={"zh_Hans": {"name": "成熟度"}}),
    m.FieldView("budget", m.FieldKind.BUDGET, "Budget", texts={"zh_Hans": {"name": "预算"}}),
    m.FieldView(
        "form",
        m.FieldKind.CHOICE,
        "Form of cooperation",
        options=["Joint research", "Licence", "Pilot", "Investment"],
        texts={"zh_Hans": {"name": "合作形式"}},
        option_texts={
            "zh_Hans": {"Joint research": "联合研究", "Licence": "许可", "Pilot": "试点", "Investment": "投资"}
        },
    ),
]
TYPES = {
    OFFER: CreateType(OFFER, "Technology offer", [*FIELDS, DOCUMENT], {"zh_Hans": {"name": "技术供给"}}),
    REQUEST: CreateType(REQUEST, "Partner sought", FIELDS, {"zh_Hans": {"name": "寻求合作"}}),
}

ENTRIES = (
    DemoEntry(
        "Helios Membranes",
        OFFER,
        "ES",
        "Seawater electrolysis without fresh water",
        "无需淡水的海水电解",
        "A membrane that splits **seawater** directly. Tested for 4,000 hours at our pilot plant in Cádiz.",
        "一种可直接电解**海水**的膜材料，已在加的斯中试装置运行四千小时。",
        {"science": "2.5", "maturity": "6", "budget": "200000-800000 EUR", "form": "Pilot"},
    ),
    DemoEntry(
        "Lumen Nordic",
        REQUEST,
        "NO",
        "Cell makers for storage beside wind farms",
        "寻求风电场储能电芯制造伙伴",
        "We seek makers of sodium-ion cells for containers that stand beside wind farms in the Arctic.",
        "我们寻求钠离子电芯制造商，为北极风电场旁的储能集装箱供货。",
        {"science": "2.2", "maturity": "7", "budget": "1000000-5000000 EUR", "form": "Joint research"},
    ),
    DemoEntry(
        "Bay Area Robotics",
        OFFER,
        "CN",
        "Robot arms that learn by being shown",
        "看一遍就会的机械臂",
        "Our controller turns three demonstrations into a program. Licences for makers of machines.",
        "我们的控制器可将三次示教转化为程序，面向设备制造商授权。",
        {"science": "2.3", "maturity": "8", "budget": "500000 CNY", "form": "Licence"},
    ),
    DemoEntry(
        "Silver Crane Diagnostics",
        REQUEST,
        "CN",
        "Hospitals for a clinical trial of a blood test",
        "寻求血液检测临床试验医院",
        "Nine minutes, one drop of blood, twelve markers of inflammation. We seek five hospitals in Europe.",
        "九分钟、一滴血、十二项炎症指标。我们在欧洲寻求五家医院合作。",
        {"science": "3.2", "maturity": "5", "budget": "300000-600000 EUR", "form": "Joint research"},
    ),
    DemoEntry(
        "Terrace Farms",
        OFFER,
        "VN",
        "Rice that needs half the water",
        "省水一半的稻米",
        "Seeds and a schedule of irrigation that saved 48 % of the water on 900 hectares.",
        "种子与灌溉方案，在九百公顷稻田节水百分之四十八。",
        {"science": "4.1", "maturity": "9", "budget": "50000 USD", "form": "Licence"},
    ),
    DemoEntry(
        "Open Lattice",
        REQUEST,
        "DE",
        "Laboratories that test free software",
        "寻求试用自由软件的实验室",
        "We seek ten laboratories that keep their notebook with our software for a year, and tell us what is missing.",
        "我们寻求十家实验室，使用我们的软件做一年实验记录，并提出改进意见。",
        {"science": "1.2", "maturity": "7", "form": "Pilot"},
    ),
    DemoEntry(
        "Quiet Ward",
        OFFER,
        "DK",
        "Hospital rooms in which one can sleep",
        "让病人睡得着的病房",
        "Panels, alarms and floors that together lower a ward from 52 to 34 dB.",
        "隔音板、报警器与地板组合，将病房噪声从52分贝降至34分贝。",
        {"science": "3.3", "maturity": "8", "budget": "80000-120000 EUR", "form": "Pilot"},
    ),
    DemoEntry(
        "Mistral Composites",
        REQUEST,
        "FR",
        "Recycled carbon fibre for turbine blades",
        "寻求用于风机叶片的再生碳纤维",
        "We seek suppliers of recycled carbon fibre with a known history, 40 tonnes a year.",
        "我们寻求可溯源的再生碳纤维供应商，年需求四十吨。",
        {"science": "2.5", "maturity": "6", "budget": "900000 EUR", "form": "Investment"},
    ),
)


async def cooperate(engine: Engine, store: Store, conference: str) -> None:
    """Opens project cooperation with its entries, if it is not open yet."""
    async with engine.database.read() as connection:
        if await is_open(connection, conference):
            return
        account = await accounts.by_email(connection, ORGANISER)
        assert account is not None
        lobby = await room_of(connection, "lobby", conference)
        o = organisations.c
        rows = await connection.execute(sa.select(o.name, o.id).where(o.conference == conference))
        known = {row.name: row.id for row in rows}

    people = {"": account.id}
    async with engine.database.write() as connection:
        for number, each in enumerate(ENTRIES):
            answering = await accounts.by_email(connection, f"guest{number}@demo.example")
            assert answering is not None
            people[each.organisation] = answering.id
            owner = OrganisationRole.OWNER
            await members.add(connection, known[each.organisation], answering.id, owner, engine.clock())

    async def do(command: Command, organisation: str = "") -> Outcome:
        return await engine.perform(people[organisation], lobby, command, new_id())

    types = {
        side: msgspec.json.decode((await do(command)).reply, type=TypeCreated).type for side, command in TYPES.items()
    }
    for each in ENTRIES:
        texts = {"zh_Hans": {"title": each.title_zh, "about": each.about_zh}}
        said = {
            "title": each.title,
            "about": each.about,
            "texts": texts,
            "country": each.country,
            "values": each.values,
        }
        made = await do(m.CreateEntry(organisation=known[each.organisation], type=types[each.side], **said))
        entry = msgspec.json.decode(made.reply, type=m.EntryCreated).entry
        if each.organisation == REPORTED:
            await add_report(Intake(engine, store), account.id, lobby, entry)
        await do(m.SubmitEntry(entry))
        await do(m.ApproveEntry(entry))
    await present_ideas(lambda organisation, command: do(command, organisation), known)
