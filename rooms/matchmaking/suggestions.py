"""Suggests to a person whom to meet: the database finds candidates by what two people have in common, and scoring.py orders them."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.messages import EntryState, FieldKind
from rooms.cooperation.tables import entries, entry_facets, entry_types
from rooms.matchmaking import queries
from rooms.matchmaking.queries import Met
from rooms.matchmaking.scoring import EntryFact, Facts, Score, rarity, score, words_of
from rooms.matchmaking.tables import match_keys, match_profiles
from rooms.organisations.tables import organisation_members, organisations

SHOWN = 12
CANDIDATES = 150
"""People who are scored. They have most in common with the person, by the weights below."""
MOST_ENTRIES = 10
"""Entries of one person's organisations that are compared, newest first."""

e, f, t = entries.c, entry_facets.c, entry_types.c
m, k = queries.m, match_keys.c
om, o = organisation_members.c, organisations.c


class Suggestion(NamedTuple):
    who: Met
    score: Score


async def suggestions(connection: AsyncConnection, conference: str, person: str, now: datetime) -> list[Suggestion]:
    """Best first. A "no" of the other person changes nothing here, so that it cannot be noticed."""
    me = (await facts_of(connection, conference, [person])).get(person)
    if me is None:
        return []
    found = await _candidates(connection, conference, me, now)
    facts = await facts_of(connection, conference, found)
    rare = await _rarity(connection, conference, me.sciences)
    scored = [(score(me, each, rare), each.person) for each in facts.values()]
    best = sorted((each for each in scored if each[0].reasons), key=lambda each: (-each[0].total, each[1]))[:SHOWN]
    people = await queries.people_of(
        connection, conference, m.conference == conference, m.person.in_([each for _, each in best])
    )
    return [Suggestion(people[each], value) for value, each in best if each in people]


async def _candidates(connection: AsyncConnection, conference: str, me: Facts, now: datetime) -> list[str]:
    """Those who have most in common with a person, without those about whom the person has already decided."""
    offered = sorted({word for tag in me.offers for word in words_of(tag)})
    needed = sorted({word for tag in me.needs for word in words_of(tag)})
    common: list[tuple[str, list[str], float]] = [
        ("science", sorted(me.sciences), 1.0),
        ("role", sorted(me.wanted), 0.5),
        ("wants", [me.role], 0.5),
        ("offer", needed, 1.5),
        ("need", offered, 1.5),
    ]
    parts = [
        sa.select(k.person, sa.literal(weight).label("weight")).where(
            k.conference == conference, k.kind == kind, k.value.in_(values)
        )
        for kind, values, weight in common
        if values
    ]
    if partners := await _partners(connection, conference, me):
        members = sa.select(om.person, sa.literal(3.0)).where(om.organisation.in_(partners))
        parts.append(members)
    if not parts:
        return []
    hits = sa.union_all(*parts).subquery()
    total = sa.func.sum(hits.c.weight)
    ranked = sa.select(hits.c.person, total.label("total")).group_by(hits.c.person)
    # More than are needed, because some of them do not take part.
    top = ranked.order_by(total.desc(), hits.c.person).limit(3 * CANDIDATES).subquery()
    decided = sa.exists().where(
        queries.w.conference == conference, queries.w.person == me.person, queries.w.other == m.person
    )
    select = sa.select(top.c.person).select_from(
        top.join(match_profiles, sa.and_(m.person == top.c.person, m.conference == conference)).join(
            queries.persons, queries.p.id == m.person
        )
    )
    here = (queries.takes_part(conference, now), queries.apart(me.person), ~decided)
    rows = await connection.execute(select.where(*here).order_by(top.c.total.desc(), top.c.person).limit(CANDIDATES))
    return list(rows.scalars())


async def _partners(connection: AsyncConnection, conference: str, me: Facts) -> list[str]:
    """The organisations with published entries of the other side in the same fields of science as those of the person."""
    wanted = {side: {code for each in me.entries if each.side != side for code in each.sciences} for side in SIDES}
    found: set[str] = set()
    for side, codes in wanted.items():
        if codes:
            keys = [key for keys in (await _science_keys(connection, conference)).values() for key in keys]
            matching = sa.select(f.entry).where(f.key.in_(keys), f.value.in_(sorted(codes)))
            select = sa.select(e.organisation).join(entry_types, t.id == e.type).distinct()
            shown = sa.and_(e.conference == conference, e.state == EntryState.PUBLISHED.value, t.side == side)
            found.update((await connection.execute(select.where(shown, e.id.in_(matching)))).scalars())
    return sorted(found)


SIDES = ("offer", "request")


async def _science_keys(connection: AsyncConnection, conference: str) -> dict[str, list[str]]:
    """By type of entries, the keys of its fields that hold a field of science."""
    rows = await connection.execute(sa.select(t.id, t.fields).where(t.conference == conference))
    kind = FieldKind.SCIENCE.value
    return {row.id: [field["key"] for field in row.fields if field["kind"] == kind] for row in rows}


async def facts_of(connection: AsyncConnection, conference: str, people: Collection[str]) -> dict[str, Facts]:
    """What scoring compares, of those who have a profile."""
    ids = list(people)
    select = sa.select(m.person, m.role, m.home, m.offers, m.needs)
    rows = (await connection.execute(select.where(m.conference == conference, m.person.in_(ids)))).all()
    keys = await queries.keys_of(connection, conference, ids)
    published = await _entries_of(connection, conference, ids)
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
    connection: AsyncConnection, conference: str, people: Collection[str]
) -> dict[str, list[EntryFact]]:
    """The published entries of people's organisations."""
    science = await _science_keys(connection, conference)
    if not science:
        return {}
    joined = entries.join(organisation_members, om.organisation == e.organisation).join(entry_types, t.id == e.type)
    select = sa.select(om.person, e.id, e.type, e.title, e.texts, e["values"], t.side).select_from(joined)
    shown = sa.and_(e.conference == conference, e.state == EntryState.PUBLISHED.value, om.person.in_(list(people)))
    found: dict[str, list[EntryFact]] = {}
    for row in await connection.execute(select.where(shown).order_by(e.published_at.desc(), e.id)):
        if len(own := found.setdefault(row.person, [])) < MOST_ENTRIES:
            codes = frozenset(value for key in science[row.type] if (value := row[5].get(key)))
            texts = {locale: {"title": said["title"]} for locale, said in row.texts.items() if said.get("title")}
            own.append(EntryFact(row.id, row.side, row.title, texts, codes, words_of(row.title)))
    return found


async def _rarity(connection: AsyncConnection, conference: str, codes: Collection[str]) -> dict[str, float]:
    """How rare each of these fields of science is among those who take part."""
    people = sa.select(sa.func.count()).select_from(match_profiles).where(m.conference == conference)
    total = (await connection.execute(people)).scalar_one()
    held = sa.select(k.value, sa.func.count()).where(
        k.conference == conference, k.kind == "science", k.value.in_(list(codes))
    )
    return {value: rarity(count, total) for value, count in await connection.execute(held.group_by(k.value))}
