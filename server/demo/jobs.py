"""The jobs and candidates of the demonstration, in English and Chinese. All of them are invented."""

from typing import Any, NamedTuple

from rooms.recruitment.candidates.messages import EditProfile
from rooms.recruitment.jobs.messages import Contract, Degree, QuestionView, Workplace


class DemoJob(NamedTuple):
    organisation: str
    title: str
    title_zh: str
    about: str
    about_zh: str
    place: str
    place_zh: str
    said: dict[str, Any]


ROBOTICS = "Bay Area Robotics"
"""The employer of the recruiter who gets a link."""

JOBS = (
    DemoJob(
        ROBOTICS,
        "Controls engineer for robot arms",
        "机械臂控制工程师",
        "You teach our arms to do by themselves what they have been shown three times.\n\n- Motion planning in C++ and Python\n- "
        "A laboratory with eleven arms\n- A team of nine from six countries",
        "让机械臂看三遍就学会动作。\n\n- 使用 C++ 和 Python 进行运动规划\n- 配备十一台机械臂的实验室\n- 来自六个国家的九人团队",
        "Shenzhen",
        "深圳",
        {
            "country": "CN",
            "sciences": ["2.2", "1.2"],
            "languages": ["en"],
            "degree": Degree.MASTER,
            "visa": True,
            "years": 2,
        },
    ),
    DemoJob(
        ROBOTICS,
        "Field engineer, Europe",
        "欧洲现场工程师",
        "You install our arms at customers between Porto and Gdańsk, and tell us what they did not like.",
        "您将在波尔图至格但斯克之间为客户安装机械臂，并反馈他们的不满。",
        "Barcelona",
        "巴塞罗那",
        {
            "country": "ES",
            "sciences": ["2.3"],
            "languages": ["en", "es"],
            "degree": Degree.BACHELOR,
            "permit": True,
            "workplace": Workplace.HYBRID,
            "questions": [
                QuestionView(
                    "travel",
                    "Can you travel two weeks a month?",
                    texts={"zh_Hans": {"text": "每月能否出差两周？"}},
                )
            ],
        },
    ),
    DemoJob(
        "Uppsala Open University",
        "Doctoral student in electrochemistry",
        "电化学博士生",
        "Four years, funded, shared with a laboratory in Shenzhen. You make membranes, and find out why they fail.",
        "为期四年、有资助，与深圳的实验室联合培养。您将制备膜材料，并研究其失效原因。",
        "Uppsala",
        "乌普萨拉",
        {
            "country": "SE",
            "sciences": ["1.4", "2.5"],
            "languages": ["en"],
            "degree": Degree.MASTER,
            "visa": True,
            "contract": Contract.DOCTORAL,
        },
    ),
    DemoJob(
        "Pearl River Postdoctoral Centre",
        "Postdoctoral fellow in medical imaging",
        "医学影像博士后",
        "Two years with your own budget. From application to laboratory in eight weeks.",
        "两年聘期，独立经费，八周从申请走进实验室。",
        "Guangzhou",
        "广州",
        {
            "country": "CN",
            "sciences": ["2.6", "1.2"],
            "languages": ["en"],
            "degree": Degree.DOCTORATE,
            "visa": True,
            "contract": Contract.POSTDOC,
        },
    ),
    DemoJob(
        "Lumen Nordic",
        "Battery engineer for cold climates",
        "寒区电池工程师",
        "Our containers stand beside wind farms in the Arctic. You keep their cells warm enough to work, and cool enough to last.",
        "我们的储能集装箱位于北极风电场旁。您要让电芯既能在低温下工作，又能经久耐用。",
        "Tromsø",
        "特罗姆瑟",
        {"country": "NO", "sciences": ["2.2", "2.5"], "languages": ["en"], "degree": Degree.MASTER, "visa": True},
    ),
    DemoJob(
        "Helios Membranes",
        "Process engineer, seawater electrolysis",
        "海水电解工艺工程师",
        "You run our pilot plant in Cádiz, and bring it from four thousand hours to forty thousand.",
        "负责加的斯中试装置的运行，将寿命从四千小时提升到四万小时。",
        "Cádiz",
        "加的斯",
        {"country": "ES", "sciences": ["2.4"], "languages": ["en", "es"], "degree": Degree.BACHELOR, "years": 3},
    ),
    DemoJob(
        "Silver Crane Diagnostics",
        "Clinical trial manager",
        "临床试验经理",
        "Five hospitals in Europe, one drop of blood each. You write the protocol, and visit them all.",
        "欧洲五家医院，每次只需一滴血。您负责撰写方案并走访每家医院。",
        "Hangzhou",
        "杭州",
        {"country": "CN", "sciences": ["3.2"], "languages": ["en", "zh"], "degree": Degree.MASTER, "visa": True},
    ),
    DemoJob(
        "Open Lattice",
        "Maintainer of laboratory software",
        "实验室软件维护者",
        "Free software for notebooks of laboratories. You answer ten laboratories a week, and write what they need.",
        "面向实验室记录本的自由软件。您每周解答十家实验室的问题，并编写他们需要的功能。",
        "",
        "",
        {
            "country": "DE",
            "sciences": ["1.2"],
            "languages": ["en"],
            "workplace": Workplace.REMOTE,
            "contract": Contract.FIXED_TERM,
        },
    ),
    DemoJob(
        "Green Roof Works",
        "Internship: gardens that cool a street",
        "实习：为街道降温的屋顶花园",
        "Three months on roofs, with a thermometer. You need no degree, but no fear of heights.",
        "带着温度计在屋顶上工作三个月。不要求学历，但不能恐高。",
        "Rotterdam",
        "鹿特丹",
        {
            "country": "NL",
            "sciences": ["2.7"],
            "languages": ["en"],
            "contract": Contract.INTERNSHIP,
            "questions": [
                QuestionView(
                    "heights",
                    "Are you afraid of heights?",
                    expected=False,
                    texts={"zh_Hans": {"text": "您恐高吗？"}},
                )
            ],
        },
    ),
)

CANDIDATE = EditProfile(
    "Control engineer, likes machines that learn",
    "Master in Lagos and Delft, two years on a line that packs medicine. I would like to work where the robots are made.",
    ["https://amara.example/work"],
    ["en", "fr"],
    Degree.MASTER,
    ["2.2", "1.2"],
    "NL",
    ["NG", "NL"],
    3,
    invitable=True,
)
OTHERS = (
    EditProfile(
        "机械工程硕士，擅长机器人抓取",
        "三年柔性抓取研究经验，熟悉 ROS 与 C++，希望在深圳工作。",
        [],
        ["zh", "en"],
        Degree.MASTER,
        ["2.3", "2.2"],
        "CN",
        ["CN"],
        3,
        invitable=True,
    ),
    EditProfile(
        "Electrochemist with a patience for membranes",
        "Doctorate on degradation in alkaline electrolysers. Looks for a laboratory by the sea.",
        [],
        ["en", "es", "pt"],
        Degree.DOCTORATE,
        ["1.4", "2.4"],
        "PT",
        ["PT"],
        6,
        invitable=True,
    ),
    EditProfile(
        "Graduate in computer science",
        "Wrote a thesis about motion planning with two arms. First job.",
        [],
        ["en", "zh"],
        Degree.MASTER,
        ["1.2"],
        "CN",
        ["CN"],
        2,
    ),
)
"""Candidates from the audience. The first and the last have applied to the recruiter's employer."""
