"""Personal data in meetings. The invitation itself remains, under a bare id, because the other side also had this meeting."""

import sqlalchemy as sa

from rooms.core.personal_data import DataSubject, PersonalData, Rows, register
from rooms.core.store.journal import rooms
from rooms.meetings.tables import call_outcomes, call_peers, call_waits, invited


def _rooms(subject: DataSubject) -> "list[sa.Select[str]]":
    theirs = sa.select(invited.c.meeting).where(invited.c.person == subject.id)
    return [sa.select(rooms.c.id).where(rooms.c.kind == "meeting", rooms.c.subject.in_(theirs))]


register(
    "meetings",
    PersonalData(
        rows=(
            Rows("meetings", invited, ("meeting",), replace={}),
            Rows("calls_joined", call_peers, ("meeting", "joined_at", "seen_at")),
            Rows("calls_awaited", call_waits, ("meeting", "since", "seen_at")),
            Rows("calls", call_outcomes, ("meeting", "outcome", "rating", "note", "at")),
        ),
        rooms=_rooms,
    ),
)
