"""The consortium board of the demonstration, and a document for chosen readers."""

import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import msgspec

from rooms.cooperation import messages as m
from rooms.cooperation.documents import uploads
from rooms.cooperation.type_messages import CreateType, TypeCreated
from rooms.core.commands.messages import Command
from rooms.core.engine import Outcome
from rooms.core.files.intake import Intake
from server.demo import drawing

Perform = Callable[[str, Command], Awaitable[Outcome]]
"""(organisation in whose name, "" for the organisers; command)"""


class DemoIdea(NamedTuple):
    """`partners`: key of a role → the organisations that have joined."""

    organisation: str
    country: str
    title: str
    title_zh: str
    about: str
    about_zh: str
    roles: list[m.RoleSought]
    partners: dict[str, tuple[str, ...]]


def _role(key: str, name: str, name_zh: str, *countries: str, number: int = 1) -> m.RoleSought:
    return m.RoleSought(name, key, {"zh_Hans": {"name": name_zh}}, list(countries), number)


TYPE = CreateType(m.EntrySide.IDEA, "Idea for a consortium", texts={"zh_Hans": {"name": "联合体构想"}})

IDEAS = (
    DemoIdea(
        "Lumen Nordic",
        "NO",
        "Storage that outlives the wind farm",
        "比风电场更长寿的储能",
        "A container of sodium-ion cells that works for **30 years** at −35 °C. We have the site and the power electronics, and apply for funding in March.",
        "在零下三十五度工作**三十年**的钠离子储能集装箱。我们已有场地和电力电子设备，计划三月申请资助。",
        [
            _role("cells", "Maker of sodium-ion cells", "钠离子电芯制造商", "CN", "DE"),
            _role("farms", "Operator of a wind farm", "风电场运营商", "NO", "SE", "DK", number=2),
            _role("data", "Analysis of the measurements", "测量数据分析"),
        ],
        {"data": ("Open Lattice",)},
    ),
    DemoIdea(
        "Silver Crane Diagnostics",
        "CN",
        "One blood test for twelve inflammations",
        "一次血检，十二项炎症指标",
        "A clinical trial in five hospitals on two continents. The protocol is written; an ethics board in Guangzhou has approved it.",
        "在两大洲五家医院开展的临床试验。方案已完成，并通过广州伦理委员会审查。",
        [
            _role("hospitals", "Hospital that enrols patients", "招募患者的医院", "DK", "ES", "PT", number=3),
            _role("statistics", "Statistics of the trial", "试验统计", "ZA", "SE"),
        ],
        {"hospitals": ("Quiet Ward",)},
    ),
    DemoIdea(
        "Terrace Farms",
        "VN",
        "Rice terraces that measure their own water",
        "会自己测水的梯田",
        "Cheap sensors, open data and seeds that need half the water, on 900 hectares in three countries.",
        "低成本传感器、开放数据与节水一半的种子，覆盖三国九百公顷梯田。",
        [
            _role("sensors", "Maker of soil sensors", "土壤传感器制造商", "CN", "LT"),
            _role("growers", "Cooperative of growers", "种植户合作社", "CN", "VN", number=2),
        ],
        {},
    ),
)

DOCUMENT = m.FieldView("report", m.FieldKind.FILE, "Test report", texts={"zh_Hans": {"name": "测试报告"}})
REPORTED = "Helios Membranes"
"""The organisation that shares its report with chosen readers alone."""
REPORT = (
    "Four thousand hours at the pilot plant in Cádiz: voltage, purity and wear of the membrane, week by week. "
    "For partners who consider a pilot of their own."
)


async def present_ideas(perform: Perform, known: dict[str, str]) -> None:
    """Publishes the ideas, and lets their partners join. `known`: organisations by name."""
    type = msgspec.json.decode((await perform("", TYPE)).reply, type=TypeCreated).type
    for each in IDEAS:
        texts = {"zh_Hans": {"title": each.title_zh, "about": each.about_zh}}
        said = {"title": each.title, "about": each.about, "texts": texts, "country": each.country}
        create = m.CreateEntry(organisation=known[each.organisation], type=type, roles=each.roles, **said)
        entry = msgspec.json.decode((await perform("", create)).reply, type=m.EntryCreated).entry
        for command in (m.SubmitEntry(entry), m.ApproveEntry(entry)):
            await perform("", command)
        for role, joined in each.partners.items():
            for name in joined:
                asked = m.ShowInterest(entry, "We would like to join you.", known[name], role)
                interest = msgspec.json.decode((await perform(name, asked)).reply, type=m.InterestShown).interest
                await perform("", m.AcceptInterest(interest))


async def add_report(intake: Intake, person: str, lobby: str, entry: str) -> None:
    """Adds a document to an entry's draft, for chosen readers alone."""
    drawn = drawing.brochure(18, REPORTED, "Test report", textwrap.wrap(REPORT, 78))

    async def pieces() -> AsyncIterator[bytes]:
        yield drawn

    title = "Test report of the pilot plant"
    await uploads.take(intake, person, lobby, entry, pieces(), field=DOCUMENT.key, gated=True, title=title)
