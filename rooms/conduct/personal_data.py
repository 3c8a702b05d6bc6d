"""Personal data in reports."""

from rooms.core.personal_data import PersonalData, Rows, register
from rooms.people.tables import reports

register(
    "conduct",
    PersonalData(
        rows=(
            # Without the reported person: they may have asked a question anonymously.
            Rows(
                "reports",
                reports,
                ("conference", "message", "question", "reason", "text", "at"),
                by="by",
                replace={"text": ""},
            ),
            # Reports by others remain, about a bare id. They are not exported, because that would reveal who reported.
            Rows("reported", reports, (), replace={"quote": None}),
            Rows("reports_handled", reports, ("conference", "done_at"), by="done_by", replace={}),
        ),
    ),
)
