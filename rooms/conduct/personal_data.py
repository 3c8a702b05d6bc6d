"""What the reports of people's conduct keep about a person."""

from rooms.core.personal_data import PersonalData, Rows, register
from rooms.people.tables import reports

register(
    "conduct",
    PersonalData(
        rows=(
            Rows(
                "reports",
                reports,
                ("person", "conference", "reason", "text", "at"),
                by="by",
                replace={"text": ""},
            ),
            # What others have reported stays, about a bare id; an export would tell who reported it.
            Rows("reported", reports, (), replace={}),
            Rows("reports_handled", reports, ("conference", "done_at"), by="done_by", replace={}),
        ),
    ),
)
