"""The programme of the demonstration conference, in English and Chinese. Its people are invented.

Times are minutes from the start of the main forum session, which began a quarter of an hour before the demonstration was created.
"""

from typing import NamedTuple

TITLE = "20th Conference on International Exchange of Professionals"
TITLE_ZH = "第二十届中国国际人才交流大会"
TAGLINE = "Talent, innovation and cooperation, in one place and open to the world"
TAGLINE_ZH = "汇聚人才、创新与合作，面向世界"
DESCRIPTION = (
    "Three days online: an opening for everybody, the Shenzhen Forum with simultaneous sessions, a virtual exhibition hall, "
    "project cooperation and online recruitment. Ask the speakers, vote for the questions of others, and meet people from many countries."
)
DESCRIPTION_ZH = (
    "为期三天的线上大会：面向所有人的开幕式、多场同时进行的深圳论坛、云展厅、项目合作与在线招聘。"
    "向嘉宾提问，为他人的问题投票，结识来自各国的人才。"
)


class DemoTrack(NamedTuple):
    name: str
    name_zh: str
    colour: str


class Speaker(NamedTuple):
    key: str
    name: str
    affiliation: str
    biography: str


class DemoSession(NamedTuple):
    title: str
    title_zh: str
    abstract: str
    abstract_zh: str
    track: str
    place: str
    start: int
    minutes: int
    language: str
    speakers: tuple[str, ...]


PLENARY, FORUM, INDUSTRY, SCIENCE, CAREERS = (
    "Plenary",
    "Shenzhen Forum",
    "Innovation and Industry",
    "Science and Health",
    "Talent and Careers",
)

TRACKS = (
    DemoTrack(PLENARY, "全体会议", "#9a3412"),
    DemoTrack(FORUM, "深圳论坛", "#1d4ed8"),
    DemoTrack(INDUSTRY, "创新与产业", "#047857"),
    DemoTrack(SCIENCE, "科学与健康", "#7e22ce"),
    DemoTrack(CAREERS, "人才与职业", "#b45309"),
)

SPEAKERS = (
    Speaker(
        "lin",
        "Lin Yuehua 林月华",
        "Institute for Talent Policy, Shenzhen",
        "Studies how cities attract, keep and learn from people who move.",
    ),
    Speaker(
        "okafor",
        "Ngozi Okafor",
        "Pan-African Research Network",
        "Connects laboratories in fourteen countries and moderates between their funders.",
    ),
    Speaker(
        "meyer",
        "Jonas Meyer",
        "Technical University, Rhine Campus",
        "Works on recognising qualifications across borders.",
    ),
    Speaker(
        "chen",
        "Chen Haoran 陈浩然",
        "Bay Area Innovation Alliance",
        "Builds shared laboratories for young companies in the Greater Bay Area.",
    ),
    Speaker(
        "silva", "Mariana Silva", "Open Science Lisbon", "Campaigns for research data that anybody may build upon."
    ),
    Speaker(
        "tanaka",
        "Tanaka Aiko 田中愛子",
        "Robotics for Care, Osaka",
        "Engineers robots together with the nurses who use them.",
    ),
    Speaker("haddad", "Leila Haddad", "Mediterranean Water Initiative", "A hydrologist who turned to negotiation."),
    Speaker(
        "zhao", "Zhao Min 赵敏", "South China Biomedical Park", "Leads a hospital network's translational research."
    ),
    Speaker(
        "novak",
        "Petr Novák",
        "Central Europe Semiconductor Cluster",
        "Trains engineers for plants that do not exist yet.",
    ),
    Speaker(
        "rao", "Anjali Rao", "Global Careers Observatory", "Measures what happens to people five years after they move."
    ),
    Speaker(
        "wu",
        "Wu Jianing 吴嘉宁",
        "Youth Founders' Association",
        "Founded two companies, closed one, and teaches about both.",
    ),
    Speaker(
        "garcia", "Elena García", "Latin American Energy Storage Hub", "Builds batteries for places without a grid."
    ),
)

MAIN = "Accelerating the Construction of Talent Centers and Innovation Hubs of Global Importance"

SESSIONS = (
    DemoSession(
        "Opening ceremony",
        "开幕式",
        "Welcome by the hosts and greetings from partner cities on four continents.",
        "主办方致辞，来自四大洲伙伴城市的问候。",
        PLENARY,
        "Main Hall",
        -150,
        60,
        "zh",
        ("lin", "okafor"),
    ),
    DemoSession(
        "Keynotes: what moves people, and what makes them stay",
        "主旨演讲：人才为何流动，又为何留下",
        "Two keynotes on twenty years of exchange, followed by questions from the audience.",
        "两场主旨演讲，回顾二十年人才交流，并回答听众提问。",
        PLENARY,
        "Main Hall",
        -80,
        60,
        "en",
        ("rao", "lin"),
    ),
    DemoSession(
        MAIN,
        "加快建设世界重要人才中心和创新高地",
        "How do cities become places where talent from everywhere wants to work, and where what it finds is used? Four speakers from research, "
        "industry and policy compare what has worked, what has failed, and what it cost. Half of the time belongs to your questions.",
        "城市如何成为各地人才向往之地，又如何让成果落地？来自科研、产业与政策领域的四位嘉宾将比较成功与失败的经验及其代价。一半时间留给您的提问。",
        FORUM,
        "Main Hall",
        0,
        90,
        "en",
        ("lin", "okafor", "meyer", "chen"),
    ),
    DemoSession(
        "Robots that nurses asked for",
        "护士想要的机器人",
        "Designing with the people who will use it: three hospitals, two years, one robot that is still in service.",
        "与使用者共同设计：三家医院、两年时间，以及一台仍在服役的机器人。",
        SCIENCE,
        "Hall B",
        5,
        60,
        "en",
        ("tanaka", "zhao"),
    ),
    DemoSession(
        "Engineers for plants that do not exist yet",
        "为尚未建成的工厂培养工程师",
        "Training for semiconductors when the factory opens in three years.",
        "当工厂三年后才开工时，如何培养半导体人才。",
        INDUSTRY,
        "Hall C",
        10,
        60,
        "en",
        ("novak", "chen"),
    ),
    DemoSession(
        "Your degree, there and here",
        "学历与职业资格的跨国认可",
        "Recognition of qualifications: a clinic with cases from the audience.",
        "资格认可门诊：现场解答听众的实际问题。",
        CAREERS,
        "Hall D",
        15,
        75,
        "en",
        ("meyer", "rao"),
    ),
    DemoSession(
        "Open data, closed doors?",
        "开放数据，关闭的大门？",
        "Sharing research data across borders when the rules differ on each side.",
        "当各国规则不同，如何跨境共享科研数据。",
        SCIENCE,
        "Hall B",
        80,
        60,
        "en",
        ("silva", "okafor"),
    ),
    DemoSession(
        "From laboratory to market in the Greater Bay Area",
        "粤港澳大湾区：从实验室到市场",
        "Shared laboratories, patient money and impatient founders.",
        "共享实验室、耐心资本与心急的创业者。",
        INDUSTRY,
        "Hall C",
        85,
        60,
        "zh",
        ("chen", "wu"),
    ),
    DemoSession(
        "Founding abroad: a round table of those who did",
        "在海外创业：亲历者圆桌会",
        "Visas, languages, banks, friends: what nobody explained.",
        "签证、语言、银行与朋友：没有人告诉过他们的事。",
        CAREERS,
        "Hall D",
        100,
        60,
        "zh",
        ("wu", "garcia"),
    ),
    DemoSession(
        "Water knows no borders",
        "水无国界",
        "Negotiating a shared river with models that all sides trust.",
        "以各方信任的模型协商共享河流。",
        FORUM,
        "Main Hall",
        120,
        60,
        "en",
        ("haddad", "okafor"),
    ),
    DemoSession(
        "Evening reception: meet ten people you did not know",
        "晚间交流会：认识十位新朋友",
        "Short conversations, one after the other.",
        "一对一短时交流，轮流进行。",
        CAREERS,
        "Hall D",
        200,
        60,
        "en",
        ("rao",),
    ),
    DemoSession(
        "Cities as campuses",
        "以城市为校园",
        "Universities without walls in Shenzhen, Lisbon and Lagos.",
        "深圳、里斯本与拉各斯的无墙大学。",
        FORUM,
        "Main Hall",
        1440,
        75,
        "en",
        ("lin", "silva", "okafor"),
    ),
    DemoSession(
        "Trials across borders",
        "跨国临床试验",
        "What a network of hospitals needs before a patient in another country can take part.",
        "让另一国的患者参与试验之前，医院网络需要准备什么。",
        SCIENCE,
        "Hall B",
        1445,
        60,
        "zh",
        ("zhao", "tanaka"),
    ),
    DemoSession(
        "Storing energy where there is no grid",
        "在没有电网的地方储能",
        "Batteries, training and repair in three countries.",
        "三个国家的电池、培训与维修。",
        INDUSTRY,
        "Hall C",
        1450,
        60,
        "en",
        ("garcia", "novak"),
    ),
    DemoSession(
        "Project cooperation: ten offers in sixty minutes",
        "项目合作：六十分钟十个项目",
        "Institutions present what they have and what they seek; meetings follow.",
        "各机构介绍所供与所需，随后安排洽谈。",
        INDUSTRY,
        "Hall C",
        1530,
        60,
        "en",
        ("chen", "garcia"),
    ),
    DemoSession(
        "Ask a recruiter anything",
        "有问必答：面对面招聘官",
        "Online recruitment explained by those who do it.",
        "由招聘官亲自讲解在线招聘。",
        CAREERS,
        "Hall D",
        1530,
        60,
        "zh",
        ("rao", "wu"),
    ),
    DemoSession(
        "Five years later",
        "五年之后",
        "A study of two thousand people who moved, and what their hosts learned.",
        "对两千名流动人才的追踪研究，以及接收方的收获。",
        FORUM,
        "Main Hall",
        1560,
        60,
        "en",
        ("rao", "meyer"),
    ),
    DemoSession(
        "Closing: what we take home",
        "闭幕式：我们带走了什么",
        "Each track reports in five minutes; then the invitation to next year.",
        "各专场五分钟汇报，并发出明年的邀请。",
        PLENARY,
        "Main Hall",
        1680,
        60,
        "en",
        ("lin", "okafor"),
    ),
)


class Ask(NamedTuple):
    """`fate`: pending, approved, pinned, answering, answered or dismissed."""

    who: int
    text: str
    votes: int
    fate: str
    anonymous: bool = False
    labels: tuple[str, ...] = ()


QUESTIONS = (
    Ask(0, "Which single measure has kept most people from leaving again after two or three years?", 31, "answering"),
    Ask(1, "大湾区的共享实验室对外国初创企业开放吗？申请需要多长时间？", 27, "pinned", labels=("Bay Area",)),
    Ask(
        2,
        "How do you stop a talent programme from becoming a competition between neighbouring cities for the same hundred people?",
        22,
        "approved",
    ),
    Ask(3, "What did your programmes cost per person who stayed, and who pays?", 19, "approved", labels=("money",)),
    Ask(
        4, "家属的教育和医疗问题往往决定人才去留，各位嘉宾所在城市是怎么解决的？", 17, "approved", labels=("families",)
    ),
    Ask(5, "Are remote contributors counted as talent attracted, or only people who move?", 9, "approved"),
    Ask(6, "Could qualification recognition be shared between cities, so that it is done once?", 12, "answered"),
    Ask(
        7,
        "I was rejected by two such programmes because of my age. Are age limits still justified?",
        8,
        "pending",
        anonymous=True,
    ),
    Ask(
        8,
        "Are the shared labs in the Greater Bay Area open to start-ups from abroad?",
        3,
        "pending",
        labels=("Bay Area",),
    ),
    Ask(9, "外国初创公司可以使用大湾区的共享实验室吗？", 2, "pending"),
    Ask(10, "What happens to the data of applicants who are turned down?", 1, "pending"),
    Ask(11, "Will the slides be available afterwards, in both languages?", 4, "pending"),
    Ask(12, "请问有没有针对青年科研人员的短期交流项目？", 1, "pending"),
    Ask(13, "first!!!", 0, "dismissed"),
)

POLL = (
    "What would make you stay in a city for ten years?",
    ("Work that matters", "Schools and care", "Housing", "Friends"),
)
POLLED = 36
"""How many attendees have answered when the demonstration begins."""

CHAT = (
    (14, "Good morning from Lagos!"),
    (15, "深圳的朋友们下午好！"),
    (16, "Guten Morgen aus Köln. Sound is perfect."),
    (17, "Bom dia, Lisboa está aqui 👋"),
    (18, "第一次参加线上大会，很期待。"),
    (19, "The point about families is exactly why my team moved twice."),
    (20, "同意，孩子上学是最大的问题。"),
    (21, "Is there a reading list for the study that was just mentioned?"),
    (22, "It is linked on the session page of “Five years later”, tomorrow afternoon."),
    (23, "谢谢！"),
    (24, "Greetings from Osaka 大阪よりこんにちは"),
    (25, "Vote for the question on cost, please, it is the one nobody ever answers."),
)

FIRST_NAMES = (
    "Amina",
    "Bao",
    "Carlos",
    "Dewi",
    "Emeka",
    "Farah",
    "Goran",
    "Hana",
    "Ivo",
    "Jia",
    "Kwame",
    "Lucía",
    "Mei",
    "Nadia",
    "Omar",
    "Priya",
    "Qing",
    "Rosa",
    "Sven",
    "Thu",
)
LAST_NAMES = (
    "Adeyemi",
    "Chan",
    "Díaz",
    "Hartono",
    "Ito",
    "Kowalski",
    "Li",
    "Mbeki",
    "Novotná",
    "Petrov",
    "Sato",
    "Wang",
)
