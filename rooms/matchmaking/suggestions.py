"""Suggests to a person whom to meet: the database finds candidates by what two people have in common, and scoring.py orders them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.messages import EntryState, FieldKind
from rooms.cooperation.tables import entries, entry_facets, entry_types
from rooms.matchmaking import queries
from rooms.matchmaking.free_time import free_in, slots_to_come
from rooms.matchmaking.queries import Met
from rooms.matchmaking.scoring import EntryFact, Facts, Score, rarity, score, words_of
from rooms.matchmaking.tables import match_keys, match_profiles
from rooms.meetings.bookings.messages import SeatState
from rooms.meetings.bookings.tables import booking_people
from rooms.organisations.tables import organisation_members

SHOWN = 12
AT_ONCE = 16
"""People whose calendars are compared: those who fit best without them."""
CANDIDATES = 60
"""People who are scored. They have most in common with the person, by the weights below."""
TELLING = 0.25
"""The rarity from which on a word finds candidates. “Partner” finds everybody."""
MOST_WORDS = 30
"""Words of a person whose rarity is counted."""
MOST_ENTRIES = 10
"""Entries of one person's organisations that are compared, newest first."""

ScienceKeys = dict[str, list[str]]
"""By type of entries, the keys of its fields that hold a field of science."""

e, f, t = entries.c, entry_facets.c, entry_types.c
m, k = queries.m, match_keys.c
om = organisation_members.c
theirs, mine = booking_people.alias("theirs").c, booking_people.alias("mine").c


class Suggestion(NamedTuple):
    who: Met
    score: Score


async def suggestions(connection: AsyncConnection, conference: str, person: str, now: datetime) -> list[Suggestion]:
    """Best first. A "no" of the other person changes nothing here, so that it cannot be noticed."""
    science = await _science_keys(connection, conference)
    me = (await facts_of(connection, conference, [person], science)).get(person)
    if me is None:
        return []
    rare = await _rarity(connection, conference, me)
    found = await _candidates(connection, conference, me, rare, science, now)
    codes = sorted({code for each in me.entries for code in each.sciences})
    facts = list((await facts_of(connection, conference, found, science, codes)).values())
    likely = _best(me, facts, rare)[:AT_ONCE]
    me, *rest = await _with_hours(connection, conference, [me, *(each for _, each in likely)], now)
    best = [(value, each.person) for value, each in _best(me, rest, rare)[:SHOWN]]
    people = await queries.people_of(
        connection, conference, m.conference == conference, m.person.in_([each for _, each in best])
    )
    return [Suggestion(people[each], value) for value, each in best if each in people]


def _best(me: Facts, others: Iterable[Facts], rare: Mapping[str, float]) -> list[tuple[Score, Facts]]:
    scored = [(score(me, each, rare), each) for each in others]
    return sorted((each for each in scored if each[0].reasons), key=lambda each: (-each[0].total, each[1].person))


async def _with_hours(connection: AsyncConnection, conference: str, people: list[Facts], now: datetime) -> list[Facts]:
    """The same people, with the slots in which they are free."""
    slots = await slots_to_come(connection, conference, now)
    if not slots:
        return people
    free = await free_in(connection, conference, [each.person for each in people], slots)
    return [replace(each, hours=free[each.person]) for each in people]


async def _candidates(
    connection: AsyncConnection,
    conference: str,
    me: Facts,
    rare: Mapping[str, float],
    science: ScienceKeys,
    now: datetime,
) -> list[str]:
    """Those who have most in common with a person, without those about whom they have already decided, or with whom they have a meeting.

    Roles find a large part of all people, so they count only where words and fields of science find too few."""
    offered, needed = (
        [each for each in _words(tags) if rare.get(each, 1.0) > TELLING] for tags in (me.offers, me.needs)
    )
    common: list[tuple[str, list[str], float]] = [
        ("science", sorted(me.sciences), 1.0),
        ("offer", needed, 1.5),
        ("need", offered, 1.5),
        ("offer", offered, 1.0),
        ("need", needed, 1.0),
    ]
    roles = [("role", sorted(me.wanted), 0.5), ("wants", [me.role], 0.5)]
    partners = await _partners(connection, conference, me, science)
    found = await _found(connection, conference, me.person, common, partners, now)
    if len(found) < CANDIDATES:
        found = await _found(connection, conference, me.person, [*common, *roles], partners, now)
    return found


def _words(tags: Iterable[str]) -> list[str]:
    return sorted({word for tag in tags for word in words_of(tag)})


async def _found(
    connection: AsyncConnection,
    conference: str,
    person: str,
    common: list[tuple[str, list[str], float]],
    partners: list[str],
    now: datetime,
) -> list[str]:
    """Those with the largest sum of weights. `common`: the kind of a key, its values, and what each is worth. `partners`: organisations."""
    parts = [
        sa.select(k.person, sa.literal(weight).label("weight")).where(
            k.conference == conference, k.kind == kind, k.value.in_(values)
        )
        for kind, values, weight in common
        if values
    ]
    if partners:
        members = sa.select(om.person, sa.literal(3.0).label("weight")).where(om.organisation.in_(partners))
        parts.append(members)
    if not parts:
        return []
    hits = sa.union_all(*parts).subquery()
    total = sa.func.sum(hits.c.weight)
    ranked = sa.select(hits.c.person, total.label("total")).group_by(hits.c.person)
    # More than are needed, because some of them do not take part.
    top = ranked.order_by(total.desc(), hits.c.person).limit(3 * CANDIDATES).subquery()
    decided = sa.exists().where(
        queries.w.conference == conference, queries.w.person == person, queries.w.other == m.person
    )
    same = sa.and_(theirs.booking == mine.booking, mine.person == person, theirs.person == m.person)
    meets = sa.exists().where(same, theirs.state == SeatState.BOOKED.value, mine.state == SeatState.BOOKED.value)
    select = sa.select(top.c.person).select_from(
        top.join(match_profiles, sa.and_(m.person == top.c.person, m.conference == conference)).join(
            queries.persons, queries.p.id == m.person
        )
    )
    here = (queries.takes_part(conference, now), queries.apart(person), ~decided, ~meets)
    rows = await connection.execute(select.where(*here).order_by(top.c.total.desc(), top.c.person).limit(CANDIDATES))
    return list(rows.scalars())


async def _partners(connection: AsyncConnection, conference: str, me: Facts, science: ScienceKeys) -> list[str]:
    """The organisations with published entries of the other side in the same fields of science as those of the person."""
    wanted = {side: {code for each in me.entries if each.side != side for code in each.sciences} for side in SIDES}
    found: set[str] = set()
    for side, codes in wanted.items():
        if codes:
            matching = _in_sciences(science, sorted(codes))
            select = sa.select(e.organisation).join(entry_types, t.id == e.type).distinct()
            shown = sa.and_(e.conference == conference, e.state == EntryState.PUBLISHED.value, t.side == side)
            found.update((await connection.execute(select.where(shown, e.id.in_(matching)))).scalars())
    return sorted(found)


SIDES = ("offer", "request")


def _in_sciences(science: ScienceKeys, codes: list[str]) -> "sa.Select[str]":
    """The entries in one of these fields of science."""
    keys = sorted({key for keys in science.values() for key in keys})
    return sa.select(f.entry).where(f.key.in_(keys), f.value.in_(codes))


async def _science_keys(connection: AsyncConnection, conference: str) -> ScienceKeys:
    rows = await connection.execute(sa.select(t.id, t.fields).where(t.conference == conference))
    kind = FieldKind.SCIENCE.value
    return {row.id: [field["key"] for field in row.fields if field["kind"] == kind] for row in rows}


async def facts_of(
    connection: AsyncConnection,
    conference: str,
    people: Collection[str],
    science: ScienceKeys,
    codes: list[str] | None = None,
) -> dict[str, Facts]:
    """What scoring compares, of those who have a profile. `codes`: only their entries in these fields of science; None: all."""
    ids = list(people)
    select = sa.select(m.person, m.role, m.home, m.offers, m.needs)
    rows = (await connection.execute(select.where(m.conference == conference, m.person.in_(ids)))).all()
    keys = await queries.keys_of(connection, conference, ids)
    published = await _entries_of(connection, conference, ids, science, codes)
    found: dict[str, Facts] = {}
    for row in rows:
        own = keys.get(row.person, {})
        found[row.person] = Facts(
            row.person,
            row.role,
            frozenset(own.get("wants", ())),
            frozenset(own.get("science", ())),
            frozenset(own.get("language", ())),
            row.home,
            frozenset(own.get("country", ())),
            tuple(row.offers),
            tuple(row.needs),
            tuple(published.get(row.person, ())),
        )
    return found


async def _entries_of(
    connection: AsyncConnection,
    conference: str,
    people: Collection[str],
    science: ScienceKeys,
    codes: list[str] | None,
) -> dict[str, list[EntryFact]]:
    """The published entries of people's organisations."""
    if not science or codes == []:
        return {}
    joined = entries.join(organisation_members, om.organisation == e.organisation).join(entry_types, t.id == e.type)
    select = sa.select(om.person, e.id, e.type, e.title, e.texts, e["values"], t.side).select_from(joined)
    shown = sa.and_(e.conference == conference, e.state == EntryState.PUBLISHED.value, om.person.in_(list(people)))
    if codes is not None:
        shown = sa.and_(shown, e.id.in_(_in_sciences(science, codes)))
    found: dict[str, list[EntryFact]] = {}
    for row in await connection.execute(select.where(shown).order_by(e.published_at.desc(), e.id)):
        if len(own := found.setdefault(row.person, [])) < MOST_ENTRIES:
            own_codes = frozenset(value for key in science[row.type] if (value := row[5].get(key)))
            texts = {locale: {"title": said["title"]} for locale, said in row.texts.items() if said.get("title")}
            own.append(EntryFact(row.id, row.side, row.title, texts, own_codes, words_of(row.title)))
    return found


async def _rarity(connection: AsyncConnection, conference: str, me: Facts) -> dict[str, float]:
    """How rare each field of science and each word of a person is among those who have a profile."""
    people = sa.select(sa.func.count()).select_from(match_profiles).where(m.conference == conference)
    total = (await connection.execute(people)).scalar_one()
    counted = [(["science"], each) for each in sorted(me.sciences)]
    counted += [(["offer", "need"], each) for each in _words((*me.offers, *me.needs))[:MOST_WORDS]]
    if not counted:
        return {}
    counts = [
        sa.select(sa.literal(value), sa.func.count()).where(
            k.conference == conference, k.kind.in_(kinds), k.value == value
        )
        for kinds, value in counted
    ]
    return {value: rarity(count, total) for value, count in await connection.execute(sa.union_all(*counts))}
