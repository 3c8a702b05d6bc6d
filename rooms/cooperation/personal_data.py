"""Personal data in project cooperation: who wrote an entry or a comment, who showed interest, and what they search for."""

from rooms.cooperation.tables import entries, entry_comments, interests, saved_searches
from rooms.core.personal_data import PersonalData, Rows, register

register(
    "cooperation",
    PersonalData(
        rows=(
            Rows(
                "entries",
                entries,
                ("conference", "title", "state", "created_at"),
                by="author",
                replace={"author": None},
            ),
            Rows("entry_comments", entry_comments, ("entry", "text", "at")),
            Rows("interests", interests, ("entry", "text", "state", "reason", "outcome", "at", "answered_at")),
            Rows(
                "interests_answered",
                interests,
                ("entry", "state", "reason", "answered_at"),
                by="answered_by",
                replace={"answered_by": None},
            ),
            Rows("saved_searches", saved_searches, ("conference", "name", "query")),
        ),
    ),
)
