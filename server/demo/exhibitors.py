# ruff: noqa: E501 - one exhibitor a line
"""The exhibitors of the demonstration conference, in English and Chinese. All of them are invented."""

from typing import NamedTuple


class DemoHall(NamedTuple):
    name: str
    name_zh: str


class Exhibitor(NamedTuple):
    """`tier`: 1 partner, 2 sponsor, 3 exhibitor."""

    name: str
    name_zh: str
    hall: int
    tier: int
    country: str
    field: str
    languages: tuple[str, ...]
    tagline: str
    tagline_zh: str


HALLS = (
    DemoHall("Talent and Universities", "人才与高校馆"),
    DemoHall("Innovation and Industry", "创新与产业馆"),
    DemoHall("Cities and Services", "城市与服务馆"),
)

ENERGY, HEALTH, LEARNING, MACHINES, CITIES, DIGITAL, FOOD = (
    "Clean energy",
    "Health",
    "Education",
    "Advanced manufacturing",
    "City services",
    "Digital technology",
    "Food and farming",
)

EXHIBITORS = (
    Exhibitor("Nanshan Institute of Technology", "南山理工学院", 0, 1, "CN", LEARNING, ("zh", "en"), "Four hundred open posts for researchers", "四百个科研岗位虚位以待"),
    Exhibitor("Uppsala Open University", "乌普萨拉开放大学", 0, 2, "SE", LEARNING, ("en", "sv"), "Doctoral schools with a home in two countries", "两国共建的博士学院"),
    Exhibitor("Pearl River Postdoctoral Centre", "珠江博士后中心", 0, 2, "CN", LEARNING, ("zh", "en"), "From application to laboratory in eight weeks", "八周从申请走进实验室"),
    Exhibitor("Kaunas Laser School", "考纳斯激光学院", 0, 3, "LT", LEARNING, ("en", "lt"), "Summer schools in photonics", "光子学暑期学校"),
    Exhibitor("Andes Scholars Network", "安第斯学者网络", 0, 3, "CL", LEARNING, ("es", "en"), "Fellowships across the Pacific", "跨越太平洋的奖学金"),
    Exhibitor("Returning Minds", "归来计划", 0, 3, "CN", LEARNING, ("zh", "en"), "Advice for families who come back", "为归国家庭提供咨询"),
    Exhibitor("Lingua Bridge", "语桥", 0, 3, "PT", LEARNING, ("pt", "en", "zh"), "Languages for scientists", "面向科研人员的语言课程"),
    Exhibitor("Cape Town Data School", "开普敦数据学院", 0, 3, "ZA", DIGITAL, ("en",), "Data science in twelve months", "十二个月学会数据科学"),
    Exhibitor("Bay Area Robotics", "湾区机器人", 1, 1, "CN", MACHINES, ("zh", "en"), "Arms that learn by being shown", "看一遍就会的机械臂"),
    Exhibitor("Lumen Nordic", "北光能源", 1, 2, "NO", ENERGY, ("en", "no"), "Storage for wind that never rests", "为不息之风储能"),
    Exhibitor("Helios Membranes", "赫利俄斯膜材料", 1, 2, "ES", ENERGY, ("es", "en"), "Hydrogen from seawater", "海水制氢"),
    Exhibitor("Silver Crane Diagnostics", "银鹤诊断", 1, 3, "CN", HEALTH, ("zh", "en"), "A blood test in nine minutes", "九分钟完成血液检测"),
    Exhibitor("Quiet Ward", "静音病房", 1, 3, "DK", HEALTH, ("en", "da"), "Hospitals in which one can sleep", "让病人睡得着的医院"),
    Exhibitor("Mistral Composites", "密史脱拉复合材料", 1, 3, "FR", MACHINES, ("fr", "en"), "Lighter blades, made by robots", "机器人制造的轻质叶片"),
    Exhibitor("Terrace Farms", "梯田农业", 1, 3, "VN", FOOD, ("vi", "en"), "Rice that needs half the water", "省水一半的稻米"),
    Exhibitor("Open Lattice", "开格软件", 1, 3, "DE", DIGITAL, ("de", "en"), "Free software for laboratories", "实验室自由软件"),
    Exhibitor("City of Shenzhen Talent Office", "深圳人才服务办公室", 2, 1, "CN", CITIES, ("zh", "en"), "One desk for permits, schools and homes", "签证、入学、安居一站办理"),
    Exhibitor("Port of Gdynia", "格丁尼亚港", 2, 2, "PL", CITIES, ("pl", "en"), "Room for your plant beside the sea", "海边的建厂空间"),
    Exhibitor("Metro Sofia Lab", "索非亚地铁实验室", 2, 3, "BG", CITIES, ("bg", "en"), "Timetables that heal themselves", "会自我修复的时刻表"),
    Exhibitor("Wuhan Incubator Nine", "武汉九号孵化器", 2, 2, "CN", CITIES, ("zh",), "Benches, mentors and first customers", "工位、导师与第一批客户"),
    Exhibitor("Harbour Clinic", "海港诊所", 2, 3, "SG", HEALTH, ("en", "zh", "ms"), "Care for newcomers in their language", "用您的母语看病"),
    Exhibitor("Green Roof Works", "绿顶工坊", 2, 3, "NL", CITIES, ("nl", "en"), "Gardens that cool a street", "为街道降温的屋顶花园"),
    Exhibitor("Baobab Payments", "猴面包树支付", 2, 3, "KE", DIGITAL, ("en", "sw"), "Small sums over great distances", "小额也能汇万里"),
    Exhibitor("Second Home Relocation", "第二故乡安居", 2, 3, "CN", CITIES, ("zh", "en", "ja"), "Your first month, arranged", "安排好您的第一个月"),
)  # fmt: skip
ABOUT = (
    "Come to our booth and talk to us: we show what we do, answer questions, and tell you honestly what we are looking for. "
    "Join the queue and go on with your visit; we call you when it is your turn."
)
ABOUT_ZH = "欢迎来到我们的展位交流：我们介绍正在做的事，回答您的问题，也坦诚说明我们在寻找什么。加入排队后您可以继续参观，轮到您时我们会呼叫您。"
