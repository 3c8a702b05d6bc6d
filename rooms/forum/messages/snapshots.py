"""What is told to who joins a session or a lobby: what is there for all of an audience, and what is his own."""

from datetime import datetime

from rooms.forum.messages.asking import OwnQuestion, PublicQuestion
from rooms.forum.messages.chat import ChatView, MessageView
from rooms.forum.messages.moderating import Moderation
from rooms.forum.messages.polls import PollAnswer, PollView
from rooms.forum.messages.session import AskingView, SessionCard, SessionView, StageView
from rooms.messages import View
from rooms.people.messages import PersonView, RestraintView


class SessionSnapshot(View):
    """`messages` are the latest 100; `polls` the open and closed ones, for moderators all; `moderation` is None for everyone but moderators."""

    session: SessionView
    stage: StageView
    asking: AskingView
    chat: ChatView
    screen: str | None
    screen_poll: str | None
    answering: str | None
    questions: list[PublicQuestion]
    messages: list[MessageView]
    polls: list[PollView]
    moderation: Moderation | None


class RoomOwn(View):
    """The part of a join's answer that is one person's alone, in any room with a chat. `can` names the commands that he may use here; `read` is
    his mark in the chat."""

    person: PersonView | None
    roles: list[str]
    can: list[str]
    listed: bool
    silenced: bool
    silenced_until: datetime | None
    read: int


class Own(RoomOwn):
    """What is one person's own in a session. `answers` are his own to polls, by poll."""

    questions: list[OwnQuestion]
    votes: list[str]
    answers: dict[str, PollAnswer]


class LobbyOwn(RoomOwn):
    """What is one person's own in a lobby. `stars` are the sessions that he has starred."""

    stars: list[str]


class LobbySnapshot(View):
    """A conference's lobby: what is on, and its chat."""

    conference: str
    sessions: list[SessionCard]
    chat: ChatView
    messages: list[MessageView]
    restraints: list[RestraintView] | None
