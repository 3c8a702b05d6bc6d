"""Snapshots for people who join a session: a shared part for each audience, and a personal part."""

from rooms.chat.messages import ChatView, MessageView, RoomOwn
from rooms.core.commands.messages import View
from rooms.forum.hosting_messages import AskingView, StageView
from rooms.forum.polls.messages import PollAnswer, PollView
from rooms.forum.questions.messages import OwnQuestion, PublicQuestion
from rooms.forum.questions.moderation_messages import Moderation
from rooms.programme.messages import SessionView


class SessionSnapshot(View):
    """`messages` are the latest 100; `polls` the open and closed ones (all for moderators); `moderation` is None for everyone but moderators."""

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
    """The personal part of a session's snapshot. `answers` are the person's own poll answers, by poll."""

    questions: list[OwnQuestion]
    votes: list[str]
    answers: dict[str, PollAnswer]
