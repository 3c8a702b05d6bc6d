"""Messages about the programme: sessions and their state, stars, and what organisers change."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.chat.messages import ChatView, MessageView, RoomOwn
from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, Locale, View
from rooms.core.commands.people import Id
from rooms.people.messages import RestraintView

LineText = Annotated[str, msgspec.Meta(max_length=300)]
ShortLine = Annotated[str, msgspec.Meta(max_length=200)]
LongText = Annotated[str, msgspec.Meta(max_length=20_000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

SESSION_TITLE_LENGTH = 300
SESSION_ABSTRACT_LENGTH = 10_000


# Views


class SessionState(StrEnum):
    SCHEDULED = "scheduled"
    LOBBY = "lobby"
    LIVE = "live"
    ENDED = "ended"


class SpeakerView(View):
    id: str
    name: str
    affiliation: str
    biography: str


class SessionView(View):
    """`texts` holds translations by locale: {"zh_Hans": {"title": …, "abstract": …}}."""

    id: str
    title: str
    subtitle: str
    abstract: str
    texts: dict[str, dict[str, str]]
    track: str
    place: str
    language: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    state: SessionState
    started_at: datetime | None
    ended_at: datetime | None
    speakers: list[SpeakerView]


class SessionCard(View):
    """A session in a list."""

    id: str
    title: str
    texts: dict[str, dict[str, str]]
    track: str
    place: str
    language: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    state: SessionState


class SpeakerLine(View):
    name: ShortLine
    affiliation: ShortLine = ""


# Commands: stars


class SessionCommand(Command):
    session: Id


class StarSession(SessionCommand, tag="session.star"):
    """Stars a session. It appears in the person's own calendar and at the top of their list of next sessions."""


class UnstarSession(SessionCommand, tag="session.unstar"):
    pass


# Commands: organising


class DescribeSession(Command):
    """The fields of a session that an organiser edits. `texts` holds title, subtitle and abstract by locale. A `track` with a new name is created.
    A speaker whose name the programme already has is the existing one."""

    title: LineText
    starts_at: Moment
    ends_at: Moment
    subtitle: LineText = ""
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
    """Cancels a session. Its page and its questions remain; the programme and every calendar show it as cancelled."""


class ReinstateSession(SessionCommand, tag="session.reinstate"):
    pass


# Commands: running a session


class OpenSession(Command, tag="session.open"):
    """Opens the session's lobby, which shows the countdown."""


class StartSession(Command, tag="session.start"):
    pass


class EndSession(Command, tag="session.end"):
    """Closes open polls, and clears the screen and what is being answered. Locks asking and closes the chat, unless they are left open; a resumed session
    has them as they were."""

    leave_open: bool = False
    leave_chat: bool = False


# Replies


class SessionCreated(View):
    session: str


# Events


class StarChanged(Event, tag="star.changed"):
    """Sent only to this person, on all their devices."""

    audience: ClassVar[Audience] = Audience.PERSON

    session: str
    starred: bool


class SessionChanged(Event, tag="session.changed"):
    """The state, times or texts of the session changed."""

    session: SessionView


class SessionListed(Event, tag="session.listed"):
    """Sent in the lobby: a session is new or has changed."""

    session: SessionCard


# Snapshots


class LobbyOwn(RoomOwn):
    """The personal part of a lobby's snapshot. `stars` are the sessions that the person has starred."""

    stars: list[str]


class LobbySnapshot(View):
    """The lobby of a conference: current and next sessions, and the chat."""

    conference: str
    sessions: list[SessionCard]
    chat: ChatView
    messages: list[MessageView]
    restraints: list[RestraintView] | None
