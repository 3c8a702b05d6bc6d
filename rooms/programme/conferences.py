"""Creates conferences and changes their settings: texts, dates and access."""

import re
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import available_timezones

import sqlalchemy as sa

from rooms.core.commands.people import Role
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.store import journal
from rooms.core.store.journal import rooms
from rooms.core.store.tables import conferences
from rooms.core.text import N_, clean_line, optional_line, optional_text
from rooms.people import roles
from rooms.programme.actions import create_conference
from rooms.programme.news import remember
from rooms.programme.queries import Conference
from rooms.programme.tables import sessions

TITLE_LENGTH = 200
TAGLINE_LENGTH = 300
DESCRIPTION_LENGTH = 20_000
LONGEST = timedelta(days=366)
ACCESS = ("public", "members")
CALL_LIMITS = (2, 8)
"""In a call without a media server, a browser cannot handle more people than this."""
TALK_MINUTES = (1, 240)

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class ConferenceSettings(NamedTuple):
    """The settings of a conference. `texts` holds translations of title, tagline and description by locale; `access` is "public" or "members".
    A call has at most `call_limit` people and takes about `talk_minutes`. `relay_only`: they do not learn each other's addresses."""

    title: str
    tagline: str
    description: str
    texts: dict[str, dict[str, str]]
    zone: str
    starts_on: date
    ends_on: date
    access: str
    guests: bool
    call_limit: int = 4
    relay_only: bool = False
    talk_minutes: int = 10


def clean_about(about: ConferenceSettings) -> ConferenceSettings:
    """Raises Problem "invalid" naming the field."""
    if about.zone not in available_timezones():
        raise Problem("invalid", N_("This time zone is unknown. Enter a name such as Asia/Shanghai."), field="zone")
    if about.ends_on < about.starts_on:
        raise Problem("invalid", N_("The conference ends before it begins."), field="ends_on")
    if about.ends_on - about.starts_on > LONGEST:
        raise Problem("invalid", N_("A conference can last at most a year."), field="ends_on")
    if about.access not in ACCESS:
        raise Problem("invalid", N_("This choice does not exist."), field="access")
    _check_number(about.call_limit, CALL_LIMITS, "call_limit")
    _check_number(about.talk_minutes, TALK_MINUTES, "talk_minutes")
    texts = {locale: _clean_texts(locale, fields) for locale, fields in about.texts.items()}
    return about._replace(
        title=clean_line(about.title, TITLE_LENGTH, "title"),
        tagline=optional_line(about.tagline, TAGLINE_LENGTH, "tagline"),
        description=_text(about.description, "description"),
        texts={locale: fields for locale, fields in texts.items() if fields},
    )


def _check_number(number: int, bounds: tuple[int, int], field: str) -> None:
    low, high = bounds
    if not low <= number <= high:
        values = {"low": low, "high": high}
        raise Problem("invalid", N_("Enter a number from %(low)s to %(high)s."), field=field, values=values)


def _clean_texts(locale: str, fields: dict[str, str]) -> dict[str, str]:
    cleaned = {
        "title": optional_line(fields.get("title", ""), TITLE_LENGTH, f"{locale}.title"),
        "tagline": optional_line(fields.get("tagline", ""), TAGLINE_LENGTH, f"{locale}.tagline"),
        "description": _text(fields.get("description", ""), f"{locale}.description"),
    }
    return {name: text for name, text in cleaned.items() if text}


def _text(text: str, field: str) -> str:
    return optional_text(text, DESCRIPTION_LENGTH, field)


async def found(engine: Engine, slug: str, about: ConferenceSettings, *, by: str) -> str:
    """Creates a conference, with its founder as organiser; returns its id. The caller has checked that they may found one. Raises Problem."""
    if not _SLUG.fullmatch(slug):
        message = N_("Use 1 to 40 characters: a-z, 0-9 and -. Begin and end with a-z or 0-9.")
        raise Problem("invalid", message, field="slug")
    about = clean_about(about)
    async with engine.transaction() as tx:
        conference, _ = await create_conference(tx.connection, slug=slug, now=tx.now, **about._asdict())
        await roles.grant(
            tx.connection, person=by, conference=conference, session=None, role=Role.ORGANISER, by=by, at=tx.now
        )
        tx.audit(None, by, "conference.found", conference, {"slug": slug})
        tx.audit(conference, by, "conference.found", conference, {"slug": slug})
    return conference


async def change(engine: Engine, conference: Conference, about: ConferenceSettings, *, by: str) -> bool:
    """Stores changed settings; returns False when nothing changed. Raises Problem.

    When the access changes, every room of the conference gets a new epoch, so that everyone inside is checked again.
    """
    about = clean_about(about)
    before = {name: getattr(conference, name) for name in ConferenceSettings._fields}
    changed = {name: value for name, value in about._asdict().items() if value != before[name]}
    if not changed:
        return False
    inside: list[str] = []
    if changed.keys() & {"access", "guests"}:
        async with engine.database.read() as connection:
            select = sa.select(rooms.c.id).where(rooms.c.conference == conference.id)
            inside = list((await connection.execute(select)).scalars())
    async with engine.transaction([conference.room, *inside]) as tx:
        if "zone" in changed:  # the programme announces other times of day
            select = sa.select(sessions.c.id).where(sessions.c.conference == conference.id)
            await remember(tx, list((await tx.connection.execute(select)).scalars()), by)
        await tx.connection.execute(conferences.update().where(conferences.c.id == conference.id).values(changed))
        if inside:
            await journal.renew(tx.connection, inside)
        kept = {name: str(value) for name, value in changed.items() if name in {"zone", "access", "guests"}}
        tx.audit(conference.id, by, "conference.change", conference.id, {"changed": ", ".join(sorted(changed)), **kept})
    await engine.hub.reconcile(inside)
    return True
