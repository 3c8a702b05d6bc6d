"""Scores how well two people would meet, from what both have said. Plain and inspectable: a sum of named parts, each with a weight and its reasons.

A part is between 0 and 1. Only the parts for languages and hours can be -1: when both people have said enough to know that nothing is in common.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rooms.core.search_terms import terms

WEIGHTS = {
    "entries": 4.0,  # a published offer of one organisation fits a request of the other
    "needs": 3.0,  # the other person offers what I look for
    "offers": 2.5,  # the other person looks for what I offer
    "subjects": 2.5,  # words of what they offer or look for that both use; a rare one counts more
    "sciences": 3.0,  # shared fields of science; a rare one counts more
    "roles": 1.5,  # one is what the other looks for
    "countries": 1.0,  # one comes from a country that interests the other
    "languages": 1.0,  # a language in common
    "hours": 0.5,  # free slots in common
}
ENOUGH_HOURS = 4
"""Free slots in common from which on more make no difference."""
MOST_REASONS = 5
COMMON = 0.4
"""The rarity of something that has not been counted."""

_STOP = frozenset(
    "a an and at by de der des die for from in into la le of on or our that the to und we with 的 与 和 及".split()  # noqa: SIM905 - a list of words
)
_LAST = ("languages", "hours")
"""Parts that make a meeting possible, but are not what it is about. Their reasons come last."""


class EntryFact(NamedTuple):
    """A published entry of a person's organisation. `side` is "offer" or "request"."""

    id: str
    side: str
    title: str
    texts: Mapping[str, Mapping[str, str]]
    sciences: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a person. `hours` are the slots in which they are free, None when unknown."""

    person: str
    role: str = ""
    wanted: frozenset[str] = frozenset()
    sciences: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    home: str = ""
    countries: frozenset[str] = frozenset()
    offers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    entries: tuple[EntryFact, ...] = ()
    hours: frozenset[int] | None = None


class Reason(NamedTuple):
    """Why two people should meet: the part of the score, and what it is about. `mine` and `theirs` are codes, tags or entries, according to the part."""

    part: str
    mine: str
    theirs: str
    texts: tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]] = ({}, {})


class Score(NamedTuple):
    total: float
    parts: dict[str, float]
    reasons: list[Reason]


@lru_cache(20_000)
def words_of(text: str) -> frozenset[str]:
    """The terms of a text that say something: two characters or more, without the commonest words."""
    return frozenset(term for term in terms(text) if len(term) > 1 and term not in _STOP)


def rarity(holders: int, people: int) -> float:
    """How much sharing something says, from 1 (nobody else has it) to 0.05 (everybody has): its information, on a logarithmic scale."""
    return max(0.05, math.log((people + 1) / max(holders, 1)) / math.log(people + 1)) if people else 0.5


def score(me: Facts, other: Facts, rare: Mapping[str, float]) -> Score:
    """`rare` gives the rarity of fields of science and of words; what is missing counts as COMMON."""
    parts: dict[str, float] = {}
    reasons: list[tuple[float, Reason]] = []

    def add(part: str, value: float, *why: Reason) -> None:
        if value:
            parts[part] = round(value, 4)
        if value > 0:
            reasons.extend((WEIGHTS[part] * value, each) for each in why)

    fits = _fitting_entries(me.entries, other.entries)
    if fits:
        best, mine, theirs = fits
        add("entries", best, Reason("entries", mine.title, theirs.title, (mine.texts, theirs.texts)))
    for part, wanted, given in (("needs", me.needs, other.offers), ("offers", other.needs, me.offers)):
        value, left, right = _best_tags(wanted, given, rare)
        mine, theirs = (left, right) if part == "needs" else (right, left)
        add(part, value, Reason(part, mine, theirs))
    if not parts.keys() & {"needs", "offers"}:
        value, left, right = _best_tags((*me.offers, *me.needs), (*other.offers, *other.needs), rare)
        add("subjects", value, Reason("subjects", left, right))
    shared = sorted(me.sciences & other.sciences, key=lambda code: (-rare.get(code, COMMON), code))
    add(
        "sciences",
        _together(rare.get(code, COMMON) for code in shared),
        *(Reason("sciences", code, code) for code in shared),
    )
    i_want, they_want = other.role in me.wanted, me.role in other.wanted
    add("roles", (i_want + they_want) / 2, *_roles(me, other, i_want, they_want))
    near = other.home in me.countries and bool(other.home), me.home in other.countries and bool(me.home)
    add("countries", sum(near) / 2, *_countries(me, other, *near))
    if me.languages and other.languages:
        common = sorted(me.languages & other.languages)
        add("languages", 1.0 if common else -1.0, Reason("languages", ",".join(common), ""))
    if me.hours is not None and other.hours is not None:
        common_hours = len(me.hours & other.hours)
        value = min(common_hours / ENOUGH_HOURS, 1.0) if common_hours else -1.0
        add("hours", value, Reason("hours", str(common_hours), ""))
    total = sum(WEIGHTS[part] * value for part, value in parts.items())
    reasons.sort(key=lambda each: (each[1].part in _LAST, -each[0]))
    return Score(round(total, 4), parts, [reason for _, reason in reasons[:MOST_REASONS]])


def _roles(me: Facts, other: Facts, i_want: bool, they_want: bool) -> Iterable[Reason]:
    if i_want:
        yield Reason("roles", "", other.role)
    if they_want:
        yield Reason("roles", me.role, "")


def _countries(me: Facts, other: Facts, i_seek: bool, they_seek: bool) -> Iterable[Reason]:
    if i_seek:
        yield Reason("countries", "", other.home)
    if they_seek:
        yield Reason("countries", me.home, "")


def _together(values: Iterable[float]) -> float:
    """Several values as one below 1: each further one adds less."""
    missing = 1.0
    for value in values:
        missing *= 1.0 - value * 0.75
    return 1.0 - missing


def _best_tags(wanted: tuple[str, ...], given: tuple[str, ...], rare: Mapping[str, float]) -> tuple[float, str, str]:
    """How well the best given tag fits a wanted one: the rarity of the words that both have, as part of that of the shorter tag. A common word alone is
    no fit."""
    best = (0.0, "", "")
    for want in wanted:
        left = words_of(want)
        for give in given:
            right = words_of(give)
            if not left.isdisjoint(right):
                common = _information(left & right, rare)
                if common > 0.25:
                    fit = common / min(_information(left, rare), _information(right, rare))
                    best = max(best, (min(fit, 1.0), want, give), key=lambda each: each[0])
    return best


def _information(words: Iterable[str], rare: Mapping[str, float]) -> float:
    return sum(rare.get(word, COMMON) for word in words)


def _fitting_entries(
    mine: tuple[EntryFact, ...], theirs: tuple[EntryFact, ...]
) -> tuple[float, EntryFact, EntryFact] | None:
    """The offer and the request that fit best: half for a shared field of science, half for shared words of their titles (two are enough)."""
    best: tuple[float, EntryFact, EntryFact] | None = None
    for own in mine:
        for other in theirs:
            if own.side != other.side:
                fit = 0.5 * bool(own.sciences & other.sciences) + 0.25 * min(len(own.words & other.words), 2)
                if fit and (best is None or fit > best[0]):
                    best = (fit, own, other)
    return best
