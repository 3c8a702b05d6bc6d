"""How often suggestions are accepted, in a simulated population with hidden preferences.

    python -m bench.suggestions [--people 2000] [--asked 300] [--shown 10]

What people want is hidden and finer than what they say, and our score knows nothing of it. Each person has one to three of 126 subjects, with an interest
in each; has some abilities (a subject and one of four kinds: research, production, capital, market) and lacks others; speaks languages; and has a taste
that appears in no profile. Profiles are what such people would write: fields of science are much coarser than subjects, some are left out and some are
wrong; abilities are described in one of three wordings, a third of them in Chinese; half of what people have or lack is not mentioned at all.

Somebody accepts a suggestion with a probability that grows (logistically) with the likeness of their interests, with abilities that one lacks and the
other has, with a language in common, with how sought-after the other is, and with their taste. Four populations weigh these differently. The same profiles
are ranked by chance, by the number of tags that two people share (fields, words, languages), by our score, and by the hidden probability itself, which no
ranking can exceed.
"""

import argparse
import math
import random
from dataclasses import dataclass, field
from typing import NamedTuple

from rooms.cooperation.sciences import SCIENCES
from rooms.matchmaking.messages import MatchRole
from rooms.matchmaking.scoring import EntryFact, Facts, rarity, score, words_of

KINDS = ("research", "production", "capital", "market")
ROLE_OF = {
    "research": ("researcher", "university"),
    "production": ("company", "startup"),
    "capital": ("investor", "government"),
    "market": ("company", "other"),
}
KIND_WORDS = {
    "research": ("laboratory", "research partner", "实验室"),
    "production": ("pilot production", "manufacturing", "制造"),
    "capital": ("funding", "investment", "投资"),
    "market": ("distribution", "market access", "市场"),
}
CODES = list(SCIENCES)
SUBJECTS = 3 * len(CODES)
LANGUAGES = {
    "CN": "zh",
    "DE": "de",
    "ES": "es",
    "FR": "fr",
    "BR": "pt",
    "JP": "ja",
    "US": "en",
    "GB": "en",
    "IN": "hi",
    "RU": "ru",
}

Ability = tuple[int, str]


class Weights(NamedTuple):
    """How much each of the hidden preferences counts."""

    likeness: float
    lacks: float
    has: float
    language: float
    sought: float
    taste: float


POPULATIONS = {
    "balanced": Weights(2.5, 2.0, 1.0, 1.5, 0.7, 0.7),
    "interests count most": Weights(4.0, 0.8, 0.4, 1.0, 0.5, 0.5),
    "needs count most": Weights(1.0, 3.5, 1.5, 1.0, 0.5, 0.5),
    "taste counts most": Weights(1.0, 0.8, 0.4, 0.5, 1.5, 2.0),
}
RESERVE = 4.5
"""Subtracted from all: most suggestions by chance are not accepted."""


@dataclass
class Hidden:
    interests: dict[int, float]
    has: frozenset[Ability]
    lacks: frozenset[Ability]
    languages: frozenset[str]
    sought: float
    taste: list[float]
    charm: list[float] = field(default_factory=list[float])


def subject_words(chance: random.Random, subject: int) -> tuple[str, str, str]:
    """The wordings of a subject: two in English that share one word, and one in Chinese."""
    return (
        f"subject{subject} systems",
        f"advanced subject{subject}",
        "".join(chr(0x4E00 + (subject * 7 + at * 131) % 9000) for at in range(3)),
    )


def person(chance: random.Random, number: int) -> tuple[Hidden, Facts]:
    subjects = [min(int(chance.expovariate(1 / 40)), SUBJECTS - 1) for _ in range(chance.randint(1, 3))]
    interests = {subject: chance.uniform(0.3, 1.0) for subject in subjects}
    kind = chance.choice(KINDS)
    has = frozenset((subject, kind if chance.random() < 0.7 else chance.choice(KINDS)) for subject in subjects)
    lacks = frozenset(
        (subject, chance.choice([each for each in KINDS if each != kind]))
        for subject in subjects
        if chance.random() < 0.8
    )
    home = chance.choice(list(LANGUAGES))
    languages = {LANGUAGES[home], *(["en"] if chance.random() < 0.7 else [])}
    hidden = Hidden(
        interests,
        has,
        lacks,
        frozenset(languages),
        chance.gauss(0, 1),
        [chance.gauss(0, 1) for _ in range(4)],
        [chance.gauss(0, 1) for _ in range(4)],
    )
    sciences = {CODES[subject // 3] for subject in subjects if chance.random() < 0.75}
    if chance.random() < 0.2:
        sciences.add(chance.choice(CODES))

    def described(ability: Ability) -> str:
        at = chance.randrange(3)
        return f"{KIND_WORDS[ability[1]][at]} {subject_words(chance, ability[0])[at]}"

    entries: list[EntryFact] = []
    if chance.random() < 0.3:
        for side, abilities in (("offer", has), ("request", lacks)):
            for ability in sorted(abilities)[:1]:
                title = described(ability)
                entries.append(
                    EntryFact(f"{number}", side, title, {}, frozenset({CODES[ability[0] // 3]}), words_of(title))
                )
    wanted = {chance.choice(ROLE_OF[kind]) for _, kind in lacks if chance.random() < 0.6}
    facts = Facts(
        f"{number:05}",
        chance.choice(ROLE_OF[kind]) if chance.random() < 0.9 else MatchRole.OTHER.value,
        frozenset(wanted),
        frozenset(sciences),
        frozenset(each for each in languages if chance.random() < 0.9),
        home,
        frozenset(chance.sample(list(LANGUAGES), chance.randint(0, 2))),
        tuple(described(each) for each in sorted(has) if chance.random() < 0.5),
        tuple(described(each) for each in sorted(lacks) if chance.random() < 0.5),
        tuple(entries),
    )
    return hidden, facts


def likes(me: Hidden, other: Hidden, weigh: Weights) -> float:
    """The probability that somebody accepts a suggestion."""
    likeness = sum(me.interests[each] * other.interests[each] for each in me.interests.keys() & other.interests.keys())
    size = math.sqrt(sum(each**2 for each in me.interests.values()) * sum(each**2 for each in other.interests.values()))
    pull = weigh.likeness * likeness / size
    pull += weigh.lacks * bool(me.lacks & other.has) + weigh.has * bool(me.has & other.lacks)
    pull += weigh.language * (1 if me.languages & other.languages else -1) + weigh.sought * other.sought
    pull += weigh.taste * sum(a * b for a, b in zip(me.taste, other.charm, strict=True)) / 2
    return 1 / (1 + math.exp(RESERVE - pull))


def tags_of(facts: Facts) -> frozenset[str]:
    words = {word for tag in (*facts.offers, *facts.needs) for word in words_of(tag)}
    return frozenset(words | facts.sciences | facts.languages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--asked", type=int, default=300)
    parser.add_argument("--shown", type=int, default=10)
    asked = parser.parse_args()
    chance = random.Random(1)
    population = [person(chance, number) for number in range(asked.people)]
    held: dict[str, int] = {}
    for _, facts in population:
        words = {word for tag in (*facts.offers, *facts.needs) for word in words_of(tag)}
        for code in facts.sciences | words:
            held[code] = held.get(code, 0) + 1
    rare = {code: rarity(count, asked.people) for code, count in held.items()}
    tags = [tags_of(facts) for _, facts in population]
    who = chance.sample(range(asked.people), asked.asked)
    ranked: dict[str, list[tuple[int, list[int]]]] = {"chance": [], "shared tags": [], "our score": []}
    for me in who:
        others = [other for other in range(asked.people) if other != me]
        chance.shuffle(others)  # ties are broken by chance
        facts = population[me][1]
        shared = {other: -len(tags[me] & tags[other]) for other in others}
        ours = {other: -score(facts, population[other][1], rare).total for other in others}
        ranked["chance"].append((me, others[: asked.shown]))
        ranked["shared tags"].append((me, sorted(others, key=shared.__getitem__)[: asked.shown]))
        ranked["our score"].append((me, sorted(others, key=ours.__getitem__)[: asked.shown]))
    print(
        f"{asked.people} people, the first {asked.shown} suggestions of {asked.asked} of them: accepted, and accepted by both"
    )
    print(f"{'':<24}" + "".join(f"{name:>20}" for name in (*ranked, "at most")))
    for name, weigh in POPULATIONS.items():
        best: list[tuple[int, list[int]]] = []
        for me in who:
            chances = sorted(
                (-likes(population[me][0], population[other][0], weigh), other)
                for other in range(asked.people)
                if other != me
            )
            best.append((me, [other for _, other in chances[: asked.shown]]))
        cells: list[str] = []
        for lists in (*ranked.values(), best):
            one = both = number = 0.0
            for me, others in lists:
                for other in others:
                    mine, theirs = (
                        likes(population[a][0], population[b][0], weigh) for a, b in ((me, other), (other, me))
                    )
                    one, both, number = one + mine, both + mine * theirs, number + 1
            cells.append(f"{one / number:>11.1%} {both / number:>8.1%}")
        print(f"{name:<24}" + "".join(cells))


if __name__ == "__main__":
    main()
