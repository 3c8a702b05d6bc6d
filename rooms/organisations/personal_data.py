"""Personal data of members, and of those who invite or are invited."""

from rooms.core.personal_data import PersonalData, Rows, register
from rooms.organisations.tables import organisation_invitations, organisation_members

register(
    "organisations",
    PersonalData(
        rows=(
            Rows("organisations", organisation_members, ("organisation", "role", "added_at")),
            Rows("organisation_invitations", organisation_invitations, ("organisation", "at"), by="email"),
            # Without the addresses of others. What they have sent ends with them.
            Rows("organisation_invitations_sent", organisation_invitations, ("organisation", "at"), by="by"),
        )
    ),
)
