"""Messages about the programme, all given in a conference's lobby: what a person has starred, and what organisers change."""

from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

from rooms.audience import Audience
from rooms.messages import Command, Event, View
from rooms.people.messages import Id

Line = Annotated[str, msgspec.Meta(max_length=300)]
ShortLine = Annotated[str, msgspec.Meta(max_length=200)]
LongText = Annotated[str, msgspec.Meta(max_length=20_000)]
Locale = Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{2,3}(_[A-Za-z]{2,8})*$")]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

SESSION_TITLE_LENGTH = 300
SESSION_ABSTRACT_LENGTH = 10_000


class SpeakerLine(View):
    name: ShortLine
    affiliation: ShortLine = ""


# Commands: stars


class SessionCommand(Command):
    session: Id


class StarSession(SessionCommand, tag="session.star"):
    """Keeps a session for oneself: it stands in one's own calendar, and leads one's list of what is next."""


class UnstarSession(SessionCommand, tag="session.unstar"):
    pass


# Commands: organising


class DescribeSession(Command):
    """What an organiser says of a session. `texts` holds title, subtitle and abstract by locale; a `track` of a new name is made; speakers
    whom the programme has by this name stay who they are."""

    title: Line
    starts_at: Moment
    ends_at: Moment
    subtitle: Line = ""
    abstract: LongText = ""
    texts: Annotated[dict[Locale, dict[str, LongText]], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=dict[str, dict[str, str]]
    )
    track: Annotated[str, msgspec.Meta(max_length=120)] = ""
    place: Annotated[str, msgspec.Meta(max_length=120)] = ""
    language: Annotated[str, msgspec.Meta(max_length=35)] = "en"
    speakers: Annotated[list[SpeakerLine], msgspec.Meta(max_length=50)] = msgspec.field(
        default_factory=list[SpeakerLine]
    )


class CreateSession(DescribeSession, tag="session.create"):
    pass


class ChangeSession(DescribeSession, tag="session.change", kw_only=True):
    session: Id


class CancelSession(SessionCommand, tag="session.cancel"):
    """Its page and its questions stay; the programme and every calendar show it as cancelled."""


class ReinstateSession(SessionCommand, tag="session.reinstate"):
    pass


# Replies


class SessionCreated(View):
    session: str


# Events


class StarChanged(Event, tag="star.changed"):
    """Told to the person alone, on all his devices."""

    audience: ClassVar[Audience] = Audience.PERSON

    session: str
    starred: bool
