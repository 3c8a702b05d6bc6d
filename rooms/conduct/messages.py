"""Reports of what people write. The authors are not informed; reports of people themselves are in rooms/people/messages.py."""

from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command
from rooms.core.commands.people import Id
from rooms.people.messages import ReportReason

Comment = Annotated[str, msgspec.Meta(max_length=4000)]


class ReportMessage(Command, tag="chat.report"):
    """Reports a chat message to the organisers, who see what it said even if it is removed."""

    message: Id
    reason: ReportReason
    text: Comment = ""


class ReportQuestion(Command, tag="question.report"):
    """Reports a public question to the organisers. Who asked an anonymous question stays hidden from them."""

    question: Id
    reason: ReportReason
    text: Comment = ""
