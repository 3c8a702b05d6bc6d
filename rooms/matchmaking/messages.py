"""Messages of matchmaking: settings, profiles and wishes. All are given in the lobby."""

from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import IN_LINES, Command
from rooms.core.commands.people import Id
from rooms.organisations.messages import Country

TAG_LENGTH = 60
MOST_TAGS = 8
MOST_SCIENCES = 6
MOST_MEETINGS = 60

Tag = Annotated[str, msgspec.Meta(max_length=200)]
Tags = Annotated[list[Tag], msgspec.Meta(max_length=MOST_TAGS), IN_LINES]
LanguageTag = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", max_length=35)]
Meetings = Annotated[int, msgspec.Meta(ge=1, le=MOST_MEETINGS)]


class MatchRole(StrEnum):
    """What somebody is, and whom they look for."""

    RESEARCHER = "researcher"
    COMPANY = "company"
    STARTUP = "startup"
    INVESTOR = "investor"
    UNIVERSITY = "university"
    GOVERNMENT = "government"
    GRADUATE = "graduate"
    OTHER = "other"


class WishKind(StrEnum):
    """MUST and MEET ask for a meeting. NO rules it out, whatever the other person wishes; nobody learns of it. LATER only hides the suggestion."""

    MUST = "must"
    MEET = "meet"
    NO = "no"
    LATER = "later"


class SetMatching(Command, tag="match.settings"):
    """Organisers open or close matchmaking. `most`: meetings of one person in the schedule. `together`: colleagues who wish to meet the same
    person share one meeting, except those who meet alone."""

    open: bool
    most: Meetings
    together: bool = False


class SetMatchProfile(Command, tag="match.profile"):
    """`found`: takes part in matchmaking, so that others are suggested to this person, and this person to them. `sciences` are codes of the
    OECD's fields of science; `wanted` are the roles this person looks for; `countries` those they are interested in, next to their own (`home`).
    `alone`: meets without colleagues. `most`: meetings in the schedule; None: as many as the organisers allow."""

    found: bool
    role: MatchRole
    wanted: Annotated[list[MatchRole], msgspec.Meta(max_length=8)] = msgspec.field(default_factory=list[MatchRole])
    sciences: Annotated[list[Tag], msgspec.Meta(max_length=MOST_SCIENCES)] = msgspec.field(default_factory=list[str])
    languages: Annotated[list[LanguageTag], msgspec.Meta(max_length=12)] = msgspec.field(default_factory=list[str])
    home: Country = ""
    countries: Annotated[list[Country], msgspec.Meta(max_length=12)] = msgspec.field(default_factory=list[str])
    offers: Tags = msgspec.field(default_factory=list[str])
    needs: Tags = msgspec.field(default_factory=list[str])
    alone: bool = False
    most: Meetings | None = None


class SetWish(Command, tag="wish.set"):
    """`again`: although the two have met before."""

    person: Id
    wish: WishKind
    again: bool = False


class ClearWish(Command, tag="wish.clear"):
    """Takes a wish back. The person may be suggested again."""

    person: Id
