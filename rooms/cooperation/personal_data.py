"""Personal data in project cooperation: who wrote an entry or a comment, who showed interest, and what they search for;
and whose documents they have added or asked to read, and what they have reviewed."""

from rooms.cooperation.documents.tables import entry_files, entry_readers
from rooms.cooperation.peer_reviews.tables import peer_reviews
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
            Rows(
                "entry_documents",
                entry_files,
                ("entry", "title", "added_at"),
                by="added_by",
                replace={"added_by": None},
            ),
            Rows("entry_readers", entry_readers, ("entry", "reason", "state", "at", "answered_at")),
            Rows(
                "entry_readers_answered",
                entry_readers,
                ("entry", "state", "answered_at"),
                by="answered_by",
                replace={"answered_by": None},
            ),
            Rows("peer_reviews", peer_reviews, ("entry", "advice", "text", "asked_at", "written_at")),
            Rows(
                "peer_reviews_asked",
                peer_reviews,
                ("entry", "asked_at"),
                by="asked_by",
                replace={"asked_by": None},
            ),
            Rows("saved_searches", saved_searches, ("conference", "name", "query")),
        ),
    ),
)
