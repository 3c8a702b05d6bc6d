"""What is told to who joins a session or a lobby: what is there for all of an audience, and what is his own."""

from rooms.chat.messages import ChatView, MessageView, RoomOwn
from rooms.core.commands.messages import View
from rooms.forum.hosting_messages import AskingView, StageView
from rooms.forum.polls.messages import PollAnswer, PollView
from rooms.forum.questions.messages import OwnQuestion, PublicQuestion
from rooms.forum.questions.moderation_messages import Moderation
from rooms.programme.messages import SessionView


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


class Own(RoomOwn):
    """What is one person's own in a session. `answers` are his own to polls, by poll."""

    questions: list[OwnQuestion]
    votes: list[str]
    answers: dict[str, PollAnswer]
