"""Personal data of members."""

from rooms.core.personal_data import PersonalData, Rows, register
from rooms.organisations.tables import organisation_members

register(
    "organisations",
    PersonalData(rows=(Rows("organisations", organisation_members, ("organisation", "role", "added_at")),)),
)
