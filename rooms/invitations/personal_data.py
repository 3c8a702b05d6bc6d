"""Personal data in invitations. The links that a person made end with their account."""

from rooms.core.personal_data import PersonalData, Rows, register
from rooms.people.tables import invites

register(
    "invitations",
    PersonalData(
        rows=(
            Rows(
                "invites_made",
                invites,
                ("conference", "session", "role", "uses_left", "expires_at", "created_at", "revoked_at"),
                by="created_by",
                replace={},
            ),
        ),
    ),
)
