"""Settings of matchmaking, and each person's profile: what they are, work on, offer and look for."""

from rooms.cooperation.sciences import SCIENCES
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.text import N_, clean_line
from rooms.matchmaking import queries
from rooms.matchmaking.messages import TAG_LENGTH, SetMatching, SetMatchProfile
from rooms.matchmaking.scoring import words_of
from rooms.matchmaking.tables import match_keys, match_profiles, match_settings
from rooms.people import rules

LOBBY = {"lobby"}
MOST_WORDS = 40
"""Words of what somebody offers or needs by which others are found for them."""


@command(SetMatching, kinds=LOBBY, allowed=rules.organises)
async def set_matching(tx: Transaction, actor: Actor, command: SetMatching) -> None:
    conference = actor.room.subject
    values = {"open": command.open, "most": command.most, "together": command.together}
    insert = insert_into(tx.connection, match_settings).values(conference=conference, **values)
    await tx.connection.execute(insert.on_conflict_do_update(index_elements=[match_settings.c.conference], set_=values))
    tx.audit(conference, actor.known.id, "match.settings", conference, values)


@command(SetMatchProfile, kinds=LOBBY, allowed=rules.takes_part, rate=Rate(30, 600))
async def set_match_profile(tx: Transaction, actor: Actor, command: SetMatchProfile) -> None:
    conference, person = actor.room.subject, actor.known.id
    if actor.known.kind != "registered":
        raise Problem("forbidden", N_("You need an account for this. Add your email address first."))
    if set(command.sciences) - set(SCIENCES):
        raise Problem("invalid", N_("Choose fields of science from the list."), field="sciences")
    settings = await queries.settings_of(tx.connection, conference)
    if not settings.open:
        raise Problem("conflict", N_("Matchmaking is not open."))
    if command.most is not None and command.most > settings.most:
        message = N_("The organisers allow at most %(most)s meetings for each person.")
        raise Problem("invalid", message, field="most", values={"most": settings.most})
    offers = [clean_line(tag, TAG_LENGTH, "offers") for tag in command.offers if tag.strip()]
    needs = [clean_line(tag, TAG_LENGTH, "needs") for tag in command.needs if tag.strip()]
    values = {
        "found": command.found,
        "role": command.role.value,
        "home": command.home,
        "offers": offers,
        "needs": needs,
        "alone": command.alone,
        "most": command.most,
        "changed_at": tx.now,
    }
    m, k = match_profiles.c, match_keys.c
    insert = insert_into(tx.connection, match_profiles).values(conference=conference, person=person, **values)
    await tx.connection.execute(insert.on_conflict_do_update(index_elements=[m.conference, m.person], set_=values))
    await tx.connection.execute(match_keys.delete().where(k.conference == conference, k.person == person))
    keys = {
        "role": {command.role.value},
        "wants": {each.value for each in command.wanted},
        "science": set(command.sciences),
        "language": set(command.languages),
        "country": {each for each in command.countries if each},
        "offer": _words(offers),
        "need": _words(needs),
    }
    rows = [
        {"conference": conference, "person": person, "kind": kind, "value": value}
        for kind, values in keys.items()
        for value in sorted(values)
    ]
    await tx.connection.execute(match_keys.insert(), rows)


def _words(tags: list[str]) -> set[str]:
    found = sorted({word for tag in tags for word in words_of(tag)})
    return set(found[:MOST_WORDS])
