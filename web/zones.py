"""The zones of a conference: the one list from which the menu of every page and the lobby's ways in are made.

A new zone adds one entry to ZONES. The templates of its pages say which entry is current: {% set section = "<its name>" %}.
"""

from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.tables import entry_types
from rooms.core.text import N_
from rooms.exhibition.tables import booths
from rooms.matchmaking.tables import match_settings
from rooms.meetings.bookings.tables import meeting_windows
from rooms.meetings.meetups.tables import meetups
from rooms.recruitment.tables import jobs

PEOPLE = N_("Meet people")
"""The group of zones in which a person meets others. On a wide screen they share one menu, so that the bar stays short."""


class Zone(NamedTuple):
    """`line` says in the lobby what is there. `used(conference)`: whether the conference uses it, in SQL; None: always. `personal`: only for
    people who are signed in. `lasting`: stays in the menu although it is not used yet, because one can apply there."""

    name: str
    address: str  # {slug} is the conference's
    label: str
    line: str
    icon: str
    group: str = ""
    used: Callable[[str], "sa.ColumnElement[bool]"] | None = None
    personal: bool = False
    lasting: bool = False

    def path(self, slug: str) -> str:
        return self.address.format(slug=slug)


ZONES = (
    Zone(
        "programme",
        "/c/{slug}/programme",
        N_("Programme"),
        N_("All sessions, by day and place."),
        "calendar",
    ),
    Zone(
        "exhibition",
        "/c/{slug}/exhibition",
        N_("Exhibition"),
        N_("Booths, and video calls with their staff."),
        "place",
        used=lambda conference: sa.exists().where(booths.c.conference == conference, booths.c.open),
        lasting=True,
    ),
    Zone(
        "cooperation",
        "/c/{slug}/cooperation",
        N_("Cooperation"),
        N_("What organisations offer and seek."),
        "link",
        used=lambda conference: sa.exists().where(entry_types.c.conference == conference),
    ),
    Zone(
        "recruitment",
        "/c/{slug}/recruitment",
        N_("Jobs"),
        N_("Openings, applications and interviews."),
        "briefcase",
        used=lambda conference: sa.exists().where(jobs.c.conference == conference, jobs.c.state != "draft"),
    ),
    Zone(
        "meetings",
        "/c/{slug}/meetings",
        N_("Meetings"),
        N_("Propose meetings, and see what comes next."),
        "clock",
        PEOPLE,
        used=lambda conference: sa.exists().where(meeting_windows.c.conference == conference),
        personal=True,
    ),
    Zone(
        "matchmaking",
        "/c/{slug}/matchmaking",
        N_("Whom to meet"),
        N_("Suggestions for you, with the reasons."),
        "star",
        PEOPLE,
        used=lambda conference: sa.exists().where(match_settings.c.conference == conference, match_settings.c.open),
        personal=True,
    ),
    Zone(
        "meetups",
        "/c/{slug}/meetups",
        N_("Meet-ups"),
        N_("Small meetings that attendees propose."),
        "talk",
        PEOPLE,
        used=lambda conference: sa.exists().where(
            meetups.c.conference == conference, meetups.c.state.in_(["waiting", "approved"])
        ),
    ),
    Zone(
        "contacts",
        "/contacts?conference={slug}",
        N_("Contacts"),
        N_("Your card and the people you know."),
        "people",
        PEOPLE,
        personal=True,
    ),
)


class Zones(NamedTuple):
    """Those of one conference, for one reader: `menu` for the bar, `used` for the lobby."""

    menu: tuple[Zone, ...]
    used: tuple[Zone, ...]


NO_ZONES = Zones((), ())


async def zones_of(connection: AsyncConnection, conference: str, *, signed_in: bool) -> Zones:
    open_ones = [zone for zone in ZONES if signed_in or not zone.personal]
    flags = {zone.name: zone.used(conference).label(zone.name) for zone in open_ones if zone.used}
    row = (await connection.execute(sa.select(*flags.values()))).mappings().one()
    used = tuple(zone for zone in open_ones if zone.name not in flags or row[zone.name])
    return Zones(tuple(zone for zone in open_ones if zone in used or zone.lasting), used)
