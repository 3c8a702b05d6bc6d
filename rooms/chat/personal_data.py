"""Personal data in chats."""

import sqlalchemy as sa

from rooms.chat.tables import marks, messages
from rooms.core.personal_data import NOBODY, DataSubject, PersonalData, Rows, register


def _rooms(subject: DataSubject) -> "list[sa.Select[str]]":
    return [sa.select(messages.c.room).where(messages.c.author == subject.id)]


register(
    "chat",
    PersonalData(
        rows=(
            Rows("messages_removed", messages, ("id", "room"), by="removed_by", replace={}),
            Rows(
                "messages",
                messages,
                ("id", "room", "text", "at"),
                by="author",
                replace={
                    "author_name": NOBODY,
                    "text": "",
                    "removed_by": sa.func.coalesce(messages.c.removed_by, messages.c.author),
                },
            ),
            Rows("chats_read", marks, ("room", "number")),
        ),
        rooms=_rooms,
    ),
)
