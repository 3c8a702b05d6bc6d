"""What a simulated audience says: names, chat lines, and questions of a conference on talent and innovation, in the languages of its guests.

Each topic is asked in several ways, as audiences do: the near-duplicates are there to be merged.
"""

import random

MARK = "(demo)"
"""Ends the name of everybody who is simulated, so that nobody mistakes them for people."""


def _each(names: str) -> list[str]:
    return names.split()


FIRST = _each(
    "Amina Björn Carla Dmitri Elena Farid Grace Hiroshi Ingrid Jamal Keiko Liam Maria Nadia Oluwaseun Priya Quentin "
    "Rosa Samuel Tomás Ulrike Viktor Wanjiru Xenia Yusuf Zoë"
)
LAST = _each(
    "Adeyemi Bauer Costa Dubois Eriksson Fernández Gupta Hansen Ito Jansen Kowalski Lindqvist Martin Novak Okafor "
    "Petrov Rossi Silva Tanaka Usman Visser Weber Yamada Zhou"
)
SURNAMES = _each("王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗")
GIVEN = _each("伟 静 敏 磊 洋 艳 勇 杰 丽娟 明轩 思远 雨桐 子涵 欣怡 浩然 佳宁 晓东 文博 嘉怡 志强")

TOPICS: tuple[tuple[str, ...], ...] = (
    (
        "How long does a work permit for a foreign expert take in Shenzhen now?",
        "What is the current processing time for foreign experts' work permits?",
        "How many weeks does it take to get the talent visa (R visa) today?",
        "外国专家来华工作许可现在需要多长时间？",
        "请问R字签证目前的办理周期是多久？",
        "Combien de temps faut-il aujourd'hui pour obtenir un permis de travail d'expert ?",
    ),
    (
        "Will start-up founders without a doctorate qualify for the talent programmes?",
        "Do I need a PhD to apply for the talent programme as a founder?",
        "没有博士学位的创业者可以申请人才计划吗？",
        "人才计划对创业者的学历有硬性要求吗？",
        "Können sich Gründer ohne Doktortitel für die Programme bewerben?",
    ),
    (
        "What support is there for the families of people who move here — schools, jobs for partners?",
        "Is there help with international schools for the children of incoming researchers?",
        "How do you help the partners of foreign researchers to find work?",
        "引进人才的子女入学和配偶就业有什么支持政策？",
        "外籍专家的孩子可以上国际学校吗，费用有补贴吗？",
    ),
    (
        "How do you measure whether a talent centre succeeds? Patents, companies, or people who stay?",
        "Which indicators decide whether an innovation hub is of global importance?",
        "What are your KPIs for a talent centre after five years?",
        "如何评价一个人才中心是否成功？看专利还是看留存率？",
        "人才高地的评价指标体系是什么？",
    ),
    (
        "Can joint laboratories with universities abroad apply for national funding?",
        "Are international joint labs eligible for funding on the Chinese side?",
        "与国外高校共建的联合实验室能否申请国家经费？",
        "国际联合实验室的经费怎么申请？",
        "¿Pueden los laboratorios conjuntos con universidades extranjeras solicitar fondos?",
    ),
    (
        "Who owns the intellectual property when a project is funded by both sides?",
        "How is IP shared in jointly funded research?",
        "中外合作项目的知识产权如何归属？",
        "双方共同出资的项目，专利归谁？",
        "Кому принадлежит интеллектуальная собственность в совместных проектах?",
    ),
    (
        "How will data be allowed to cross the border for joint research, for instance in medicine?",
        "Cross-border research data: is there a fast track for universities?",
        "科研数据跨境流动有没有便利化的试点？",
        "生物医药领域的科研数据出境怎么办理？",
    ),
    (
        "What does the Greater Bay Area offer that Singapore or Boston does not?",
        "Why should a young scientist choose Shenzhen over Singapore?",
        "与新加坡、波士顿相比，粤港澳大湾区的优势在哪里？",
        "なぜ若い研究者はシンガポールではなく深圳を選ぶべきでしょうか？",
    ),
    (
        "Is artificial intelligence making it easier or harder to match people with posts?",
        "Do you use AI to match talents with employers, and how do you keep it fair?",
        "你们用人工智能做人才匹配吗？如何保证公平？",
        "AI在人才招聘中的应用会不会带来偏见？",
    ),
    (
        "How can small companies compete for specialists with the big platforms?",
        "What can a firm of fifty people offer to attract senior engineers?",
        "中小企业怎么和大厂竞争高端人才？",
        "小公司如何吸引海外高层次人才？",
        "Como as pequenas empresas podem competir por especialistas?",
    ),
    (
        "Are professional qualifications from other countries recognised, for instance in medicine or architecture?",
        "Which foreign professional licences does Shenzhen recognise?",
        "境外职业资格在深圳可以直接执业吗？",
        "国际职业资格认可清单今年会更新吗？",
        "هل تُعترف المؤهلات المهنية من الدول الأخرى؟",
    ),
    (
        "Will the recording and the slides be shared afterwards?",
        "Can we get the slides after the session?",
        "会后能拿到演讲的PPT吗？",
        "请问有录播吗？在哪里看？",
    ),
    (
        "How much of the programme's budget goes to people below 35?",
        "What share of the funding reaches early-career researchers?",
        "青年人才的经费占比是多少？",
        "35岁以下的青年科研人员能拿到多少支持？",
    ),
    (
        "What happens to the visa when a project ends early?",
        "If my start-up fails, how long may I stay to look for something new?",
        "项目提前结束，签证怎么办？",
        "创业失败后，居留许可还能保留多久？",
    ),
    (
        "How do you bring vocational talents, not only scientists, into the exchange?",
        "Is there a programme for skilled workers and technicians from abroad?",
        "技能人才有没有国际交流的渠道？",
        "除了科学家，技术工人的国际交流怎么推进？",
    ),
    (
        "What was the most common reason for experts to leave again, and what did you change?",
        "Why do foreign experts leave after two or three years?",
        "外国专家离开的主要原因是什么？你们做了哪些改进？",
        "왜 외국인 전문가들이 2~3년 후에 떠나나요?",
    ),
    (
        "Will there be a single window where newcomers handle tax, housing and insurance at once?",
        "One-stop service for newcomers: is it available in English?",
        "人才服务“一站式”窗口有英文服务吗？",
        "落户、税务、社保能不能一个窗口办完？",
    ),
    (
        "How does the individual income tax subsidy in the Greater Bay Area work in practice?",
        "Who qualifies for the 15 % income tax rate?",
        "大湾区15%个税优惠怎么申请？",
        "个税补贴今年还有吗，什么时候发放？",
    ),
    (
        "Can remote researchers abroad take part in a project without moving?",
        "Is part-time or remote participation from abroad possible?",
        "不来深圳，可以远程参与项目吗？",
        "柔性引才政策对远程工作的专家适用吗？",
    ),
    (
        "Which industries have the largest gap of specialists in the next three years?",
        "Where will you need most people: semiconductors, biotech or new energy?",
        "未来三年哪些行业的人才缺口最大？",
        "半导体和新能源，哪个更缺人？",
    ),
)

WORDS = ("talent", "open", "schools", "future, trust", "人才", "speed", "bridges, talent", "合作")

CHAT: tuple[str, ...] = (
    "Hello from Nairobi! 👋",
    "大家好，来自杭州的问候",
    "Sound and picture are perfect here.",
    "声音很清楚，谢谢！",
    "Great point about families — that decides everything.",
    "这一点说得非常好",
    "Could the speaker repeat the figure for last year?",
    "刚才那个数据是哪一年的？",
    "We had exactly this problem in our lab.",
    "同意，我们公司也遇到同样的问题",
    "Is there a link to the report?",
    "求报告链接 🙏",
    "Bonjour de Montréal !",
    "Grüße aus München, sehr interessant.",
    "Saludos desde Bogotá 🇨🇴",
    "Приветствую из Новосибирска!",
    "こんにちは、大阪から参加しています",
    "مرحباً من القاهرة",
    "👏👏👏",
    "谢谢主持人！",
    "The numbers on early-career funding surprised me.",
    "青年人才这块确实需要更多支持",
    "Agreed. Retention matters more than recruitment.",
    "留得住比引进来更重要",
    "That is a very honest answer, thank you.",
    "回答得很实在",
    "I voted for the question on intellectual property.",
    "知识产权那个问题请一定要回答",
    "Can we continue this at the booth afterwards?",
    "会后可以在展位继续聊吗？",
    "Is there an interpretation channel?",
    "请问有同声传译吗？",
)


def name(chance: random.Random) -> str:
    if chance.random() < 0.55:
        return f"{chance.choice(SURNAMES)}{chance.choice(GIVEN)} {MARK}"
    return f"{chance.choice(FIRST)} {chance.choice(LAST)} {MARK}"


class QuestionSupply:
    """Gives out questions: topics repeat, but no wording comes twice until all are used."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._left: list[list[str]] = []
        self._round = 0

    def next(self) -> str:
        if not any(self._left):
            self._left = [self._chance.sample(topic, len(topic)) for topic in self._chance.sample(TOPICS, len(TOPICS))]
            self._round += 1
        weights = [len(ways) / (place + 2) for place, ways in enumerate(self._left)]
        words = self._chance.choices(self._left, weights)[0].pop()
        return words if self._round == 1 else f"({self._round}) {words}"
